import { domain, type RecordOf } from '../domain.ts';

/** Parameters of a vGIC; the first value of each is the default that shrinking returns to. */
export const configuration = {
  profile: domain('profile', 'whose rules: Linux 6.12, the patch of 2015 under review, the architecture alone', [
    'kvm',
    'seed-2015',
    'arch',
  ]),
  encoding: domain(
    'encoding',
    'layout of the list registers: GICH_LR (32 bits) or ICH_LR_EL2 (64 bits); the guest sees a GICv2 in both',
    ['gicv2', 'gicv3'],
  ),
  nrLr: domain('nrLr', 'list registers per physical CPU', [4, 1, 2, 16]),
  eoiMode: domain(
    'eoiMode',
    'EOImode at reset: 0, EOIR drops and deactivates; 1, EOIR drops and DIR deactivates',
    [0, 1],
  ),
  groups: domain('groups', 'interrupt groups that the guest uses', ['g0only', 'both']),
  vcpus: domain('vcpus', 'virtual CPUs, of all VMs together', [1, 2, 3]),
  vms: domain('vms', 'virtual machines; with two, the last virtual CPU is the whole second VM', [1, 2]),
  pcpus: domain('pcpus', 'physical CPUs; virtual CPU n is loaded on physical CPU n at reset, if there is one', [1, 2]),
  tieBreak: domain('tieBreak', 'which of several pending list registers of equal priority is acknowledged', [
    'lowestLr',
    'any',
  ]),
  disabledGroup: domain(
    'disabledGroup',
    'whether a pending interrupt of a disabled group is ignored, or hides those of lower priority in the enabled one',
    ['ignored', 'hides'],
  ),
  hwDeactivation: domain(
    'hwDeactivation',
    'whether guest completion reaches the physical interrupt (LR.HW); false: software resampling',
    [true, false],
  ),
  distEnableRequeues: domain(
    'distEnableRequeues',
    'whether enabling the distributor queues what became pending while it was off',
    [false, true],
  ),
} as const;

/** A configuration of the `vgic` system. */
export type VgicConfiguration = RecordOf<typeof configuration>;

/** The VM that a virtual CPU belongs to. */
export const vmOf = (config: VgicConfiguration, vcpu: number): number =>
  config.vms === 2 && vcpu === config.vcpus - 1 ? 1 : 0;

/** Whether the parameters fit together. */
export function admits(config: VgicConfiguration): boolean {
  if (config.vms === 2 && config.vcpus === 1) return false;
  if (config.pcpus > config.vcpus) return false;
  if (config.disabledGroup === 'hides' && (config.profile !== 'arch' || config.tieBreak === 'any')) return false;
  if (config.profile === 'arch') return config.vcpus === 1 && config.hwDeactivation && !config.distEnableRequeues;
  if (config.profile === 'seed-2015')
    return config.hwDeactivation && !config.distEnableRequeues && config.groups === 'g0only';
  return true;
}
