import type { AnyEvent } from '../../spec/alphabet.ts';
import { fieldSpec, type VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import { controlBits, msrs, optionalControlBits, optionalMsrs } from '../../spec/vmcs12/universe.ts';
import { entryFailure, exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import type { FieldReader, SectionWords, SystemWords } from './system-words.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

const { valid, typeMask, typeShift, vectorMask, errorCode, nmiUnblockingDueToIret } = interruptionInformation;
const exceptionNames: Readonly<Record<number, string>> = { 1: '#DB', 3: '#BP', 6: '#UD', 13: '#GP', 14: '#PF' };

/** The event of an interruption information. */
function eventName(information: number): string {
  const vector = information & vectorMask;
  switch ((information & typeMask) >>> typeShift) {
    case eventTypes.externalInterrupt:
      return `interrupt ${hex(vector)}`;
    case eventTypes.nmi:
      return 'NMI';
    case eventTypes.hardwareException:
      return exceptionNames[vector] ?? `exception ${vector}`;
    case eventTypes.softwareInterrupt:
      return `INT ${hex(vector)}`;
    case eventTypes.privilegedSoftwareException:
      return vector === 1 ? 'INT1' : `type 5 ${hex(vector)}`;
    case eventTypes.softwareException:
      return vector === 3 ? 'INT3' : `type 6 ${hex(vector)}`;
    case eventTypes.other:
      return 'MTF';
    default:
      return `type 1 ${hex(vector)}`;
  }
}

/** An interruption information in words; what is not valid, as a number. */
function interruption(information: number): string {
  if (information >>> 31 === 0) return information === 0 ? 'nothing' : `${hex(information)} (not valid)`;
  const rest = (information & ~(valid | errorCode | typeMask | vectorMask)) >>> 0;
  const more = rest === 0 ? '' : rest === nmiUnblockingDueToIret ? ' with bit 12' : ` and ${hex(rest)}`;
  return `${hex(information)}, ${eventName(information)}${more}`;
}

const reasonNames: Readonly<Record<number, string>> = {
  [exitReasons.exceptionOrNmi]: 'exception or NMI',
  [exitReasons.externalInterrupt]: 'external interrupt',
  [exitReasons.tripleFault]: 'triple fault',
  [exitReasons.init]: 'INIT',
  [exitReasons.sipi]: 'SIPI',
  [exitReasons.interruptWindow]: 'interrupt window',
  [exitReasons.nmiWindow]: 'NMI window',
  [exitReasons.taskSwitch]: 'task switch',
  [exitReasons.cpuid]: 'CPUID',
  [exitReasons.hlt]: 'HLT',
  [exitReasons.vmcall]: 'VMCALL',
  [exitReasons.crAccess]: 'control-register access',
  [exitReasons.drAccess]: 'MOV DR',
  [exitReasons.ioInstruction]: 'I/O instruction',
  [exitReasons.rdmsr]: 'RDMSR',
  [exitReasons.wrmsr]: 'WRMSR',
  [exitReasons.invalidGuestState]: 'invalid guest state',
  [exitReasons.msrLoading]: 'MSR loading',
  [exitReasons.monitorTrapFlag]: 'monitor trap flag',
  [exitReasons.tprBelowThreshold]: 'TPR below threshold',
  [exitReasons.apicAccess]: 'APIC access',
  [exitReasons.virtualizedEoi]: 'virtualized EOI',
  [exitReasons.eptViolation]: 'EPT violation',
  [exitReasons.eptMisconfiguration]: 'EPT misconfiguration',
  [exitReasons.preemptionTimer]: 'VMX-preemption timer',
  [exitReasons.apicWrite]: 'APIC write',
  [exitReasons.pageModificationLogFull]: 'page-modification log full',
};

/** `exit reason 48, EPT violation`. */
function exitReason(value: number): string {
  const basic = (value & ~entryFailure) >>> 0;
  const number = value >>> 31 ? `bit 31 and ${basic}` : String(basic);
  return `exit reason ${number}${reasonNames[basic] === undefined ? '' : `, ${reasonNames[basic]}`}`;
}

const outcomes = [
  'goes on',
  'VMsucceed',
  'VMfailInvalid',
  'VMfailValid',
  'enters L2',
  'exits to L1',
  'entry fails, host state loaded',
];

function step(words: SectionWords): string {
  const outcome = outcomes[words['outcome']!] ?? `outcome ${words['outcome']}`;
  return words['value'] === 0 ? outcome : `${outcome}, reads ${hex(words['value']!)}`;
}

/** `delivers #PF (0x2), return RIP 0x10000`. */
function delivery(words: SectionWords): string {
  if (Object.values(words).every((word) => word === 0)) return 'no delivery';
  const information = words['event']!;
  const code = information & errorCode || words['errorCode'] ? ` (${hex(words['errorCode']!)})` : '';
  return `delivers ${interruption(information)}${code}, return RIP ${hex(words['returnRip']!)}`;
}

/** The bits of a control word that differ from any of the values it is compared with. */
function controlWord(field: string): FieldReader {
  const names = new Map<number, string>(
    Object.entries({ ...controlBits, ...optionalControlBits })
      .filter(([, control]) => control.field === field)
      .map(([name, { bit }]) => [bit, name]),
  );
  return (word, against) => {
    const others = against.length === 0 ? [0] : against;
    const differing = others.reduce((mask, other) => mask | (other ^ word), 0);
    const said: string[] = [];
    for (let bit = 0; bit < 32; bit++) {
      if ((differing >>> bit) & 1) said.push(`${names.get(bit) ?? `${field} bit ${bit}`}=${(word >>> bit) & 1}`);
    }
    return said.join(', ') || `${field} ${hex(word)}`;
  };
}

const controlWords = [
  'pinControls',
  'processorControls',
  'secondaryControls',
  'exitControls',
  'entryControls',
  'exceptionBitmap',
  'functionControls',
] as const;

/** What the place of a value in a table stands for. */
function written(event: AnyEvent): string {
  const { value, field, msr } = event;
  if (typeof value !== 'number') return String(value);
  if (typeof field === 'string') {
    const found = fieldSpec(field as VmcsFieldName).values[value];
    return found === undefined ? `no value ${value}` : hex(found);
  }
  const name = msr ?? event['register'];
  const table: Readonly<Record<string, { readonly values: readonly number[] }>> = { ...msrs, ...optionalMsrs };
  const found = typeof name === 'string' ? table[name]?.values[value] : undefined;
  return found === undefined ? hex(value) : hex(found);
}

const eventWords: Readonly<Record<string, (arg: unknown, event: AnyEvent) => string>> = {
  value: (_, event) => written(event),
  vector: (arg) => hex(Number(arg)),
  selector: (arg) => hex(Number(arg)),
  on: (arg) => (arg === true ? 'on' : 'off'),
  slot: (arg) => `VMCS ${String(arg)}`,
  trapFlag: (arg) => `TF ${arg === true ? 1 : 0}`,
};

/** `vmwrite cr0 0x80010033`, `control savePat on`, `hostExit interrupt`. */
const event = (one: AnyEvent): string => {
  const { kind, ...args } = one;
  return [kind, ...Object.entries(args).map(([name, arg]) => eventWords[name]?.(arg, one) ?? String(arg))].join(' ');
};

const named =
  (name: string, show: (word: number) => string): FieldReader =>
  (word) =>
    `${name} ${show(word)}`;

const instances: Readonly<Record<string, string>> = {
  l1: 'L1',
  l1Debugctl: 'L1',
  l1Bndcfgs: 'L1',
  l2: 'L2',
  l2Optional: 'L2',
};

/** How the observations and events of the `vmcs12` system read to people. */
export const vmcs12Words: SystemWords = {
  event,
  instances: (section) => instances[section] ?? '',
  namedOnce: Object.keys(instances),
  momentary: ['step', 'delivery'],
  vanishing: ['l2', 'l2Optional'],
  whole: { step, delivery },
  fields: {
    machine: {
      level: (word) => `L${word} runs`,
      current: (word) => (word === 0 ? 'no current VMCS' : `VMCS ${word - 1} is current`),
    },
    exitInformation: {
      exitReason,
      exitInterruption: named('exit interruption', interruption),
      idtVectoring: named('IDT-vectoring', interruption),
    },
    entryEvent: { entryInterruption: named('entry interruption', interruption) },
    controls: Object.fromEntries(controlWords.map((field) => [field, controlWord(field)])),
  },
};
