import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AdapterError } from '../../spec/contract.ts';
import { assemblerInclude, cHeader } from './guest-header.ts';

const run = promisify(execFile);

/** The sources: beside this file, or, for the built package, in the source tree beside `dist`. */
function sourceFolder(): string {
  const candidates = ['./guest/', '../../../adapters/bochs-vmx/guest/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((folder) => existsSync(join(folder, 'kernel.ld')));
  if (found !== undefined) return found;
  throw new AdapterError(
    'E_ADAPTER_MISSING',
    `the sources of the hypervisor are not at ${candidates.join(' nor at ')}`,
  );
}

/** No red zone: interrupts use the same stack. No vector registers: nobody saves them. */
const compilerFlags = [
  '-std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic -no-pie -mcmodel=small -mno-red-zone',
  '-mgeneral-regs-only -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -fno-strict-aliasing',
  '-Wl,--build-id=none -Wl,-z,noexecstack',
].flatMap((line) => line.split(' '));

/** What Bochs starts from. */
export interface GuestImage {
  readonly rom: string;
  readonly kernel: string;
}

/**
 * Builds ROM and hypervisor into a folder, in about half a second.
 *
 * @throws AdapterError `E_ADAPTER_THREW` with the message of the compiler.
 */
export async function buildGuest(folder: string): Promise<GuestImage> {
  const sources = sourceFolder();
  const at = (name: string): string => join(folder, name);
  const units = readdirSync(sources)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(sources, name));
  writeFileSync(at('layout.h'), cHeader());
  writeFileSync(at('layout.inc'), assemblerInclude());
  const include = `-I${folder}/`;
  try {
    await run('nasm', ['-f', 'bin', include, '-o', at('rom.bin'), join(sources, 'rom.asm')]);
    await run('nasm', ['-f', 'elf64', include, '-o', at('entry.o'), join(sources, 'entry.asm')]);
    const link = ['-T', join(sources, 'kernel.ld'), '-o', at('kernel.elf')];
    await run('gcc', [...compilerFlags, include, ...units, at('entry.o'), ...link]);
    await run('objcopy', ['-O', 'binary', at('kernel.elf'), at('kernel.bin')]);
  } catch (error) {
    throw new AdapterError('E_ADAPTER_THREW', `the hypervisor for Bochs does not build: ${String(error)}`, {
      cause: error,
    });
  }
  return { rom: at('rom.bin'), kernel: at('kernel.bin') };
}
