import type { GuestState } from './guest-state.ts';
import type { Machine } from './machine.ts';

/** Places of the words that tell what an event did. */
export const entryWords = 0;
export const deliveryWords = 2;
export const exitWords = 8;
export const effectWords = 20;
export const outputWords = 23;
export const exitInformationWord = exitWords + 3;
export const acknowledgedWord = effectWords;
export const broadcastWord = effectWords + 1;
export const processedWord = effectWords + 2;

/** Fills the section `delivery`; `at` is the state that was interrupted. */
export function tellDelivery(
  m: Machine,
  level: number,
  info: number,
  error: number,
  length: number,
  at: GuestState,
): void {
  const { words } = m;
  words[deliveryWords] = level;
  words[deliveryWords + 1] = info;
  words[deliveryWords + 2] = error;
  words[deliveryWords + 3] = level === 1 ? 0 : at.position;
  words[deliveryWords + 4] = level === 1 ? 0 : length;
  words[deliveryWords + 5] = at.interrupts;
}

/** Fills the section `entry`. */
export function tellEntry(m: Machine, outcome: number, error: number): void {
  m.words[entryWords] = outcome;
  m.words[entryWords + 1] = error;
}

/** Fills the section `exit` for an entry that failed after the checks of controls: the rest of it stays 0. */
export function tellFailedEntry(m: Machine, reason: number, qualification: number): void {
  m.words[exitWords] = 2;
  m.words[exitWords + 1] = reason;
  m.words[exitWords + 2] = qualification;
}
