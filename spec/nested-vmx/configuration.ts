import { domain, type RecordOf } from '../domain.ts';

/** Parameters of nested VMX; the first value of each is the default that shrinking returns to. */
export const configuration = {
  profile: domain('profile', 'who runs the processor: L0 below L1, nobody, nobody with stimuli far enough apart', [
    'nested',
    'bare',
    'hardware',
  ]),
  preset: domain('preset', 'the controls that L1 has set at reset', [
    'exit',
    'acknowledge',
    'direct',
    'virtual',
    'posted',
  ]),
  apicVirtualization: domain('apicVirtualization', 'what L1 may set of the controls that virtualize the APIC of L2', [
    'none',
    'virtual',
    'posted',
  ]),
  l0Apicv: domain('l0Apicv', "whether L0 runs L1 with a virtual-APIC page and posts L1's interrupts; never visible", [
    false,
    true,
  ]),
  blocksInterruptExit: domain(
    'blocksInterruptExit',
    'blocking in L2 that holds off an external-interrupt exit, and posted-interrupt processing',
    ['none', 'sti', 'movss', 'both'],
  ),
  blocksNmiExit: domain('blocksNmiExit', 'blocking in L2 that holds off an NMI exit', ['none', 'sti', 'movss', 'both']),
  stiBlocksNmi: domain('stiBlocksNmi', 'whether blocking by STI holds off the delivery of an NMI, and the NMI window', [
    true,
    false,
  ]),
  stiFailsNmiInjection: domain(
    'stiFailsNmiInjection',
    'whether VM entry that injects an NMI in the shadow of STI fails',
    [false, true],
  ),
  pprOnTie: domain('pprOnTie', "low half of L1's PPR when TPR and the vector in service are of one class", [
    'tpr',
    'zero',
  ]),
} as const;

/** A configuration of the `nested-vmx` system. */
export type NestedVmxConfiguration = RecordOf<typeof configuration>;

/** Whether the parameters fit together. */
export function admits({ profile, preset, apicVirtualization, l0Apicv }: NestedVmxConfiguration): boolean {
  // Without L0 there is nothing that L0 could do.
  if (l0Apicv && profile !== 'nested') return false;
  if (preset === 'virtual') return apicVirtualization !== 'none';
  if (preset === 'posted') return apicVirtualization === 'posted';
  return true;
}
