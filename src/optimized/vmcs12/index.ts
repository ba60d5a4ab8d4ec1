export { OptimizedVmcs12 } from './optimized-vmcs12.ts';
