import { domain, type RecordOf } from '../domain.ts';

/** Parameters of interrupted deliveries; the first value of each is the default that shrinking returns to. */
export const configuration = {
  profile: domain('profile', 'what stands around the guest: a hypervisor with its policy, or nothing', [
    'reinject',
    'drop',
    'drop-exceptions',
    'native',
  ]),
  intercepts: domain('intercepts', 'exceptions that exit; all of them belong to the guest and are given to it', [
    'none',
    'faults',
    'pf',
    'df',
    'debug',
    'all',
  ]),
  nmi: domain('nmi', 'virtual: "NMI exiting" and "virtual NMIs" are 1, NMIs are injected; direct: both are 0', [
    'virtual',
    'direct',
  ]),
  paging: domain('paging', 'who translates: EPT, or shadow page tables, whose misses are page faults that exit', [
    'ept',
    'shadow',
  ]),
  gates: domain('gates', 'type of the gates of the IDT: whether delivery clears IF', ['interrupt', 'trap']),
  stiBlocksNmi: domain('stiBlocksNmi', 'whether the STI shadow holds an NMI back', [true, false]),
  dfThenBenign: domain('dfThenBenign', 'a benign exception while #DF is delivered', ['shutdown', 'serial']),
  int1Type: domain(
    'int1Type',
    'type of the #DB of INT1: 5, privileged software exception, RIP at INT1; or 3, hardware exception, RIP past it',
    [5, 3],
  ),
  zeroLengthInjection: domain('zeroLengthInjection', 'IA32_VMX_MISC[30]: a software event may have length 0', [
    true,
    false,
  ]),
  noHwErrCodeCheck: domain(
    'noHwErrCodeCheck',
    'IA32_VMX_BASIC[56]: a hardware exception may have an error code or not, whatever its vector',
    [false, true],
  ),
  rfOnGeneralDetect: domain('rfOnGeneralDetect', 'whether the #DB of general detect pushes RF as 1', [false, true]),
} as const;

/** A configuration of the `idt-vectoring` system. */
export type IdtVectoringConfiguration = RecordOf<typeof configuration>;

/** Without a hypervisor nothing is intercepted, and NMIs are the processor's. */
export const admits = ({ profile, intercepts, nmi }: IdtVectoringConfiguration): boolean =>
  profile !== 'native' || (intercepts === 'none' && nmi === 'direct');
