import { guestBits } from '../sighted.ts';
import { places } from './words.ts';

/** What comes between a cut and the instruction at which both policies are compared. */
export interface Disturbances {
  /** A maskable interrupt can be taken: it waited for the end of a shadow, or has become pending since. */
  waiting: boolean;
  interrupt: boolean;
  /** An NMI or a machine check. */
  nmi: boolean;
  cure: boolean;
  injection: boolean;
  /** Another event was cut short, or may have been. */
  another: boolean;
}

export const undisturbed = (): Disturbances => ({
  waiting: false,
  interrupt: false,
  nmi: false,
  cure: false,
  injection: false,
  another: false,
});

const takesInterrupt = (words: Uint32Array): boolean =>
  words[places.irr] !== 0 && (words[places.flags]! & guestBits.if) !== 0;

/** Notes what waits when an event is about to be cut short. */
export function noteBefore(words: Uint32Array, found: Disturbances): void {
  if (takesInterrupt(words)) found.waiting = true;
  note('', words, found);
}

/** Notes what an event changes while the guest waits for an event that was cut short, or is back without it. */
export function note(kind: string, words: Uint32Array, found: Disturbances): void {
  const flags = words[places.flags]!;
  if (takesInterrupt(words)) found.interrupt = true;
  if (words[places.nmis] !== 0 && (flags & guestBits.nmiBlocked) === 0) found.nmi = true;
  if (words[places.machineCheck] !== 0) found.nmi = true;
  if (kind === 'cure') found.cure = true;
  if (kind === 'inject') found.injection = true;
}
