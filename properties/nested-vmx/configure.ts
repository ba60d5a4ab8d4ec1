import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { configuration, type NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';

/** A choice among values, each listed as often as it should come. */
const pick = <const T>(random: (n: number) => number, values: readonly T[]): T => values[random(values.length)]!;

const profiles: readonly string[] = configuration.profile.values;

/**
 * A configuration for a random sequence: every preset alike, with virtual-interrupt delivery often on offer where it is
 * not set; what few processors do (knobs off the default) now and then.
 */
export function configure(profile: string, random: (n: number) => number): AnyConfiguration {
  if (!profiles.includes(profile)) throw new RangeError(`nested-vmx has no profile '${profile}'`);
  const preset = pick(random, configuration.preset.values);
  const usual = random(3) > 0;
  return {
    profile: profile as NestedVmxConfiguration['profile'],
    preset,
    apicVirtualization: virtualization(preset, random),
    l0Apicv: profile === 'nested' && random(2) === 0,
    blocksInterruptExit: usual ? 'none' : pick(random, configuration.blocksInterruptExit.values),
    blocksNmiExit: usual ? 'none' : pick(random, configuration.blocksNmiExit.values),
    stiBlocksNmi: usual || random(2) === 0,
    stiFailsNmiInjection: random(4) === 0,
    pprOnTie: usual ? 'tpr' : pick(random, configuration.pprOnTie.values),
  } satisfies NestedVmxConfiguration as AnyConfiguration;
}

function virtualization(
  preset: NestedVmxConfiguration['preset'],
  random: (n: number) => number,
): NestedVmxConfiguration['apicVirtualization'] {
  switch (preset) {
    case 'virtual':
      return pick(random, ['virtual', 'posted']);
    case 'posted':
      return 'posted';
    default:
      return pick(random, ['none', 'none', 'virtual', 'posted']);
  }
}
