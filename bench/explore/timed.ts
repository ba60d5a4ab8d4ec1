import { spawnSync } from 'node:child_process';

/** A run of a program: what it printed, and the time it took, in seconds. */
export interface Timed {
  readonly stdout: string;
  readonly wall: number;
  /** On all processors, also what the system did for it. */
  readonly cpu: number;
  readonly status: number | null;
}

const marker = 'virq-bench-times';

/** Runs a program and waits for it; the shell measures it, so that all kinds of programs are measured alike. */
export function timed(program: string, args: readonly string[], cwd: string): Timed {
  const script = `TIMEFORMAT='${marker} %R %U %S'; time "$0" "$@"`;
  const { status, stdout, stderr, error } = spawnSync('bash', ['-c', script, program, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (error) throw error;
  const [, wall, user, system] = stderr.match(new RegExp(`${marker} (\\S+) (\\S+) (\\S+)`)) ?? [];
  return { stdout, status, wall: Number(wall), cpu: Number(user) + Number(system) };
}
