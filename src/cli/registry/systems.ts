import type { WordImplementation } from '../../../spec/contract.ts';
import type { SystemSpec } from '../../../spec/system.ts';
import type { SystemUnderCheck } from '../../engine/system-under-check.ts';
import { unknownName } from '../unknown-name.ts';

/** Where the parts of a system are; each is loaded when it is asked for. */
interface SystemEntry {
  spec(): Promise<SystemSpec>;
  underCheck(): Promise<SystemUnderCheck>;
  /** The fast implementation of this project. */
  optimized(): Promise<WordImplementation>;
}

const entries: Readonly<Record<string, SystemEntry>> = {
  vgic: {
    spec: async () => (await import('../../../spec/vgic.ts')).vgic as unknown as SystemSpec,
    underCheck: async () => (await import('../../../properties/vgic/index.ts')).vgicUnderCheck,
    optimized: async () => new (await import('../../optimized/vgic/index.ts')).OptimizedVgic() as WordImplementation,
  },
  'posted-interrupts': {
    spec: async () => (await import('../../../spec/posted-interrupts.ts')).postedInterrupts as unknown as SystemSpec,
    underCheck: async () => (await import('../../../properties/posted-interrupts/index.ts')).postedInterruptsUnderCheck,
    optimized: async () =>
      new (
        await import('../../optimized/posted-interrupts/index.ts')
      ).OptimizedPostedInterrupts() as unknown as WordImplementation,
  },
  'nested-vmx': {
    spec: async () => (await import('../../../spec/nested-vmx.ts')).nestedVmx as unknown as SystemSpec,
    underCheck: async () => (await import('../../../properties/nested-vmx/index.ts')).nestedVmxUnderCheck,
    optimized: async () =>
      new (await import('../../optimized/nested-vmx/index.ts')).OptimizedNestedVmx() as unknown as WordImplementation,
  },
  vmcs12: {
    spec: async () => (await import('../../../spec/vmcs12.ts')).vmcs12 as unknown as SystemSpec,
    underCheck: async () => (await import('../../../properties/vmcs12/index.ts')).vmcs12UnderCheck,
    optimized: async () =>
      new (await import('../../optimized/vmcs12/index.ts')).OptimizedVmcs12() as unknown as WordImplementation,
  },
  'idt-vectoring': {
    spec: async () => (await import('../../../spec/idt-vectoring.ts')).idtVectoring as unknown as SystemSpec,
    underCheck: async () => (await import('../../../properties/idt-vectoring/index.ts')).idtVectoringUnderCheck,
    optimized: async () =>
      new (
        await import('../../optimized/idt-vectoring/index.ts')
      ).OptimizedIdtVectoring() as unknown as WordImplementation,
  },
};

/** Names of the systems. */
export const systemNames: readonly string[] = Object.keys(entries);

function entry(name: string): SystemEntry {
  const found = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (found === undefined) throw unknownName('system', name, systemNames);
  return found;
}

/** What a system declares. Throws a `UsageError` for an unknown name. */
export const loadSpec = (name: string): Promise<SystemSpec> => entry(name).spec();

/** What all systems declare. */
export const loadSpecs = (): Promise<SystemSpec[]> => Promise.all(systemNames.map(loadSpec));

/** What the engine needs to check a system. Throws a `UsageError` for an unknown name. */
export const loadSystem = (name: string): Promise<SystemUnderCheck> => entry(name).underCheck();

/** The fast implementation of a system. Throws a `UsageError` for an unknown name. */
export const loadOptimized = (name: string): Promise<WordImplementation> => entry(name).optimized();
