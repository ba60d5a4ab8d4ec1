export { OptimizedIdtVectoring } from './idt-vectoring/index.ts';
export { OptimizedNestedVmx } from './nested-vmx/index.ts';
export { OptimizedPostedInterrupts } from './posted-interrupts/index.ts';
export { OptimizedVgic } from './vgic/index.ts';
export { OptimizedVmcs12 } from './vmcs12/index.ts';
