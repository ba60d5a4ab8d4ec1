import { observation } from '../../../spec/vmcs12/observation.ts';

const names = Object.keys(observation.l1.fields);
const place = (name: keyof typeof observation.l1.fields): number => names.indexOf(name);

/** Places in the array of L1's registers: those of the section `l1`, then the two that have sections of their own. */
export const rip = place('rip');
export const rsp = place('rsp');
export const rflags = place('rflags');
export const cr0 = place('cr0');
export const cr3 = place('cr3');
export const cr4 = place('cr4');
export const dr7 = place('dr7');
export const csSelector = place('csSelector');
export const fsBase = place('fsBase');
export const gdtrBase = place('gdtrBase');
export const gdtrLimit = place('gdtrLimit');
export const sysenterCs = place('sysenterCs');
export const pat = place('pat');
export const efer = place('efer');
export const debugctl = names.length;
export const bndcfgs = names.length + 1;

/** Their number. */
export const count = names.length + 2;
