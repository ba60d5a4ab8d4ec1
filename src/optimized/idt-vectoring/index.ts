export { OptimizedIdtVectoring } from './optimized-idt-vectoring.ts';
