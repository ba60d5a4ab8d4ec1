import type { Fault } from '../../../faults/fault.ts';
import type { AnyImplementation } from '../../engine/under-test.ts';

/** A deliberately wrong implementation, as the command line knows it. */
export interface FaultEntry extends Fault {
  create(): AnyImplementation;
}

const loaders: Readonly<Record<string, () => Promise<readonly Fault[]>>> = {
  vgic: async () => (await import('../../../faults/vgic/index.ts')).vgicFaults,
  'posted-interrupts': async () => (await import('../../../faults/posted-interrupts/index.ts')).postedInterruptsFaults,
  'nested-vmx': async () => (await import('../../../faults/nested-vmx/index.ts')).nestedVmxFaults,
  vmcs12: async () => (await import('../../../faults/vmcs12/index.ts')).vmcs12Faults,
  'idt-vectoring': async () => (await import('../../../faults/idt-vectoring/index.ts')).idtVectoringFaults,
};

/** The faults of a system. */
export async function loadFaults(system: string): Promise<readonly FaultEntry[]> {
  const faults = (await loaders[system]?.()) ?? [];
  return faults.map((fault) => ({ ...fault, create: () => fault.words?.() ?? fault.model!(() => {}) }));
}

/** The faults of all systems. */
export const allFaults = async (): Promise<readonly FaultEntry[]> =>
  (await Promise.all(Object.keys(loaders).map(loadFaults))).flat();

/** `Linux KVM/arm vgic, 2015; Xen arm vgic, 2019`: where a fault really happened; empty if nowhere. */
export const sightings = ({ seen }: Fault): string =>
  [...new Set(seen.map(({ project, year }) => (year === undefined ? project : `${project}, ${year}`)))].join('; ');
