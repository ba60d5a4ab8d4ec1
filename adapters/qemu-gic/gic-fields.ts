/** A field of a register: its lowest bit, and its width. */
type Field = readonly [lowestBit: number, width: number];

type Layout = Readonly<Record<string, Field>>;

/** CPU interface control: GICC_CTLR and GICV_CTLR without the Security Extensions, and the low bits of GICH_VMCR. */
const control = {
  EnableGrp0: [0, 1],
  EnableGrp1: [1, 1],
  AckCtl: [2, 1],
  FIQEn: [3, 1],
  CBPR: [4, 1],
  EOImode: [9, 1],
} as const satisfies Layout;

/** Bit layouts by the manual's register and field names (IHI 0048B, 4.4 and 5.3). */
export const gicFields = {
  CTLR: control,
  GICH_VMCR: { ...control, VMABP: [18, 3], VMBP: [21, 3], VMPriMask: [27, 5] },
  GICH_HCR: {
    En: [0, 1],
    UIE: [1, 1],
    LRENPIE: [2, 1],
    NPIE: [3, 1],
    VGrp0EIE: [4, 1],
    VGrp0DIE: [5, 1],
    VGrp1EIE: [6, 1],
    VGrp1DIE: [7, 1],
    EOICount: [27, 5],
  },
  GICH_MISR: {
    EOI: [0, 1],
    U: [1, 1],
    LRENP: [2, 1],
    NP: [3, 1],
    VGrp0E: [4, 1],
    VGrp0D: [5, 1],
    VGrp1E: [6, 1],
    VGrp1D: [7, 1],
  },
  /** PhysicalID counts only with HW=1; CPUID and EOI, which lie in the same bits, only with HW=0. */
  GICH_LR: {
    VirtualID: [0, 10],
    PhysicalID: [10, 10],
    CPUID: [10, 3],
    EOI: [19, 1],
    Priority: [23, 5],
    State: [28, 2],
    Grp1: [30, 1],
    HW: [31, 1],
  },
  /** GICC_IAR, GICV_IAR and what is written to EOIR and DIR. */
  IAR: { InterruptID: [0, 10], CPUID: [10, 3] },
} as const satisfies Readonly<Record<string, Layout>>;

/** A register value with the given fields, the others 0. Bits of a value that exceed the field's width are dropped. */
export function packFields<L extends Layout>(layout: L, values: Partial<Readonly<Record<keyof L, number>>>): number {
  let word = 0;
  for (const name of Object.keys(values) as (keyof L)[]) {
    word |= ((values[name] ?? 0) & maskOf(layout[name])) << layout[name][0];
  }
  return word >>> 0;
}

/** One field of a register value. */
export function fieldOf(word: number, field: Field): number {
  return (word >>> field[0]) & maskOf(field);
}

/** As many ones as the field is wide. */
function maskOf([, width]: Field): number {
  return 2 ** width - 1;
}
