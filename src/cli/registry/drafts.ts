import type { Draft } from '../../../faults/draft.ts';

/** The historic drafts of all systems, the oldest first. */
export async function allDrafts(): Promise<readonly Draft[]> {
  const { vmcs12Drafts } = await import('../../../faults/vmcs12/drafts/index.ts');
  const { nestedVmxDrafts } = await import('../../../faults/nested-vmx/index.ts');
  return [...vmcs12Drafts, ...nestedVmxDrafts].toSorted((a, b) => a.year - b.year);
}
