import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import { activityStates } from '../../spec/vmx/guest-non-register-state.ts';
import { controlBit, levelBits } from './bits.ts';
import { typeOf } from './sighted.ts';

/** What VMLAUNCH or VMRESUME would come to. */
export type EntryOutcome = 'enters' | 'blocked' | 'controls' | 'state';

/** What L1 has written for the next entry, and its blocking. */
export interface Intended {
  readonly controls: number;
  readonly information: number;
  readonly l1: { readonly flags: number };
  readonly l2: { readonly flags: number; readonly activity: number };
}

const needs = [
  ['nmiWindow', 'virtualNmis'],
  ['virtualNmis', 'nmiExiting'],
  ['virtualInterruptDelivery', 'externalInterruptExiting'],
  ['postedInterrupts', 'virtualInterruptDelivery'],
  ['postedInterrupts', 'acknowledgeInterrupt'],
] as const;
const pairs = needs.map(([one, other]) => [controlBit(one), controlBit(other)] as const);

const reservedType = 1;
const debugException = 0x301;

/** Whether controls go together. */
export const fit = (controls: number): boolean =>
  pairs.every(([one, other]) => (controls & one) === 0 || (controls & other) !== 0);

/** What an entry with these fields comes to; an injected NMI in the shadow of STI is taken to be accepted. */
export function entryOutcome({ controls, information, l1, l2 }: Intended): EntryOutcome {
  if (l1.flags & levelBits.movss) return 'blocked';
  const type = typeOf(information);
  if (!fit(controls) || type === reservedType) return 'controls';
  return isValid(controls, information, type, l2) ? 'enters' : 'state';
}

function isValid(controls: number, information: number, type: number, { flags, activity }: Intended['l2']): boolean {
  const { active, hlt, shutdown } = activityStates;
  const blocking = flags & (levelBits.sti | levelBits.movss);
  const open = (flags & levelBits.if) !== 0;
  if (blocking === (levelBits.sti | levelBits.movss) || (flags & levelBits.sti && !open)) return false;
  if (activity !== active && blocking !== 0) return false;
  if (type < 0) return true;
  const { externalInterrupt, nmi, other } = eventTypes;
  if (type === externalInterrupt && (!open || blocking !== 0)) return false;
  if (type === nmi && flags & levelBits.movss) return false;
  if (type === nmi && controls & controlBit('virtualNmis') && flags & levelBits.nmi) return false;
  if (activity === active) return true;
  if (activity === shutdown) return type === nmi;
  if (activity !== hlt) return false;
  return type === externalInterrupt || type === nmi || type === other || (information & 0x7ff) === debugException;
}
