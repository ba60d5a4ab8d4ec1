export * from './source.ts';
export * from './clause.ts';
export * from './domain.ts';
export * from './alphabet.ts';
export * from './packing.ts';
export * from './observation.ts';
export * from './contract.ts';
export * from './system.ts';
export { vgic } from './vgic.ts';
