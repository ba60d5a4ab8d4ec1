import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import { atomicSteps } from '../../spec/posted-interrupts/steps.ts';
import { exitReasons, hostTimerVector, physicalVectors, vectors } from '../../spec/posted-interrupts/universe.ts';
import { partsOf, type Part } from './register-parts.ts';
import type { FieldReader, SectionWords, SystemWords } from './system-words.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const byte = (value: number): string => `0x${(value >>> 0).toString(16).padStart(2, '0')}`;
/** A vector, or 0 for none. */
const vectorOrNone = (value: number): string => (value === 0 ? '0' : byte(value));

const bitNumbers = (value: number): number[] =>
  Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (value >>> bit) & 1);

const vectorNames = (value: number): string[] =>
  bitNumbers(value).map((bit) => (vectors[bit] === undefined ? `bit${bit}` : byte(vectors[bit])));
const physicalNames = Object.keys(physicalVectors);
const nameOfPhysical = new Map<number, string>([
  ...Object.entries(physicalVectors).map(([name, vector]) => [vector, name] as const),
  [hostTimerVector, 'host timer'],
]);
const physicalVector = (vector: number): string => nameOfPhysical.get(vector) ?? byte(vector);

const valid = 0x8000_0000;
const nmi = 0x202;

/** Interruption information: bit 31 valid, 10:8 type, 7:0 vector. What is neither an interrupt nor NMI shows raw. */
function interruption(info: number, nameOf: (vector: number) => string = byte): string {
  const rest = (info ^ valid) >>> 0;
  if (rest === nmi) return 'NMI';
  if (info >>> 31 === 0) return `${hex(info)} (not valid)`;
  return rest <= 0xff ? nameOf(rest) : hex(info);
}

const alone = ({ vcpus, nested }: AnyConfiguration): boolean => vcpus === 1 && nested !== true;

/** Who takes and accepts: 1 is L1 of virtual CPU 0, 2 its L2, 3 virtual CPU 1. */
const whoOf = (value: number): string => ['nobody', 'vcpu0', 'L2', 'vcpu1'][value] ?? `taker ${value}`;

/** `delivers NMI, then 0x31 to vcpu0`. */
function delivery(words: SectionWords, config: AnyConfiguration): string {
  const [first, second, taker] = [words['first']!, words['second']!, words['taker']!];
  if (first === 0 && second === 0 && taker === 0) return 'no delivery';
  const delivered = [first === 0 ? 'nothing' : interruption(first), ...(second === 0 ? [] : [interruption(second)])];
  return `delivers ${delivered.join(', then ')}${taker === 1 && alone(config) ? '' : ` to ${whoOf(taker)}`}`;
}

const reasonNames: Readonly<Record<keyof typeof exitReasons, string>> = {
  externalInterrupt: 'external interrupt',
  interruptWindow: 'interrupt window',
  nmiWindow: 'NMI window',
  hlt: 'HLT',
  vmcall: 'VMCALL',
  crAccess: 'CR access',
  rdmsr: 'RDMSR',
  wrmsr: 'WRMSR',
  tprBelowThreshold: 'TPR below threshold',
  apicAccess: 'APIC access',
  virtualizedEoi: 'EOI-induced',
  eptViolation: 'EPT violation',
  preemptionTimer: 'preemption timer',
  apicWrite: 'APIC write',
};
const nameOfReason = new Map<number, string>(
  Object.entries(exitReasons).map(([key, reason]) => [reason, reasonNames[key as keyof typeof exitReasons]]),
);

/** `external interrupt (1)`; a reason without bit 31 is shown raw. */
function exitReason(value: number): string {
  const reason = (value ^ valid) >>> 0;
  const name = nameOfReason.get(reason);
  return name === undefined ? `reason ${hex(value)}` : `${name} (${reason})`;
}

/** What the exit qualification says, by basic exit reason. */
function qualification(reason: number, value: number): string {
  switch ((reason ^ valid) >>> 0) {
    case exitReasons.virtualizedEoi:
      return byte(value);
    case exitReasons.apicAccess:
      return value >>> 12 > 1 ? hex(value) : `${value >>> 12 === 1 ? 'write' : 'read'} of ${hex(value & 0xfff)}`;
    case exitReasons.apicWrite:
      return hex(value);
    case exitReasons.crAccess:
      return value === 0x08 ? 'to CR8' : value === 0x18 ? 'from CR8' : hex(value);
    default:
      return value === 0 ? '' : `qualification ${hex(value)}`;
  }
}

/** `exits: EOI-induced (45) 0x31`. */
function exit(words: SectionWords): string {
  const [reason, l1Reason] = [words['reason']!, words['l1Reason']!];
  const [info, vectoring, l1Info] = [words['interruption']!, words['idtVectoring']!, words['l1Interruption']!];
  const parts: string[] = [];
  if (reason !== 0 || words['qualification'] !== 0 || info !== 0 || vectoring !== 0) {
    const details = [
      qualification(reason, words['qualification']!),
      info === 0 ? '' : interruption(info, physicalVector),
      vectoring === 0 ? '' : `while delivering ${interruption(vectoring)}`,
    ];
    parts.push(['exits:', exitReason(reason), ...details].filter((word) => word !== '').join(' '));
  }
  if (l1Reason !== 0 || l1Info !== 0) {
    parts.push(`L2 exits to L1: ${exitReason(l1Reason)}${l1Info === 0 ? '' : ` ${interruption(l1Info)}`}`);
  }
  return parts.join('; ') || 'no exit';
}

/** `vcpu0 accepts 0x31; sends kick to pcpu0`. */
function effects(words: SectionWords, config: AnyConfiguration): string {
  const [accepted, acceptor] = [words['accepted']!, words['acceptor']!];
  const parts: string[] = [];
  if (accepted !== 0 || acceptor !== 0) {
    const who = acceptor === 1 && alone(config) ? '' : `${whoOf(acceptor)} `;
    parts.push(`${who}accepts ${vectorNames(accepted).join(' ') || 'nothing'}`);
  }
  if (words['sent'] !== 0) parts.push(`sends ${bitNumbers(words['sent']!).map(sentName(config)).join(' and ')}`);
  if (words['broadcast'] !== 0) parts.push(`EOI broadcast ${vectorNames(words['broadcast']!).join(' ')}`);
  if (words['consumed'] !== 0) parts.push('consumes the notification for L2');
  return parts.join('; ') || 'no effects';
}

const sentName =
  ({ pcpus }: AnyConfiguration) =>
  (bit: number): string => {
    const pcpu = Math.floor(bit / physicalNames.length);
    const name = physicalNames[bit % physicalNames.length]!;
    return pcpus === 1 && pcpu === 0 ? name : `${name} to pcpu${pcpu}`;
  };

const set =
  (name: string): FieldReader =>
  (value) =>
    `${name} {${vectorNames(value).join(' ')}}`;
const value =
  (name: string, show: (value: number) => string = byte): FieldReader =>
  (word) =>
    `${name} ${show(word)}`;

/** One bit of a word of flags: what is said of it at 1, and at 0. */
type Flag = readonly [one: string, zero: string];
const bitFlag = (name: string): Flag => [`${name}=1`, `${name}=0`];

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

const interruptibility: readonly Flag[] = [
  bitFlag('IF'),
  ['STI blocking', 'no STI blocking'],
  ['MOV SS blocking', 'no MOV SS blocking'],
];
const recognized: Flag = ['interrupt recognized', 'none recognized'];

const controlParts: readonly Part[] = [
  { name: 'ON', from: 0, width: 1 },
  { name: 'SN', from: 1, width: 1 },
  { name: 'NV', from: 16, width: 8, show: physicalVector },
];
const nestedControlParts = controlParts.map((part) => (part.name === 'NV' ? { ...part, show: byte } : part));

const control =
  (parts: readonly Part[]): FieldReader =>
  (word, against) => {
    const said = partsOf(parts, word, against);
    return parts.some(({ name }) => said.startsWith(name)) ? said : `control ${said}`;
  };

/** NDST is the number of the physical CPU with x2APIC, that number << 8 with xAPIC. */
const ndst: FieldReader = (word, _against, { mode, pcpus }) => {
  const pcpu = mode === 'xapic' ? word / 0x100 : word;
  return `NDST ${Number.isInteger(pcpu) && pcpu < Number(pcpus) ? `pcpu${pcpu}` : hex(word)}`;
};

const modes = ['outside', 'in guest', 'told to exit'];

/** `target next clear-on`, `poster0 next set-pir 0x31`. */
const agent =
  (name: string): FieldReader =>
  (word) => {
    const [counter, vector] = name === 'target' ? [word, 0] : [word & 0xff, word >>> 8];
    const place = counter === 0 ? 'at rest' : `next ${atomicSteps[counter - 1] ?? `step ${counter}`}`;
    return `${name} ${place}${vector === 0 ? '' : ` ${byte(vector)}`}`;
  };

/** The words of a local APIC with virtual-interrupt delivery, of L1 and L2 alike. */
const registers: Readonly<Record<string, FieldReader>> = {
  irr: set('IRR'),
  isr: set('ISR'),
  tmr: set('TMR'),
  tpr: value('TPR'),
  ppr: value('PPR'),
  rvi: value('RVI', vectorOrNone),
  svi: value('SVI', vectorOrNone),
  pir: set('PIR'),
};

/** What a read returned; a word of IRR, ISR or TMR as the vectors that its bits stand for. */
function reply({ kind, register }: AnyEvent, word: number): string | undefined {
  if (kind === 'nestedPost') return word === 1 ? 'ON was 0' : word === 0 ? 'ON was 1' : `returns ${hex(word)}`;
  if (kind !== 'read') return undefined;
  const wordNumber = /^(?:irr|isr|tmr)(\d)$/.exec(String(register))?.[1];
  if (wordNumber === undefined) return `returns ${register === 'cr8' ? word : byte(word)}`;
  const read = bitNumbers(word).map((bit) => byte(Number(wordNumber) * 32 + bit));
  return `returns {${read.join(' ')}}`;
}

/** `vcpu0,1` where there is anybody to tell it from; physical CPUs are always named. */
function instances(section: string, labels: readonly string[], config: AnyConfiguration): string {
  switch (section) {
    case 'apic':
    case 'virtualApic':
    case 'core':
    case 'descriptor':
    case 'schedule':
      return alone(config) ? '' : labels.join(',').replaceAll(',vcpu', ',');
    case 'physical':
      return labels.join(',').replaceAll(',pcpu', ',');
    case 'nested':
      return 'L2';
    default:
      return '';
  }
}

const named = (prefix: string, count: string, before = '') => {
  return (arg: unknown, config: AnyConfiguration): string =>
    config[count] === 1 && arg === 0 ? '' : `${before}${prefix}${String(arg)}`;
};
const vector = (arg: unknown): string => byte(Number(arg));

const eventWords: Readonly<Record<string, (arg: unknown, config: AnyConfiguration) => string>> = {
  vcpu: named('vcpu', 'vcpus'),
  pcpu: named('pcpu', 'pcpus', 'on '),
  vector,
  priority: vector,
  line: (arg) => `line ${String(arg)}`,
  on: (arg) => (arg === true ? 'on' : 'off'),
  urgent: (arg) => (arg === true ? 'urgent' : ''),
  preempted: (arg) => (arg === true ? 'preempted' : ''),
  poster: (arg) => `poster${String(arg)}`,
  rvi: (arg) => `RVI ${vectorOrNone(Number(arg))}`,
  svi: (arg) => `SVI ${vectorOrNone(Number(arg))}`,
  interruptFlag: (arg) => `IF=${arg === true ? 1 : 0}`,
  blocking: (arg) => (arg === 'none' ? '' : `${String(arg)}-blocking`),
  activity: (arg) => (arg === 'active' ? '' : String(arg)),
};
const target = named('vcpu', 'vcpus', '→ ');

/** `post 0x31 → vcpu0`, `enter vcpu0`, `arrive kick on pcpu0`; CPUs only where there are several. */
function event({ kind, to, pcpu, ...args }: AnyEvent, config: AnyConfiguration): string {
  const words = Object.entries(args).map(([name, arg]) => eventWords[name]?.(arg, config) ?? String(arg));
  if (to !== undefined) words.splice(kind === 'sendIpi' ? words.length : 1, 0, target(to, config));
  if (pcpu !== undefined) words.push(eventWords['pcpu']!(pcpu, config));
  return [kind, ...words.filter((word) => word !== '')].join(' ');
}

/** How the observations and events of the `posted-interrupts` system read to people. */
export const postedInterruptsWords: SystemWords = {
  event,
  reply: { section: 'reply', field: 'value', read: reply },
  instances,
  namedOnce: ['apic', 'virtualApic', 'core', 'descriptor', 'schedule', 'nested'],
  momentary: ['delivery', 'exit', 'effects'],
  whole: { delivery, exit, effects },
  fields: {
    reply: { value: value('reply', hex) },
    apic: { ...registers, flags: flags([['APIC enabled', 'APIC disabled']]) },
    virtualApic: {
      ...registers,
      eoiExit: set('EOI-exit bitmap'),
      threshold: value('TPR threshold', String),
      flags: flags([['APICv on', 'APICv off'], recognized, ['window requested', 'no window requested']]),
    },
    core: {
      flags: flags([
        ...interruptibility,
        ['halted', 'not halted'],
        ['L2 runs', 'L1 runs'],
        ['NMI pending', 'no NMI pending'],
        ['IDT absent', 'IDT present'],
      ]),
      inflight: (word) => (word === 0 ? 'nothing in flight' : `${interruption(word)} in flight`),
    },
    descriptor: { ...registers, control: control(controlParts), ndst },
    schedule: {
      mode: (word) => modes[word] ?? `mode ${word}`,
      pcpu: (word) => `at pcpu${word}`,
      flags: flags([
        ['loaded', 'not loaded'],
        ['blocked', 'not blocked'],
      ]),
      list: (word) => (word === 0 ? 'on no wake-up list' : `on wake-up list of pcpu${word - 1}`),
    },
    physical: {
      pending: (word) =>
        `pending {${bitNumbers(word)
          .map((bit) => physicalNames[bit] ?? `bit${bit}`)
          .join(' ')}}`,
    },
    ioapic: {
      level: flags([
        ['line 0 high', 'line 0 low'],
        ['line 1 high', 'line 1 low'],
      ]),
      remoteIrr: flags([bitFlag('line 0 remote IRR'), bitFlag('line 1 remote IRR')]),
    },
    nested: {
      ...registers,
      control: control(nestedControlParts),
      flags: flags([...interruptibility, recognized, ['notification remembered', 'no notification remembered']]),
    },
    steps: { target: agent('target'), poster0: agent('poster0'), poster1: agent('poster1') },
  },
};
