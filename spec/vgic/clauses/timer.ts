import type { ClauseDeclaration } from '../../clause.ts';
import { linux, ours, seed } from '../../source.ts';
import { anyHypervisor, kvm } from './holds-in.ts';

/** The virtual timer: a device that all guests of a physical CPU share. */
export const timer = {
  'timer-asserts-while-enabled-unmasked-and-due': {
    must: 'The line of the timer is high exactly while the virtual CPU loaded there has its timer enabled, not masked, and expired.',
    source: [linux('kvm_timer_should_fire'), ours('the physical timer is that of whoever is loaded')],
    seenBy: ['physical.pending', 'physical.signalled'],
    profiles: anyHypervisor,
  },
  'put-silences-the-timer': {
    must: 'Taking a virtual CPU off its physical CPU stops the timer there: a shared device does not run without its owner.',
    source: [
      seed('002', 'Shared devices cannot be left running when the guest is not running'),
      linux('timer_save_state'),
    ],
    seenBy: ['physical.pending', 'physical.signalled'],
    profiles: anyHypervisor,
    aka: 'VGIC-TM-01, INV-18',
  },
  'unloaded-timer-expires-without-a-line': {
    must: 'A timer that expires while its virtual CPU is not loaded raises no line; load tells its level.',
    source: [seed('002', 'we have lost the context'), linux('timer_save_state')],
    seenBy: ['physical.pending', 'software.line'],
    profiles: anyHypervisor,
    aka: 'VGIC-TM-01, VGIC-TM-04',
  },
  'load-tells-the-timer-level': {
    must: 'Load injects the level of the timer that the virtual CPU has now, high or low.',
    source: [linux('kvm_timer_vcpu_load_gic')],
    seenBy: ['software.line', 'distributor.pending', 'software.listed'],
    profiles: anyHypervisor,
    aka: 'VGIC-TM-02',
  },
  'load-sets-the-physical-active-state': {
    must: 'Load makes the physical timer interrupt active exactly if the virtual one is active or the timer should fire, before the timer runs.',
    source: [
      seed('002', 'Setting the active bit in the distributor allows us to restore the HW'),
      linux('kvm_timer_vcpu_load_gic'),
    ],
    seenBy: ['physical.active', 'physical.masked', 'physical.signalled'],
    profiles: kvm,
    aka: 'VGIC-TM-02',
  },
  'load-drops-the-active-state-of-the-last-guest': {
    must: 'Nothing of the guest that was loaded before stays in the active state of the physical timer interrupt.',
    source: [seed('002', 'we need to give it to another guest'), linux('kvm_timer_vcpu_load_gic')],
    seenBy: ['physical.active', 'physical.masked', 'physical.signalled'],
    profiles: kvm,
    aka: 'VGIC-TM-03, VGIC-TM-06',
  },
  'timer-interrupt-goes-to-the-loaded-guest': {
    must: 'The host handler of the timer injects into the virtual CPU that is loaded on the physical CPU which took the interrupt, and into no other.',
    source: [linux('kvm_arch_timer_handler')],
    seenBy: ['software.line', 'distributor.pending'],
    profiles: anyHypervisor,
    aka: 'VGIC-TM-05, VGIC-TM-06',
  },
  'reset-stops-the-timer': {
    must: 'The reset of a virtual CPU disables its timer, and forgets the level that was told.',
    source: [linux('kvm_timer_vcpu_reset')],
    seenBy: ['physical.pending', 'software.line'],
    profiles: kvm,
    aka: 'VGIC-HW-10',
  },
} as const satisfies Readonly<Record<string, ClauseDeclaration>>;
