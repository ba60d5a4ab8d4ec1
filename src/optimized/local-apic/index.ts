export { classOf, LocalApic } from './local-apic.ts';
export { VirtualInterrupts } from './virtual-interrupts.ts';
export { has, highest, highestOfWord, insert, remove, vectorSet, wordsPerSet, type VectorSet } from './vector-set.ts';
