import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { fieldPlaces, words, type SectionName } from '../words.ts';
import { isOfL0, law, Watch } from '../law.ts';

const momentary = new Set<SectionName>(['step', 'delivery']);
const numberAt = new Map(fieldPlaces.map((place, number) => [place, number]));

class NothingShows extends Watch {
  override step(event: Vmcs12Event): string | undefined {
    const { sight } = this;
    if (!isOfL0(event) || sight.isFirst) return undefined;
    this.moments++;
    const { now, before } = sight;
    const at = words.findIndex(([section], place) => {
      const number = numberAt.get(place);
      const defined = number === undefined ? 0xffff_ffff : sight.defined(number);
      return ((now[place]! ^ (momentary.has(section) ? 0 : before[place]!)) & defined) !== 0;
    });
    return at < 0 ? undefined : `${event.kind} shows in ${words[at]!.join('.')}`;
  }
}

/** What L0 does is seen nowhere, at once. */
export const l0 = law({
  id: 'l0-shows-nothing',
  claim: 'An event of L0 changes nothing that is seen.',
  judges: ['physical-exit-leaves-no-trace', 'timer-goes-on-through-physical-exits'],
  needs: [...new Set(words.map(([section]) => section))],
  profiles: ['nested'],
  scenario: {
    name: 'L0 takes TS and the IDT from L2 while L2 runs',
    events: [
      { kind: 'enter', by: 'right' },
      { kind: 'hostExit', cause: 'lazyFpu' },
      { kind: 'hostObstruct' },
      { kind: 'clts' },
      { kind: 'hostExit', cause: 'emulation' },
    ],
  },
  watch: NothingShows,
});
