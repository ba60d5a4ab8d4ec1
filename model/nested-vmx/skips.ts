import { Skip } from '../../spec/contract.ts';

/** Why an event is skipped; one object for each reason. */
export const skips = {
  actor: new Skip('the profile does not play this event'),
  absent: new Skip('the configuration does not have it'),
  l1: new Skip('L1 runs'),
  l2: new Skip('L2 runs'),
  halted: new Skip('the level does not execute instructions'),
  active: new Skip('the level executes instructions'),
  movss: new Skip('in MOV SS blocking'),
  unchanged: new Skip('it is so already'),
  noTimer: new Skip('the preemption timer does not run'),
  tooClose: new Skip('a real processor could not tell when it came'),
  severalInstructions: new Skip('it is several instructions on a real processor'),
  nothing: new Skip('nothing would happen'),
} as const;
