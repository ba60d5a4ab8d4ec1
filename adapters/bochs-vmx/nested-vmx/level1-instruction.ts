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

type Kind = NestedVmxEvent['kind'];

const instructions: { readonly [K in Kind]?: (event: Extract<NestedVmxEvent, { kind: K }>) => readonly Operation[] } = {
  l1Nop: () => [],
  l1Hlt: () => [],
  l1Wait: () => [],
  l1Sti: () => [{ kind: 'level1', does: 'sti' }],
  l1Cli: () => [{ kind: 'level1', does: 'cli' }],
  l1MovSs: () => [{ kind: 'level1', does: 'movSs' }],
  l1Iret: () => [{ kind: 'level1', does: 'iret' }],
  l1Eoi: () => [machineEdit.eoi()],
  l1Tpr: ({ priority }) => [machineEdit.tpr(priority)],
  l1Control: ({ control, on }) => controlChange(control, on),
  l1Inject: ({ event }) => {
    const { information, error, length } = injections[event];
    return machineEdit.fields({
      entryInterruptionInfo: event === 'none' ? 0 : valid + information,
      entryErrorCode: error,
      entryInstructionLength: length,
    });
  },
  l1GuestInterrupts: ({ on }) => [change('guestRflags', interruptFlag, on ? interruptFlag : 0)],
  l1GuestBlocking: ({ blocking }) => [change('guestInterruptibility', blockings.both, blockings[blocking])],
  l1GuestNmiBlocking: ({ on }) => [change('guestInterruptibility', byNmi, on ? byNmi : 0)],
  l1GuestActivity: ({ activity }) => machineEdit.fields({ guestActivity: activities[activity] }),
  // What is too large to be counted down is the watchdog: whoever meets it does nothing any more.
  l1Timer: ({ expired }) => machineEdit.fields({ preemptionTimerValue: expired ? 0 : defaultFuel }),
  l1Idt: ({ present }) => machineEdit.eptRights('idt', present ? 7 : 0),
  l1Pend: ({ vector }) => [{ kind: 'pend', vector }],
};

/** What an instruction of L1 does behind its boundary, but for VM entry; `undefined` for what is no instruction of L1. */
export const level1Instruction = (event: NestedVmxEvent): readonly Operation[] | undefined =>
  (instructions[event.kind] as ((event: NestedVmxEvent) => readonly Operation[]) | undefined)?.(event);
