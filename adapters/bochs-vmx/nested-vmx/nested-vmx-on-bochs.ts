import { AdapterError, type PipelinedImplementation } from '../../../spec/contract.ts';
import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../../spec/nested-vmx/configuration.ts';
import type { ObservationData } from '../../../spec/observation.ts';
import type { Deadlines } from '../bochs-process.ts';
import { BochsVmx } from '../bochs-vmx.ts';
import { compile } from './compile.ts';
import { Observer } from './observe.ts';

/** A configuration and the events to play in it. */
export interface NestedVmxSequence {
  readonly config: NestedVmxConfiguration;
  readonly events: readonly NestedVmxEvent[];
}

/** Bochs's VMX as the bare machine of `nested-vmx`. */
export class NestedVmxOnBochs implements PipelinedImplementation<NestedVmxConfiguration, NestedVmxEvent> {
  readonly batch = 128;
  readonly #machine: BochsVmx;

  private constructor(machine: BochsVmx) {
    this.#machine = machine;
  }

  /** Throws an `AdapterError`. */
  static async create(deadlines: Partial<Deadlines> = {}): Promise<NestedVmxOnBochs> {
    return new NestedVmxOnBochs(await BochsVmx.create({ sequence: 3_000, ...deadlines }));
  }

  async play(sequences: readonly NestedVmxSequence[]): Promise<ObservationData[][]> {
    const programs = sequences.map(({ config, events }) => compile(config, events));
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
