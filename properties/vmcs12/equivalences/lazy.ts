import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { fieldNames } from '../../../spec/vmcs12/fields.ts';
import { equivalence, type Side } from '../equivalence.ts';
import { isOfL0 } from '../law.ts';
import { Outlook } from '../outlook.ts';
import { everySection } from './nested-is-bare.ts';

const looks = (event: Vmcs12Event): boolean => event.kind === 'vmread' || event.kind === 'vmptrld';

/** VMREAD of a field that the processor does not have would fail, and write the VM-instruction error. */
const readable = fieldNames.filter((name) => name !== 'bndcfgs');

/** After an exit L1 makes the other VMCS current and comes back, or reads fields; by chance, as an implementation is. */
function variant({ config, events }: Side, pick: (n: number) => number): Side | undefined {
  const outlook = new Outlook(config);
  const other: Vmcs12Event[] = [];
  let times = 0;
  for (const event of events) {
    const { runsL2, current } = outlook;
    if (!runsL2 && current >= 0 && pick(3) === 0) {
      times++;
      const slot = current === 0 ? 0 : 1;
      if (pick(2) === 0) other.push({ kind: 'vmptrld', slot: slot === 0 ? 1 : 0 }, { kind: 'vmptrld', slot });
      else for (let n = 0; n < 4; n++) other.push({ kind: 'vmread', field: readable[pick(readable.length)]! });
    }
    other.push(event);
    if (!isOfL0(event)) outlook.play(event);
  }
  return times > 0 ? { config, events: other } : undefined;
}

/** VMCS12-15. */
export const lazy = equivalence({
  id: 'lazy-is-eager',
  claim:
    'Whether L1 reads fields, or makes another VMCS current and comes back, changes nothing that any other event shows.',
  judges: ['lazy-state-is-invisible', 'other-vmcs-is-untouched', 'vmclear-and-vmptrld-keep-the-fields'],
  needs: everySection,
  scenario: {
    name: 'a segment that L2 loads, and L1 writes in part',
    events: [
      { kind: 'enter', by: 'right' },
      { kind: 'loadSegment', segment: 'fs', value: 1 },
      { kind: 'vmcall' },
      { kind: 'vmwrite', field: 'fsLimit', value: 1 },
      { kind: 'enter', by: 'right' },
      { kind: 'vmcall' },
    ],
  },
  variant,
  passesOver: looks,
});
