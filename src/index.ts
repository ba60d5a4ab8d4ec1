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
export { vgicUnderCheck } from '../properties/vgic/index.ts';
export { OptimizedVgic } from './optimized/index.ts';
export { VgicModel } from '../model/vgic/index.ts';
