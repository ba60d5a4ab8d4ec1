import { lineVector, picVector } from '../../../spec/nested-vmx/universe.ts';
import { has, insert } from '../local-apic/index.ts';
import { post } from './level0/descriptor.ts';
import type { Machine } from './machine.ts';
import { acknowledgedWord, broadcastWord } from './outputs.ts';
import { bitOf } from './vectors.ts';

/** "Acceptance of an interrupt sets its bit in IRR, whichever level runs, and does nothing else by itself." */
export function accept(m: Machine, vector: number, level: boolean): void {
  m.apicChanged = true;
  m.apic.setTrigger(vector, level);
  if (m.l0Apicv) {
    post(m, vector);
    return;
  }
  insert(m.apic.irr, vector);
  m.l0.request = true;
}

/** "A level-triggered line sends no second interrupt while remote IRR is 1." */
export function sendLine(m: Machine): void {
  if (!m.line || m.remoteIrr) return;
  accept(m, lineVector, true);
  m.remoteIrr = true;
}

/** An EOI goes to the I/O APIC. */
export function broadcast(m: Machine, vector: number): void {
  m.words[broadcastWord] = bitOf[vector];
  if (vector !== lineVector) return;
  m.remoteIrr = false;
  sendLine(m);
}

/** EOI of L1's local APIC by software. */
export function endOfInterrupt(m: Machine): void {
  const vector = m.apic.endOfInterrupt();
  m.apicChanged = true;
  m.l0.statusStale = true;
  if (vector !== 0 && has(m.apic.tmr, vector)) broadcast(m, vector);
}

/** Write of TPR of L1's local APIC by software. */
export function writePriority(m: Machine, value: number): void {
  m.apic.tpr = value;
  m.apicChanged = true;
}

/** The vector of the interrupt for L1's processor: that of the 8259 goes first. 0: there is none. */
export const interruptSource = (m: Machine): number => (m.pic ? picVector : m.apic.deliverable());

/** Acknowledges what {@link interruptSource} has told. */
export function acknowledge(m: Machine, source: number): void {
  if (source === picVector) {
    m.pic = false;
    m.words[acknowledgedWord] = 1;
    return;
  }
  m.apic.acknowledge(source);
  m.apicChanged = true;
  m.l0.statusStale = true;
}
