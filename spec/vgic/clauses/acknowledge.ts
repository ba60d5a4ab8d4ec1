import type { ClauseDeclaration } from '../../clause.ts';
import { gicv2 } from '../../source.ts';
import { arch, notSeed2015 } from './holds-in.ts';

/** The virtual CPU interface: which interrupt is signalled, and what its acknowledge does. */
export const acknowledge = {
  'only-pending-list-registers-are-candidates': {
    must: 'A list register is a candidate only in the state pending; pending and active is none.',
    source: [gicv2('GICH_LRn'), gicv2('GICV_HPPIR')],
    seenBy: ['reply.value', 'interface.lines', 'listRegister'],
    aka: 'VGIC-CPU-01',
  },
  'disabled-interface-signals-nothing': {
    must: 'With GICH_HCR.En 0 nothing is signalled to the guest.',
    source: [gicv2('GICH_HCR')],
    seenBy: ['reply.value', 'interface.lines'],
    profiles: arch,
    aka: 'VGIC-CPU-02',
  },
  'disabled-group-is-never-acknowledged': {
    must: 'A pending interrupt of a group that is disabled in GICV_CTLR is neither signalled nor acknowledged, and does not stand in the way of the other group.',
    source: [gicv2('GICV_CTLR'), gicv2('GICV_IAR')],
    seenBy: ['reply.value', 'interface.lines'],
    aka: 'VGIC-CPU-06',
  },
  'priority-must-be-below-the-mask': {
    must: 'An interrupt is signalled only if its priority value is strictly less than the priority mask.',
    source: [gicv2('GICV_PMR')],
    seenBy: ['reply.value', 'interface.lines'],
    aka: 'VGIC-CPU-02',
  },
  'group-priority-must-preempt-the-running-one': {
    must: 'While a priority is active, an interrupt is signalled only if its group priority is strictly higher than the running priority.',
    source: [gicv2('Priority grouping'), gicv2('GICV_BPR')],
    seenBy: ['reply.value', 'interface.lines'],
    aka: 'VGIC-CPU-02',
  },
  'highest-priority-is-acknowledged-first': {
    must: 'Of several candidates the one with the numerically lowest priority is signalled.',
    source: [gicv2('Interrupt prioritization')],
    seenBy: ['reply.value', 'listRegister'],
    aka: 'VGIC-CPU-03',
  },
  'tie-goes-to-some-list-register': {
    may: 'Of several candidates of equal priority any one may be signalled; an implementation can always take the lowest list register.',
    knob: 'tieBreak',
    source: [gicv2('Interrupt prioritization')],
    seenBy: ['reply.value', 'listRegister'],
    aka: 'VGIC-CPU-03',
  },
  'acknowledge-moves-pending-to-active': {
    must: 'GICV_IAR moves the list register of the signalled interrupt from pending to active.',
    source: [gicv2('GICV_IAR')],
    seenBy: ['listRegister', 'reply.value'],
    aka: 'VGIC-CPU-04',
  },
  'acknowledge-sets-the-active-priority-bit': {
    must: 'An acknowledge sets the bit of the group priority in GICH_APR.',
    source: [gicv2('GICH_APR')],
    seenBy: ['interface.apr'],
    aka: 'VGIC-CPU-04',
  },
  'nested-acknowledge-keeps-outer-priorities': {
    must: 'A preempting acknowledge adds its bit to GICH_APR; the bits of what it preempts stay.',
    source: [gicv2('GICH_APR'), gicv2('Preemption')],
    seenBy: ['interface.apr'],
    profiles: notSeed2015,
    aka: 'VGIC-CPU-11',
  },
  'acknowledge-leaves-the-physical-interrupt': {
    must: 'The acknowledge of a list register with HW=1 changes nothing in the physical distributor.',
    source: [gicv2('GICH_LRn'), gicv2('GICV_IAR')],
    seenBy: ['physical.active', 'physical.pending'],
    aka: 'INV-06',
  },
  'acknowledge-returns-the-sgi-source': {
    must: 'For an SGI, GICV_IAR returns the requesting CPU of the list register in bits [12:10]; for all else these bits are 0.',
    source: [gicv2('GICV_IAR'), gicv2('GICH_LRn')],
    seenBy: ['reply.value'],
    aka: 'VGIC-CPU-04',
  },
  'acknowledge-of-nothing-is-1023': {
    must: 'GICV_IAR returns 1023 and changes nothing when no interrupt is signalled.',
    source: [gicv2('GICV_IAR')],
    seenBy: ['reply.value', 'listRegister', 'interface.apr'],
    aka: 'VGIC-CPU-05',
  },
  'group-1-acknowledge-needs-ackctl': {
    must: 'GICV_IAR returns 1022 and changes nothing when the signalled interrupt is of group 1 and AckCtl is 0.',
    source: [gicv2('GICV_IAR'), gicv2('GICV_CTLR')],
    seenBy: ['reply.value', 'listRegister', 'interface.apr'],
    profiles: notSeed2015,
    aka: 'VGIC-CPU-05',
  },
  'aiar-acknowledges-group-1-only': {
    must: 'GICV_AIAR acknowledges the signalled interrupt if it is of group 1, whatever AckCtl says; otherwise it returns 1023 and changes nothing.',
    source: [gicv2('GICV_AIAR')],
    seenBy: ['reply.value', 'listRegister', 'interface.apr'],
  },
  'group-0-splits-by-bpr': {
    must: 'The group priority of a group 0 interrupt leaves out its BPR+1 lowest bits.',
    source: [gicv2('GICV_BPR')],
    seenBy: ['reply.value', 'interface.apr', 'interface.lines'],
    aka: 'VGIC-CPU-07',
  },
  'group-1-splits-by-abpr': {
    must: 'The group priority of a group 1 interrupt leaves out its ABPR lowest bits, or its BPR+1 lowest bits if CBPR is 1.',
    source: [gicv2('GICV_ABPR'), gicv2('GICV_CTLR')],
    seenBy: ['reply.value', 'interface.apr', 'interface.lines'],
    profiles: notSeed2015,
    aka: 'VGIC-CPU-07',
  },
  'binary-point-has-a-floor': {
    must: 'With 5 bits of priority GICV_BPR does not fall below 2, nor GICV_ABPR below 3.',
    source: [gicv2('GICV_BPR'), gicv2('GICV_ABPR')],
    seenBy: ['interface.vmcr'],
    aka: 'VGIC-CPU-07',
  },
  'priority-mask-keeps-five-bits': {
    must: 'GICV_PMR keeps the five upper bits of what is written.',
    source: [gicv2('GICV_PMR'), gicv2('GICH_VMCR')],
    seenBy: ['interface.vmcr'],
  },
  'running-priority-is-the-highest-active-one': {
    must: 'GICV_RPR returns the priority of the lowest bit that is set in GICH_APR.',
    source: [gicv2('GICV_RPR')],
    seenBy: ['reply.value'],
    aka: 'VGIC-CPU-09',
  },
  'idle-running-priority-is-the-lowest': {
    may: 'GICV_RPR returns 0xFF, or 0xF8, when no priority is active.',
    source: [gicv2('GICV_RPR')],
    seenBy: ['reply.value'],
    aka: 'VGIC-CPU-09',
  },
  'hppir-shows-the-signalled-interrupt': {
    must: 'GICV_HPPIR returns the INTID of the signalled interrupt, with the source of an SGI in bits [12:10], and acknowledges nothing.',
    source: [gicv2('GICV_HPPIR')],
    seenBy: ['reply.value', 'listRegister'],
    aka: 'VGIC-CPU-10',
  },
  'hppir-of-nothing-is-1023': {
    must: 'GICV_HPPIR returns 1023 when nothing is pending in an enabled group.',
    source: [gicv2('GICV_HPPIR')],
    seenBy: ['reply.value'],
    aka: 'VGIC-CPU-10',
  },
  'hppir-hides-group-1-without-ackctl': {
    must: 'GICV_HPPIR returns 1022 when the signalled interrupt is of group 1 and AckCtl is 0.',
    source: [gicv2('GICV_HPPIR')],
    seenBy: ['reply.value'],
    profiles: notSeed2015,
    aka: 'VGIC-CPU-10',
  },
  'virq-while-an-interrupt-is-signalled': {
    must: 'The virtual IRQ line is high exactly while an interrupt is signalled that does not take the FIQ line.',
    source: [gicv2('GICV_CTLR')],
    seenBy: ['interface.lines'],
  },
  'group-0-takes-vfiq-with-fiqen': {
    must: 'A signalled interrupt of group 0 takes the virtual FIQ line instead of the IRQ line if FIQEn is 1.',
    source: [gicv2('GICV_CTLR')],
    seenBy: ['interface.lines'],
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
