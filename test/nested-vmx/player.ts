import { NestedVmxModel, type NestedVmxModelOptions, type NestedVmxState } from '../../model/nested-vmx/index.ts';
import { Skip } from '../../spec/contract.ts';
import { alphabet, type NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import { configuration, type NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import { observation } from '../../spec/nested-vmx/observation.ts';
import { vectors } from '../../spec/nested-vmx/universe.ts';

type Kind = NestedVmxEvent['kind'];
type Arguments<K extends Kind> = Partial<Omit<Extract<NestedVmxEvent, { kind: K }>, 'kind'>>;
type SectionName = keyof typeof observation;
type Field = { readonly bits?: readonly string[] };

const sections = Object.keys(observation) as readonly SectionName[];
const defaults = Object.fromEntries(Object.entries(configuration).map(([name, { values }]) => [name, values[0]]));

/** Plays events on the model, and looks only at what the model shows. */
export class Player {
  readonly config: NestedVmxConfiguration;
  readonly model: NestedVmxModel;
  state: NestedVmxState;
  /** What reached a handler since the beginning, in order: `1:31`, level and vector. */
  readonly delivered: string[] = [];

  constructor(config: Partial<NestedVmxConfiguration> = {}, options: NestedVmxModelOptions = {}) {
    this.config = { ...defaults, ...config } as NestedVmxConfiguration;
    this.model = new NestedVmxModel(options);
    this.state = this.model.initial(this.config);
  }

  /** Plays an event; arguments that are left out take the first value of their domain. Throws if it is skipped. */
  run<K extends Kind>(kind: K, args: Arguments<K> = {}): this {
    const next = this.next(kind, args);
    if (next instanceof Skip) throw new Error(`${kind} ${JSON.stringify(args)} is skipped: ${next.why}`);
    this.state = next;
    const level = this.see('delivery', 'level');
    if (level !== 0) this.delivered.push(`${level}:${(this.see('delivery', 'information') & 0xff).toString(16)}`);
    return this;
  }

  /** Why an event would be skipped now; `undefined` if it would not. */
  skipped<K extends Kind>(kind: K, args: Arguments<K> = {}): string | undefined {
    const next = this.next(kind, args);
    return next instanceof Skip ? next.why : undefined;
  }

  private next<K extends Kind>(kind: K, args: Arguments<K>): NestedVmxState | Skip {
    const first = Object.entries(alphabet[kind].args).map(([name, { values }]) => [name, values[0]]);
    return this.model.step(this.state, { kind, ...Object.fromEntries(first), ...args } as NestedVmxEvent);
  }

  /** A word of what is shown. */
  see(section: SectionName, field: string, index = 0): number {
    const view = this.model.views[sections.indexOf(section)];
    const at = Object.keys(observation[section].fields).indexOf(field);
    return view.words(view.part(this.state, index))[at] >>> 0;
  }

  /** The vectors of a set. */
  set(section: SectionName, field: string): readonly number[] {
    const set = this.see(section, field);
    return vectors.filter((_, bit) => (set & (1 << bit)) !== 0);
  }

  /** Names of the bits that are set in a word. */
  flags(section: SectionName, field: string, index = 0): readonly string[] {
    const fields: Readonly<Record<string, Field>> = observation[section].fields;
    const word = this.see(section, field, index);
    return (fields[field]?.bits ?? []).filter((_, bit) => (word & (1 << bit)) !== 0);
  }

  /** Flags of a level. */
  level(level: 1 | 2): readonly string[] {
    return this.flags('levels', 'flags', level - 1);
  }

  /** Reason of the exit to L1 that the last event caused; `undefined` if none. */
  get exit(): number | undefined {
    return this.see('exit', 'kind') === 0 ? undefined : this.see('exit', 'reason');
  }

  /** Some words of the exit. */
  exitWords(...fields: readonly string[]): readonly number[] {
    return fields.map((field) => this.see('exit', field));
  }

  get irr(): readonly number[] {
    return this.set('apic', 'irr');
  }

  get isr(): readonly number[] {
    return this.set('apic', 'isr');
  }

  /** Everything that is shown, with what is not defined as 0. */
  get all(): Readonly<Record<string, readonly number[]>> {
    return Object.fromEntries(
      sections.flatMap((name, place) =>
        Array.from({ length: observation[name].count(this.config) }, (_, index) => {
          const view = this.model.views[place];
          const part = view.part(this.state, index);
          const defined = view.defined?.(part);
          return [`${name}${index}`, view.words(part).map((word, at) => (word & (defined?.[at] ?? 0xffff_ffff)) >>> 0)];
        }),
      ),
    );
  }
}
