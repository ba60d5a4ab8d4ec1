import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2, linux } from '../../source.ts';
import { kvm } from './holds-in.ts';

/** What a hypervisor owes the list registers. */
export const listRegisters = {
  'one-list-register-per-intid': {
    must: 'No two valid list registers of a virtual CPU hold the same virtual INTID, an SGI from several sources included.',
    source: [gicv2('GICH_LRn'), linux('16ca6a607d84')],
    seenBy: ['listRegister'],
    profiles: kvm,
    aka: 'VGIC-LR-01',
  },
  'physical-interrupt-is-active-under-a-hw-list-register': {
    must: 'While a list register with HW=1 holds what a physical interrupt caused, that interrupt is active; load and entry see to it.',
    source: [gicv2('GICH_LRn'), linux('kvm_timer_vcpu_load_gic'), linux('0e3dfda91d9f')],
    seenBy: ['physical.active', 'physical.signalled'],
    profiles: kvm,
    aka: 'VGIC-LR-03',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
