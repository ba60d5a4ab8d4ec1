import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import { partsOf, type Part } from './register-parts.ts';
import type { FieldReader, SectionWords, SystemWords } from './system-words.ts';

/** What a read of an acknowledge register returns when there is nothing. */
const nothing = 1023;

const states = ['invalid', 'pending', 'active', 'pending+active'];

interface ListRegister {
  readonly state: number;
  readonly hw: boolean;
  readonly group: number;
  readonly priority: number;
  readonly vIntId: number;
  readonly pIntId: number;
  readonly cpuId: number;
  readonly eoi: boolean;
}

const field = (value: number, from: number, width: number): number => (value >>> from) & (2 ** width - 1);

function fromGich({ low }: SectionWords): ListRegister {
  return {
    vIntId: field(low!, 0, 10),
    pIntId: field(low!, 10, 10),
    cpuId: field(low!, 10, 3),
    eoi: field(low!, 19, 1) === 1,
    priority: field(low!, 23, 5) << 3,
    state: field(low!, 28, 2),
    group: field(low!, 30, 1),
    hw: field(low!, 31, 1) === 1,
  };
}

/** With a GICv2 guest, bits 12:10 of the virtual INTID carry the source of an SGI. */
function fromIch({ low, high }: SectionWords): ListRegister {
  return {
    vIntId: field(low!, 0, 10),
    cpuId: field(low!, 10, 3),
    pIntId: field(high!, 0, 13),
    eoi: field(high!, 9, 1) === 1,
    priority: field(high!, 16, 8),
    group: field(high!, 28, 1),
    hw: field(high!, 29, 1) === 1,
    state: field(high!, 30, 2),
  };
}

const priorityText = (priority: number): string => `0x${priority.toString(16).padStart(2, '0')}`;

/** `34 pending hw p40 prio 0x80`. */
function listRegister(words: SectionWords, config: AnyConfiguration): string {
  if (words['low'] === 0 && words['high'] === 0) return 'empty';
  const lr = config['encoding'] === 'gicv3' ? fromIch(words) : fromGich(words);
  const parts = [String(lr.vIntId), states[lr.state]!];
  if (lr.hw) parts.push(`hw p${lr.pIntId}`);
  if (!lr.hw && (lr.vIntId < 16 || lr.cpuId !== 0)) parts.push(`from ${lr.cpuId}`);
  parts.push(`prio ${priorityText(lr.priority)}`);
  if (lr.group === 1) parts.push('group 1');
  if (!lr.hw && lr.eoi) parts.push('eoi');
  return parts.join(' ');
}

const flag = (name: string, bit: number): Part => ({ name, from: bit, width: 1 });

const hcr: readonly Part[] = [
  ...['En', 'UIE', 'LRENPIE', 'NPIE', 'VGrp0EIE', 'VGrp0DIE', 'VGrp1EIE', 'VGrp1DIE'].map(flag),
  { name: 'EOICount', from: 27, width: 5 },
];

const vmcrFlags = [
  ...['EnableGrp0', 'EnableGrp1', 'AckCtl', 'FIQEn', 'CBPR'].map(flag),
  flag('EOImode', 9),
  { name: 'ABPR', from: 18, width: 3 },
  { name: 'BPR', from: 21, width: 3 },
];

const vmcr = (config: AnyConfiguration): readonly Part[] => [
  ...vmcrFlags,
  config['encoding'] === 'gicv3'
    ? { name: 'PMR', from: 24, width: 8, show: priorityText }
    : { name: 'PMR', from: 27, width: 5, show: (value: number) => priorityText(value << 3) },
];

const misr: readonly Part[] = ['EOI', 'U', 'LRENP', 'NP', 'VGrp0E', 'VGrp0D', 'VGrp1E', 'VGrp1D'].map(flag);

/** Bit n stands for list register n. */
const listRegisters =
  (name: string): FieldReader =>
  (value) =>
    `${name} {${bitNumbers(value).join(' ')}}`;

/** Bit n of the active priorities register stands for priority 8n. */
const activePriorities: FieldReader = (value) =>
  `apr {${bitNumbers(value)
    .map((bit) => priorityText(bit << 3))
    .join(' ')}}`;

const bitNumbers = (value: number): number[] =>
  Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (value >>> bit) & 1);

/** Events that read an interrupt identity. */
const identities = new Set(['iar', 'aiar', 'hppir', 'hostAck', 'hostIrq']);
const questions = new Set(['readPending', 'readActive', 'userReadPending', 'wakes']);

/** `returns 1 from 2` for an SGI of requesting CPU 2. */
function reply({ kind }: AnyEvent, value: number): string | undefined {
  if (identities.has(kind)) {
    const id = field(value, 0, 10);
    const source = field(value, 10, 3);
    const from = source === 0 ? '' : ` from ${source}`;
    return kind === 'hostIrq' ? `takes p${id}` : `returns ${id}${from}`;
  }
  if (questions.has(kind)) return `returns ${value}`;
  if (kind === 'rpr') return `returns ${priorityText(value)}`;
  return undefined;
}

const sets = (prefix: string): ((section: string, labels: readonly string[], config: AnyConfiguration) => string) => {
  return (_section, labels, config) => {
    const several = config[prefix === 'vcpu' ? 'vcpus' : 'pcpus'] !== 1;
    return several ? labels.join(',').replaceAll(`,${prefix}`, ',') : '';
  };
};
const perVcpu = sets('vcpu');
const perPcpu = sets('pcpu');

/** `vcpu0,1` where there are several; a list register is always named. */
function instances(section: string, labels: readonly string[], config: AnyConfiguration): string {
  switch (section) {
    case 'listRegister':
      return labels.map((label) => (config['pcpus'] === 1 ? label.replace('pcpu0.', '') : label)).join(',');
    case 'distributor':
    case 'software':
      return perVcpu(section, labels, config);
    case 'interface':
      return perPcpu(section, labels, config);
    case 'physical':
      return `${perPcpu(section, labels, config)} phys`.trim();
    default:
      return '';
  }
}

const eventWords: Readonly<Record<string, (value: unknown, config: AnyConfiguration) => string>> = {
  vcpu: (value, { vcpus }) => (vcpus === 1 && value === 0 ? '' : `vcpu${String(value)}`),
  pcpu: (value, { pcpus }) => (pcpus === 1 && value === 0 ? '' : `pcpu${String(value)}`),
  pIntId: (value) => `p${String(value)}`,
  lr: (value) => `lr${String(value)}`,
  vm: (value) => `vm${String(value)}`,
  source: (value) => `from ${String(value)}`,
  cpus: (value) => `to ${bitsOf(Number(value))}`,
  priority: (value) => priorityText(Number(value)),
  mask: (value) => priorityText(Number(value)),
  group: (value) => (value === 0 ? '' : 'group 1'),
  eoi: (value) => (value === true ? 'eoi' : ''),
  filter: (value) => ['', 'to all others', 'to itself', 'reserved filter'][Number(value)]!,
  on: (value) => (value === true ? 'on' : 'off'),
  high: (value) => (value === true ? 'high' : 'low'),
};

const bitsOf = (value: number): string => `{${bitNumbers(value).join(' ')}}`;

/** `raise p40`, `setPriority 34 0x80`, `sendSgi 1 to itself`; the virtual CPU only where there are several. */
function event({ kind, ...args }: AnyEvent, config: AnyConfiguration): string {
  // The target list counts for filter 0 only, and is then all there is to say.
  const said = Object.entries(args).filter(
    ([name]) => !(kind === 'sendSgi' && name === 'cpus' && args['filter'] !== 0),
  );
  const words = said.map(([name, value]) => eventWords[name]?.(value, config) ?? valueText(kind, value));
  return [kind, ...words.filter((word) => word !== '')].join(' ');
}

function valueText(kind: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number' && (kind === 'ctlr' || kind === 'writeHcr')) return priorityText(value);
  return String(value);
}

/** How the observations and events of the `vgic` system read to people. */
export const vgicWords: SystemWords = {
  event,
  reply: { section: 'reply', field: 'value', read: reply },
  instances,
  namedOnce: ['distributor', 'software'],
  derived: ['interface.elrsr'],
  whole: { listRegister },
  fields: {
    reply: { value: (value) => `reply ${value}` },
    interface: {
      hcr: (value, against) => `hcr ${partsOf(hcr, value, against)}`,
      vmcr: (value, against, config) => `vmcr ${partsOf(vmcr(config), value, against)}`,
      misr: (value, against) => `misr ${partsOf(misr, value, against)}`,
      apr: activePriorities,
      eisr: listRegisters('eisr'),
      elrsr: listRegisters('elrsr'),
    },
    physical: { signalled: (value) => (value === nothing ? 'signals nothing' : `signals p${value}`) },
  },
};
