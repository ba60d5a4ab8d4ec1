import type { AnyEvent } from '../../spec/alphabet.ts';
import { controls, handlerEntry, vectors } from '../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import type { FieldReader, SectionWords, SystemWords } from './system-words.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const byte = (value: number): string => `0x${(value >>> 0).toString(16).padStart(2, '0')}`;
const vectorOrNone = (value: number): string => (value === 0 ? '0' : byte(value));

const bitNumbers = (value: number): number[] =>
  Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (value >>> bit) & 1);
const vectorNames = (value: number): string =>
  bitNumbers(value)
    .map((bit) => (vectors[bit] === undefined ? `bit${bit}` : byte(vectors[bit])))
    .join(' ');

const { valid, typeMask, typeShift, vectorMask, errorCode } = interruptionInformation;
const exceptionNames = new Map<number, string>([
  [1, '#DB'],
  [3, '#BP'],
  [6, '#UD'],
  [13, '#GP'],
]);
const exception = (vector: number): string => exceptionNames.get(vector) ?? `exception ${vector}`;

/** The event of an interruption information, whatever its valid bit is. */
function eventName(information: number): string {
  const vector = information & vectorMask;
  switch ((information & typeMask) >>> typeShift) {
    case eventTypes.externalInterrupt:
      return byte(vector);
    case eventTypes.nmi:
      return vector === 2 ? 'NMI' : `NMI with vector ${byte(vector)}`;
    case eventTypes.hardwareException:
      return exception(vector);
    case eventTypes.softwareInterrupt:
      return `INT ${byte(vector)}`;
    case eventTypes.privilegedSoftwareException:
      return vector === 1 ? 'INT1' : `INT1 with vector ${byte(vector)}`;
    case eventTypes.softwareException:
      return vector === 3 ? 'INT3' : `software exception ${vector}`;
    case eventTypes.other:
      return vector === 0 ? 'MTF' : hex(information);
    default:
      return `type 1, vector ${byte(vector)}`;
  }
}

/** An interruption information: 0 is nothing, what is not valid says so. */
function interruption(information: number): string {
  if (information === 0) return 'nothing';
  const raw = (information & ~(valid | errorCode | typeMask | vectorMask)) >>> 0;
  const name = raw === 0 ? eventName(information) : hex(information);
  return information >>> 31 ? name : `${name} (not valid)`;
}

/** `+3` for the number of completed instructions, `handler 0x31` at the first instruction of a handler. */
const place = (position: number): string =>
  position >= handlerEntry ? `handler ${byte(position - handlerEntry)}` : `+${position}`;

/** `#GP (0x58) reaches L2 at +0, IF 1`. */
function delivery(words: SectionWords): string {
  const level = words['level']!;
  if (level === 0 && Object.values(words).every((word) => word === 0)) return 'no delivery';
  const information = words['information']!;
  const error = information & errorCode || words['error'] ? ` (${hex(words['error']!)})` : '';
  const behind = words['length'] ? `, ${words['length']} behind` : '';
  const from = level === 1 && words['position'] === 0 ? '' : ` at ${place(words['position']!)}${behind}`;
  return `delivers ${interruption(information)}${error} to L${level}${from}, IF ${words['interrupts']!} pushed`;
}

const reasonNames: Readonly<Record<number, string>> = {
  [exitReasons.externalInterrupt]: 'external interrupt',
  [exitReasons.init]: 'INIT',
  [exitReasons.sipi]: 'SIPI',
  [exitReasons.interruptWindow]: 'interrupt window',
  [exitReasons.nmiWindow]: 'NMI window',
  [exitReasons.hlt]: 'HLT',
  [exitReasons.vmcall]: 'VMCALL',
  [exitReasons.wrmsr]: 'WRMSR',
  [exitReasons.invalidGuestState]: 'invalid guest state',
  [exitReasons.monitorTrapFlag]: 'MTF',
  [exitReasons.eptViolation]: 'EPT violation',
  [exitReasons.preemptionTimer]: 'preemption timer',
};

const activities = ['active', 'HLT', 'shutdown', 'wait-for-SIPI'];
const activity = (value: number): string => activities[value] ?? `activity ${value}`;

const interruptibilityNames = ['STI blocking', 'MOV SS blocking', 'SMI blocking', 'NMI blocking'];
const interruptibility = (value: number): string[] =>
  bitNumbers(value).map((bit) => interruptibilityNames[bit] ?? `interruptibility bit ${bit}`);

/** `exits: external interrupt (1) 0x31; L2 at +0, IF 1`. */
function exit(words: SectionWords): string {
  const kind = words['kind']!;
  if (kind === 0 && Object.values(words).every((word) => word === 0)) return 'no exit';
  const basic = words['reason']! & 0xffff;
  const name =
    basic === exitReasons.exceptionOrNmi
      ? `exception or NMI (0) ${interruption(words['information']!)}`
      : `${reasonNames[basic] ?? 'reason'} (${basic})${words['information'] ? ` ${interruption(words['information']!)}` : ''}`;
  const qualification = words['qualification'] ? [`qualification ${hex(words['qualification'])}`] : [];
  if (kind === 2) return ['entry fails:', name, ...qualification].join(' ');
  const vectoring = words['vectoring']
    ? [
        `while delivering ${interruption(words['vectoring'])}${words['vectoringError'] ? ` (${hex(words['vectoringError'])})` : ''}`,
      ]
    : [];
  const length = words['length'] ? [`length ${words['length']}`] : [];
  const saved = [
    `L2 at ${place(words['position']!)}`,
    `IF ${words['interrupts']!}`,
    ...(words['activity'] === 0 ? [] : [activity(words['activity']!)]),
    ...interruptibility(words['interruptibility']!),
    ...(words['entryInformation'] ? [`entry field ${hex(words['entryInformation'])}`] : []),
  ];
  const head = ['exits:', name, ...qualification, ...vectoring, ...length].join(' ');
  return kind === 1 ? `${head}; ${saved.join(', ')}` : `kind ${kind}, ${head}`;
}

const outcomes = ['no entry', 'enters L2', 'VMfailValid', 'entry fails late'];

function entry(words: SectionWords): string {
  const outcome = outcomes[words['outcome']!] ?? `outcome ${words['outcome']}`;
  return words['error'] ? `${outcome}, error ${words['error']}` : outcome;
}

function effects(words: SectionWords): string {
  const parts = [
    ...(words['acknowledged'] ? ['acknowledges the 8259'] : []),
    ...(words['broadcast'] ? [`EOI broadcast ${vectorNames(words['broadcast'])}`] : []),
    ...(words['processed'] ? ['processes posted interrupts'] : []),
  ];
  return parts.join('; ') || 'no effects';
}

const set =
  (name: string): FieldReader =>
  (value) =>
    `${name} {${vectorNames(value)}}`;
const value =
  (name: string, show: (word: number) => string = byte): FieldReader =>
  (word) =>
    `${name} ${show(word)}`;

/** One bit of a word of flags: what is said of it at 1, and at 0. */
type Flag = readonly [one: string, zero: string];
const bitFlag = (name: string): Flag => [`${name}=1`, `${name}=0`];
const pending = (name: string): Flag => [`${name} pending`, `no ${name} pending`];

/** The flags that differ from any of the values they are compared with. */
const flags =
  (names: readonly Flag[]): FieldReader =>
  (word, against) => {
    const others = against.length === 0 ? [0] : against;
    const differing = bitNumbers(others.reduce((mask, other) => mask | (other ^ word), 0));
    const said = differing.map((bit) => {
      const [one, zero] = names[bit] ?? bitFlag(`bit${bit}`);
      return (word >>> bit) & 1 ? one : zero;
    });
    return said.join(', ') || `flags ${hex(word)}`;
  };

const registers: Readonly<Record<string, FieldReader>> = {
  irr: set('IRR'),
  isr: set('ISR'),
  tmr: set('TMR'),
  tpr: value('TPR'),
  ppr: value('PPR'),
};

const eventWords: Readonly<Record<string, (arg: unknown) => string>> = {
  vector: (arg) => byte(Number(arg)),
  priority: (arg) => byte(Number(arg)),
  on: (arg) => (typeof arg === 'string' ? arg : arg === true ? 'on' : 'off'),
  present: (arg) => (arg === true ? 'present' : 'absent'),
  expired: (arg) => (arg === true ? '0' : 'large'),
};

/** `interrupt 0x31`, `l1Control virtualNmis on`, `hostTrap delivery`. */
const event = ({ kind, ...args }: AnyEvent): string =>
  [kind, ...Object.entries(args).map(([name, arg]) => eventWords[name]?.(arg) ?? String(arg))].join(' ');

/** Whose words they are, where it does not go without saying. */
function instances(section: string, labels: readonly string[]): string {
  switch (section) {
    case 'levels':
      return labels.map((label) => label.toUpperCase()).join(',');
    case 'virtualApic':
      return 'L2';
    case 'readout':
      return 'L1 reads';
    default:
      return '';
  }
}

/** How the observations and events of the `nested-vmx` system read to people. */
export const nestedVmxWords: SystemWords = {
  event,
  instances,
  namedOnce: ['levels', 'virtualApic', 'readout'],
  derived: Object.keys(registers).map((field) => `readout.${field}`),
  momentary: ['entry', 'delivery', 'exit', 'effects'],
  whole: { entry, delivery, exit, effects },
  fields: {
    readout: registers,
    apic: registers,
    levels: {
      flags: flags([
        ['runs', 'does not run'],
        bitFlag('IF'),
        ['STI blocking', 'no STI blocking'],
        ['MOV SS blocking', 'no MOV SS blocking'],
        ['NMI blocking', 'no NMI blocking'],
      ]),
      activity: (word) => activity(word),
      position: (word) => `at ${place(word)}`,
      frames: (word) => `${word} interrupted`,
    },
    vmcs: {
      controls: flags(controls.map((name) => [`${name} on`, `${name} off`])),
      entryInformation: (word) =>
        word >>> 31 ? `to inject: ${interruption(word)}` : `nothing to inject (${hex(word)})`,
      flags: flags([
        ['timer value 0', 'timer value large'],
        ["L2's IDT present", "L2's IDT absent"],
      ]),
    },
    pending: {
      flags: flags([
        pending('NMI'),
        pending('INIT'),
        pending('SIPI'),
        pending('MTF exit'),
        ['timer at zero', 'timer not at zero'],
        ['8259 asserts', '8259 silent'],
        ['line high', 'line low'],
        bitFlag('remote IRR'),
      ]),
    },
    virtualApic: {
      ...registers,
      irr: set('VIRR'),
      isr: set('VISR'),
      tpr: value('VTPR'),
      ppr: value('VPPR'),
      status: (word) => `RVI ${vectorOrNone(word & 0xff)} SVI ${vectorOrNone(word >>> 8)}`,
      pir: set('PIR'),
      flags: flags([bitFlag('ON'), ['interrupt recognized', 'none recognized']]),
    },
  },
};
