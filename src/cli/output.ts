import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pageOf, type Page } from '../report/page.ts';
import { UsageError } from './usage-error.ts';

let closed = false;
let failed = false;

/** Whether something that was printed did not arrive, though somebody wanted it. */
export const printingFailed = (): boolean => failed;

/** Whoever reads may stop reading, as `head` does: that is no error, and nothing is written any more. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (stream === process.stdout) closed = true;
      // A full disk behind a redirection is worth a word, as long as somebody can hear it.
      if (error.code !== 'EPIPE' && stream === process.stdout && !failed) {
        failed = true;
        process.stderr.write(`error: cannot write to standard output: ${error.message}\n`);
      }
    });
  }
}

/** Writes to standard output. */
export function print(text: string): void {
  if (!closed) process.stdout.write(text);
}

/** Waits until everything that was printed has left the process, or cannot any more. */
export async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.destroyed) await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
}

/** The page that standard output asks for. */
export function stdoutPage(): Page {
  const { stdout, stderr, env } = process;
  // Behind a pipe, standard error still tells how wide the terminal is that a pager will use.
  const page = pageOf(stdout, env);
  return !stdout.isTTY && stderr.isTTY ? { ...page, width: pageOf(stderr, env).width } : page;
}

/** The page that standard error asks for. */
export const stderrPage = (): Page => pageOf(process.stderr, process.env);

/** Finds out before a long run whether its report can be written. Throws a `UsageError` if not. */
export async function checkWritable(file: string): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined);
    if (there?.isDirectory()) throw new Error('it is a folder');
    await access(there ? file : dirname(resolve(file)), constants.W_OK);
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}

/** Writes a document to a file; prints it, and says so, where that cannot be done: nothing is lost. */
export async function writeDocument(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    print(text);
    throw cannotWrite(file, cause);
  }
}

const cannotWrite = (file: string, cause: unknown): UsageError =>
  new UsageError(`cannot write ${file}: ${(cause as Error).message}`, undefined, { cause });
