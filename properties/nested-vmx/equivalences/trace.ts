import { alphabet, type NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../../spec/nested-vmx/configuration.ts';
import { observation } from '../../../spec/nested-vmx/observation.ts';
import type { Seen } from '../../../src/engine/property.ts';
import type { Projection } from '../equivalence.ts';

/** Whether an event is one of L0. */
export const isOfL0 = ({ kind }: NestedVmxEvent): boolean => alphabet[kind].by === 'level0';

const momentary = ['delivery', 'exit'] as const;

/** What the event itself did, in a few letters; empty if nothing. */
export function outcome(seen: Seen): string {
  const level = seen.get('delivery', 0, 'level');
  const kind = seen.get('exit', 0, 'kind');
  const told: string[] = [];
  if (seen.get('entry', 0, 'outcome') !== 0) told.push(`entry ${seen.get('entry', 0, 'outcome')}`);
  if (level !== 0) told.push(`L${level} gets ${seen.get(momentary[0], 0, 'information').toString(16)}`);
  if (kind !== 0) {
    const information = seen.get(momentary[1], 0, 'information');
    const reason = seen.get(momentary[1], 0, 'reason') & 0xffff;
    told.push(`exit ${reason}${information >>> 31 ? ` ${information.toString(16)}` : ''}`);
  }
  if (seen.get('effects', 0, 'processed') !== 0) told.push('processing');
  return told.join(' ');
}

/** Folds words into one. */
export const fold = (hash: number, word: number): number => Math.imul(hash ^ word, 0x0100_0193) >>> 0;

/** All that is seen of the events that are not of L0: what they did in words, and every word of every section folded. */
export class WholeTrace implements Projection {
  private readonly words: readonly (readonly [string, number, string])[];
  private readonly told: string[] = [];
  private hash = 0x811c_9dc5;

  constructor(config: NestedVmxConfiguration) {
    this.words = Object.entries(observation).flatMap(([section, { count, fields }]) =>
      Array.from({ length: count(config) }, (_, index) =>
        Object.keys(fields).map((field) => [section, index, field] as const),
      ).flat(),
    );
  }

  step(event: NestedVmxEvent, seen: Seen): void {
    if (isOfL0(event)) return;
    const said = outcome(seen);
    if (said !== '') this.told.push(said);
    this.hash = fold(this.hash, event.kind.length);
    for (const [section, index, field] of this.words) this.hash = fold(this.hash, seen.get(section, index, field));
  }

  result(): string {
    return [...this.told, `all words ${this.hash.toString(16).padStart(8, '0')}`].join(', ');
  }
}
