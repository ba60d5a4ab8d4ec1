import type { Alphabet, AnyEvent } from './alphabet.ts';
import type { Domains, Value } from './domain.ts';

/** Arguments an event kind may have at the most: the stride of {@link Packing.args}. */
export const maxArguments = 6;

/**
 * The packed form of an alphabet: every event is one integer in `[0, size)`, and every such integer is an event.
 * Kinds take consecutive ranges in declaration order; inside a range the arguments are digits of a mixed radix, the last
 * argument fastest. Codes are for one process only: stored cases hold events by name, so that kinds may be added.
 */
export interface Packing<E extends AnyEvent = AnyEvent> {
  readonly size: number;
  /** Kind names in declaration order; a kind's number is its place here. */
  readonly kinds: readonly string[];
  /** First code of each kind, and `size` at the end. */
  readonly first: Uint32Array;
  /** Kind number of each code. */
  readonly kind: Uint8Array;
  /**
   * Arguments of each code in declaration order, `maxArguments` per code: numbers as they are, booleans as 0 or 1,
   * strings as their place in the domain.
   */
  readonly args: Int32Array;
  /** The event of each code: one frozen object per code, so that decoding allocates nothing. */
  readonly events: readonly E[];
  /** The code of an event. Throws a `RangeError` that names the offending kind or argument. */
  code(event: AnyEvent): number;
}

/** The number of combinations of some domains. */
export const combinations = (domains: Domains): number =>
  Object.values(domains).reduce((product, { values }) => product * values.length, 1);

const asNumber = (value: Value, index: number): number => (typeof value === 'string' ? index : Number(value));

/** Derives the packed form of an alphabet. */
export function pack<E extends AnyEvent = AnyEvent>(alphabet: Alphabet): Packing<E> {
  const kinds = Object.keys(alphabet);
  const first = new Uint32Array(kinds.length + 1);
  kinds.forEach((name, k) => {
    first[k + 1] = first[k]! + combinations(alphabet[name]!.args);
  });
  const size = first[kinds.length]!;
  const kind = new Uint8Array(size);
  const args = new Int32Array(size * maxArguments);
  const events: E[] = [];
  kinds.forEach((name, k) => {
    const entries = Object.entries(alphabet[name]!.args);
    if (entries.length > maxArguments) throw new RangeError(`${name}: more than ${maxArguments} arguments`);
    for (let code = first[k]!; code < first[k + 1]!; code++) {
      kind[code] = k;
      const values: Record<string, Value> = { kind: name };
      let rest = code - first[k]!;
      for (let a = entries.length - 1; a >= 0; a--) {
        const [arg, { values: choices }] = entries[a]!;
        const index = rest % choices.length;
        rest = Math.floor(rest / choices.length);
        values[arg] = choices[index]!;
        args[code * maxArguments + a] = asNumber(choices[index]!, index);
      }
      events.push(Object.freeze(inOrder(name, entries, values)) as E);
    }
  });
  const code = (event: AnyEvent): number => {
    const k = kinds.indexOf(event.kind);
    if (k < 0) throw new RangeError(`there is no event kind '${event.kind}'`);
    let offset = 0;
    for (const [arg, { values }] of Object.entries(alphabet[event.kind]!.args)) {
      const index = values.indexOf(event[arg] as Value);
      if (index < 0) throw new RangeError(`${event.kind}: '${arg}' cannot be ${JSON.stringify(event[arg])}`);
      offset = offset * values.length + index;
    }
    return first[k]! + offset;
  };
  return { size, kinds, first, kind, args, events, code };
}

function inOrder(kind: string, entries: readonly [string, unknown][], values: Record<string, Value>): object {
  const ordered: Record<string, Value> = { kind };
  for (const [arg] of entries) ordered[arg] = values[arg]!;
  return ordered;
}
