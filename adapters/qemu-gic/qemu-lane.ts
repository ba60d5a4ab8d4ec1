import { AdapterError } from '../../spec/contract.ts';
import type { ObservationData } from '../../spec/observation.ts';
import { GicPlayer, type GicSequence } from './gic-player.ts';
import { qtestCommand } from './qtest-command.ts';
import { startQtest, type QtestProcess, type StartOptions } from './qtest-process.ts';

interface Machine {
  readonly qemu: QtestProcess;
  readonly player: GicPlayer;
}

/**
 * A QEMU that plays one sequence at a time. One that dies, hangs or answers rubbish is replaced by a fresh one for the
 * next sequence; the sequence that it happened with is played once more, event by event, to say what caused it.
 */
export class QemuLane {
  readonly #options: StartOptions;
  #machine: Machine | undefined;
  #closed = false;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  /** Starts QEMU, if none runs. Throws an `AdapterError`. */
  async start(): Promise<Machine> {
    if (this.#closed) throw new AdapterError('E_ADAPTER_DIED', 'The adapter was closed.');
    if (this.#machine !== undefined) return this.#machine;
    const qemu = await startQtest(this.#options);
    this.#machine = { qemu, player: new GicPlayer(qemu.connection) };
    try {
      await qemu.connection.submit([qtestCommand.watchCpu()]);
      return this.#machine;
    } catch (error) {
      await this.#drop();
      throw error;
    }
  }

  /** Plays a sequence; gives the observation after each event. Throws an `AdapterError` that names the sequence. */
  async play(sequence: GicSequence): Promise<readonly ObservationData[]> {
    const { player } = await this.start();
    try {
      return await player.play(sequence);
    } catch (cause) {
      if (!(cause instanceof AdapterError) || this.#closed) throw cause;
      throw await this.#confirm(sequence, cause);
    }
  }

  /** Ends QEMU. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#drop();
  }

  async #drop(): Promise<void> {
    const machine = this.#machine;
    this.#machine = undefined;
    await machine?.qemu.close();
  }

  /** Plays a sequence that QEMU failed at on a fresh QEMU, and explains the failure. */
  async #confirm(sequence: GicSequence, first: AdapterError): Promise<AdapterError> {
    await this.#drop();
    let count = 0;
    let again: unknown;
    try {
      const { player } = await this.start();
      await player.play(sequence, (played) => (count = played), 1);
    } catch (error) {
      again = error;
    } finally {
      await this.#drop();
    }
    if (this.#closed) return first;
    const played = JSON.stringify(sequence);
    if (!(again instanceof AdapterError)) {
      const message = `${first.message}\nIt happened once: a fresh QEMU plays the sequence to its end. The sequence: ${played}`;
      return new AdapterError(first.code, message, { cause: first });
    }
    const where = `event ${count + 1} of ${sequence.events.length} (${JSON.stringify(sequence.events[count])})`;
    const message = `${again.message}\nA fresh QEMU fails as well, at ${where}. The sequence: ${played}`;
    return new AdapterError(again.code, message, { cause: first });
  }
}
