import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { Capabilities, ImplementationModule } from '../../../spec/contract.ts';
import { within } from '../../engine/deadline.ts';
import type { SystemUnderCheck } from '../../engine/system-under-check.ts';
import { underTest, type AnyImplementation, type UnderTest } from '../../engine/under-test.ts';
import { unknownName } from '../unknown-name.ts';
import { adapterNames, loadAdapter } from './adapters.ts';
import { allFaults } from './faults.ts';
import { isPath, loadOwnModule } from './own-module.ts';
import { loadOptimized, systemNames } from './systems.ts';

/** An implementation that was chosen by its name. */
export interface Chosen {
  readonly name: string;
  /** The systems that it brings. */
  readonly systems: readonly string[];
  /** Profiles that it can play in a system, its default first; absent: all of the system. */
  profiles(system: string): readonly string[] | undefined;
  /** Makes it ready for one system. Throws an `AdapterError`. */
  open(system: SystemUnderCheck): Promise<UnderTest>;
  /** Parameters of the configuration that it is checked with, unless the command line says otherwise. */
  readonly config?: Partial<AnyConfiguration>;
  /** `file:` URL of its known deviations. */
  readonly baseline?: string;
}

/** Milliseconds that an implementation has to start: virtual machines boot. */
const startTimeout = 60_000;

const faultPrefix = 'fault:';

/** Finds an implementation by its name, or the path of its module. Throws a `UsageError` for an unknown name. */
export async function chooseImplementation(name: string): Promise<Chosen> {
  if (name === 'optimized') return ours(name, systemNames, ({ spec }) => loadOptimized(spec.name));
  if (name === 'reference') return ours(name, systemNames, async (system) => system.model(() => {}));
  if (name.startsWith(faultPrefix)) return chooseFault(name, name.slice(faultPrefix.length));
  if (isPath(name)) return foreign(name, await loadOwnModule(name));
  if (adapterNames.includes(name)) return foreign(name, await loadAdapter(name));
  throw unknownName('implementation', name, ['optimized', 'reference', ...adapterNames]);
}

const ours = (
  name: string,
  systems: readonly string[],
  make: (system: SystemUnderCheck) => Promise<AnyImplementation>,
): Chosen => ({
  name,
  systems,
  profiles: () => undefined,
  open: async (system) => underTest(name, await make(system)),
});

async function chooseFault(name: string, id: string): Promise<Chosen> {
  const faults = await allFaults();
  const fault = faults.find((one) => one.id === id);
  if (!fault)
    throw unknownName(
      'implementation',
      name,
      faults.map((one) => faultPrefix + one.id),
    );
  return {
    ...ours(name, [fault.system], async () => fault.create()),
    profiles: () => (fault.profile === undefined ? undefined : [fault.profile]),
    ...(fault.config && { config: fault.config }),
  };
}

/** The name stays as it was typed: replaying goes by it. */
function foreign(name: string, module: ImplementationModule): Chosen {
  const declared = (system: string): Capabilities | undefined => module.systems[system];
  return {
    name,
    systems: Object.keys(module.systems),
    profiles: (system) => declared(system)?.profiles,
    open: async ({ spec }) => {
      const implementation = await within(
        () => module.create(spec.name),
        startTimeout,
        () => `create('${spec.name}')`,
      );
      return underTest(name, implementation as AnyImplementation, declared(spec.name));
    },
    ...(module.baseline !== undefined && { baseline: module.baseline }),
  };
}
