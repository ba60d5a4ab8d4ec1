import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import { gicFields, packFields } from './gic-fields.ts';
import { gicMap } from './gic-map.ts';
import { qtestCommand as q } from './qtest-command.ts';
import type { SoftwareMemory } from './software-memory.ts';
import { workarounds } from './workarounds.ts';

/** Kinds whose commands hold what an acknowledge returned: they cannot be made before its reply is there. */
export const writesBack: ReadonlySet<string> = new Set(['eoir', 'dir', 'hostEoi']);

/** Kinds whose reply must be remembered. */
export const acknowledges: ReadonlySet<string> = new Set(['iar', 'hostAck']);

type Program<E = VgicEvent> = (event: E, memory: SoftwareMemory) => readonly string[];

/** What each kind of event of profile `arch` does to registers and wires. One that reads does it with its first command. */
const programs: { readonly [K in VgicEvent['kind']]?: Program<Extract<VgicEvent, { kind: K }>> } = {
  raise: ({ wire }) => [q.setLine(physicalLine(wire), true)],
  lower: ({ wire }) => [q.setLine(physicalLine(wire), false)],
  pulse: ({ wire }) => [q.setLine(physicalLine(wire), true), q.setLine(physicalLine(wire), false)],
  raiseTimer: ({ high }) => [q.setLine(27, high)],

  iar: () => [q.read(gicMap.GICV_IAR)],
  eoir: (_, memory) => [...writeBack(gicMap.GICV_EOIR, memory.guestDrop()), ...workarounds.afterCompletion],
  dir: ({ intid }, memory) => [
    ...writeBack(gicMap.GICV_DIR, memory.guestDeactivate(intid)),
    ...workarounds.afterCompletion,
  ],
  eoirSpurious: ({ id }) => [q.write(gicMap.GICV_EOIR, id)],
  hppir: () => [q.read(gicMap.GICV_HPPIR)],
  rpr: () => [q.read(gicMap.GICV_RPR)],
  pmr: ({ mask }) => [q.write(gicMap.GICV_PMR, mask)],
  ctlr: ({ value }, memory) => {
    memory.enables = value;
    return [control(memory)];
  },
  eoiMode: ({ mode }, memory) => {
    memory.eoiMode = mode;
    return [control(memory)];
  },
  bpr: ({ value }) => [q.write(gicMap.GICV_BPR, value), q.write(gicMap.GICV_ABPR, value + 1)],

  writeLr: (event) => [writeLr(event, { VirtualID: event.intid, Grp1: event.group, EOI: Number(event.eoi) })],
  writeSgiLr: (event) => [writeLr(event, { VirtualID: event.intid, CPUID: event.source, EOI: Number(event.eoi) })],
  writeHwLr: (event) => [
    writeLr(event, { VirtualID: event.intid, PhysicalID: event.pIntId, Grp1: event.group, HW: 1 }),
  ],
  writeHcr: ({ value }) => [q.write(gicMap.GICH_HCR, value)],

  hostAck: () => [q.read(gicMap.GICC_IAR)],
  hostEoi: (_, memory) => writeBack(gicMap.GICC_EOIR, memory.hostDrop()),
  hostDir: ({ pIntId }) => [q.write(gicMap.GICC_DIR, pIntId)],
  physicalEnable: ({ pIntId, on }) => [q.writeBit(on ? gicMap.GICD_ISENABLER : gicMap.GICD_ICENABLER, pIntId)],
  physicalPending: ({ pIntId, on }) => [q.writeBit(on ? gicMap.GICD_ISPENDR : gicMap.GICD_ICPENDR, pIntId)],
  physicalActive: ({ pIntId, on }) => [q.writeBit(on ? gicMap.GICD_ISACTIVER : gicMap.GICD_ICACTIVER, pIntId)],
};

/**
 * The commands of an event; what was acknowledged and completed is followed in `memory`.
 * Throws a `TypeError` for an event that the architecture alone does not have, or that QEMU cannot play.
 */
export function eventCommands(event: VgicEvent, memory: SoftwareMemory): readonly string[] {
  const program = programs[event.kind] as Program | undefined;
  if (program === undefined) throw new TypeError(`qemu-gic does not play '${event.kind}'`);
  return program(event, memory);
}

/** The INTID of a physical wire. The wires of software devices end in a hypervisor, which is not here. */
function physicalLine(wire: string): number {
  if (wire !== 'p40' && wire !== 'p41') throw new TypeError(`qemu-gic has no wire '${wire}'`);
  return Number(wire.slice(1));
}

/** Software with nothing to complete writes nothing: it comes to that only after an acknowledge that went wrong. */
const writeBack = (register: number, value: number | undefined): readonly string[] =>
  value === undefined ? [] : [q.write(register, value)];

const control = ({ enables, eoiMode }: SoftwareMemory): string =>
  q.write(gicMap.GICV_CTLR, enables | packFields(gicFields.CTLR, { EOImode: eoiMode }));

const lrState = { invalid: 0, pending: 1, active: 2, 'pending+active': 3 } as const;

interface LrWrite {
  readonly lr: number;
  readonly state: keyof typeof lrState;
  readonly priority: number;
}

type LrFields = Partial<Readonly<Record<keyof typeof gicFields.GICH_LR, number>>>;

const writeLr = ({ lr, state, priority }: LrWrite, fields: LrFields): string =>
  q.write(
    gicMap.GICH_LR + 4 * lr,
    packFields(gicFields.GICH_LR, { State: lrState[state], Priority: priority >>> 3, ...fields }),
  );
