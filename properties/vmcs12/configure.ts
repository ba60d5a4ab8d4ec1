import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { configuration, type Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';

const profiles: readonly string[] = configuration.profile.values;

/**
 * A configuration for a random sequence: both modes of L2 alike, as PAE paging has rules of its own; what few processors
 * do (knobs off the default) now and then.
 */
export function configure(profile: string, random: (n: number) => number): AnyConfiguration {
  if (!profiles.includes(profile)) throw new RangeError(`vmcs12 has no profile '${profile}'`);
  const usually = (): boolean => random(4) > 0;
  return {
    profile: profile as Vmcs12Configuration['profile'],
    guestMode: random(2) === 0 ? 'long' : 'pae',
    savesEferLma: usually(),
    int1Type: usually() ? 5 : 3,
    zeroLengthInjection: usually(),
    writesExitInformation: usually(),
    mpx: usually(),
  } satisfies Vmcs12Configuration as AnyConfiguration;
}
