import { alphabet, type IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import type { IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import { injectedEvents, type InjectedEvent } from '../../../spec/idt-vectoring/universe.ts';
import { AdapterError } from '../../../spec/contract.ts';
import type { MachineSequence, Operation } from '../operation.ts';
import { idtVectoringActions as actions, idtVectoringArguments } from './layout.ts';

const valid = 0x8000_0000;
const withErrorCode = 0x800;

const policies: Readonly<Record<string, number>> = {
  reinject: idtVectoringArguments.policyReinject,
  drop: idtVectoringArguments.policyDrop,
  'drop-exceptions': idtVectoringArguments.policyDropExceptions,
};

const operation = (action: keyof typeof actions, argument = 0): Operation => ({
  kind: 'idtVectoring',
  action,
  argument,
});

function describe({ type, vector, error, length = 0, payload = 0 }: InjectedEvent): Operation[] {
  const information = valid + (error === undefined ? 0 : withErrorCode) + (type << 8) + vector;
  return [information, error ?? 0, length, payload].map((value) => operation('describe', value));
}

function operationsOf(event: IdtVectoringEvent): Operation[] {
  if (event.kind === 'inject') return [...describe(injectedEvents[event.event]), operation('inject')];
  if (!(event.kind in actions)) throw new AdapterError('E_ADAPTER_THREW', `Bochs cannot play ${event.kind}`);
  const [place] = Object.entries(alphabet[event.kind].args).map(([name, { values }]) =>
    (values as readonly unknown[]).indexOf((event as unknown as Record<string, unknown>)[name]),
  );
  return [operation(event.kind as keyof typeof actions, place ?? 0)];
}

/** Compiles a sequence: an operation per event, which the hypervisor plays by its policy. */
export const compile = (config: IdtVectoringConfiguration, events: readonly IdtVectoringEvent[]): MachineSequence => ({
  watch: [],
  operations: [
    operation('begin', policies[config.profile] + (config.gates === 'trap' ? idtVectoringArguments.trapGates : 0)),
    ...events.flatMap(operationsOf),
  ],
});
