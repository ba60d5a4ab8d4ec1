import {
  PostedInterruptsModel,
  type PostedInterruptsModelOptions,
  type PostedInterruptsState,
} from '../../model/posted-interrupts/index.ts';
import { Skip } from '../../spec/contract.ts';
import { alphabet, type PostedInterruptsEvent } from '../../spec/posted-interrupts/alphabet.ts';
import { configuration, type PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import { observation } from '../../spec/posted-interrupts/observation.ts';
import { atomicSteps } from '../../spec/posted-interrupts/steps.ts';
import { vectors } from '../../spec/posted-interrupts/universe.ts';

type Kind = PostedInterruptsEvent['kind'];
type Arguments<K extends Kind> = Partial<Omit<Extract<PostedInterruptsEvent, { kind: K }>, 'kind'>>;
type SectionName = keyof typeof observation;
type Agent = 'target' | 'poster0' | 'poster1';

const defaults = Object.fromEntries(Object.entries(configuration).map(([name, { values }]) => [name, values[0]]));

/** One virtual CPU on one physical CPU. */
export const alone = { vcpus: 1, pcpus: 1 } as const;

/** Two posters, a device and a target on two physical CPUs, in atomic steps. */
export const inSteps = { profile: 'interleaved', vcpus: 1, vectors: 'two', posters: 2 } as const;

/** Plays events on the model, and looks only at what the model shows. */
export class Player {
  readonly config: PostedInterruptsConfiguration;
  state: PostedInterruptsState;
  /** Vectors that reached a handler since the beginning, in order. */
  readonly delivered: number[] = [];
  private readonly model: PostedInterruptsModel;

  constructor(config: Partial<PostedInterruptsConfiguration> = {}, options: PostedInterruptsModelOptions = {}) {
    this.config = { ...defaults, ...config } as PostedInterruptsConfiguration;
    this.model = new PostedInterruptsModel(options);
    this.state = this.model.initial(this.config);
  }

  /** Plays an event; arguments that are left out take the first value of their domain. Throws if it is skipped. */
  run<K extends Kind>(kind: K, args: Arguments<K> = {}): this {
    const next = this.next(kind, args);
    if (next instanceof Skip) throw new Error(`${kind} ${JSON.stringify(args)} is skipped: ${next.why}`);
    this.state = next;
    for (const info of [this.see('delivery', 'first'), this.see('delivery', 'second')]) {
      if (info !== 0) this.delivered.push(info & 0xff);
    }
    return this;
  }

  /** Takes `count` atomic steps of an agent. */
  steps(agent: Agent, count: number): this {
    for (let n = 0; n < count; n++) this.run('step', { agent });
    return this;
  }

  /** Takes the atomic steps of an agent until it is at rest. */
  finish(agent: Agent): this {
    while (this.stepOf(agent) !== undefined) this.run('step', { agent });
    return this;
  }

  /** The step that an agent takes next. */
  stepOf(agent: Agent): string | undefined {
    return atomicSteps[(this.see('steps', agent) & 0xff) - 1];
  }

  /** Why an event would be skipped now; `undefined` if it would not. */
  skipped<K extends Kind>(kind: K, args: Arguments<K> = {}): string | undefined {
    const next = this.next(kind, args);
    return next instanceof Skip ? next.why : undefined;
  }

  private next<K extends Kind>(kind: K, args: Arguments<K>): PostedInterruptsState | Skip {
    const first = Object.entries(alphabet[kind].args).map(([name, { values }]) => [name, values[0]]);
    return this.model.step(this.state, { kind, ...Object.fromEntries(first), ...args } as PostedInterruptsEvent);
  }

  /** A word of what is shown. */
  see(section: SectionName, field: string, index = 0): number {
    const view = this.model.views[Object.keys(observation).indexOf(section)];
    const at = Object.keys(observation[section].fields).indexOf(field);
    return view.words(view.part(this.state, index))[at] >>> 0;
  }

  /** The vectors of a set. */
  set(section: SectionName, field: string, index = 0): readonly number[] {
    const set = this.see(section, field, index);
    return vectors.filter((_, bit) => (set & (1 << bit)) !== 0);
  }

  /** Names of the bits that are set in a word. */
  flags(section: SectionName, field: string, index = 0): readonly string[] {
    const fields: Readonly<Record<string, { readonly bits?: readonly string[] }>> = observation[section].fields;
    const word = this.see(section, field, index);
    return (fields[field]?.bits ?? []).filter((_, bit) => (word & (1 << bit)) !== 0);
  }

  get sent(): readonly string[] {
    return this.flags('effects', 'sent');
  }

  /** Basic reason of the exit that the last event caused, 0 if none. */
  get exit(): number {
    return this.see('exit', 'reason') & 0xffff;
  }

  /** ON, SN and NV as text: `on sn f2`. */
  control(v = 0): string {
    const word = this.see('descriptor', 'control', v);
    return [...(word & 1 ? ['on'] : []), ...(word & 2 ? ['sn'] : []), (word >> 16).toString(16)].join(' ');
  }
}
