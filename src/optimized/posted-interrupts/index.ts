export { OptimizedPostedInterrupts } from './optimized-posted-interrupts.ts';
export { controlOf, PostedInterruptDescriptor, vectorOf } from './posted-interrupt-descriptor.ts';
