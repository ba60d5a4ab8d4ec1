import { alphabet, type NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { controls, edgeVectors, injections, notificationVector } from '../../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { levelBits, pendingBits } from '../bits.ts';
import { entryOutcome, fit } from '../entry-outcome.ts';
import type { Outlook } from '../outlook.ts';
import { setOf } from '../sighted.ts';

/** An integer in [0, n). */
export type Random = (n: number) => number;

/** What a choice looks at. */
export interface Sight {
  readonly outlook: Outlook;
  /** The edge vectors that the sequence is mostly about, by their places. */
  readonly focus: readonly number[];
}

/** The place of the argument in its domain: every kind has one argument at the most. */
export type Choose = (sight: Sight, random: Random) => number;

const eventKinds: Readonly<
  Record<string, { readonly args: Readonly<Record<string, { readonly values: readonly unknown[] }>> }>
> = alphabet;

/** Number of values of the argument of each kind; 1 where there is none. */
export const radices: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(eventKinds).map(([kind, { args }]) => [
    kind,
    Object.values(args).reduce((product, { values }) => product * values.length, 1),
  ]),
);

const notification = edgeVectors.indexOf(notificationVector);
const injectable = Object.values(injections);
const nmi = Object.keys(injections).indexOf('nmi');
const { valid } = interruptionInformation;

const vector: Choose = ({ focus }, random) =>
  random(6) === 0 ? random(edgeVectors.length) : focus[random(focus.length)]!;

/** Place 0 of the domain is on. */
const turned = (is: boolean, random: Random): number => (random(8) === 0 ? random(2) : Number(is));

/** Chooses until the next entry would be accepted; the last try counts whatever it comes to. */
function tryFor(times: number, random: Random, values: number, accepts: (value: number) => boolean): number {
  let value = random(values);
  for (let n = 1; n < times && !accepts(value); n++) value = random(values);
  return value;
}

/** How to choose the argument of a kind; a kind that is not listed takes any. */
export const choices: Readonly<Partial<Record<NestedVmxEvent['kind'], Choose>>> = {
  interrupt: (sight, random) => {
    const { outlook } = sight;
    const notifies = outlook.has('postedInterrupts');
    return notifies && random(outlook.on && outlook.runsL2 ? 2 : 4) === 0 ? notification : vector(sight, random);
  },
  post: vector,
  l1Pend: vector,
  line: ({ outlook }, random) => turned((outlook.pending & pendingBits.line) !== 0, random),
  pic: ({ outlook }, random) => turned((outlook.pending & pendingBits.pic) !== 0, random),
  l1Tpr: (_, random) => (random(2) === 0 ? 0 : random(radices['l1Tpr']!)),
  l2Tpr: (_, random) => (random(3) === 0 ? 0 : random(radices['l2Tpr']!)),
  l1Control: ({ outlook }, random) => {
    const { controls: mask } = outlook;
    const place = tryFor(random(12) === 0 ? 1 : 4, random, controls.length, (n) => fit(mask ^ (1 << n)));
    return place * 2 + turned((mask & (1 << place)) !== 0, random);
  },
  l1Inject: ({ outlook }, random) => {
    // A processor may refuse an NMI in the shadow of STI: L1 hardly comes to that by chance.
    if (outlook.l2.flags & levelBits.sti && random(2) === 0) return nmi;
    return tryFor(random(6) === 0 ? 1 : 5, random, injectable.length, (n) => {
      const { information } = injectable[n]!;
      return n > 0 && entryOutcome({ ...fieldsOf(outlook), information: (valid | information) >>> 0 }) === 'enters';
    });
  },
  l1GuestInterrupts: ({ outlook }, random) => turned((outlook.l2.flags & levelBits.if) !== 0, random),
  l1GuestNmiBlocking: ({ outlook }, random) => turned((outlook.l2.flags & levelBits.nmi) !== 0, random),
  l1GuestBlocking: ({ outlook }, random) => {
    const { sti, movss } = levelBits;
    const flags = [0, sti, movss, sti | movss];
    return tryFor(random(6) === 0 ? 1 : 4, random, flags.length, (n) => {
      const l2 = { ...outlook.l2, flags: (outlook.l2.flags & ~(sti | movss)) | flags[n]! };
      return l2.flags !== outlook.l2.flags && entryOutcome({ ...fieldsOf(outlook), l2 }) === 'enters';
    });
  },
  l1GuestActivity: ({ outlook }, random) => {
    // A notification that finds L2 halted.
    const notified = (outlook.irr & setOf(notificationVector)) !== 0 && outlook.has('postedInterrupts');
    if (notified && random(2) === 0) return activityStates.hlt;
    return tryFor(random(6) === 0 ? 1 : 4, random, radices['l1GuestActivity']!, (activity) => {
      const l2 = { ...outlook.l2, activity };
      return activity !== outlook.l2.activity && entryOutcome({ ...fieldsOf(outlook), l2 }) === 'enters';
    });
  },
  l1Timer: ({ outlook }, random) => turned(outlook.expired, random),
  // Place 0 of the domain is absent.
  l1Idt: ({ outlook }, random) => turned(!outlook.idt, random),
};

const fieldsOf = ({ controls: mask, information, l1, l2 }: Outlook) => ({ controls: mask, information, l1, l2 });
