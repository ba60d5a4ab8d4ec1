export { OptimizedVgic } from './optimized-vgic.ts';
