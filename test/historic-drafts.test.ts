import { describe, expect, it } from 'vitest';
import type { Draft, Objection } from '../faults/draft.ts';
import { nestedVmxDrafts, nestedVmxFaults } from '../faults/nested-vmx/index.ts';
import { vmcs12Drafts } from '../faults/vmcs12/drafts/index.ts';
import { InjectsAgain, InjectsForL1, KeepsWriteProtection } from '../faults/vmcs12/drafts/rules-of-2010.ts';
import { vmcs12Faults } from '../faults/vmcs12/index.ts';
import { NestedVmxModel } from '../model/nested-vmx/index.ts';
import { Vmcs12Model } from '../model/vmcs12/index.ts';
import { nestedVmxUnderCheck } from '../properties/nested-vmx/index.ts';
import { vmcs12UnderCheck } from '../properties/vmcs12/index.ts';
import type { Model } from '../spec/contract.ts';
import { benchFor, type WordBench } from '../src/engine/bench.ts';
import type { Finding } from '../src/engine/finding.ts';
import { everything, underTest, type SystemUnderCheck } from '../src/engine/index.ts';
import { refinementOnly } from '../src/engine/load.ts';
import { scopeOf } from '../src/engine/scope.ts';
import { SequenceGenerator } from '../src/engine/sequence-generator.ts';

const systems = {
  vmcs12: {
    system: vmcs12UnderCheck as unknown as SystemUnderCheck,
    faults: vmcs12Faults,
    reference: () => new Vmcs12Model() as unknown as Model,
  },
  'nested-vmx': {
    system: nestedVmxUnderCheck as unknown as SystemUnderCheck,
    faults: nestedVmxFaults,
    reference: () => new NestedVmxModel() as unknown as Model,
  },
};

const partsOf = ({ system }: Draft) => systems[system as keyof typeof systems];
const drafts = [...vmcs12Drafts, ...nestedVmxDrafts];
const provable = (draft: Draft): readonly Objection[] => draft.objections.filter(({ fault }) => fault !== undefined);

/** The first deviation of a model, of those that are wanted; nothing is shrunk. */
function search(
  system: SystemUnderCheck,
  model: Model,
  { runs, seed = 1, wanted = () => true }: { runs: number; seed?: number; wanted?: (finding: Finding) => boolean },
): Finding | undefined {
  const scope = scopeOf(system, Object.keys(system.spec.profiles)[0], everything(system));
  const bench = benchFor(scope, underTest('draft', model), 5000) as WordBench;
  const generator = new SequenceGenerator(scope);
  for (let n = 0; n < runs; n++) {
    const finding = bench.judgeNow(generator.generate(seed, n), refinementOnly, wanted);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

describe.each(drafts.map((draft) => [draft.id, draft] as const))('%s', (_, draft) => {
  const { system, faults, reference } = partsOf(draft);

  it('fails within a few sequences, in which the reference does not', () => {
    expect(
      search(
        system,
        draft.model!(() => {}),
        { runs: 50 },
      ),
    ).toBeDefined();
    expect(search(system, reference(), { runs: 50 })).toBeUndefined();
  });

  it('names clauses that exist, and those of matters of style judge nothing', () => {
    for (const { clauses, fault, says } of draft.objections) {
      for (const name of clauses) {
        expect(system.spec.clauses[name], `${says} ${name}`).toBeDefined();
        expect(system.spec.clauses[name].keyword === 'undefined', name).toBe(fault === undefined);
      }
    }
  });

  it.each(provable(draft).map((objection) => [objection.says, objection] as const))('%s', (_says, objection) => {
    const fault = faults.find(({ id }) => id === objection.fault)!;
    expect(fault, objection.fault).toBeDefined();
    // A law sees what refinement lays to a broader clause: the fault says which else may be blamed.
    const named = [...objection.clauses, ...fault.breaks].map((name) => system.spec.clauses[name].id);
    const isNamed = ({ clause, suspects = [clause] }: Finding): boolean => suspects.some((id) => named.includes(id));
    const finding = search(
      system,
      fault.model!(() => {}),
      { runs: 6000 },
    );
    expect(finding).toBeDefined();
    expect(isNamed(finding!), finding!.summary).toBe(true);
  });
});

describe('what the drafts of 2010 take for granted', () => {
  const { system } = systems.vmcs12;

  it('an L0 that keeps write protection on, and injects by fields of its own, is not seen by the reviewed rules', () => {
    const parts = { controlRegisters: KeepsWriteProtection, composition: InjectsForL1, physicalExits: InjectsAgain };
    expect(search(system, new Vmcs12Model({ parts }) as unknown as Model, { runs: 400 })).toBeUndefined();
  });
});
