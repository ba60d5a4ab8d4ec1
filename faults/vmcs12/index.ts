import type { Fault } from '../fault.ts';
import { gates } from './gates.ts';
import { savedRegisters } from './saved-registers.ts';
import { writeSet } from './write-set.ts';

/** Every fault of `vmcs12`. */
export const vmcs12Faults: readonly Fault[] = [...writeSet, ...savedRegisters, ...gates];
