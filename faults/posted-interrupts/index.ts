import type { Fault } from '../fault.ts';
import { accesses } from './accesses.ts';
import { injection } from './injection.ts';
import { localApic } from './local-apic.ts';
import { nested } from './nested.ts';
import { notification } from './notification.ts';
import { posting } from './posting.ts';
import { races } from './races.ts';
import { recognition } from './recognition.ts';
import { scheduling } from './scheduling.ts';
import { sleepRaces } from './sleep-races.ts';
import { switching } from './switching.ts';
import { sync } from './sync.ts';
import { virtualDelivery } from './virtual-delivery.ts';

/** Every fault of `posted-interrupts`. */
export const postedInterruptsFaults: readonly Fault[] = [
  ...localApic,
  ...injection,
  ...accesses,
  ...recognition,
  ...virtualDelivery,
  ...posting,
  ...sync,
  ...notification,
  ...scheduling,
  ...switching,
  ...nested,
  ...races,
  ...sleepRaces,
];
