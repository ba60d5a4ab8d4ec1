import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { AdapterError } from '../../spec/contract.ts';
import { diskLayout, endStatuses, guestAddresses } from './guest-layout.ts';

const sectorBytes = 512;
const headerBytes = 20;
const padded = (bytes: number): number => (bytes + 3) & ~3;

/** The raw answer to one sequence. */
export interface RawAnswer {
  readonly status: keyof typeof endStatuses;
  readonly bytes: Uint8Array;
}

const statuses = Object.keys(endStatuses) as (keyof typeof endStatuses)[];

function sumOf(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let sum = 0;
  for (const word of words) sum = (sum + word) >>> 0;
  return sum;
}

/** The disk by which blocks of sequences reach the hypervisor and answers come back. */
export class BlockDisk {
  readonly #file: number;
  #number = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w+', 0o600);
    ftruncateSync(this.#file, diskLayout.sectors * sectorBytes);
  }

  /** Bytes that a sequence takes up in a block. */
  static bytesOf(code: Uint8Array): number {
    return 4 + padded(code.length);
  }

  static readonly maxBytes = guestAddresses.blockMaxBytes;

  /** The header goes last: the hypervisor looks at nothing else until its number is right. */
  write(sequences: readonly Uint8Array[]): void {
    const payload = new Uint8Array(sequences.reduce((sum, code) => sum + BlockDisk.bytesOf(code), 0));
    const view = new DataView(payload.buffer);
    let next = 0;
    for (const code of sequences) {
      view.setUint32(next, code.length, true);
      payload.set(code, next + 4);
      next += BlockDisk.bytesOf(code);
    }
    this.#number++;
    const header = new Uint8Array(sectorBytes);
    new Uint32Array(header.buffer).set([
      diskLayout.magic,
      this.#number,
      payload.length,
      sequences.length,
      sumOf(payload),
    ]);
    writeSync(this.#file, payload, 0, payload.length, (diskLayout.inputSector + 1) * sectorBytes);
    writeSync(this.#file, header, 0, sectorBytes, diskLayout.inputSector * sectorBytes);
  }

  /** The answers to the last block; fewer than it had sequences where the machine could not be reset after one. */
  read(): RawAnswer[] {
    const header = new Uint32Array(headerBytes / 4);
    const base = diskLayout.outputSector * sectorBytes;
    readSync(this.#file, header, 0, headerBytes, base);
    const [magic, number, bytes, count, sum] = header;
    const payload = new Uint8Array(Math.min(bytes, guestAddresses.blockMaxBytes));
    readSync(this.#file, payload, 0, payload.length, base + sectorBytes);
    if (magic !== diskLayout.magic || number !== this.#number || sumOf(payload) !== sum)
      throw new AdapterError('E_ADAPTER_OUTPUT', 'the answer of the hypervisor in Bochs is damaged');
    const view = new DataView(payload.buffer);
    const answers: RawAnswer[] = [];
    let next = 0;
    for (let i = 0; i < count; i++) {
      const length = view.getUint32(next, true);
      answers.push({
        status: statuses[view.getUint32(next + 4, true)],
        bytes: payload.subarray(next + 8, next + 8 + length),
      });
      next += 8 + padded(length);
    }
    return answers;
  }

  close(): void {
    closeSync(this.#file);
  }
}
