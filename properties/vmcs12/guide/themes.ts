import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { fieldSpec } from '../../../spec/vmcs12/fields.ts';
import type { Outlook } from '../outlook.ts';

type Writable = Extract<Vmcs12Event, { readonly kind: `vmwrite${string}` }>;
type Control = Extract<Vmcs12Event, { readonly kind: 'control' | 'controlOptional' }>;

/** Something that L1 writes for a theme. */
export type Wish = Writable | Control;

const on = (...bits: readonly Extract<Control, { kind: 'control' }>['bit'][]): readonly Wish[] =>
  bits.map((bit) => ({ kind: 'control', bit, on: true }));
const optionally = (...bits: readonly Extract<Control, { kind: 'controlOptional' }>['bit'][]): readonly Wish[] =>
  bits.map((bit) => ({ kind: 'controlOptional', bit, on: true }));

const delivery = on('tprShadow', 'virtualInterruptDelivery');
const timer = optionally('preemptionTimer');
const logging: readonly Wish[] = optionally('pml');
const shortly: Wish = { kind: 'vmwriteOptional', field: 'timerValue', value: 2 };
const atOnce: Wish = { kind: 'vmwriteOptional', field: 'timerValue', value: 1 };

/** Controls and fields that go together: chance alone hardly finds them all, in an order in which each entry succeeds. */
const themes: readonly (readonly Wish[])[] = [
  [
    ...delivery,
    { kind: 'vmwriteControl', field: 'eoiExitBitmap', value: 1 },
    { kind: 'vmwrite', field: 'interruptStatus', value: 2 },
  ],
  [...delivery, { kind: 'vmwrite', field: 'interruptStatus', value: 3 }],
  [...delivery, { kind: 'vmwrite', field: 'interruptStatus', value: 2 }],
  [...on('tprShadow'), { kind: 'vmwriteControl', field: 'tprThreshold', value: 1 }],
  on('apicAccesses'),
  on('tprShadow', 'apicRegisters', 'apicAccesses'),
  timer,
  [...timer, shortly],
  [...timer, atOnce],
  [...timer, ...optionally('saveTimer')],
  [...timer, ...optionally('saveTimer'), shortly],
  logging,
  [...logging, { kind: 'vmwriteOptional', field: 'pmlIndex', value: 1 }],
  [...logging, { kind: 'vmwriteOptional', field: 'pmlIndex', value: 2 }],
  optionally('eptpSwitching', 'vmFunctions'),
  optionally('monitorTrapFlag'),
  on('interruptWindowExiting'),
  [
    ...on('interruptWindowExiting'),
    { kind: 'vmwrite', field: 'rflags', value: 1 },
    { kind: 'vmwriteOptional', field: 'activity', value: 1 },
  ],
  [
    { kind: 'vmwrite', field: 'fsAccessRights', value: 1 },
    { kind: 'vmwrite', field: 'fsBase', value: 1 },
  ],
  on('virtualNmis', 'nmiWindowExiting'),
  on('interruptWindowExiting', 'virtualNmis', 'nmiWindowExiting'),
  [...on('cr3LoadExiting'), { kind: 'vmwriteControl', field: 'cr3TargetCount', value: 1 }],
  [...on('virtualNmis', 'interceptGp'), { kind: 'vmwrite', field: 'interruptibility', value: 3 }],
  [
    { kind: 'control', bit: 'nmiExiting', on: false },
    { kind: 'vmwrite', field: 'interruptibility', value: 3 },
  ],
  on('unconditionalIoExiting'),
  on('savePat', 'loadPat'),
  on('saveDebugControls', 'loadDebugControls'),
  [
    ...on('saveDebugControls'),
    { kind: 'vmwriteOptional', field: 'debugctl', value: 3 },
    { kind: 'control', bit: 'msrBitmaps', on: false },
  ],
  on('saveEfer', 'loadEfer'),
  [...on('loadHostPat'), { kind: 'vmwriteControl', field: 'exitMsrLoadCount', value: 1 }],
  on('interceptDb'),
  on('interceptPf'),
  [{ kind: 'control', bit: 'ept', on: false }],
  [{ kind: 'vmwriteControl', field: 'entryMsrLoadCount', value: 2 }],
];

/** The wishes of a sequence: those of two themes. */
export const draftOf = (random: (n: number) => number): readonly Wish[] => [
  ...themes[random(themes.length)]!,
  ...themes[random(themes.length)]!,
];

/** Whether L1 has to write it still. */
export function isOpen(o: Outlook, wish: Wish): boolean {
  if (wish.kind === 'control' || wish.kind === 'controlOptional') return o.has(wish.bit) !== wish.on;
  return o.field(wish.field) !== fieldSpec(wish.field).values[wish.value];
}
