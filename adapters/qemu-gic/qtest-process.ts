import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdapterError } from '../../spec/contract.ts';
import { findExecutable } from './find-executable.ts';
import { QemuChild } from './qemu-child.ts';
import { QtestConnection } from './qtest-connection.ts';

/** How QEMU is started. */
export interface StartOptions {
  /** Program name or path. */
  readonly program?: string;
  /** Milliseconds until QEMU must have connected. */
  readonly startDeadline?: number;
  /** Longest silence of QEMU, in milliseconds, while it owes a reply. */
  readonly replyDeadline?: number;
}

/** A running QEMU and the connection to it. */
export interface QtestProcess {
  readonly pid: number;
  readonly connection: QtestConnection;
  /** Ends QEMU; what is still under way is rejected. */
  close(): Promise<void>;
}

/**
 * A stopped machine with a GICv2 that has the Virtualization Extensions. Debian's QEMU lacks the accelerator `qtest`;
 * TCG with -S does as well. One CPU: with two, QEMU 7.2 crashes on the first access to the GIC. The log goes nowhere,
 * or each command would be printed.
 */
const machine =
  '-M virt,virtualization=on,gic-version=2 -cpu cortex-a57 -accel tcg -S -smp 1 -nodefaults -display none ' +
  '-monitor none -serial none -qtest-log /dev/null';

/** Starts QEMU and waits until it has connected. Takes about 40 ms. */
export async function startQtest(options: StartOptions = {}): Promise<QtestProcess> {
  const { program = 'qemu-system-aarch64', startDeadline = 10_000, replyDeadline = 10_000 } = options;
  const path = findExecutable(program);
  if (path === undefined) throw missing(program);

  // QEMU is the client: the socket must listen before QEMU starts. A folder of its own keeps others off the socket.
  const folder = makeFolder();
  try {
    const socketPath = join(folder, 'qtest');
    const server = await listen(socketPath);
    const child = new QemuChild(path, [...machine.split(' '), '-qtest', `unix:${socketPath.replaceAll(',', ',,')}`]);
    try {
      const socket = await accept(server, child, startDeadline);
      const connection = new QtestConnection(socket, {
        deadline: replyDeadline,
        explainLoss: () => child.explainDeath(),
      });
      return {
        pid: child.pid,
        connection,
        async close() {
          connection.fail(new AdapterError('E_ADAPTER_DIED', 'QEMU was closed.'));
          await child.kill();
        },
      };
    } catch (error) {
      await child.kill();
      throw error;
    } finally {
      server.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function missing(program: string): AdapterError {
  const advice = 'On Debian and Ubuntu it is in the package qemu-system-arm: apt-get install qemu-system-arm';
  return new AdapterError('E_ADAPTER_MISSING', `${program} was not found, or may not be executed. ${advice}`);
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'virq-qemu-'));
  } catch (cause) {
    const message = `Cannot make a folder in ${tmpdir()} for the socket to QEMU. Is TMPDIR writable?`;
    throw new AdapterError('E_ADAPTER_MISSING', message, { cause });
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause) => {
      const message = `Cannot listen on ${path} for QEMU. Is TMPDIR longer than some 80 characters?`;
      reject(new AdapterError('E_ADAPTER_MISSING', message, { cause }));
    });
    server.listen(path, () => resolve(server));
  });
}

function accept(server: Server, child: QemuChild, deadline: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const message = `QEMU did not connect within ${deadline} ms.${child.printed()}`;
      reject(new AdapterError('E_ADAPTER_TIMEOUT', message));
    }, deadline);
    server.once('connection', (socket) => {
      clearTimeout(timer);
      resolve(socket);
    });
    void child.ended.then(async () => {
      clearTimeout(timer);
      reject(await child.explainDeath());
    });
  });
}
