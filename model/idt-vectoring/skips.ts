import { Skip } from '../../spec/contract.ts';

/** Why an event is skipped; one object for each reason. */
export const skips = {
  actor: new Skip('the profile does not play this event'),
  shutdown: new Skip('the processor has shut down'),
  inside: new Skip('the guest is inside'),
  outside: new Skip('the guest is outside'),
  noHandler: new Skip('no handler runs'),
  noEpt: new Skip('there is no EPT'),
  pending: new Skip('one is pending already'),
  noCause: new Skip('no instruction has a cause that could go'),
  unchanged: new Skip('it is so already'),
  full: new Skip('enough lies in the way'),
  notNow: new Skip('it cannot be injected now'),
  noFailure: new Skip('the entry would not fail'),
} as const;
