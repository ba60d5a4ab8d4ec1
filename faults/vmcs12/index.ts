import type { Fault } from '../fault.ts';
import { mistakesOf2010, vmcs12Drafts } from './drafts/index.ts';
import { boundary } from './boundary.ts';
import { delivery } from './delivery.ts';
import { entry } from './entry.ts';
import { exitInformation } from './exit-information.ts';
import { features } from './features.ts';
import { gates } from './gates.ts';
import { hostState } from './host-state.ts';
import { interception } from './interception.ts';
import { l0 } from './l0.ts';
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
  ...hostState,
  ...interception,
  ...boundary,
  ...delivery,
  ...l0,
  ...mistakesOf2010,
  ...vmcs12Drafts,
];
