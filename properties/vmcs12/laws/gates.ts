import type { VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import type { ControlBit } from '../../../spec/vmcs12/universe.ts';
import { hex, law, Watch, type ClauseName, type Wrong } from '../law.ts';
import { outcome } from '../sighted.ts';

type Gate = readonly [field: VmcsFieldName, control: ControlBit | 'never', clause: ClauseName];

const common: readonly Gate[] = [
  ['pat', 'savePat', 'unsaved-pat-keeps-what-l1-wrote'],
  ['efer', 'saveEfer', 'unsaved-efer-keeps-what-l1-wrote'],
  ['dr7', 'saveDebugControls', 'dr7-is-saved-with-debug-controls'],
  ['linkPointer', 'never', 'link-pointer-never-changes'],
];

const optional: readonly Gate[] = [
  ['debugctl', 'saveDebugControls', 'unsaved-debugctl-keeps-what-l1-wrote'],
  ['timerValue', 'saveTimer', 'unsaved-timer-keeps-what-l1-wrote'],
  ['interruptStatus', 'virtualInterruptDelivery', 'interrupt-status-stays-without-delivery'],
  ['pmlIndex', 'pml', 'pml-index-stays-without-pml'],
  ['perfGlobal', 'never', 'perf-global-ctrl-is-never-saved'],
];

/** INV-V4: since L1 wrote it, nothing else can have. */
abstract class Closed extends Watch {
  abstract readonly gates: readonly Gate[];

  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.outcome !== outcome.exited || sight.isFirst) return undefined;
    for (const [field, control, clause] of this.gates) {
      if (control !== 'never' && sight.has(control)) continue;
      this.moments++;
      const found = sight.field(field);
      const was = sight.fieldBefore(field);
      if (found !== was)
        return { clause, summary: `${field} is ${hex(found)} after an exit that does not save it, before ${hex(was)}` };
    }
    return undefined;
  }
}

class CommonGates extends Closed {
  override readonly gates = common;
}
class OptionalGates extends Closed {
  override readonly gates = optional;
}

const clausesOf = ([first, ...rest]: readonly Gate[]): [ClauseName, ...ClauseName[]] => [
  first![2],
  ...rest.map(([, , clause]) => clause),
];

export const gates = [
  law({
    id: 'closed-gates-keep-the-fields',
    claim: 'What no control tells the exit to save reads as L1 wrote it, whatever the entry loaded and L2 changed.',
    judges: clausesOf(common),
    needs: ['step', 'controls', 'msrs', 'registers', 'nonRegister'],
    scenario: {
      name: 'L2 writes PAT, which the entry loaded and the exit does not save',
      events: [
        { kind: 'control', bit: 'loadPat', on: true },
        { kind: 'enter', by: 'right' },
        { kind: 'wrmsr', msr: 'pat', value: 1 },
        { kind: 'vmcall' },
      ],
    },
    watch: CommonGates,
  }),
  law({
    id: 'closed-gates-keep-optional-fields',
    claim: 'The same of fields that not every processor has.',
    judges: clausesOf(optional),
    needs: ['step', 'controls', 'debugctl', 'timer', 'interruptStatus', 'pml', 'perfGlobal'],
    scenario: {
      name: 'the timer runs out, and its value is not saved',
      events: [
        { kind: 'controlOptional', bit: 'preemptionTimer', on: true },
        { kind: 'vmwriteOptional', field: 'timerValue', value: 2 },
        { kind: 'enter', by: 'right' },
        { kind: 'tick' },
      ],
    },
    watch: OptionalGates,
  }),
];
