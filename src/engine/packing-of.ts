import type { AnyEvent } from '../../spec/alphabet.ts';
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

const codes = new WeakMap<Packing, Map<AnyEvent, number>>();

/**
 * The code of an event, at once for the packing's own event objects, which are what laws and equivalences are given
 * and mostly give back. Throws a `RangeError` that names the offending kind or argument.
 */
export function codeOf(packing: Packing, event: AnyEvent): number {
  let known = codes.get(packing);
  if (known === undefined) {
    known = new Map(packing.events.map((own, code) => [own, code]));
    codes.set(packing, known);
  }
  return known.get(event) ?? packing.code(event);
}
