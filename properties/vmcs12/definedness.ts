import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import { fieldNames, type VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import { bits } from '../../model/vmcs12/index.ts';
import { fieldNumbers } from './words.ts';

const all = 0xffff_ffff;
const { valid, errorCode, typeMask, typeShift, nmiUnblockingDueToIret } = interruptionInformation;
const { unusable } = bits.accessRights;

/** Reasons of exits that an instruction causes: those with an instruction length. */
export const instructionExits: ReadonlySet<number> = new Set([
  exitReasons.taskSwitch,
  exitReasons.cpuid,
  exitReasons.hlt,
  exitReasons.vmcall,
  exitReasons.crAccess,
  exitReasons.drAccess,
  exitReasons.ioInstruction,
  exitReasons.rdmsr,
  exitReasons.wrmsr,
]);

/** Exit qualification of CR accesses: LMSW from memory, bits 5:4 = 3 and bit 6. */
const isLmsw = (qualification: number): boolean => (qualification & 0x70) === 0x70;
/** Exit qualification of I/O: string instruction, bit 4. */
const isString = (qualification: number): boolean => (qualification & 0x10) !== 0;

const isSoftware = (information: number): boolean => {
  const type = (information & typeMask) >>> typeShift;
  return information >>> 31 === 1 && type >= eventTypes.softwareInterrupt && type <= eventTypes.softwareException;
};

/** What the definedness of a VMCS follows from. */
export interface AtExit {
  field(name: VmcsFieldName): number;
  /** "NMI exiting" without "virtual NMIs". */
  readonly iretBitIsOpen: boolean;
  readonly ept: boolean;
  /** IA32_EFER.LMA of L2, where it can be told. */
  readonly lma: boolean | undefined;
}

/** All bits of every field are defined: as at reset. */
export const allDefined = (): Uint32Array => new Uint32Array(fieldNames.length).fill(all);

/**
 * The bits of every field that an exit defines, as `docs/vmcs12-events.md` has them; RF never, and PDPTEs only where the
 * paging mode can be told from the fields.
 */
export function defineByExit(sight: AtExit, masks: Uint32Array): void {
  const set = (name: VmcsFieldName, mask: number): void => {
    masks[fieldNumbers[name]] = mask;
  };
  set('rflags', ~bits.rflags.rf >>> 0);
  segments(sight, set);
  const isPae = sight.lma === false && (sight.field('cr0') & bits.cr0.pg) !== 0;
  const pdptes = sight.ept && isPae ? all : 0;
  set('pdpte0', pdptes);
  set('pdpte1', pdptes);
  information(sight, set);
}

type SetMask = (name: VmcsFieldName, mask: number) => void;

function segments(sight: AtExit, set: SetMask): void {
  for (const name of ['ss', 'ds', 'fs', 'ldtr'] as const) {
    const isUsable = (sight.field(`${name}AccessRights`) & unusable) === 0;
    const rights = (0xffff_0f00 | (name === 'ss' ? bits.accessRights.dpl : 0)) >>> 0;
    set(`${name}AccessRights`, isUsable ? all : rights);
    set(`${name}Limit`, isUsable ? all : 0);
    if (name !== 'fs') set(`${name}Base`, isUsable ? all : 0);
  }
}

function information(sight: AtExit, set: SetMask): void {
  const reason = sight.field('exitReason');
  const qualification = sight.field('exitQualification');
  const interruption = sight.field('exitInterruption');
  const vectoring = sight.field('idtVectoring');
  const isEpt = reason === exitReasons.eptViolation;
  const noIretBit = vectoring >>> 31 === 1 || sight.iretBitIsOpen ? nmiUnblockingDueToIret : 0;

  const openOfEpt = 0xe40 | noIretBit;
  const definedOfLog = nmiUnblockingDueToIret & ~noIretBit;
  set(
    'exitQualification',
    isEpt ? ~openOfEpt >>> 0 : reason === exitReasons.pageModificationLogFull ? definedOfLog : all,
  );
  const linear =
    isEpt ||
    (reason === exitReasons.crAccess && isLmsw(qualification)) ||
    (reason === exitReasons.ioInstruction && isString(qualification));
  set('guestLinearAddress', linear ? all : 0);
  set('guestPhysicalAddress', isEpt || reason === exitReasons.eptMisconfiguration ? all : 0);
  const isHardware = (interruption & typeMask) >>> typeShift === eventTypes.hardwareException;
  set('exitInterruption', interruption >>> 31 ? ~(isHardware ? noIretBit : 0) >>> 0 : valid);
  set('exitInterruptionErrorCode', interruption >>> 31 && interruption & errorCode ? all : 0);
  set('idtVectoring', vectoring >>> 31 ? ~nmiUnblockingDueToIret >>> 0 : valid);
  set('idtVectoringErrorCode', vectoring >>> 31 && vectoring & errorCode ? all : 0);
  const ofInstruction = instructionExits.has(reason) && vectoring >>> 31 === 0;
  const direct = reason === exitReasons.exceptionOrNmi && vectoring >>> 31 === 0 && isSoftware(interruption);
  set('exitInstructionLength', ofInstruction || direct || isSoftware(vectoring) ? all : 0);
  const ofString = reason === exitReasons.ioInstruction && isString(qualification);
  set('exitInstructionInformation', ofString ? 0x3_8380 : 0);
}
