import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { configuration, type PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';

/** A choice among values, each listed as often as it should come. */
const pick = <const T>(random: (n: number) => number, values: readonly T[]): T => values[random(values.length)];

const common = {
  tprShadow: true,
  hltExiting: true,
  devicePosting: false,
  nested: false,
  pprOnTie: 'tpr',
  blocksArrival: 'none',
  vectors: 'all',
  posters: 0,
} as const satisfies Partial<PostedInterruptsConfiguration>;

/**
 * A configuration for a random sequence: APICv on half the time, a device half the time; fewer CPUs than the universe
 * has, so that what is posted meets; what few machines do (knobs off the default, HLT that does not exit) rarely.
 */
export function configure(profile: string, random: (n: number) => number): AnyConfiguration {
  switch (profile) {
    case 'sdm':
      return hypervised('sdm', random) as AnyConfiguration;
    case 'kvm':
      return hypervised('kvm', random) as AnyConfiguration;
    case 'arch':
      return {
        ...common,
        profile,
        apicv: pick(random, ['on', 'on', 'on', 'off']),
        mode: pick(random, configuration.mode.values),
        hltExiting: random(3) > 0,
        vcpus: 1,
        pcpus: 1,
        blocksArrival: pick(random, ['none', 'none', 'sti', 'movss', 'both']),
      } satisfies PostedInterruptsConfiguration as AnyConfiguration;
    case 'interleaved':
      return {
        ...common,
        profile,
        apicv: 'on',
        mode: 'x2apic',
        devicePosting: random(3) > 0,
        vcpus: 1,
        pcpus: pick(random, configuration.pcpus.values),
        vectors: pick(random, ['two', 'three']),
        posters: pick(random, [1, 2]),
      } satisfies PostedInterruptsConfiguration as AnyConfiguration;
    default:
      throw new RangeError(`posted-interrupts has no profile '${profile}'`);
  }
}

function hypervised(profile: 'sdm' | 'kvm', random: (n: number) => number): PostedInterruptsConfiguration {
  const nested = profile === 'kvm' || random(4) === 0;
  const apicv = nested
    ? pick(random, ['on', 'on', 'on', 'off'])
    : pick(random, ['on', 'on', 'on', 'on', 'off', 'absent']);
  return {
    ...common,
    profile,
    apicv,
    nested,
    mode: pick(random, configuration.mode.values),
    tprShadow: apicv !== 'absent' || random(2) === 0,
    hltExiting: random(4) > 0,
    devicePosting: apicv !== 'absent' && random(2) === 0,
    vcpus: pick(random, nested ? [1, 1, 2] : [1, 2]),
    pcpus: pick(random, configuration.pcpus.values),
    pprOnTie: pick(random, ['tpr', 'tpr', 'zero']),
    blocksArrival: pick(random, ['none', 'none', 'none', 'sti', 'movss', 'both']),
  };
}
