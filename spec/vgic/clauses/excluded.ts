import type { ClauseDeclaration } from '../../clause.ts';
import { code, gicv2, gicv3, linux, seed } from '../../source.ts';

/** What the manuals leave open, or no event of the alphabet can show. Nothing is judged by these. */
export const excluded = {
  'binary-point-of-the-running-priority': {
    undefined: 'A priority that became active under one binary point is compared with a candidate under another.',
    excluded:
      'Implementations mask the candidate alone, both, or neither. Both groups split alike, and GICV_BPR changes only at rest.',
    source: [gicv2('GICV_BPR'), linux('__vgic_v3_read_iar')],
    aka: 'VGIC-CPU-08',
  },
  'hppir-of-a-masked-interrupt': {
    undefined:
      'What GICV_HPPIR returns while the best pending interrupt is of a disabled group, or is held back by mask or running priority.',
    excluded:
      'The text of GICV_AHPPIR asks for sufficient priority; GICv3 practice does not; the table of GICV_HPPIR knows no enables. The read is skipped there.',
    source: [gicv2('GICV_HPPIR'), gicv2('GICV_AHPPIR'), gicv3('ICV_HPPIR0_EL1')],
    aka: 'VGIC-CPU-10',
  },
  'hw-with-an-sgi-as-physical-interrupt': {
    undefined: 'A list register with HW=1 and PhysicalID below 16.',
    excluded: 'UNPREDICTABLE; the alphabet has no such write.',
    source: [gicv2('GICH_LRn')],
    aka: 'VGIC-EOI-06',
  },
  'dir-out-of-place': {
    undefined: 'GICV_DIR with EOImode 0, or for an interrupt whose list register is pending only.',
    excluded: 'UNPREDICTABLE; the write is skipped.',
    source: [gicv2('GICV_DIR')],
    aka: 'VGIC-EOI-08',
  },
  'eoi-out-of-order': {
    undefined:
      'GICV_EOIR for another interrupt than the one acknowledged last, or for one whose list register was reloaded as pending only or in another group.',
    excluded: 'UNPREDICTABLE; the write is skipped.',
    source: [gicv2('GICV_EOIR')],
    aka: 'VGIC-EOI-08',
  },
  'eoi-of-group-1-without-ackctl': {
    undefined: 'GICV_EOIR for an interrupt of group 1 while AckCtl is 0.',
    excluded: 'UNPREDICTABLE; the write is skipped.',
    source: [gicv2('GICV_EOIR'), gicv2('GICV_CTLR')],
  },
  'eoi-with-nothing-to-drop': {
    undefined: 'GICV_EOIR of an interrupt that no list register holds, while GICH_APR is 0.',
    excluded: 'GICv2 does not count it, GICv3 may; a guest that completes what it acknowledged cannot get there.',
    source: [gicv2('GICH_HCR'), gicv3('ICH_HCR_EL2')],
    aka: 'VGIC-EOI-07',
  },
  'eoi-count-of-gicv3-in-mode-1': {
    undefined: 'Whether the native GICv3 interface counts an EOI in EOImode 1 that no list register holds.',
    excluded:
      'The register text says no, QEMU and the trap code of Linux count; the guest here has the GICv2 interface, which does not.',
    source: [gicv3('ICH_HCR_EL2'), linux('__vgic_v3_write_eoir'), code('QEMU', 'arm_gicv3_cpuif.c')],
    aka: 'VGIC-EOI-07',
  },
  'eoi-with-the-source-of-another-sgi': {
    undefined: 'GICV_EOIR or GICV_DIR of an SGI whose list register names another source.',
    excluded: 'Whether the CPUID is compared is not said; here a completion finds its list register by the INTID.',
    source: [gicv2('GICV_EOIR'), code('QEMU', 'gic_get_lr_entry')],
  },
  'two-list-registers-of-one-intid': {
    undefined: 'Two valid list registers with the same virtual INTID, whatever the sources of an SGI.',
    excluded: 'UNPREDICTABLE; a direct write that would do it is skipped. The rules of 2015 do it with SGIs.',
    source: [gicv2('GICH_LRn')],
    aka: 'VGIC-LR-01',
  },
  'two-list-registers-of-one-physical-interrupt': {
    undefined: 'Two valid list registers with HW=1 and the same PhysicalID.',
    excluded: 'UNPREDICTABLE; a direct write that would do it is skipped, and the mappings are one to one.',
    source: [gicv2('GICH_LRn')],
    aka: 'VGIC-LR-05',
  },
  'hw-in-state-pending-and-active': {
    undefined: 'A list register with HW=1 written as pending and active.',
    excluded: 'The manual says not to; the alphabet has no such write.',
    source: [gicv2('GICH_LRn'), seed('002', 'illegal to set a HW interrupt to be PENDING+ACTIVE')],
    aka: 'VGIC-LR-02',
  },
  'special-intid-in-a-list-register': {
    undefined: 'A valid list register with virtual INTID 1020 to 1023, or with a CPUID for anything but an SGI.',
    excluded: 'UNPREDICTABLE; the alphabet has no such write.',
    source: [gicv2('GICH_LRn')],
  },
  'controls-changed-while-active': {
    undefined: 'EOImode, CBPR or a binary point changed while an interrupt is active.',
    excluded: 'UNPREDICTABLE; the write is skipped.',
    source: [gicv2('GICV_CTLR'), gicv2('GICV_BPR')],
  },
  'host-dir-before-priority-drop': {
    undefined: 'GICC_DIR for a physical interrupt whose priority is not dropped, or GICD_ICACTIVER for it.',
    excluded: 'UNPREDICTABLE; the write is skipped.',
    source: [gicv2('GICC_DIR')],
  },
  'clear-pending-of-a-high-line': {
    undefined: 'GICD_ICPENDR for a level-sensitive physical interrupt whose line is high, in the hardware.',
    excluded: 'It changes nothing that can be seen while the line stays high; the write is skipped.',
    source: [gicv2('GICD_ICPENDRn')],
  },
  'foreign-owner-is-ignored': {
    undefined: 'An injection by another than the owner of the interrupt is ignored.',
    excluded: 'No event of the alphabet injects on behalf of another owner.',
    source: [linux('vgic_validate_injection')],
    aka: 'VGIC-INJ-01',
  },
  'kick-takes-effect': {
    undefined:
      'An injection kicks the virtual CPU that it is for; switching the distributor on kicks those with something listed.',
    excluded:
      'When a kick ends the run of a guest is not specified, and extra ones are allowed: exits are events of their own.',
    source: [linux('vgic_queue_irq_unlock'), linux('vgic_kick_vcpus')],
    aka: 'VGIC-INJ-04',
  },
  'timer-interrupt-without-owner-is-ignored': {
    undefined: 'A timer interrupt that arrives while no virtual CPU is loaded is ignored by its handler.',
    excluded:
      'The line is low while no virtual CPU is loaded, and no event sets the latch of the physical timer interrupt.',
    source: [linux('kvm_arch_timer_handler')],
    aka: 'VGIC-TM-04',
  },
  'timer-sync-follows-fold': {
    undefined: 'At exit the timer is looked at after the list registers are folded.',
    excluded: 'Nothing between the two can be seen.',
    source: [linux('kvm_arch_vcpu_ioctl_run')],
    aka: 'VGIC-TM-07',
  },
  'trigger-of-private-interrupts-is-fixed': {
    undefined: 'GICD_ICFGR does not change the trigger of SGIs and PPIs.',
    excluded: 'No event of the alphabet writes it.',
    source: [linux('vgic_mmio_write_config')],
    aka: 'VGIC-MM-09',
  },
  'user-pending-in-the-gicv2-way': {
    undefined:
      'With the GICv2 interface for userspace, a read of GICD_ISPENDR returns the pending state, the line included.',
    excluded: 'The alphabet plays the GICv3 interface, which can restore a level-sensitive interrupt exactly.',
    source: [linux('vgic_mmio_read_pending')],
    aka: 'VGIC-US-01',
  },
  'source-of-an-active-sgi-is-lost': {
    undefined: 'Which source an SGI in service has after it was saved and restored.',
    excluded: 'The interface cannot carry it; Linux restores source 0, and nobody is blamed for another.',
    source: [linux('vgic_mmio_change_active')],
    aka: 'VGIC-US-07',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
