/**
 * The public API: check an implementation from code, as `virq check` does from the command line.
 *
 * ```ts
 * import { runCampaign, underTest, vgicUnderCheck } from 'virq-conformance';
 *
 * const result = await runCampaign({ system: vgicUnderCheck, iut: underTest('mine', implementation), seed: 1, runs: 1000 });
 * ```
 */
export * from './engine/index.ts';
export { idtVectoringUnderCheck } from '../properties/idt-vectoring/index.ts';
export { nestedVmxUnderCheck } from '../properties/nested-vmx/index.ts';
export { postedInterruptsUnderCheck } from '../properties/posted-interrupts/index.ts';
export { vgicUnderCheck } from '../properties/vgic/index.ts';
export { vmcs12UnderCheck } from '../properties/vmcs12/index.ts';
export * from './optimized/index.ts';
export { IdtVectoringModel } from '../model/idt-vectoring/index.ts';
export { NestedVmxModel } from '../model/nested-vmx/index.ts';
export { PostedInterruptsModel } from '../model/posted-interrupts/index.ts';
export { VgicModel } from '../model/vgic/index.ts';
export { Vmcs12Model } from '../model/vmcs12/index.ts';
