export { OptimizedVgic } from './vgic/index.ts';
