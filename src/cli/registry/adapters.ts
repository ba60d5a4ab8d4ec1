import type { ImplementationModule } from '../../../spec/contract.ts';

const loaders: Readonly<Record<string, () => Promise<{ readonly default: ImplementationModule }>>> = {
  'bochs-vmx': () => import('../../../adapters/bochs-vmx/index.ts'),
  'qemu-gic': () => import('../../../adapters/qemu-gic/index.ts'),
};

/** Names of the adapters that come with the project. */
export const adapterNames: readonly string[] = Object.keys(loaders);

/** An adapter's module; nothing is started by loading it. */
export async function loadAdapter(name: string): Promise<ImplementationModule> {
  return (await loaders[name]!()).default;
}
