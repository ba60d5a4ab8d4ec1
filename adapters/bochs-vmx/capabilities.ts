import type { BochsVmx } from './bochs-vmx.ts';
import { controlBits } from './initial-controls.ts';
import { source } from './source.ts';

/** Capability MSRs (SDM, "VMX capability reporting facility"). */
export const capabilityMsrs = {
  featureControl: 0x3a,
  basic: 0x480,
  pinControls: 0x481,
  processorControls: 0x482,
  exitControls: 0x483,
  entryControls: 0x484,
  misc: 0x485,
  cr0Fixed0: 0x486,
  cr0Fixed1: 0x487,
  cr4Fixed0: 0x488,
  cr4Fixed1: 0x489,
  vmcsEnum: 0x48a,
  secondaryControls: 0x48b,
  eptVpid: 0x48c,
  truePinControls: 0x48d,
  trueProcessorControls: 0x48e,
  trueExitControls: 0x48f,
  trueEntryControls: 0x490,
  vmFunctions: 0x491,
} as const;

export type CapabilityMsr = keyof typeof capabilityMsrs;

/** What the processor says that it can do. */
export interface VmxCapabilities {
  /** Absent: the MSR does not exist. */
  readonly msrs: Readonly<Partial<Record<CapabilityMsr, bigint>>>;
  /** Control bits that may be 1, by field and name, for the bits that {@link controlBits} names. */
  readonly controls: Readonly<Record<keyof typeof controlBits, readonly string[]>>;
  /** IA32_VMX_MISC bits 4:0: the VMX-preemption timer counts down once in 2^n ticks of the TSC. */
  readonly timerShift: number;
  /** IA32_VMX_MISC bit 5: exits store EFER.LMA into "IA-32e mode guest". */
  readonly savesEferLma: boolean;
  /** IA32_VMX_MISC bits 8:6. */
  readonly activityStates: readonly ('HLT' | 'shutdown' | 'wait-for-SIPI')[];
  /** IA32_VMX_MISC bit 29. */
  readonly writesExitInformation: boolean;
  /** IA32_VMX_MISC bit 30: software events of length 0 can be injected. */
  readonly zeroLengthInjection: boolean;
  /** IA32_VMX_BASIC bit 56: hardware exceptions can be injected with or without error code. */
  readonly noErrorCodeCheck: boolean;
}

const trueControls = {
  pin: 'truePinControls',
  processor: 'trueProcessorControls',
  secondary: 'secondaryControls',
  exit: 'trueExitControls',
  entry: 'trueEntryControls',
} as const satisfies Record<keyof typeof controlBits, CapabilityMsr>;

/** Reads the capability MSRs of the machine. */
export async function readCapabilities(machine: BochsVmx): Promise<VmxCapabilities> {
  const names = Object.keys(capabilityMsrs) as CapabilityMsr[];
  const operations = names.map((name) => ({ kind: 'get', source: source.msr(capabilityMsrs[name]) }) as const);
  const [result] = await machine.play([{ watch: [], operations }]);
  const msrs: Partial<Record<CapabilityMsr, bigint>> = {};
  result.answers.forEach((answer, i) => {
    if (answer.kind === 'value' && answer.how === 'success') msrs[names[i]] = answer.value;
  });
  const misc = msrs.misc ?? 0n;
  const bit = (value: bigint, position: number): boolean => ((value >> BigInt(position)) & 1n) === 1n;
  const fields = Object.keys(controlBits) as (keyof typeof controlBits)[];
  return {
    msrs,
    controls: Object.fromEntries(
      fields.map((field) => [field, allowed(controlBits[field], Number((msrs[trueControls[field]] ?? 0n) >> 32n))]),
    ) as Record<keyof typeof controlBits, string[]>,
    timerShift: Number(misc & 31n),
    savesEferLma: bit(misc, 5),
    activityStates: (['HLT', 'shutdown', 'wait-for-SIPI'] as const).filter((_, i) => bit(misc, 6 + i)),
    writesExitInformation: bit(misc, 29),
    zeroLengthInjection: bit(misc, 30),
    noErrorCodeCheck: bit(msrs.basic ?? 0n, 56),
  };
}

const allowed = (bits: Readonly<Record<string, number>>, mask: number): string[] =>
  Object.keys(bits).filter((name) => (mask & bits[name]) !== 0);
