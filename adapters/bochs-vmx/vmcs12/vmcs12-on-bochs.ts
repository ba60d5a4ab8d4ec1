import { AdapterError, type PipelinedImplementation } from '../../../spec/contract.ts';
import type { ObservationData } from '../../../spec/observation.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import type { Vmcs12Configuration } from '../../../spec/vmcs12/configuration.ts';
import type { Deadlines } from '../bochs-process.ts';
import { BochsVmx } from '../bochs-vmx.ts';
import { compile } from './compile.ts';
import { Observer } from './observe.ts';

/** A configuration and the events to play in it. */
export interface Vmcs12Sequence {
  readonly config: Vmcs12Configuration;
  readonly events: readonly Vmcs12Event[];
}

/** Bochs's VMX as the bare machine of `vmcs12`. */
export class Vmcs12OnBochs implements PipelinedImplementation<Vmcs12Configuration, Vmcs12Event> {
  readonly batch = 128;
  readonly #machine: BochsVmx;

  private constructor(machine: BochsVmx) {
    this.#machine = machine;
  }

  /** Throws an `AdapterError`. */
  static async create(deadlines: Partial<Deadlines> = {}): Promise<Vmcs12OnBochs> {
    return new Vmcs12OnBochs(await BochsVmx.create({ sequence: 3_000, ...deadlines }));
  }

  async play(sequences: readonly Vmcs12Sequence[]): Promise<ObservationData[][]> {
    const programs = sequences.map(({ events }) => compile(events));
    const results = await this.#machine.play(programs.map(({ sequence }) => sequence));
    return results.map((result, i) => {
      if (result.outcome === 'abandoned') throw new AdapterError('E_ADAPTER_THREW', `in Bochs ${result.why}`);
      return new Observer(result.answers).observe(programs[i].parts);
    });
  }

  close(): void {
    this.#machine.close();
  }
}
