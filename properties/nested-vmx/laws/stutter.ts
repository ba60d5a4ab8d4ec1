import { alphabet } from '../../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../../spec/nested-vmx/configuration.ts';
import { observation } from '../../../spec/nested-vmx/observation.ts';
import type { Law, Seen } from '../../../src/engine/property.ts';

const momentary = new Set(['entry', 'delivery', 'exit', 'effects']);

type Word = readonly [section: string, index: number, field: string];

function wordsOf(config: NestedVmxConfiguration): readonly Word[] {
  return Object.entries(observation).flatMap(([section, { count, fields }]) =>
    Array.from({ length: count(config) }, (_, index) =>
      Object.keys(fields).map((field): Word => [section, index, field]),
    ).flat(),
  );
}

const isOfL0 = (kind: string): boolean => alphabet[kind as keyof typeof alphabet].by === 'level0';

/** What L0 does is seen nowhere, at once. */
export const stutter: Law = {
  kind: 'law',
  id: 'l0-shows-nothing',
  claim: 'An event of L0 changes nothing that is seen, and tells nothing.',
  judges: ['host-exit-is-a-stutter'],
  needs: Object.keys(observation),
  profiles: ['nested'],
  scenario: {
    name: 'L0 comes between an injected event and an interrupt',
    events: [
      { kind: 'l1Inject', event: 'nmi' },
      { kind: 'l1Enter' },
      { kind: 'interrupt', vector: 0x31 },
      { kind: 'hostExit' },
      { kind: 'hostSaveRestore' },
      { kind: 'l2Nop' },
    ],
  },
  begin(config) {
    const words = wordsOf(config as NestedVmxConfiguration);
    let before: readonly number[] | undefined;
    let moments = 0;
    const read = (seen: Seen): readonly number[] =>
      words.map(([section, index, field]) => seen.get(section, index, field));
    return {
      get moments() {
        return moments;
      },
      step({ kind }, seen) {
        const now = read(seen);
        const was = before;
        before = now;
        if (!isOfL0(kind)) return undefined;
        moments++;
        const at = words.findIndex(([section], i) => now[i] !== (momentary.has(section) ? 0 : (was?.[i] ?? now[i])));
        if (at < 0) return undefined;
        return { clause: 'host-exit-is-a-stutter', summary: `${kind} shows in ${words[at]![0]}.${words[at]![2]}` };
      },
    };
  },
};
