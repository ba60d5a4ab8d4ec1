import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { equivalence } from '../equivalence.ts';
import { commonGroups } from '../words.ts';

const saves = (event: Vmcs12Event): boolean =>
  (event.kind === 'control' && event.bit === 'savePat' && event.on) ||
  event.kind === 'vmclear' ||
  event.kind === 'vmptrld';

const ofControl = (event: Vmcs12Event): boolean => event.kind === 'control' && event.bit === 'loadPat';
const passesOver = (event: Vmcs12Event): boolean =>
  ofControl(event) || (event.kind === 'vmread' && event.field === 'entryControls');

/** VMCS12-08: with the exit control 0, that of the entry is of no account. */
export const entryControl = equivalence({
  id: 'entry-control-does-not-save',
  claim: 'While "save IA32_PAT" is 0, the field is the same whether or not the entry loads it.',
  judges: ['unsaved-pat-keeps-what-l1-wrote'],
  needs: ['step', 'machine', 'delivery', ...commonGroups, 'l1', 'l2'],
  scenario: {
    name: 'L2 writes PAT',
    events: [
      { kind: 'set', register: 'pat', value: 1 },
      { kind: 'enter', by: 'right' },
      { kind: 'wrmsr', msr: 'pat', value: 2 },
      { kind: 'vmcall' },
      { kind: 'vmread', field: 'pat' },
    ],
  },
  // Until L1 asks for the saving, or takes the other VMCS.
  variant({ config, events }) {
    if (events.some(saves)) return undefined;
    const other = events.map((event): Vmcs12Event =>
      event.kind === 'control' && event.bit === 'loadPat' ? { ...event, on: !event.on } : event,
    );
    return { config, events: [{ kind: 'control', bit: 'loadPat', on: true }, ...other] };
  },
  passesOver,
  except: ['controls.entryControls', 'l1.pat', 'l2.pat'],
});
