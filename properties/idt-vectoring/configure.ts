import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { configuration, type IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';

/** A choice among values, each listed as often as it should come. */
const pick = <const T>(random: (n: number) => number, values: readonly T[]): T => values[random(values.length)]!;

const profiles: readonly string[] = configuration.profile.values;

/**
 * A configuration for a random sequence: half of them intercept something, a third has shadow paging; what few
 * processors do (knobs off the default) now and then.
 */
export function configure(profile: string, random: (n: number) => number): AnyConfiguration {
  if (!profiles.includes(profile)) throw new RangeError(`idt-vectoring has no profile '${profile}'`);
  const native = profile === 'native';
  const rarely = <const T>(usual: T, other: T): T => (random(4) === 0 ? other : usual);
  return {
    profile: profile as IdtVectoringConfiguration['profile'],
    intercepts: native || random(2) === 0 ? 'none' : pick(random, configuration.intercepts.values),
    nmi: native ? 'direct' : pick(random, configuration.nmi.values),
    paging: pick(random, ['ept', 'ept', 'shadow']),
    gates: pick(random, ['interrupt', 'interrupt', 'trap']),
    stiBlocksNmi: rarely<boolean>(true, false),
    dfThenBenign: pick(random, configuration.dfThenBenign.values),
    int1Type: rarely<3 | 5>(5, 3),
    zeroLengthInjection: rarely<boolean>(true, false),
    noHwErrCodeCheck: rarely<boolean>(false, true),
    rfOnGeneralDetect: rarely<boolean>(false, true),
  } satisfies IdtVectoringConfiguration as AnyConfiguration;
}
