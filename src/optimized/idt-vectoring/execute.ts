import { type InstructionName, instructions } from '../../../spec/idt-vectoring/universe.ts';
import { argumentOf, instructionOf } from './begun.ts';
import { boundary } from './boundary.ts';
import { codeBreakpoint, fault, movs } from './faulting-instructions.ts';
import { iret } from './iret.ts';
import type { Machine } from './machine.ts';
import { cli, dataBreakpoint, eoi, hlt, movdr, movss, nop, popf, sti } from './plain-instructions.ts';
import { int1, int3, intn, into } from './soft-instructions.ts';
import { settle } from './vm-entry.ts';

type Execution = (m: Machine, argument: number) => void;

const executions: Readonly<Record<InstructionName, Execution>> = {
  nop,
  sti,
  cli,
  movss,
  popf,
  movdr,
  fault,
  movs,
  codeBreakpoint,
  dataBreakpoint,
  int3,
  into,
  intn,
  int1,
  hlt,
  eoi,
  iret,
};

/** By number of the instruction; there is no number 0. */
const byNumber: readonly Execution[] = [nop, ...instructions.map((name) => executions[name])];

const iretNumber = 1 + instructions.indexOf('iret');

const execute = (m: Machine): void => byNumber[instructionOf(m.begun)](m, argumentOf(m.begun));

/**
 * The guest comes to an instruction that is told as `program.begun` tells it. What it has begun before comes first, and
 * an event that is taken at the boundary takes the place of the instruction.
 */
export function runInstruction(m: Machine, begun: number): void {
  for (;;) {
    settle(m);
    if (m.shutdown !== 0 || boundary(m)) return;
    if (m.begun === 0) break;
    execute(m);
    if (m.shutdown !== 0) return;
  }
  if (m.halted !== 0) return;
  if (instructionOf(begun) === iretNumber && m.frames.count === 0) return;
  m.begun = begun;
  execute(m);
}
