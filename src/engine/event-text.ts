import type { AnyEvent } from '../../spec/alphabet.ts';
import type { SystemSpec } from '../../spec/system.ts';

/** An event on one line: `setPriority vcpu=0 intid=32 priority=0x80`. */
export function eventText(spec: SystemSpec, event: AnyEvent): string {
  const args = Object.entries(spec.alphabet[event.kind]?.args ?? {}).map(([name, { format }]) => {
    const value = event[name];
    return `${name}=${typeof value === 'number' && format === 'hex' ? `0x${value.toString(16)}` : String(value)}`;
  });
  return [event.kind, ...args].join(' ');
}
