import { gateStates, gateVectors } from '../../../spec/idt-vectoring/universe.ts';
import type { Machine } from './machine.ts';

export const present = gateStates.indexOf('present');
export const absent = gateStates.indexOf('absent');
export const task = gateStates.indexOf('task');
export const closed = gateStates.indexOf('closed');

const outside = 0xff;

/** Place of the two bits of a vector; vectors whose gate nobody changes have none. */
const places = new Uint8Array(256).fill(outside);
gateVectors.forEach((vector, place) => (places[vector] = 2 * place));

/** The state of the gate of a vector. */
export function gateOf(m: Machine, vector: number): number {
  const at = places[vector];
  return at === outside ? present : (m.gates >>> at) & 3;
}

/** Changes the gate of a vector, which is one of `gateVectors`. */
export function setGate(m: Machine, vector: number, state: number): void {
  const at = places[vector];
  m.gates = (m.gates & ~(3 << at)) | (state << at);
}
