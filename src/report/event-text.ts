import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { wordsOf } from './words.ts';

/** An event in a few words: in those of its system, else its kind and arguments. */
export function eventText(spec: SystemSpec, event: AnyEvent, config: AnyConfiguration): string {
  const read = wordsOf(spec.name).event;
  if (read) return read(event, config);
  const { kind, ...args } = event;
  const domains = spec.alphabet[kind]?.args ?? {};
  const words = Object.entries(args).map(([name, value]) => {
    if (typeof value === 'boolean') return value ? name : `not ${name}`;
    if (typeof value === 'string') return value;
    return `${name} ${domains[name]?.format === 'hex' ? `0x${value.toString(16)}` : value}`;
  });
  return [kind, ...words].join(' ');
}

/** The parameters in which a configuration differs from the default: `nrLr 1, encoding gicv3`; empty if in none. */
export function configurationText(spec: SystemSpec, config: AnyConfiguration): string {
  return Object.entries(spec.configuration)
    .filter(([name, { values }]) => name in config && config[name] !== values[0])
    .map(([name]) => `${name} ${String(config[name])}`)
    .join(', ');
}
