import { Skip } from '../../spec/contract.ts';

/** Why an event is skipped; one object for each reason. */
export const skips = {
  actor: new Skip('the profile does not play this event'),
  l1: new Skip('L1 runs'),
  l2: new Skip('L2 runs'),
  noValue: new Skip('the table has no such value'),
  absent: new Skip('the processor does not have it'),
  undefinedField: new Skip('the entry would load a field that is undefined'),
  pendingDebug: new Skip('what becomes of the pending debug exceptions is not defined'),
  stiShadow: new Skip('whether STI blocks NMIs is specific to the processor'),
  unusableStack: new Skip('L2 needs a stack outside IA-32e mode'),
  inactive: new Skip('L2 executes no instructions'),
  faults: new Skip('the instruction would fault'),
  notActivated: new Skip('the controls do not activate it'),
  trapHeldBack: new Skip('a debug trap is held back'),
  singleStep: new Skip('the instruction would trap'),
  shadow: new Skip('in the shadow of STI or MOV SS'),
  blocked: new Skip('L2 does not take it now'),
  unchanged: new Skip('it is so already'),
} as const;
