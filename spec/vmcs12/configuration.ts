import { domain, type RecordOf } from '../domain.ts';

/** Parameters of the system; the first value of each is the default that shrinking returns to. */
export const configuration = {
  profile: domain('profile', 'L0, L1 and L2; or L1 and L2 on the processor itself', ['nested', 'bare']),
  guestMode: domain('guestMode', 'mode of L2 as the VMCSs have it at reset', ['long', 'pae']),
  savesEferLma: domain(
    'savesEferLma',
    'IA32_VMX_MISC bit 5: an exit stores EFER.LMA into "IA-32e mode guest" of the VM-entry controls',
    [true, false],
  ),
  int1Type: domain(
    'int1Type',
    'type of an INT1 in the interruption information: of newer manuals, of the older',
    [5, 3],
  ),
  zeroLengthInjection: domain(
    'zeroLengthInjection',
    'IA32_VMX_MISC bit 30: software events can be injected with instruction length 0',
    [true, false],
  ),
  writesExitInformation: domain(
    'writesExitInformation',
    'IA32_VMX_MISC bit 29: VMWRITE can write exit-information fields',
    [true, false],
  ),
  mpx: domain('mpx', 'IA32_BNDCFGS and its field exist', [true, false]),
} as const;

/** A configuration of the `vmcs12` system. */
export type Vmcs12Configuration = RecordOf<typeof configuration>;
