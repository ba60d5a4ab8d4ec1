import type { PipelinedImplementation } from '../../spec/contract.ts';
import type { ObservationData } from '../../spec/observation.ts';
import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import type { GicSequence } from './gic-player.ts';
import { QemuLane } from './qemu-lane.ts';
import type { StartOptions } from './qtest-process.ts';

/**
 * QEMU processes. While one waits for this process to read what was acknowledged and to send what follows, another
 * one works.
 */
const laneCount = 3;

/** The GIC of QEMU as an implementation under test. */
export class QemuGic implements PipelinedImplementation<VgicConfiguration, VgicEvent> {
  readonly batch = 32;
  readonly #lanes: readonly QemuLane[];
  readonly #idle: QemuLane[];
  readonly #waiting: ((lane: QemuLane) => void)[] = [];

  constructor(options: StartOptions = {}) {
    this.#lanes = Array.from({ length: laneCount }, () => new QemuLane(options));
    this.#idle = [...this.#lanes];
  }

  /** Starts the first QEMU; the others follow when there is work for them. Throws an `AdapterError`. */
  async start(): Promise<this> {
    await this.#lanes[0].start();
    return this;
  }

  /** May be called again before the last call has been answered. Rejects with the first `AdapterError`. */
  async play(sequences: readonly GicSequence[]): Promise<readonly (readonly ObservationData[])[]> {
    let failed = false;
    return Promise.all(
      sequences.map(async (sequence) => {
        const lane = await this.#take();
        try {
          return failed ? [] : await lane.play(sequence);
        } catch (error) {
          failed = true;
          throw error;
        } finally {
          this.#give(lane);
        }
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  async #take(): Promise<QemuLane> {
    return this.#idle.shift() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(lane: QemuLane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.unshift(lane);
    else next(lane);
  }
}
