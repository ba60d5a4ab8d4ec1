import { defineClauses } from '../clause.ts';
import { writeSet } from './clauses/write-set.ts';

/** What must hold in the `vmcs12` system. */
export const clauses = defineClauses('vmcs12', { ...writeSet });
