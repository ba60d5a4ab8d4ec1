import { domain, type RecordOf } from '../domain.ts';

/** Parameters of posted interrupts; the first value of each is the default that shrinking returns to. */
export const configuration = {
  profile: domain(
    'profile',
    'whose rules: the manuals, with nested shortcuts as in Linux, the processor alone, atomic steps',
    ['sdm', 'kvm', 'arch', 'interleaved'],
  ),
  apicv: domain('apicv', 'virtual-interrupt delivery and posted-interrupt processing at reset; absent: never', [
    'on',
    'off',
    'absent',
  ]),
  mode: domain('mode', 'mode of the local APICs, of guest and host alike', ['x2apic', 'xapic']),
  tprShadow: domain(
    'tprShadow',
    '"use TPR shadow": the task priority is virtualized without virtual-interrupt delivery too',
    [true, false],
  ),
  hltExiting: domain('hltExiting', '"HLT exiting": HLT leaves the guest; else the CPU halts in the guest', [
    true,
    false,
  ]),
  devicePosting: domain('devicePosting', 'whether an IOMMU can post for a device; the device is assigned at reset', [
    true,
    false,
  ]),
  nested: domain('nested', 'whether virtual CPU 0 runs a hypervisor that runs an L2 with posted interrupts', [
    false,
    true,
  ]),
  vcpus: domain('vcpus', 'virtual CPUs of the VM', [2, 1]),
  pcpus: domain('pcpus', 'physical CPUs; virtual CPU n is loaded on physical CPU n at reset, if there is one', [2, 1]),
  pprOnTie: domain(
    'pprOnTie',
    'low half of PPR when TPR and the vector in service are of one class, without virtual-interrupt delivery',
    ['tpr', 'zero'],
  ),
  blocksArrival: domain('blocksArrival', 'which blocking in the guest holds off external interrupts that would exit', [
    'none',
    'sti',
    'movss',
    'both',
  ]),
  vectors: domain('vectors', 'vectors in use: all of the universe, or those of the interleaved profile', [
    'all',
    'two',
    'three',
  ]),
  posters: domain('posters', 'CPUs that post in atomic steps', [0, 1, 2]),
} as const;

/** A configuration of the `posted-interrupts` system. */
export type PostedInterruptsConfiguration = RecordOf<typeof configuration>;

/** Whether the parameters fit together. */
export function admits(config: PostedInterruptsConfiguration): boolean {
  const { profile, apicv, tprShadow, devicePosting, nested, vcpus, pcpus } = config;
  // The controls of virtual-interrupt delivery need "use TPR shadow"; IOMMU posting without APICv has no use.
  if (!tprShadow && apicv !== 'absent') return false;
  if (devicePosting && apicv === 'absent') return false;
  // What L1 is given for L2 needs APICv in the hardware.
  if (nested && apicv === 'absent') return false;
  const steps = profile === 'interleaved';
  if (steps !== (config.vectors !== 'all') || steps !== config.posters > 0) return false;
  switch (profile) {
    case 'sdm':
      return true;
    case 'kvm':
      return nested;
    case 'arch':
      return vcpus === 1 && pcpus === 1 && apicv !== 'absent' && !devicePosting && !nested && config.pprOnTie === 'tpr';
    case 'interleaved':
      return (
        vcpus === 1 &&
        apicv === 'on' &&
        config.mode === 'x2apic' &&
        config.hltExiting &&
        !nested &&
        config.pprOnTie === 'tpr' &&
        config.blocksArrival === 'none'
      );
  }
}
