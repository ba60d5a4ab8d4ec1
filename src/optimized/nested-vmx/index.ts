export { OptimizedNestedVmx } from './optimized-nested-vmx.ts';
