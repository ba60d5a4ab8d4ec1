import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { injections } from '../../../spec/nested-vmx/universe.ts';
import { defaultFuel } from '../guest-layout.ts';
import { machineEdit } from '../machine-edit.ts';
import type { Operation } from '../operation.ts';
import { source } from '../source.ts';
import type { VmcsField } from '../vmcs-fields.ts';
import { controlChange } from './control-places.ts';

const activities = { active: 0, hlt: 1, shutdown: 2, waitForSipi: 3 } as const;
const blockings = { none: 0, sti: 1, movss: 2, both: 3 } as const;
const byNmi = 8;
const interruptFlag = 0x200;
const valid = 0x8000_0000;

const change = (field: VmcsField, clear: number, set: number): Operation => ({
  kind: 'change',
  source: source.vmcs(field),
  clear,
  set,
});

/** What an instruction of L1 does behind its boundary, but for VM entry; `undefined` for what is no instruction of L1. */
export function level1Instruction(event: NestedVmxEvent): readonly Operation[] | undefined {
  switch (event.kind) {
    case 'l1Nop':
    case 'l1Hlt':
    case 'l1Wait':
      return [];
    case 'l1Sti':
      return [{ kind: 'level1', does: 'sti' }];
    case 'l1Cli':
      return [{ kind: 'level1', does: 'cli' }];
    case 'l1MovSs':
      return [{ kind: 'level1', does: 'movSs' }];
    case 'l1Iret':
      return [{ kind: 'level1', does: 'iret' }];
    case 'l1Eoi':
      return [machineEdit.eoi()];
    case 'l1Tpr':
      return [machineEdit.tpr(event.priority)];
    case 'l1Control':
      return controlChange(event.control, event.on);
    case 'l1Inject': {
      const { information, error, length } = injections[event.event];
      return machineEdit.fields({
        entryInterruptionInfo: event.event === 'none' ? 0 : valid + information,
        entryErrorCode: error,
        entryInstructionLength: length,
      });
    }
    case 'l1GuestInterrupts':
      return [change('guestRflags', interruptFlag, event.on ? interruptFlag : 0)];
    case 'l1GuestBlocking':
      return [change('guestInterruptibility', blockings.both, blockings[event.blocking])];
    case 'l1GuestNmiBlocking':
      return [change('guestInterruptibility', byNmi, event.on ? byNmi : 0)];
    case 'l1GuestActivity':
      return machineEdit.fields({ guestActivity: activities[event.activity] });
    case 'l1Timer':
      // What is too large to be counted down is the watchdog: whoever meets it does nothing any more.
      return machineEdit.fields({ preemptionTimerValue: event.expired ? 0 : defaultFuel });
    case 'l1Idt':
      return machineEdit.eptRights('idt', event.present ? 7 : 0);
    case 'l1Pend':
      return [{ kind: 'pend', vector: event.vector }];
    default:
      return undefined;
  }
}
