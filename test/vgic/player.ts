import { VgicModel, type VgicModelOptions, type VgicState } from '../../model/vgic/index.ts';
import { Skip } from '../../spec/contract.ts';
import { alphabet, type VgicEvent } from '../../spec/vgic/alphabet.ts';
import { configuration, type VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { observation } from '../../spec/vgic/observation.ts';
import { physicalInterrupts, virtualInterrupts } from '../../spec/vgic/universe.ts';

type Kind = VgicEvent['kind'];
type Arguments<K extends Kind> = Partial<Omit<Extract<VgicEvent, { kind: K }>, 'kind'>>;
type SectionName = keyof typeof observation;

/** A list register, decoded from its GICv2 word. */
export interface SeenListRegister {
  readonly state: 'invalid' | 'pending' | 'active' | 'pending+active';
  readonly intid: number;
  readonly hw: boolean;
  readonly eoi: boolean;
  readonly source: number;
  readonly priority: number;
}

const defaults = Object.fromEntries(Object.entries(configuration).map(([name, { values }]) => [name, values[0]]));
const states = ['invalid', 'pending', 'active', 'pending+active'] as const;

/** Plays events on the model, and looks only at what the model shows. */
export class Player {
  readonly config: VgicConfiguration;
  private readonly model: VgicModel;
  private state: VgicState;

  constructor(config: Partial<VgicConfiguration> = {}, options: VgicModelOptions = {}) {
    this.config = { ...defaults, ...config } as VgicConfiguration;
    this.model = new VgicModel(options);
    this.state = this.model.initial(this.config);
  }

  /** Plays an event; arguments that are left out take the first value of their domain. Throws if it is skipped. */
  run<K extends Kind>(kind: K, args: Arguments<K> = {}): this {
    const next = this.step(kind, args);
    if (next instanceof Skip) throw new Error(`${kind} is skipped: ${next.why}`);
    if (next.length !== 1) throw new Error(`${kind} has ${next.length} outcomes`);
    this.state = next[0];
    return this;
  }

  /** Why an event would be skipped now; `undefined` if it would not. */
  skipped<K extends Kind>(kind: K, args: Arguments<K> = {}): string | undefined {
    const next = this.step(kind, args);
    return next instanceof Skip ? next.why : undefined;
  }

  /** Replies that an event may give now. */
  replies<K extends Kind>(kind: K, args: Arguments<K> = {}): readonly number[] {
    const next = this.step(kind, args);
    return next instanceof Skip ? [] : next.map((state) => this.words(state, 'reply', 0)[0]);
  }

  private step<K extends Kind>(kind: K, args: Arguments<K>): readonly VgicState[] | Skip {
    const first = Object.entries(alphabet[kind].args).map(([name, { values }]) => [name, values[0]]);
    const event = { kind, ...Object.fromEntries(first), ...args } as VgicEvent;
    const next = this.model.step(this.state, event);
    if (next instanceof Skip) return next;
    return 'machine' in next ? [next] : next;
  }

  private words(state: VgicState, section: SectionName, index: number): readonly number[] {
    const view = this.model.views[Object.keys(observation).indexOf(section)];
    return view.words(view.part(state, index));
  }

  /** A word of what is shown. */
  see(section: SectionName, field: string, index = 0): number {
    return this.words(this.state, section, index)[Object.keys(observation[section].fields).indexOf(field)];
  }

  /** Bits of a word that are defined. */
  defined(section: SectionName, field: string, index = 0): number {
    const view = this.model.views[Object.keys(observation).indexOf(section)];
    const at = Object.keys(observation[section].fields).indexOf(field);
    return view.defined?.(view.part(this.state, index))?.[at] ?? 0xffff_ffff;
  }

  /** What the last event returned. */
  get reply(): number {
    return this.see('reply', 'value');
  }

  /** The interrupts of a set of virtual ones. */
  virtual(section: 'distributor' | 'software', field: string, v = 0): readonly number[] {
    return members(
      this.see(section, field, v),
      virtualInterrupts.map(({ intid }) => intid),
    );
  }

  /** The interrupts whose completion the last event reported. */
  get resampled(): readonly number[] {
    return members(
      this.see('reply', 'resampled'),
      virtualInterrupts.map(({ intid }) => intid),
    );
  }

  /** The interrupts of a set of physical ones. */
  physical(field: 'pending' | 'active' | 'masked', p = 0): readonly number[] {
    return members(
      this.see('physical', field, p),
      physicalInterrupts.map(({ pIntId }) => pIntId),
    );
  }

  /** What is signalled to the host. */
  signalled(p = 0): number {
    return this.see('physical', 'signalled', p);
  }

  /** The list registers of a physical CPU that are not zero, decoded. */
  listRegisters(p = 0): readonly SeenListRegister[] {
    const { nrLr } = this.config;
    return Array.from({ length: nrLr }, (_, n) => this.see('listRegister', 'low', p * nrLr + n))
      .filter((word) => word !== 0)
      .map(decode);
  }

  /** State and INTID of each list register that is not zero: `active 34`. */
  listed(p = 0): readonly string[] {
    return this.listRegisters(p).map(({ state, intid }) => `${state} ${intid}`);
  }
}

const members = (set: number, names: readonly number[]): readonly number[] =>
  names.filter((_, bit) => (set & (1 << bit)) !== 0);

function decode(word: number): SeenListRegister {
  const hw = word >>> 31 === 1;
  return {
    state: states[(word >>> 28) & 3],
    intid: word & 0x3ff,
    hw,
    eoi: !hw && ((word >>> 19) & 1) === 1,
    source: hw ? 0 : (word >>> 10) & 7,
    priority: ((word >>> 23) & 0x1f) << 3,
  };
}
