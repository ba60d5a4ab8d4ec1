import type { NotExpressible } from '../fault.ts';
import { kvm, xen } from './define.ts';

/** Bugs of real vGICs that no event of the alphabet can show, and why. */
export const notExpressible: readonly NotExpressible[] = [
  {
    bug: 'D15',
    system: 'vgic',
    seen: kvm(
      'D15',
      'KVM: arm: vgic: Only use the virtual state when userspace accesses enable bits (41ee52ecbcdc)',
      2020,
    ),
    reason:
      'Userspace writes no enable bits here, and the physical enable of a mapped interrupt does not follow the virtual one.',
    nearest: 'userspace-pending-write-reaches-the-physical-interrupt',
  },
  {
    bug: 'D17',
    system: 'vgic',
    seen: kvm('D17', "KVM: arm/arm64: vgic: Don't rely on the wrong pending table (ca185b260951)", 2019),
    reason: 'LPIs and their pending tables in memory are not part of a GICv2 guest.',
  },
  {
    bug: 'D19',
    system: 'vgic',
    seen: kvm(
      'D19',
      'KVM: arm64: vgic-v4: Make the doorbell request robust w.r.t preemption (b321c31c9b7b)',
      2023,
      'heading',
    ),
    reason: 'Doorbells belong to GICv4, which delivers without list registers.',
  },
  {
    bug: 'D22',
    system: 'vgic',
    seen: {
      project: 'QEMU GICv3',
      change: 'hw/intc/arm_gicv3_cpuif: handle LPIs in the list registers (82a65e3188ab)',
      year: 2021,
      bug: 'D22',
      evidence: 'read',
    },
    reason: 'No list register holds an LPI: the universe of interrupts ends with SPIs.',
  },
  {
    bug: 'D33',
    system: 'vgic',
    seen: xen('D33', 'ARM/vgic: Correct the expression for lr_all_full() (bad717f845)', 2024),
    reason: 'It needs 32 list registers or more, and as many interrupts: there are 16, and nine INTIDs.',
    nearest: 'underflow-is-not-asked-for',
  },
  {
    bug: 'D35',
    system: 'vgic',
    seen: xen(
      'D35',
      'xen/arm: do not use is_running to decide whether we can write directly to the LR registers (071c61e736)',
      2013,
    ),
    reason: 'A context switch is one event, and injection never writes a list register that is loaded.',
    nearest: 'list-registers-survive-the-exit',
  },
];
