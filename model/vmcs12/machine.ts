import { alphabet } from '../../spec/vmcs12/alphabet.ts';
import type { Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import { profiles } from '../../spec/vmcs12/profiles.ts';

const plays: Readonly<Record<string, Readonly<Record<string, boolean>>>> = Object.fromEntries(
  Object.entries(profiles).map(([profile, { actors }]) => [
    profile,
    Object.fromEntries(
      Object.entries(alphabet).map(([kind, { by }]) => [kind, (actors as readonly string[]).includes(by)]),
    ),
  ]),
);

/** What follows from the configuration alone, and never changes. */
export class Machine {
  readonly config: Vmcs12Configuration;
  /** L0 stands under L1. */
  readonly isNested: boolean;
  /** Event kinds that the profile plays. */
  readonly plays: Readonly<Record<string, boolean>>;

  constructor(config: Vmcs12Configuration) {
    this.config = config;
    this.isNested = config.profile === 'nested';
    this.plays = plays[config.profile];
  }
}
