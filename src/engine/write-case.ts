import { caseFormat, type Case } from './case-file.ts';

/** A case as the text of its file: JSON with one event per line, so that changes of it can be read. */
export function writeCase({ system, config, events, ...rest }: Case): string {
  const lines = [
    `  "format": ${JSON.stringify(caseFormat)}`,
    `  "system": ${JSON.stringify(system)}`,
    `  "config": ${JSON.stringify(config)}`,
    events.length === 0
      ? '  "events": []'
      : `  "events": [\n${events.map((event) => `    ${JSON.stringify(event)}`).join(',\n')}\n  ]`,
    ...(['clause', 'property', 'implementation', 'note'] as const)
      .filter((key) => rest[key] !== undefined)
      .map((key) => `  "${key}": ${JSON.stringify(rest[key])}`),
  ];
  return `{\n${lines.join(',\n')}\n}\n`;
}
