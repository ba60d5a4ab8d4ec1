export { OptimizedPostedInterrupts } from './posted-interrupts/index.ts';
export { OptimizedVgic } from './vgic/index.ts';
