import type { Socket } from 'node:net';
import { AdapterError } from '../../spec/contract.ts';
import { parseChange, parseReply, shapeOf, type LineChange, type Reply, type ReplyShape } from './qtest-reply.ts';

/** How a {@link QtestConnection} behaves. */
export interface ConnectionOptions {
  /** Longest silence of QEMU, in milliseconds, while it owes a reply. */
  readonly deadline: number;
  /** Explains why the connection was lost, once that is known. */
  readonly explainLoss: () => Promise<AdapterError>;
}

interface Batch {
  readonly commands: readonly string[];
  readonly shapes: readonly ReplyShape[];
  readonly replies: Reply[];
  readonly resolve: (replies: Reply[]) => void;
  readonly reject: (error: AdapterError) => void;
}

const newline = 0x0a;
const I = 'I'.charCodeAt(0);
const noChanges: readonly LineChange[] = Object.freeze([]);
const nothing = Buffer.alloc(0);

/**
 * A client of qtest's line protocol. Batches may overlap: each is one write, replies are matched in order. One command
 * per round trip reaches about 20,000 commands a second, batches of some hundred 200,000 to 400,000.
 *
 * After the first error nothing is in step any more: that error rejects all batches, present and future.
 */
export class QtestConnection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #batches: Batch[] = [];
  #changes: LineChange[] = [];
  #rest: Buffer = nothing;
  #failure: AdapterError | undefined;
  #deadline: NodeJS.Timeout | undefined;
  /** Chunks received: tells a QEMU that is slow from one that is silent. */
  #received = 0;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // A write to a dead peer: 'close' follows, and it is the peer's death that explains it.
    socket.on('error', () => {});
    socket.on('close', () => void this.#explain());
  }

  /** Sends commands at once; resolves to their replies, in order. */
  submit(commands: readonly string[]): Promise<Reply[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (commands.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const shapes = commands.map((command) => {
        const shape = shapeOf(command);
        if (shape === undefined) throw new TypeError(`not a command of this client: ${JSON.stringify(command)}`);
        return shape;
      });
      this.#batches.push({ commands, shapes, replies: [], resolve, reject });
      this.#socket.write(`${commands.join('\n')}\n`, 'latin1');
      if (this.#batches.length === 1) this.#watch();
    });
  }

  /** Rejects what is under way and all that comes later, and closes the socket. */
  fail(error: AdapterError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearTimeout(this.#deadline);
    this.#socket.destroy();
    for (const batch of this.#batches.splice(0)) batch.reject(error);
  }

  async #explain(): Promise<void> {
    if (this.#failure === undefined) this.fail(await this.#options.explainLoss());
  }

  #receive(chunk: Buffer): void {
    this.#received++;
    const end = chunk.lastIndexOf(newline) + 1;
    if (end === 0) {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      return;
    }
    const lines = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk.subarray(0, end)]);
    const length = this.#rest.length + end;
    this.#rest = end === chunk.length ? nothing : chunk.subarray(end);

    let start = 0;
    while (start < length && this.#failure === undefined) {
      const stop = lines.indexOf(newline, start);
      this.#line(lines, start, stop);
      start = stop + 1;
    }
    if (this.#batches.length === 0) clearTimeout(this.#deadline);
    else this.#deadline?.refresh();
  }

  #line(lines: Buffer, start: number, end: number): void {
    if (lines[start] === I) {
      const change = parseChange(lines, start, end);
      if (change === undefined) this.#rubbish(lines, start, end);
      else this.#changes.push(change);
      return;
    }
    const batch = this.#batches[0];
    if (batch === undefined) return this.#rubbish(lines, start, end);
    const { commands, shapes, replies } = batch;
    const words = parseReply(lines, start, end, shapes[replies.length]);
    if (words === undefined) return this.#rubbish(lines, start, end, commands[replies.length]);
    replies.push({ words, changes: this.#changes.length === 0 ? noChanges : this.#changes });
    if (this.#changes.length > 0) this.#changes = [];
    if (replies.length < commands.length) return;
    this.#batches.shift();
    batch.resolve(replies);
  }

  #rubbish(lines: Buffer, start: number, end: number, command?: string): void {
    const got = JSON.stringify(lines.toString('latin1', start, Math.min(end, start + 200)));
    const to = command === undefined ? 'unasked' : `to \`${command}\``;
    this.fail(
      new AdapterError(
        'E_ADAPTER_OUTPUT',
        `QEMU answered ${to}: ${got}. Is it the QEMU that this adapter knows (7.2)?`,
      ),
    );
  }

  #watch(): void {
    clearTimeout(this.#deadline);
    const { deadline } = this.#options;
    this.#deadline = setTimeout(() => {
      // When this process was the one that was busy, the replies are there, but the timer comes first.
      const received = this.#received;
      setImmediate(() => {
        if (this.#failure !== undefined || this.#batches.length === 0) return;
        if (this.#received !== received) return this.#watch();
        const { commands, replies } = this.#batches[0];
        const waiting = `no reply to \`${commands[replies.length]}\` for ${deadline} ms`;
        this.fail(new AdapterError('E_ADAPTER_TIMEOUT', `QEMU hangs: ${waiting}.`));
      });
    }, deadline);
  }
}
