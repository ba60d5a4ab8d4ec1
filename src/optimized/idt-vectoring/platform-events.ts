import { externalVectors } from '../../../spec/idt-vectoring/universe.ts';
import { cause } from './begun.ts';
import type { Machine } from './machine.ts';

const externalBits = new Uint8Array(256);
externalVectors.forEach((vector, place) => (externalBits[vector] = 1 << place));

/** An external interrupt becomes pending. */
export function external(m: Machine, vector: number): boolean {
  m.irr |= externalBits[vector];
  return true;
}

/** An NMI becomes pending: of those in service and waiting there are two at the most, the others merge. */
export function nmi(m: Machine): boolean {
  if (m.nmis < 2 - m.nmiBlocked) m.nmis++;
  return true;
}

/** A machine check becomes pending. */
export function machineCheckPending(m: Machine): boolean {
  if (m.machineCheck !== 0) return false;
  m.machineCheck = 1;
  return true;
}

/** The innermost instruction that has begun and has a cause loses it. */
export function cure(m: Machine): boolean {
  if ((m.begun & cause) !== 0) {
    m.begun &= ~cause;
    return true;
  }
  const { begun, count } = m.frames;
  for (let at = count - 1; at >= 0; at--) {
    if ((begun[at] & cause) !== 0) {
      begun[at] &= ~cause;
      return true;
    }
  }
  return false;
}
