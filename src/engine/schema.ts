import { z } from 'zod';
import type { Domain, Domains } from '../../spec/domain.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { caseFormat } from './case-file.ts';

const hint = ({ values, format }: Domain): string =>
  values
    .map((value) =>
      typeof value === 'number' && format === 'hex' ? `${value} (0x${value.toString(16)})` : JSON.stringify(value),
    )
    .join(', ');

const valueSchema = (domain: Domain): z.ZodLiteral =>
  z
    .literal(domain.values as readonly [string, ...string[]], { error: `expected one of ${hint(domain)}` })
    .meta({ description: domain.doc });

const shapeOf = (domains: Domains): Record<string, z.ZodLiteral> =>
  Object.fromEntries(Object.entries(domains).map(([name, domain]) => [name, valueSchema(domain)]));

/** Events of a system: one object per kind, discriminated by `kind`. */
export function eventSchema(spec: SystemSpec): z.ZodType {
  const kinds = Object.entries(spec.alphabet).map(([kind, { args, doc }]) =>
    z.strictObject({ kind: z.literal(kind), ...shapeOf(args) }).meta({ title: kind, description: doc }),
  );
  return z.discriminatedUnion('kind', kinds as unknown as [z.ZodObject, ...z.ZodObject[]]);
}

/** Configurations of a system. A parameter that is absent has its default, so that old cases survive new parameters. */
export function configurationSchema(spec: SystemSpec): z.ZodType {
  const parameters = Object.entries(spec.configuration).map(([name, domain]) => [
    name,
    valueSchema(domain).default(domain.values[0] as string),
  ]);
  return z.strictObject(Object.fromEntries(parameters) as Record<string, z.ZodType>);
}

/** Stored cases of a system. */
export function caseSchema(spec: SystemSpec): z.ZodType {
  return z.strictObject({
    format: z.literal(caseFormat),
    system: z.literal(spec.name),
    config: configurationSchema(spec),
    events: z.array(eventSchema(spec)),
    clause: z.string().optional(),
    property: z.string().optional(),
    implementation: z.string().optional(),
    note: z.string().optional(),
  });
}

/** The JSON Schema (draft 2020-12) of what a file or a message may hold. */
export const jsonSchemaOf = (schema: z.ZodType): object => z.toJSONSchema(schema, { io: 'input' });
