import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Vmcs12Event } from '../../spec/vmcs12/alphabet.ts';
import type { Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import type { Equivalence } from '../../src/engine/property.ts';
import type { Declared } from './law.ts';
import { Sighted } from './sighted.ts';
import { fieldPlaces, words, type WordName } from './words.ts';

/** A sequence of `vmcs12`. */
export interface Side {
  readonly config: Vmcs12Configuration;
  readonly events: readonly Vmcs12Event[];
}

/** An equivalence of `vmcs12` as it is written down; the first clause that it judges is blamed. */
export interface Vmcs12Equivalence extends Declared {
  readonly variant: (side: Side, pick: (n: number) => number) => Side | undefined;
  /** Events that only one side may have: nothing is looked at after them. */
  readonly passesOver: (event: Vmcs12Event) => boolean;
  /** Words that may differ. */
  readonly except?: readonly WordName[];
}

const fold = (hash: number, word: number): number => Math.imul(hash ^ word, 0x0100_0193) >>> 0;
const numberAt = new Map(fieldPlaces.map((place, number) => [place, number]));

/**
 * Makes a property of an equivalence: compared is every word, as far as it is defined, after every event that both sides
 * have.
 */
export function equivalence({ variant, passesOver, except = [], ...claim }: Vmcs12Equivalence): Equivalence {
  const needed = new Set<string>(claim.needs);
  const excepted = new Set<string>(except);
  const compared = words.flatMap(([section, field], place) =>
    needed.has(section) && !excepted.has(`${section}.${field}`) ? [place] : [],
  );
  return {
    kind: 'equivalence',
    ...claim,
    variant(config, events, pick) {
      const side = { config: config as unknown as Vmcs12Configuration, events: events as readonly Vmcs12Event[] };
      const other = variant(side, pick);
      return other && { config: other.config as unknown as AnyConfiguration, events: other.events };
    },
    project(config) {
      const sight = new Sighted(config as unknown as Vmcs12Configuration, claim.needs);
      const told: string[] = [];
      let hash = 0x811c_9dc5;
      return {
        step(event, seen) {
          sight.look(seen, event as Vmcs12Event);
          sight.keep();
          if (passesOver(event as Vmcs12Event)) return;
          const reason = sight.outcome === 5 ? ` ${sight.field('exitReason')}` : '';
          if (sight.outcome > 1) told.push(`${event.kind} ${sight.outcome}${reason}`);
          for (const place of compared) {
            const number = numberAt.get(place);
            // VMREAD of an undefined field shows anything.
            const defined =
              number !== undefined ? sight.defined(number) : definedOf(event as Vmcs12Event, place, sight);
            hash = fold(hash, sight.now[place]! & defined);
          }
        },
        result: () => [...told, `all words ${hash.toString(16).padStart(8, '0')}`].join(', '),
      };
    },
  };
}

const valuePlace = words.findIndex(([section, field]) => section === 'step' && field === 'value');

function definedOf(event: Vmcs12Event, place: number, sight: Sighted): number {
  if (place !== valuePlace || event.kind !== 'vmread') return 0xffff_ffff;
  return sight.definedOf(event.field);
}
