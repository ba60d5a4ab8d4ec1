import type { ClauseDeclaration } from '../../clause.ts';
import { code, linux, ours, sdm } from '../../source.ts';

const load = sdm('Loading Host Control Registers, Debug Registers, MSRs');

/** What L1 has after an exit, and the two MSR areas. */
export const hostState = {
  'l1-registers-come-from-host-fields': {
    must: 'After an exit CR0, CR3, CR4, RIP, RSP, CS, the bases of FS and GDTR and IA32_SYSENTER_CS of L1 are those of the host fields.',
    source: [load, sdm('Loading Host Segment and Descriptor-Table Registers'), linux('load_vmcs12_host_state')],
    seenBy: ['l1'],
    aka: 'VMCS12-35, H1',
  },
  'l1-starts-with-fixed-values': {
    must: 'After an exit RFLAGS is 2, DR7 0x400, IA32_DEBUGCTL 0 and the limit of GDTR 0xFFFF.',
    source: [load, sdm('Loading Host RIP, RSP, RFLAGS, and SSP')],
    seenBy: ['l1.rflags', 'l1.dr7', 'l1.gdtrLimit', 'l1Debugctl'],
    aka: 'VMCS12-35',
  },
  'host-pat-by-its-control': {
    must: 'With the exit control "load IA32_PAT" L1 gets the host field; without, it keeps the PAT of L2.',
    source: [load],
    seenBy: ['l1.pat'],
    aka: 'VMCS12-35',
  },
  'host-efer-by-its-control': {
    must: 'With the exit control "load IA32_EFER" L1 gets the host field; without, it keeps the EFER of L2 but for LMA and LME, which are those of the host.',
    source: [load],
    seenBy: ['l1.efer'],
    aka: 'VMCS12-35',
  },
  'bndcfgs-is-cleared-by-its-control': {
    must: 'With "clear IA32_BNDCFGS" L1 gets 0; without, it keeps the value of L2.',
    source: [load],
    seenBy: ['l1Bndcfgs'],
    aka: 'VMCS12-35',
  },
  'msr-store-sees-l2': {
    must: 'The VM-exit MSR-store area gets the values of L2, as many as the count says, before host state is loaded.',
    source: [sdm('Saving MSRs')],
    seenBy: ['msrStore'],
    aka: 'VMCS12-36, EX',
  },
  'msr-load-overrides-host-state': {
    must: 'The VM-exit MSR-load list is loaded after host state.',
    source: [sdm('Loading MSRs'), sdm('VM Exits')],
    seenBy: ['l1.pat'],
    aka: 'VMCS12-36',
  },
  'registers-of-l1-are-still-while-l2-runs': {
    must: 'Nothing that L2 or L0 does before the exit changes what L1 had.',
    source: [ours('L1 does not run'), code('Xen', 'nvmx: virtual_vmexit')],
    seenBy: ['l1', 'l1Debugctl', 'l1Bndcfgs', 'msrStore'],
    aka: 'VMCS12-02',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
