/**
 * The reference model of the `vgic` system, in three tiers that are kept apart: `hardware/` (physical distributor, list
 * registers, virtual CPU interface), `hypervisor/` (lists, flush, fold, distributor, timer), `environment/` (devices, the
 * guest). To be read in the order of `state.ts`, `parts.ts`, then tier by tier; `events/` only holds preconditions.
 */
export { VgicModel, type VgicModelOptions } from './model.ts';
export { partClasses, type PartClasses, type Parts } from './parts.ts';
export { Part } from './part.ts';
export { Machine } from './machine.ts';
export * from './state.ts';
export * from './update.ts';
export * from './hardware/cpu-interface.ts';
export * from './hardware/list-register.ts';
export * from './hardware/encoding.ts';
export * from './hardware/maintenance.ts';
export * from './hardware/physical-distributor.ts';
export * from './hardware/priority.ts';
export * from './hardware/virtual-interface.ts';
export * from './hypervisor/distributor-registers.ts';
export * from './hypervisor/flush.ts';
export * from './hypervisor/fold.ts';
export * from './hypervisor/host-interrupt.ts';
export * from './hypervisor/injection.ts';
export * from './hypervisor/mapping.ts';
export * from './hypervisor/offer.ts';
export * from './hypervisor/routing.ts';
export * from './hypervisor/run.ts';
export * from './hypervisor/sgi.ts';
export * from './hypervisor/timer.ts';
export * from './hypervisor/userspace.ts';
export * from './hypervisor/wake.ts';
export * from './seed-2015/offering.ts';
export * from './seed-2015/sync.ts';
export * from './environment/devices.ts';
export * from './environment/guest.ts';
export * from './environment/hardware-access.ts';
export * from './showing.ts';
