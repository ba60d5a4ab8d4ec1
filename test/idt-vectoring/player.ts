import {
  IdtVectoringModel,
  type IdtVectoringModelOptions,
  type IdtVectoringState,
} from '../../model/idt-vectoring/index.ts';
import { Skip } from '../../spec/contract.ts';
import { alphabet, type IdtVectoringEvent } from '../../spec/idt-vectoring/alphabet.ts';
import { configuration, type IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import { observation } from '../../spec/idt-vectoring/observation.ts';
import { externalVectors } from '../../spec/idt-vectoring/universe.ts';

type Kind = IdtVectoringEvent['kind'];
type Arguments<K extends Kind> = Partial<Omit<Extract<IdtVectoringEvent, { kind: K }>, 'kind'>>;
type SectionName = keyof typeof observation;

const defaults = Object.fromEntries(Object.entries(configuration).map(([name, { values }]) => [name, values[0]]));

/** The configuration without a hypervisor. */
export const native = { profile: 'native', intercepts: 'none', nmi: 'direct' } as const;

/** Plays events on the model, and looks only at what the model shows. */
export class Player {
  readonly config: IdtVectoringConfiguration;
  state: IdtVectoringState;
  /** Handlers that were reached since the beginning: `vector@return RIP`, in hexadecimal. */
  readonly reached: string[] = [];
  private readonly model: IdtVectoringModel;

  constructor(config: Partial<IdtVectoringConfiguration> = {}, options: IdtVectoringModelOptions = {}) {
    this.config = { ...defaults, ...config } as IdtVectoringConfiguration;
    this.model = new IdtVectoringModel(options);
    this.state = this.model.initial(this.config);
  }

  /** Plays an event; arguments that are left out take the first value of their domain. Throws if it is skipped. */
  run<K extends Kind>(kind: K, args: Arguments<K> = {}): this {
    const why = this.play(this.event(kind, args));
    if (why !== undefined) throw new Error(`${kind} ${JSON.stringify(args)} is skipped: ${why}`);
    return this;
  }

  /** Plays an instruction that does nothing, several times. */
  nops(count: number): this {
    for (let n = 0; n < count; n++) this.run('nop');
    return this;
  }

  /** Plays an event; the answer is why it was skipped, `undefined` if it was not. */
  play(event: IdtVectoringEvent): string | undefined {
    const next = this.model.step(this.state, event);
    if (next instanceof Skip) return next.why;
    this.state = next;
    for (const index of [0, 1]) {
      const word = this.see('delivery', 'event', index);
      if (word !== 0) this.reached.push(`${hex(word & 0xff)}@${hex(this.see('delivery', 'returnRip', index))}`);
    }
    return undefined;
  }

  /** Why an event would be skipped now; `undefined` if it would not. */
  skipped<K extends Kind>(kind: K, args: Arguments<K> = {}): string | undefined {
    const next = this.model.step(this.state, this.event(kind, args));
    return next instanceof Skip ? next.why : undefined;
  }

  private event<K extends Kind>(kind: K, args: Arguments<K>): IdtVectoringEvent {
    const first = Object.entries(alphabet[kind].args).map(([name, { values }]) => [name, values[0]]);
    return { kind, ...Object.fromEntries(first), ...args } as IdtVectoringEvent;
  }

  /** A word of what is shown. */
  see(section: SectionName, field: string, index = 0): number {
    const view = this.model.views[Object.keys(observation).indexOf(section)]!;
    return view.words(view.part(this.state, index))[place(section, field)]! >>> 0;
  }

  /** The bits of a word that are defined. */
  defined(section: SectionName, field: string, index = 0): number {
    const view = this.model.views[Object.keys(observation).indexOf(section)]!;
    return (view.defined?.(view.part(this.state, index))?.[place(section, field)] ?? -1) >>> 0;
  }

  /** The words of a section that are defined. */
  section(name: SectionName, index = 0): readonly number[] {
    return Object.keys(observation[name].fields).map(
      (field) => (this.see(name, field, index) & this.defined(name, field, index)) >>> 0,
    );
  }

  /** Names of the bits that are set in a word. */
  flags(section: SectionName, field: string, index = 0): readonly string[] {
    const fields: Readonly<Record<string, { readonly bits?: readonly string[] }>> = observation[section].fields;
    const word = this.see(section, field, index);
    return (fields[field]?.bits ?? []).filter((_, bit) => (word & (1 << bit)) !== 0);
  }

  /** Vectors in service. */
  get inService(): readonly number[] {
    return externalVectors.filter((_, bit) => (this.see('guest', 'isr') & (1 << bit)) !== 0);
  }

  get outside(): boolean {
    return this.see('hypervisor', 'outside') === 1;
  }
}

const place = (section: SectionName, field: string): number => Object.keys(observation[section].fields).indexOf(field);

const hex = (value: number): string => value.toString(16);
