import { AdapterError, type PipelinedImplementation } from '../../../spec/contract.ts';
import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import type { IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import type { ObservationData } from '../../../spec/observation.ts';
import type { Deadlines } from '../bochs-process.ts';
import { BochsVmx } from '../bochs-vmx.ts';
import { compile } from './compile.ts';
import { observe } from './observe.ts';

/** A configuration and the events to play in it. */
export interface IdtVectoringSequence {
  readonly config: IdtVectoringConfiguration;
  readonly events: readonly IdtVectoringEvent[];
}

/** A hypervisor with a policy, on Bochs's VMX. */
export class IdtVectoringOnBochs implements PipelinedImplementation<IdtVectoringConfiguration, IdtVectoringEvent> {
  readonly batch = 128;
  readonly #machine: BochsVmx;

  private constructor(machine: BochsVmx) {
    this.#machine = machine;
  }

  /** Throws an `AdapterError`. */
  static async create(deadlines: Partial<Deadlines> = {}): Promise<IdtVectoringOnBochs> {
    return new IdtVectoringOnBochs(await BochsVmx.create({ sequence: 3_000, ...deadlines }));
  }

  async play(sequences: readonly IdtVectoringSequence[]): Promise<ObservationData[][]> {
    const results = await this.#machine.play(sequences.map(({ config, events }) => compile(config, events)));
    return results.map((result) => {
      if (result.outcome === 'abandoned') throw new AdapterError('E_ADAPTER_THREW', `in Bochs ${result.why}`);
      return result.answers.map((answer) => {
        if (answer.kind === 'words') return observe(answer.words);
        throw new AdapterError('E_ADAPTER_THREW', `Bochs answered ${JSON.stringify(answer.kind)} to an event`);
      });
    });
  }

  close(): void {
    this.#machine.close();
  }
}
