import { Vmcs12Model, type Vmcs12ModelOptions, type Vmcs12State } from '../../model/vmcs12/index.ts';
import { Skip } from '../../spec/contract.ts';
import { alphabet, type Vmcs12Event } from '../../spec/vmcs12/alphabet.ts';
import { configuration, type Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import { fieldSpec, type VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import { observation } from '../../spec/vmcs12/observation.ts';
import { controlBits, type ControlBit, type Injection, type optionalControlBits } from '../../spec/vmcs12/universe.ts';

type Kind = Vmcs12Event['kind'];
type Arguments<K extends Kind> = Partial<Omit<Extract<Vmcs12Event, { kind: K }>, 'kind'>>;
type SectionName = keyof typeof observation;

const defaults = Object.fromEntries(Object.entries(configuration).map(([name, { values }]) => [name, values[0]]));

/** The fields that each of the VMWRITE events names. */
const writers = ['vmwrite', 'vmwriteOptional', 'vmwriteControl', 'vmwriteHost', 'vmwriteExit'] as const;

/** Plays events on the model, and looks only at what the model shows. */
export class Player {
  readonly config: Vmcs12Configuration;
  state: Vmcs12State;
  private readonly model: Vmcs12Model;

  constructor(config: Partial<Vmcs12Configuration> = {}, options: Vmcs12ModelOptions = {}) {
    this.config = { ...defaults, ...config } as Vmcs12Configuration;
    this.model = new Vmcs12Model(options);
    this.state = this.model.initial(this.config);
  }

  /** Plays an event; arguments that are left out take the first value of their domain. Throws if it is skipped. */
  run<K extends Kind>(kind: K, args: Arguments<K> = {}): this {
    const next = this.next(kind, args);
    if (next instanceof Skip) throw new Error(`${kind} ${JSON.stringify(args)} is skipped: ${next.why}`);
    this.state = Array.isArray(next) ? (next as readonly Vmcs12State[])[0] : (next as Vmcs12State);
    return this;
  }

  /** VMWRITE of some fields, by value. */
  write(values: { readonly [K in VmcsFieldName]?: number }): this {
    for (const [name, value] of Object.entries(values)) {
      const field = name as VmcsFieldName;
      const kind = writers.find((writer) => (alphabet[writer].args.field.values as readonly string[]).includes(field));
      const place = fieldSpec(field).values.indexOf(value);
      if (kind === undefined || place < 0) throw new Error(`no event writes 0x${value.toString(16)} to ${field}`);
      this.run(kind, { field, value: place } as never);
    }
    return this;
  }

  /** Sets some controls. */
  set(...controls: readonly ControlBit[]): this {
    return this.put(controls, true);
  }

  /** Clears some controls. */
  clear(...controls: readonly ControlBit[]): this {
    return this.put(controls, false);
  }

  private put(controls: readonly ControlBit[], on: boolean): this {
    for (const bit of controls) {
      if (bit in controlBits) this.run('control', { bit: bit as keyof typeof controlBits, on });
      else this.run('controlOptional', { bit: bit as keyof typeof optionalControlBits, on });
    }
    return this;
  }

  /** Asks for an event, and enters. */
  inject(event: Injection): this {
    return this.run('inject', { event }).run('enter');
  }

  /** How many answers the model allows. */
  choices<K extends Kind>(kind: K, args: Arguments<K> = {}): number {
    const next = this.next(kind, args);
    return next instanceof Skip ? 0 : Array.isArray(next) ? next.length : 1;
  }

  /** Why an event would be skipped now; `undefined` if it would not. */
  skipped<K extends Kind>(kind: K, args: Arguments<K> = {}): string | undefined {
    const next = this.next(kind, args);
    return next instanceof Skip ? next.why : undefined;
  }

  private next<K extends Kind>(kind: K, args: Arguments<K>): Vmcs12State | readonly Vmcs12State[] | Skip {
    const first = Object.entries(alphabet[kind].args).map(([name, { values }]) => [name, values[0]]);
    return this.model.step(this.state, { kind, ...Object.fromEntries(first), ...args } as Vmcs12Event);
  }

  /** A word of what is shown. */
  see(section: SectionName, field: string): number {
    const view = this.model.views[Object.keys(observation).indexOf(section)];
    const at = Object.keys(observation[section].fields).indexOf(field);
    return view.words(view.part(this.state, 0))[at] >>> 0;
  }

  /** A field of the current VMCS. Throws if a bit of it is not defined. */
  field(name: VmcsFieldName): number {
    if (this.defined(name) !== 0xffff_ffff)
      throw new Error(`${name} is defined in 0x${this.defined(name).toString(16)}`);
    return this.see(fieldSpec(name).group, name);
  }

  /** Fields of the current VMCS. Throws if a bit of one is not defined. */
  fields(...names: readonly VmcsFieldName[]): readonly number[] {
    return names.map((name) => this.field(name));
  }

  /** The bits of a field that are defined. */
  defined(name: VmcsFieldName): number {
    const { group } = fieldSpec(name);
    const view = this.model.views[Object.keys(observation).indexOf(group)];
    const at = Object.keys(observation[group].fields).indexOf(name);
    return (view.defined?.(view.part(this.state, 0))?.[at] ?? 0xffff_ffff) >>> 0;
  }

  /** The defined bits of a field. */
  masked(name: VmcsFieldName): number {
    return (this.see(fieldSpec(name).group, name) & this.defined(name)) >>> 0;
  }

  get outcome(): number {
    return this.see('step', 'outcome');
  }

  /** Exit reason of the last exit to L1. */
  get reason(): number {
    return this.field('exitReason');
  }

  /** What reached a handler of L2 in the last event: event, return pointer, error code. */
  get delivery(): readonly number[] {
    return ['event', 'returnRip', 'errorCode'].map((field) => this.see('delivery', field));
  }
}
