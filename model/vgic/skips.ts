import { Skip } from '../../spec/contract.ts';

/** Why an event is skipped; one object for each reason. */
export const skips = {
  actor: new Skip('the profile does not play this event'),
  absent: new Skip('the configuration does not have it'),
  idle: new Skip('the virtual CPU does not run'),
  running: new Skip('the virtual CPU runs'),
  unloaded: new Skip('the virtual CPU is not loaded'),
  loaded: new Skip('the virtual CPU is loaded'),
  taken: new Skip('the physical CPU is taken'),
  unchanged: new Skip('it is so already'),
  nothingWaits: new Skip('no timer is set to a later time'),
  nothingSignalled: new Skip('nothing is signalled to the physical CPU'),
  nothingAcknowledged: new Skip('nothing acknowledged waits for it'),
  unpredictable: new Skip('it would be UNPREDICTABLE'),
  ambiguous: new Skip('the architecture leaves open what is returned'),
  groups: new Skip('the guest does not use both groups'),
  spelling: new Skip('another spelling of the same event is played'),
  notAtRest: new Skip('the interrupt is not at rest'),
  vmRuns: new Skip('a virtual CPU of the VM runs'),
  highLine: new Skip('the line is high'),
} as const;
