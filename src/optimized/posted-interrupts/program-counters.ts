import { atomicSteps, programs, type AtomicStep, type Program } from '../../../spec/posted-interrupts/steps.ts';

/** The program counter of an agent that is before a step: "1 + the place in the list of the step that it takes next". */
export const pcOf = (step: AtomicStep): number => 1 + atomicSteps.indexOf(step);

/** The program counter at the start of an operation. */
export const firstPc = (program: Program): number => pcOf(programs[program][0]);

export const notificationPc = firstPc('notification');
export const exitPc = firstPc('exit');

const noInterrupts = new Uint8Array(1 + atomicSteps.length);
for (const step of [
  ...programs.enter,
  ...programs.exit,
  ...programs.notification,
  'list',
  'switch-nv',
  'test-on-after-switch',
  'deschedule',
] as const) {
  noInterrupts[pcOf(step)] = 1;
}

/** Whether the target takes no physical interrupt before the step that it takes next. */
export const interruptsAreOff = (pc: number): boolean => noInterrupts[pc] === 1;
