import { debugBits, instructionLengths as lengths } from '../../../spec/idt-vectoring/universe.ts';
import { complete } from './complete.ts';
import { debugException } from './events.ts';
import type { Machine } from './machine.ts';
import { raise } from './raise.ts';

/** NOP. */
export const nop = (m: Machine): void => complete(m, lengths.nop);

/** STI: a shadow if IF was 0. */
export function sti(m: Machine): void {
  const shadow = 1 - m.interruptFlag;
  complete(m, lengths.sti);
  m.interruptFlag = 1;
  m.sti = shadow;
}

/** CLI. */
export function cli(m: Machine): void {
  m.interruptFlag = 0;
  complete(m, lengths.cli);
}

/** MOV to SS: a shadow, but for the second of two. */
export function movss(m: Machine): void {
  const shadow = 1 - m.movss;
  complete(m, lengths.movss);
  m.movss = shadow;
}

/** POPF: a trap after it is due to TF as it was. */
export function popf(m: Machine, trapFlag: number): void {
  complete(m, lengths.popf);
  m.trapFlag = trapFlag;
}

/** HLT. */
export function hlt(m: Machine): void {
  complete(m, lengths.hlt);
  m.halted = 1;
}

/** A write to the EOI register. */
export function eoi(m: Machine): void {
  if (m.isr !== 0) m.isr &= ~(1 << (31 - Math.clz32(m.isr)));
  complete(m, lengths.eoi);
}

/** A store that a data breakpoint watches: a trap. */
export function dataBreakpoint(m: Machine): void {
  m.debug |= debugBits.dataBreakpoint;
  complete(m, lengths.dataBreakpoint);
}

// Places in the domain of `to`.
const toGeneralDetect = 0;
const toNoGeneralDetect = 1;

/** MOV to a debug register. */
export function movdr(m: Machine, to: number): void {
  if (m.generalDetect !== 0) {
    raise(m, debugException, 0, 0, debugBits.generalDetect, m.rfOnGeneralDetect ? 1 : m.resumeFlag);
    return;
  }
  if (to === toGeneralDetect) m.generalDetect = 1;
  else if (to !== toNoGeneralDetect) m.dr6 = 0;
  complete(m, lengths.movdr);
}
