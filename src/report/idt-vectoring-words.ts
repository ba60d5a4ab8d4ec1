import type { AnyEvent } from '../../spec/alphabet.ts';
import { alphabet } from '../../spec/idt-vectoring/alphabet.ts';
import { debugBits, gateStates, gateVectors, instructions, obstacles } from '../../spec/idt-vectoring/universe.ts';
import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import type { FieldReader, SectionWords, SystemWords } from './system-words.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const byte = (value: number): string => `0x${(value >>> 0).toString(16).padStart(2, '0')}`;

const valid = 0x8000_0000;
const hasErrorCode = 0x800;

const exceptionNames: Readonly<Record<number, string>> = {
  0: '#DE',
  1: '#DB',
  3: '#BP',
  4: '#OF',
  6: '#UD',
  8: '#DF',
  11: '#NP',
  12: '#SS',
  13: '#GP',
  14: '#PF',
  17: '#AC',
  18: '#MC',
  20: '#VE',
};
const exception = (vector: number): string => exceptionNames[vector] ?? `exception ${vector}`;

const typeNames: readonly ((vector: number) => string)[] = [
  (vector) => `interrupt ${byte(vector)}`,
  (vector) => `type 1 ${byte(vector)}`,
  (vector) => (vector === 2 ? 'NMI' : `NMI ${byte(vector)}`),
  exception,
  (vector) => `INT ${byte(vector)}`,
  (vector) => (vector === 1 ? 'INT1' : `type 5 ${byte(vector)}`),
  (vector) => (vector === 3 ? 'INT3' : vector === 4 ? 'INTO' : `type 6 ${byte(vector)}`),
  (vector) => `type 7 ${byte(vector)}`,
];

/** Interruption information: bit 31 valid, 12 NMI unblocking, 11 error code, 10:8 type, 7:0 vector. */
function interruption(info: number, error: number): string {
  if (info >>> 31 === 0) return `${hex(info)} (not valid)`;
  const name = typeNames[(info >>> 8) & 7]!(info & 0xff);
  const code = info & hasErrorCode ? `(${hex(error)})` : error === 0 ? '' : ` without error code ${hex(error)}`;
  const rest = info & 0x7fff_f000;
  return `${name}${code}${rest === 0x1000 ? ' with bit 12' : rest === 0 ? '' : ` and ${hex(rest)}`}`;
}

/** RIP: offset, and the handler it is in. */
const rip = (value: number): string =>
  value >>> 12 === 0 ? hex(value) : `${hex(value & 0xfff)} of handler ${byte((value >>> 12) - 1)}`;

type Flag = readonly [one: string, zero: string];
const bit = (name: string): Flag => [`${name}=1`, `${name}=0`];

const setBits = (value: number, names: readonly string[]): string[] =>
  Array.from({ length: 32 }, (_, n) => n)
    .filter((n) => (value >>> n) & 1)
    .map((n) => names[n] ?? `bit${n}`);

/** The flags that differ from any of the values they are compared with. */
const flags =
  (names: readonly Flag[]): FieldReader =>
  (word, against) => {
    const others = against.length === 0 ? [0] : against;
    const differing = others.reduce((mask, other) => mask | (other ^ word), 0);
    const said: string[] = [];
    for (let n = 0; n < 32; n++) {
      if (((differing >>> n) & 1) === 0) continue;
      const [one, zero] = names[n] ?? bit(`bit${n}`);
      said.push((word >>> n) & 1 ? one : zero);
    }
    return said.join(', ') || `flags ${hex(word)}`;
  };

const debugNames: readonly string[] = Object.entries({
  B0: 'codeBreakpoint',
  B1: 'dataBreakpoint',
  BD: 'generalDetect',
  BS: 'singleStep',
} as const).reduce<string[]>((names, [name, of]) => {
  names[31 - Math.clz32(debugBits[of])] = name;
  return names;
}, []);
const debug = (value: number): string => (value === 0 ? 'none' : setBits(value, debugNames).join(' '));
const shadows = ['STI blocking', 'MOV SS blocking', 'SMI blocking', 'NMIs blocked'];
const blocking = (value: number): string => setBits(value, shadows).join(', ');

/** What reaches a handler, by its vector: the type shows to nobody. */
export const deliveredName = (vector: number): string =>
  vector === 2 ? 'NMI' : (exceptionNames[vector] ?? byte(vector));

/** `reaches #PF(0x2) from 0x3, RF=1, CR2 0xa800`. */
function delivery(words: SectionWords): string {
  const [event, error, from, cr2, dr6] = [
    words['event']!,
    words['error']!,
    words['returnRip']!,
    words['cr2']!,
    words['dr6']!,
  ];
  if (event === 0 && error === 0 && from === 0 && words['flags'] === 0) return 'no delivery';
  const name = deliveredName(event & 0xff);
  const code = event & hasErrorCode ? `(${hex(error)})` : error === 0 ? '' : ` without error code ${hex(error)}`;
  const rest = event & ~(valid | hasErrorCode | 0xff);
  const shown = event >>> 31 === 0 || rest !== 0 ? `${hex(event)} ` : '';
  const pushed = setBits(words['flags']!, ['IF', 'TF', 'RF', 'by task switch', 'GD', 'NMIs blocked']);
  return [
    `reaches the handler of ${shown}${name}${code} from ${rip(from)}`,
    pushed.join(', ') || 'no flags',
    ...(cr2 === 0 ? [] : [`CR2 ${hex(cr2)}`]),
    ...(dr6 === 0 ? [] : [`DR6 ${debug(dr6)}`]),
  ].join(', ');
}

const reasonNames = new Map<number, string>([
  [exitReasons.exceptionOrNmi, 'exception'],
  [exitReasons.externalInterrupt, 'external interrupt'],
  [exitReasons.tripleFault, 'triple fault'],
  [exitReasons.nmiWindow, 'NMI window'],
  [exitReasons.taskSwitch, 'task switch'],
  [exitReasons.apicAccess, 'APIC access'],
  [exitReasons.eptViolation, 'EPT violation'],
  [exitReasons.eptMisconfiguration, 'EPT misconfiguration'],
  [exitReasons.preemptionTimer, 'preemption timer'],
  [exitReasons.pageModificationLogFull, 'page-modification log full'],
]);

const exitReason = (reason: number): string => `${reasonNames.get(reason) ?? 'reason'} (${reason})`;

/** `2 exits, last: EPT violation (48) while delivering #PF(0x2), RIP 0x3, RF=1`. */
function exit(words: SectionWords): string {
  const w = (name: string): number => words[name]!;
  if (Object.values(words).every((word) => word === 0)) return 'no exit';
  const details = [
    w('qualification') === 0 ? '' : `qualification ${hex(w('qualification'))}`,
    w('interruption') === 0
      ? w('error')
        ? `error code ${hex(w('error'))}`
        : ''
      : interruption(w('interruption'), w('error')),
    w('vectoring') === 0
      ? w('vectoringError')
        ? `IDT-vectoring error code ${hex(w('vectoringError'))}`
        : ''
      : `while delivering ${interruption(w('vectoring'), w('vectoringError'))}`,
    w('length') === 0 ? '' : `length ${w('length')}`,
    `RIP ${rip(w('rip'))}`,
    blocking(w('interruptibility')),
    w('activity') === 0 ? '' : w('activity') === 1 ? 'HLT' : `activity ${w('activity')}`,
    w('rf') === 0 ? '' : 'RF=1',
    w('pendingDebug') === 0 ? '' : `pending ${debug(w('pendingDebug'))}`,
    w('injection') === 0 ? '' : 'VM-entry interruption information still valid',
  ];
  const many = w('count') === 1 ? 'exits' : `${w('count')} exits, last`;
  return [`${many}: ${exitReason(w('reason'))}`, ...details.filter((detail) => detail !== '')].join(', ');
}

/** `enters with #PF(0x2)`, `fails with 0x80000021`. */
function entry(words: SectionWords): string {
  const w = (name: string): number => words[name]!;
  const parts: string[] = [];
  if (w('failure') !== 0 || w('kept') !== 0) {
    parts.push(`an entry fails with ${hex(w('failure'))}, ${hex(w('kept'))} kept`);
  }
  const length = w('length') === 0 ? '' : ` length ${w('length')}`;
  const injects =
    w('interruption') === 0 && w('error') === 0 ? '' : ` with ${interruption(w('interruption'), w('error'))}`;
  const state = [blocking(w('interruptibility')), w('pendingDebug') === 0 ? '' : `pending ${debug(w('pendingDebug'))}`];
  if (w('count') !== 0 || injects !== '' || length !== '' || state.some((one) => one !== '')) {
    const many = w('count') === 1 ? 'enters' : `${w('count')} entries, last`;
    parts.push([`${many}${injects}${length}`, ...state.filter((one) => one !== '')].join(', '));
  }
  return parts.join('; ') || 'no entry';
}

/** `L1 gets EPT violation (48) while delivering #GP(0x18)`. */
function client(words: SectionWords): string {
  const [reason, vectoring, error, length] = [words['reason']!, words['vectoring']!, words['error']!, words['length']!];
  if (reason === 0 && vectoring === 0 && error === 0 && length === 0) return 'nothing for L1';
  const found = vectoring === 0 && error === 0 ? 'nothing' : interruption(vectoring, error);
  return `L1 gets ${exitReason(reason)} while delivering ${found}${length === 0 ? '' : `, length ${length}`}`;
}

/** `in flight #PF(0x2), CR2 or DR6 0xa800`. */
function hypervisor(words: SectionWords): string {
  const [inflight, error, length, payload] = [words['inflight']!, words['error']!, words['length']!, words['payload']!];
  const parts = [
    words['outside'] === 0 ? 'guest inside' : 'guest outside',
    inflight === 0 && error === 0 ? '' : `${interruption(inflight, error)} in flight`,
    length === 0 ? '' : `length ${length}`,
    payload === 0 ? '' : `payload ${hex(payload)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const obstacleNames = (value: number): string => {
  const names: string[] = [];
  for (let rest = value >>> 0; rest !== 0; rest >>>= 4)
    names.push(obstacles[(rest & 0xf) - 1] ?? `obstacle ${rest & 0xf}`);
  return `obstacles [${names.join(' ')}]`;
};

const gates: FieldReader = (word, against) => {
  const others = against.length === 0 ? [0] : against;
  const said = gateVectors.flatMap((vector, place) => {
    const state = (value: number): number => (value >>> (2 * place)) & 3;
    return others.every((other) => state(other) === state(word))
      ? []
      : [`gate ${byte(vector)} ${gateStates[state(word)]}`];
  });
  return said.join(', ') || `gates ${hex(word)}`;
};

const argumentsOf: Readonly<
  Record<
    string,
    { readonly args: Readonly<Record<string, { readonly values: readonly (string | number | boolean)[] }>> }
  >
> = alphabet;

/** `fault 14 has begun, its cause is there`. */
function begun(word: number): string {
  if (word === 0) return 'nothing begun';
  const name = instructions[(word & 0xff) - 1];
  if (name === undefined) return `begun ${hex(word)}`;
  const [values] = Object.values(argumentsOf[name]!.args);
  const argument = values === undefined ? '' : ` ${String(values.values[(word >>> 8) & 0xff] ?? hex(word))}`;
  return `${name}${argument} has begun${word & 0x10000 ? ', its cause is there' : ''}`;
}

const named =
  (name: string, show: (value: number) => string = hex): FieldReader =>
  (word) =>
    `${name} ${show(word)}`;

/** `fault 14`, `inject gp`, `spoil pf hypervisor`. */
function event({ kind, ...args }: AnyEvent): string {
  const words = Object.values(args).map((arg) => (typeof arg === 'number' && arg >= 0x20 ? byte(arg) : String(arg)));
  return [kind, ...words].join(' ');
}

/** How the observations and events of the `idt-vectoring` system read to people. */
export const idtVectoringWords: SystemWords = {
  event: (all) => (all.kind === 'popf' ? `popf TF=${all['tf'] === true ? 1 : 0}` : event(all)),
  instances: () => '',
  momentary: ['delivery', 'exit', 'entry', 'client'],
  whole: { delivery, exit, entry, client, hypervisor },
  fields: {
    guest: {
      rip: named('RIP', rip),
      flags: flags([
        bit('IF'),
        bit('TF'),
        bit('RF'),
        bit('GD'),
        ['STI blocking', 'no STI blocking'],
        ['MOV SS blocking', 'no MOV SS blocking'],
        ['NMIs blocked', 'NMIs not blocked'],
        ['halted', 'not halted'],
        ['shutdown', 'no shutdown'],
        ['#VE area busy', '#VE area free'],
        bit('MCIP'),
      ]),
      cr2: named('CR2'),
      dr6: named('DR6', debug),
      deviceReads: named('device reads', String),
    },
    pending: {
      nmis: named('NMIs pending', String),
      machineCheck: (word) =>
        word === 0 ? 'no machine check' : word === 1 ? 'machine check pending' : `machine checks ${word}`,
      debug: named('pending debug exceptions', debug),
    },
    program: { frames: named('frames', String), begun: (word) => begun(word) },
    tables: { obstacles: (word) => obstacleNames(word), gates },
  },
};
