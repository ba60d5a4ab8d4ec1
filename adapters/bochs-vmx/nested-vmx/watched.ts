import { AdapterError } from '../../../spec/contract.ts';
import { vectors } from '../../../spec/nested-vmx/universe.ts';
import type { Snapshot } from '../answer.ts';
import { apicOffsets, source, type Source } from '../source.ts';
import type { VmcsField } from '../vmcs-fields.ts';

/** The words of 32 vectors that have one of the system's. */
const groups = [...new Set(vectors.map((vector) => vector >>> 5))];
const registers = (offset: number): readonly Source[] => groups.map((group) => source.apic(offset + 0x10 * group));

const sets = {
  irr: registers(apicOffsets.irr),
  isr: registers(apicOffsets.isr),
  tmr: registers(apicOffsets.tmr),
} as const;
const tpr = source.apic(apicOffsets.tpr);
const ppr = source.apic(apicOffsets.ppr);
const apic: readonly Source[] = [...Object.values(sets).flat(), tpr, ppr];

const fields = [
  'exitReason',
  'vmInstructionError',
  'exitQualification',
  'exitInterruptionInfo',
  'idtVectoringInfo',
  'idtVectoringErrorCode',
  'exitInstructionLength',
  'guestRflags',
  'guestInterruptibility',
  'guestActivity',
  'entryInterruptionInfo',
] as const satisfies readonly VmcsField[];

/** A register of 256 bits as the set of the system's vectors. */
function setOf(snapshot: Snapshot, places: readonly Source[]): number {
  let set = 0;
  places.forEach((place, i) => {
    let bits = Number(snapshot.get(place));
    vectors.forEach((vector, n) => {
      const bit = 2 ** (vector & 31);
      if (vector >>> 5 !== groups[i] || Math.floor(bits / bit) % 2 === 0) return;
      set |= 1 << n;
      bits -= bit;
    });
    if (bits !== 0)
      throw new AdapterError('E_ADAPTER_THREW', `the local APIC has vectors that nobody sent: 0x${bits.toString(16)}`);
  });
  return set;
}

/** The local APIC as L1 reads it. */
const readout = (snapshot: Snapshot): Readonly<Record<string, number>> => ({
  irr: setOf(snapshot, sets.irr),
  isr: setOf(snapshot, sets.isr),
  tmr: setOf(snapshot, sets.tmr),
  tpr: Number(snapshot.get(tpr)),
  ppr: Number(snapshot.get(ppr)),
});

/** Places that the sequences of this system watch: the local APIC first, which alone is looked at while L1 runs. */
export const watched = {
  places: [...apic, ...fields.map((field) => source.vmcs(field))] as readonly Source[],
  apicPlaces: apic.length,
  readout,
  field: (snapshot: Snapshot, field: (typeof fields)[number]): number =>
    Number(BigInt.asUintN(32, snapshot.get(source.vmcs(field)))),
} as const;
