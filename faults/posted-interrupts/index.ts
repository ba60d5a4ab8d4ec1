import type { Fault } from '../fault.ts';
import { injection } from './injection.ts';
import { localApic } from './local-apic.ts';
import { nested } from './nested.ts';
import { posting } from './posting.ts';
import { races } from './races.ts';
import { scheduling } from './scheduling.ts';
import { switching } from './switching.ts';
import { taking } from './taking.ts';
import { virtualInterrupts } from './virtual-interrupts.ts';

/** Every fault of `posted-interrupts`. */
export const postedInterruptsFaults: readonly Fault[] = [
  ...localApic,
  ...injection,
  ...virtualInterrupts,
  ...posting,
  ...taking,
  ...scheduling,
  ...switching,
  ...nested,
  ...races,
];
