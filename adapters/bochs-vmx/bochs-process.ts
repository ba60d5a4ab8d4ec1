import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { AdapterError } from '../../spec/contract.ts';
import { BlockDisk, type RawAnswer } from './block.ts';
import { bochsConfiguration, debuggerCommands, emptyVgaRom } from './bochs-configuration.ts';
import type { GuestImage } from './build-guest.ts';
import { signals } from './guest-layout.ts';

/** Milliseconds until a start, or a sequence, counts as hung. */
export interface Deadlines {
  readonly start: number;
  readonly sequence: number;
}

export const defaultDeadlines: Deadlines = { start: 20_000, sequence: 10_000 };

/** Either all answers, or, when the processor never came back, which sequence it was in. */
export type BlockResult =
  | { readonly outcome: 'done'; readonly answers: readonly RawAnswer[] }
  | { readonly outcome: 'runaway'; readonly index: number };

/** How to get a network namespace: Bochs's display listens on all addresses, so it gets none to listen on. */
function isolation(): readonly string[] {
  const ways = [
    ['-n', '--'],
    ['-r', '-n', '--'],
  ];
  const way = ways.find((flags) => spawnSync('unshare', [...flags, 'true'], { stdio: 'ignore' }).status === 0);
  if (way !== undefined) return ['unshare', ...way];
  throw new AdapterError(
    'E_ADAPTER_MISSING',
    'bochs-vmx cannot make a network namespace (unshare -n), and Bochs would open a VNC port to the network without one',
  );
}

/**
 * One running Bochs. Between blocks it is stopped (SIGSTOP), because a guest that waits takes a whole core; it dies
 * with this process.
 */
export class BochsProcess {
  readonly #folder: string;
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #disk: BlockDisk;
  readonly #deadlines: Deadlines;
  #died: AdapterError | undefined;
  #fatal: number[] | undefined;
  #closed = false;
  readonly #onExit = (): void => this.close();
  /** Told each signal of the hypervisor, and of the death of the process. */
  #listener: (signal: number) => void = () => {};

  private constructor(image: GuestImage, deadlines: Deadlines) {
    this.#deadlines = deadlines;
    this.#folder = mkdtempSync(join(tmpdir(), 'virq-bochs-'));
    const at = (name: string): string => join(this.#folder, name);
    writeFileSync(at('vga.rom'), emptyVgaRom());
    writeFileSync(at('debugger'), debuggerCommands);
    writeFileSync(
      at('bochsrc'),
      bochsConfiguration({ ...image, vgaRom: at('vga.rom'), disk: at('disk'), log: at('log') }),
    );
    this.#disk = new BlockDisk(at('disk'));
    const bochs = ['bochs-bin', '-q', '-f', at('bochsrc'), '-rc', at('debugger')];
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...isolation(), ...bochs], {
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: this.#folder,
    });
    // A machine that nobody has closed does not keep this process alive, and leaves no files.
    this.#child.unref();
    (this.#child.stdout as Socket).unref();
    process.on('exit', this.#onExit);
    this.#child.stdout.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#child.on('error', (error) => this.#die(`Bochs does not start: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#die(`Bochs ended (${signal ?? `status ${code}`})`));
  }

  /** Resolves when the hypervisor is ready for blocks. */
  static async start(image: GuestImage, deadlines: Deadlines = defaultDeadlines): Promise<BochsProcess> {
    const bochs = new BochsProcess(image, deadlines);
    try {
      if (await bochs.#until(signals.ready, deadlines.start)) return bochs;
      const why = `Bochs does not get to the hypervisor in ${deadlines.start} ms${bochs.#logTail()}`;
      throw new AdapterError('E_ADAPTER_TIMEOUT', why);
    } catch (error) {
      bochs.close();
      throw error;
    }
  }

  /** Runs a block. After `runaway` or an error the process is of no further use. */
  async run(sequences: readonly Uint8Array[]): Promise<BlockResult> {
    let index = -1;
    this.#disk.write(sequences);
    this.#child.kill('SIGCONT');
    const done = await this.#until(signals.blockDone, this.#deadlines.sequence, () => index++);
    if (!done) return { outcome: 'runaway', index: Math.max(index, 0) };
    this.#child.kill('SIGSTOP');
    return { outcome: 'done', answers: this.#disk.read() };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    process.off('exit', this.#onExit);
    this.#child.kill('SIGKILL');
    this.#disk.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Waits for a signal; `false` if nothing is heard for a while. Rejects when the process has died. */
  #until(expected: number, milliseconds: number, onSequence: () => void = () => {}): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#listener = () => {};
        settle();
      };
      const timer = setTimeout(() => finish(() => resolve(false)), milliseconds);
      const check = (signal: number): void => {
        if (this.#died !== undefined) return finish(() => reject(this.#died as AdapterError));
        if (signal === expected) return finish(() => resolve(true));
        if (signal === signals.sequence) onSequence();
        timer.refresh();
      };
      this.#listener = check;
      if (this.#died !== undefined) check(0);
    });
  }

  /** Bochs's own words on its output are printable; signals are not. */
  #take(bytes: Buffer): void {
    for (const byte of bytes) {
      if (this.#fatal !== undefined) {
        if (byte === 0x0a) this.#die(`the hypervisor gave up: ${String.fromCharCode(...this.#fatal)}`);
        else this.#fatal.push(byte);
      } else if (byte === signals.fatal) this.#fatal = [];
      else if (byte < signals.fatal) this.#listener(byte);
    }
  }

  #die(why: string): void {
    this.#died ??= new AdapterError('E_ADAPTER_DIED', why + this.#logTail());
    this.#listener(0);
  }

  #logTail(): string {
    try {
      const lines = readFileSync(join(this.#folder, 'log'), 'utf8').trim().split('\n');
      return `; its log ends with:\n${lines.slice(-5).join('\n')}`;
    } catch {
      return '';
    }
  }
}
