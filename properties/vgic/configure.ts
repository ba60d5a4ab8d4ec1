import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { configuration, type VgicConfiguration } from '../../spec/vgic/configuration.ts';

/** A choice among values, each listed as often as it should come. */
const pick = <const T>(random: (n: number) => number, values: readonly T[]): T => values[random(values.length)];

/**
 * A configuration for a random sequence: few list registers, since overflow hides behind many; each EOImode half the
 * time; what is rare in the field (no hardware deactivation, an open tie-break) rarely.
 */
export function configure(profile: string, random: (n: number) => number): AnyConfiguration {
  if (!configuration.profile.values.some((known) => known === profile)) {
    throw new RangeError(`vgic has no profile '${profile}'`);
  }
  const encoding = pick(random, configuration.encoding.values);
  const eoiMode = pick(random, configuration.eoiMode.values);
  const groups = random(5) < 2 ? 'both' : 'g0only';
  const tieBreak = random(12) === 0 ? 'any' : 'lowestLr';
  const shared = { encoding, eoiMode, tieBreak } as const;
  if (profile === 'arch') {
    const config: VgicConfiguration = {
      profile,
      ...shared,
      groups: random(2) === 0 ? 'both' : 'g0only',
      nrLr: pick(random, [1, 2, 2, 4]),
      vcpus: 1,
      vms: 1,
      pcpus: 1,
      disabledGroup: tieBreak === 'lowestLr' && random(2) === 0 ? 'hides' : 'ignored',
      hwDeactivation: true,
      distEnableRequeues: false,
    };
    return config;
  }
  const vcpus = pick(random, [1, 1, 2, 2, 2, 3]);
  const vms = vcpus > 1 && random(4) === 0 ? 2 : 1;
  const pcpus = vcpus > 1 && random(3) > 0 ? 2 : 1;
  const nrLr = pick(random, [1, 1, 1, 2, 2, 2, 4, 4, 4, 16]);
  if (profile === 'seed-2015') {
    const config: VgicConfiguration = {
      profile,
      ...shared,
      groups: 'g0only',
      disabledGroup: 'ignored',
      nrLr,
      vcpus,
      vms,
      pcpus,
      hwDeactivation: true,
      distEnableRequeues: false,
    };
    return config;
  }
  const config: VgicConfiguration = {
    profile: 'kvm',
    ...shared,
    groups,
    disabledGroup: 'ignored',
    nrLr,
    vcpus,
    vms,
    pcpus,
    hwDeactivation: random(6) > 0,
    distEnableRequeues: random(4) === 0,
  };
  return config;
}
