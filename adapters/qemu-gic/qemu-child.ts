import { spawn, type ChildProcess } from 'node:child_process';
import { AdapterError } from '../../spec/contract.ts';
import { findExecutable } from './find-executable.ts';

/** All children that may still run, for the handler at exit. */
const running = new Set<ChildProcess>();

/** A QEMU process, its last words, and its end. It does not outlive this process. */
export class QemuChild {
  /** Resolves when it has ended, and all it printed is here. */
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  #stderr = '';
  #end = 'still runs';

  constructor(path: string, args: readonly string[]) {
    // The kernel ends QEMU with its parent, however that dies; where there is no setpriv, only an orderly exit does.
    const setpriv = findExecutable('setpriv');
    const [program, ...rest] = setpriv === undefined ? [path] : [setpriv, '--pdeathsig', 'KILL', '--', path];
    this.#process = spawn(program, [...rest, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    if (running.size === 0) process.once('exit', killAll);
    running.add(this.#process);

    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2000);
    });
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#end = how;
        running.delete(this.#process);
        if (running.size === 0) process.off('exit', killAll);
        resolve();
      };
      this.#process.once('error', (error) => end(`could not be started (${error.message})`));
      this.#process.once('close', (code, signal) =>
        end(signal === null ? `exited with code ${code}` : `died of ${signal}`),
      );
    });
  }

  /** 0 if it could not be started. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Ends it; resolves when it has ended. */
  kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    return this.ended;
  }

  /** Why the connection to it is lost. It is given a second to die of what closed the connection. */
  async explainDeath(): Promise<AdapterError> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 1000);
    await this.ended;
    clearTimeout(timer);
    return new AdapterError('E_ADAPTER_DIED', `QEMU ${this.#end}.${this.printed()}`);
  }

  /** The tail of what it printed, as the end of a message. */
  printed(): string {
    const text = this.#stderr.trim();
    return text === '' ? ' It printed nothing.' : ` It printed:\n${text}`;
  }
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
