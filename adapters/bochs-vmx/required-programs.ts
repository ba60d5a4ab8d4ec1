import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AdapterError } from '../../spec/contract.ts';

/** Programs that the adapter starts, and the Debian packages that bring them. */
const packages = {
  'bochs-bin': 'bochs',
  nasm: 'nasm',
  gcc: 'gcc',
  ld: 'binutils',
  objcopy: 'binutils',
  unshare: 'util-linux',
  setpriv: 'util-linux',
} as const;

/** The programs that are not on the search path, by Debian package. */
export function missingPackages(): ReadonlyMap<string, readonly string[]> {
  const missing = new Map<string, string[]>();
  for (const [program, name] of Object.entries(packages))
    if (!isInstalled(program)) missing.set(name, [...(missing.get(name) ?? []), program]);
  return missing;
}

/**
 * Throws `E_ADAPTER_MISSING` with the packages to install, where a program is missing or the machine cannot run it.
 */
export function requirePrograms(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new AdapterError(
      'E_ADAPTER_MISSING',
      'bochs-vmx needs Linux on x86-64: it builds a guest with the host’s gcc',
    );
  const missing = missingPackages();
  if (missing.size === 0) return;
  const programs = [...missing.values()].flat().join(', ');
  throw new AdapterError(
    'E_ADAPTER_MISSING',
    `bochs-vmx does not find ${programs}; on Debian: apt-get install ${[...missing.keys()].join(' ')}`,
  );
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
