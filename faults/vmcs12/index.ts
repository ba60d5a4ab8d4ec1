import type { Fault } from '../fault.ts';
import { mistakesOf2010, vmcs12Drafts } from './drafts/index.ts';
import { entry } from './entry.ts';
import { exitInformation } from './exit-information.ts';
import { features } from './features.ts';
import { gates } from './gates.ts';
import { nonRegister } from './non-register.ts';
import { returnPoint } from './return-point.ts';
import { savedRegisters } from './saved-registers.ts';
import { writeSet } from './write-set.ts';

/** Every fault of `vmcs12`. */
export const vmcs12Faults: readonly Fault[] = [
  ...writeSet,
  ...savedRegisters,
  ...gates,
  ...nonRegister,
  ...features,
  ...returnPoint,
  ...exitInformation,
  ...entry,
  ...mistakesOf2010,
  ...vmcs12Drafts,
];
