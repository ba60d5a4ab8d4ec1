import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SequenceResult } from './answer.ts';
import { BlockDisk, type RawAnswer } from './block.ts';
import { BochsProcess, defaultDeadlines, type Deadlines } from './bochs-process.ts';
import { buildGuest, type GuestImage } from './build-guest.ts';
import { decodeAnswers } from './decode-answer.ts';
import { encodeSequence } from './encode-sequence.ts';
import type { MachineSequence } from './operation.ts';
import { requirePrograms } from './required-programs.ts';

/** Why a sequence was broken off, by the status that the hypervisor gave it. */
const reasons: Readonly<Record<RawAnswer['status'], string | undefined>> = {
  done: undefined,
  tainted: undefined,
  unknownOperation: 'an operation is unknown to the hypervisor',
  recordsOverflow: 'the handlers of L2 recorded more events than fit',
  outputOverflow: 'the answer is too long',
};

/** Bochs as a machine with VMX that plays sequences: starts it, feeds it, restarts it where a sequence wrecks it. */
export class BochsVmx {
  /** Sequences that are played in one go. */
  static readonly batch = 256;

  readonly #folder: string;
  readonly #image: GuestImage;
  readonly #deadlines: Deadlines;
  #process: BochsProcess | undefined;
  readonly #onExit = (): void => this.close();

  private constructor(folder: string, image: GuestImage, deadlines: Deadlines) {
    this.#folder = folder;
    this.#image = image;
    this.#deadlines = deadlines;
    process.on('exit', this.#onExit);
  }

  /**
   * Builds the hypervisor; Bochs itself starts with the first sequence.
   *
   * @throws AdapterError `E_ADAPTER_MISSING` where a program is not installed.
   */
  static async create(deadlines: Partial<Deadlines> = {}): Promise<BochsVmx> {
    requirePrograms();
    const folder = mkdtempSync(join(tmpdir(), 'virq-bochs-guest-'));
    try {
      return new BochsVmx(folder, await buildGuest(folder), { ...defaultDeadlines, ...deadlines });
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Plays sequences, each from the initial state. One result per sequence. */
  async play(sequences: readonly MachineSequence[]): Promise<SequenceResult[]> {
    const codes = sequences.map(encodeSequence);
    const results: SequenceResult[] = [];
    while (results.length < codes.length) {
      const block = nextBlock(codes, results.length);
      this.#process ??= await BochsProcess.start(this.#image, this.#deadlines);
      const result = await this.#attempt(this.#process, block);
      for (const item of result) results.push(this.#resultOf(item, sequences[results.length]));
    }
    return results;
  }

  close(): void {
    process.off('exit', this.#onExit);
    this.#drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Answers to the first sequences of a block, at least one; `undefined` for one that never came back. */
  async #attempt(machine: BochsProcess, block: readonly Uint8Array[]): Promise<readonly (RawAnswer | undefined)[]> {
    try {
      const result = await machine.run(block);
      if (result.outcome === 'done') {
        if (result.answers.at(-1)?.status === 'tainted') this.#drop();
        return result.answers;
      }
      this.#drop();
      // What came before it in the block has been played, but its answers are lost: play it again, then say so.
      if (result.index === 0) return [undefined];
      this.#process = await BochsProcess.start(this.#image, this.#deadlines);
      return [...(await this.#attempt(this.#process, block.slice(0, result.index))), undefined];
    } catch (error) {
      this.#drop();
      throw error;
    }
  }

  #resultOf(raw: RawAnswer | undefined, { watch }: MachineSequence): SequenceResult {
    if (raw === undefined) {
      const why = `the processor did not come back to L1 in ${this.#deadlines.sequence} ms`;
      return { outcome: 'abandoned', why, answers: [] };
    }
    const answers = decodeAnswers(raw.bytes, watch);
    const why = reasons[raw.status];
    return why === undefined ? { outcome: 'done', answers } : { outcome: 'abandoned', why, answers };
  }

  #drop(): void {
    this.#process?.close();
    this.#process = undefined;
  }
}

/** As many sequences as fit, from one on. */
function nextBlock(codes: readonly Uint8Array[], first: number): readonly Uint8Array[] {
  let bytes = 0;
  let end = first;
  while (end < codes.length && end - first < BochsVmx.batch) {
    bytes += BlockDisk.bytesOf(codes[end]);
    if (bytes > BlockDisk.maxBytes && end > first) break;
    end++;
  }
  return codes.slice(first, end);
}
