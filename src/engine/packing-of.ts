import { pack, type Packing } from '../../spec/packing.ts';
import type { SystemSpec } from '../../spec/system.ts';

const packings = new WeakMap<SystemSpec, Packing>();

/** The packed form of a system's alphabet; derived once. */
export function packingOf(spec: SystemSpec): Packing {
  let packing = packings.get(spec);
  if (packing === undefined) {
    packing = pack(spec.alphabet);
    if (packing.size > 0x1_0000) throw new RangeError(`${spec.name}: ${packing.size} events do not fit 16 bits`);
    packings.set(spec, packing);
  }
  return packing;
}
