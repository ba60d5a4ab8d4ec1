import { Part } from '../part.ts';
import type { IdtVectoringState as State, Instruction } from '../state.ts';
import { withProgram } from '../update.ts';
import { begin } from './instructions.ts';

/** The guest goes on: what was cut short, then the boundary, then what had begun, then an instruction of its own. */
export class ProgramFlow extends Part {
  run(state: State, instruction: Instruction): State {
    const { environment, boundary, instructions } = this.parts;
    const settled = environment.settle(state);
    if (settled.guest.shutdown) return settled;
    const taken = boundary.take(settled);
    if (taken !== undefined) return taken;
    const { program, guest } = settled;
    if (program.begun !== undefined) {
      const executed = instructions.execute(settled, program.begun);
      return executed.guest.shutdown ? executed : this.run(executed, instruction);
    }
    if (guest.halted || (instruction.kind === 'iret' && program.frames.length === 0)) return settled;
    const begun = begin(instruction);
    return instructions.execute(withProgram(settled, { begun }), begun);
  }
}
