export { LocalApicRules, type LocalApicClause } from './local-apic-rules.ts';
export { localApicAtReset, type LocalApic, type PprOnTie } from './local-apic.ts';
export { classOf, VectorUniverse, type VectorSet } from './vector-universe.ts';
