import type { Value } from '../../../spec/domain.ts';
import type { CampaignResult } from '../../engine/campaign-result.ts';
import { runCampaign } from '../../engine/campaign.ts';
import { everything } from '../../engine/scope.ts';
import type { SystemUnderCheck } from '../../engine/system-under-check.ts';
import { underTest } from '../../engine/under-test.ts';
import { baselineOf } from '../check-plan.ts';
import { closeImplementation } from '../close-implementation.ts';
import { adapterNames } from '../registry/adapters.ts';
import { loadFaults, type FaultEntry } from '../registry/faults.ts';
import { chooseImplementation } from '../registry/implementations.ts';
import { loadSystem } from '../registry/systems.ts';

/** The runs behind the statement: the same numbers give the same statement on every machine. */
const seed = 1;
const runs = { optimized: 6000, fault: 10_000, adapter: 3000 } as const;

/** A fault, and what the suite said of it. */
export interface FaultOutcome {
  readonly fault: FaultEntry;
  readonly result: CampaignResult;
}

/** Everything that the statement on one system says, from real runs. */
export interface Evidence {
  readonly system: SystemUnderCheck;
  /** One campaign per profile of the project's own fast implementation. */
  readonly optimized: readonly CampaignResult[];
  readonly faults: readonly FaultOutcome[];
  /** One campaign per adapter that plays the system. */
  readonly adapters: readonly CampaignResult[];
}

/** Plays everything for one system; `tell` gets a line per campaign. */
export async function gather(name: string, tell: (line: string) => void): Promise<Evidence> {
  const system = await loadSystem(name);
  const said = (result: CampaignResult): CampaignResult => {
    tell(`${name}  ${result.implementation}  ${result.profile}  ${result.verdict}`);
    return result;
  };
  const optimized: CampaignResult[] = [];
  const chosen = await chooseImplementation('optimized');
  for (const profile of Object.keys(system.spec.profiles)) {
    const iut = await chosen.open(system);
    optimized.push(said(await runCampaign({ system, iut, profile, seed, runs: runs.optimized })));
  }
  const faults: FaultOutcome[] = [];
  for (const fault of await loadFaults(name)) faults.push({ fault, result: said(await tryFault(system, fault)) });
  const adapters: CampaignResult[] = [];
  for (const adapter of adapterNames) {
    const module = await chooseImplementation(adapter);
    if (!module.systems.includes(name)) continue;
    const iut = await module.open(system);
    try {
      const baseline = await baselineOf(module, {});
      for (const profile of module.profiles(name) ?? []) {
        adapters.push(said(await runCampaign({ system, iut, profile, seed, runs: runs.adapter, baseline })));
      }
    } finally {
      await closeImplementation(iut);
    }
  }
  return { system, optimized, faults, adapters };
}

function tryFault(system: SystemUnderCheck, fault: FaultEntry): Promise<CampaignResult> {
  const supports = Object.fromEntries(
    Object.entries(fault.config ?? {}).map(([key, value]) => [key, [value as Value]]),
  );
  const profile = fault.profile ?? Object.keys(system.spec.profiles)[0]!;
  const iut = underTest(`fault:${fault.id}`, fault.create(), { ...everything(system), supports });
  return runCampaign({ system, iut, profile, seed, runs: runs.fault });
}
