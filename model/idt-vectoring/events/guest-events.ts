import type { Skip } from '../../../spec/contract.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { IdtVectoringState as State, Instruction } from '../state.ts';

/** The guest executes an instruction, in its program or in a handler. */
export function guestEvent({ programFlow }: Parts, state: State, instruction: Instruction): State | Skip {
  const { machine, hypervisor, program } = state;
  if (instruction.kind === 'iret' && !hypervisor.outside && program.frames.length === 0) return skips.noHandler;
  if (instruction.kind === 'fault' && instruction.vector === 20 && machine.isShadow) return skips.noEpt;
  return programFlow.run(state, instruction);
}
