import { fieldsByClass, type VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { controlPlaces, allGroups, commonGroups, otherGroups, type SectionName } from '../words.ts';
import { isOfL1, law, Watch, type Wrong } from '../law.ts';
import { outcome } from '../sighted.ts';

const valid = 0x8000_0000;
const ia32eModeGuest = 1 << controlPlaces.ia32eModeGuest.bit;

const isSaved: Readonly<Record<string, boolean>> = Object.fromEntries(
  Object.keys({ ...fieldsByClass.guest, ...fieldsByClass.guestOptional, ...fieldsByClass.exitInformation })
    .filter((name) => name !== 'instructionError')
    .map((name) => [name, true]),
);

/** VMCS12-01, INV-V1. */
class WriteSet extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.outcome !== outcome.exited || sight.isFirst) return undefined;
    this.moments++;
    // VM function 0 has written EPTP before the exit, if it did.
    const changed = sight.changed(
      (name) => isSaved[name] === true || ['entryInterruption', 'entryControls', 'eptp'].includes(name),
    );
    if (changed !== undefined) return `the exit changes ${changed}`;
    if (sight.field('entryInterruption') !== (sight.fieldBefore('entryInterruption') & ~valid) >>> 0) {
      const clause =
        sight.field('entryInterruption') & valid
          ? 'exit-clears-entry-valid-bit'
          : 'exit-keeps-the-rest-of-entry-information';
      return {
        clause,
        summary: 'the exit leaves another VM-entry interruption information than bits 30:0 of the old one',
      };
    }
    const differs = sight.field('entryControls') ^ sight.fieldBefore('entryControls');
    if (differs === 0) return undefined;
    if (differs === ia32eModeGuest && sight.config.savesEferLma) return undefined;
    return { clause: 'ia32e-mode-guest-stays-without-the-feature', summary: 'the exit changes the VM-entry controls' };
  }
}

/** VMCS12-02. */
class Still extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    const { outcome: came } = sight;
    if (sight.isFirst || came === outcome.exited || came === outcome.entryFailed) return undefined;
    if (isOfL1(event) && came !== outcome.entered) return undefined;
    this.moments++;
    const changed = sight.changed((name) => name === 'eptp' && event.kind === 'vmfunc');
    return changed === undefined ? undefined : `${event.kind} changes ${changed} without an exit`;
  }
}

/** VMCS12-05. */
class EarlyFailure extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    const { outcome: came } = sight;
    if (sight.isFirst || (came !== outcome.failValid && came !== outcome.failInvalid)) return undefined;
    this.moments++;
    const changed = sight.changed((name) => came === outcome.failValid && name === 'instructionError');
    if (changed !== undefined) return `${event.kind} fails and changes ${changed}`;
    for (const field of ['rip', 'rsp', 'cr0', 'cr3', 'cr4', 'pat', 'efer', 'fsBase'] as const) {
      if (sight.word(`l1.${field}`) !== sight.was(`l1.${field}`))
        return `${event.kind} fails and changes ${field} of L1`;
    }
    return sight.word('machine.launched') === sight.was('machine.launched')
      ? undefined
      : `${event.kind} fails and changes a launch state`;
  }
}

/** VMCS12-04. */
class LateFailure extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.outcome !== outcome.entryFailed || sight.isFirst) return undefined;
    this.moments++;
    const changed = sight.changed((name) => name === 'exitReason' || name === 'exitQualification');
    if (changed !== undefined) return `an entry that fails late changes ${changed}`;
    const reason = sight.field('exitReason');
    if (reason !== 0x8000_0021 && reason !== 0x8000_0022) {
      return { clause: 'invalid-guest-state-fails-late', summary: `an entry fails late with reason ${reason}` };
    }
    const stored = (['sysenterCs', 'pat'] as const).some(
      (field) => sight.word(`msrStore.${field}`) !== sight.was(`msrStore.${field}`),
    );
    if (stored) return { clause: 'late-failure-loads-host-state', summary: 'a late failure writes the MSR-store area' };
    return sight.word('machine.launched') === sight.was('machine.launched')
      ? undefined
      : { clause: 'entry-makes-launched', summary: 'a late failure changes a launch state' };
  }
}

const events = (...names: readonly VmcsFieldName[]): readonly Vmcs12Event[] =>
  names.map((name) => ({ kind: 'vmread', field: name }));

const basis: readonly SectionName[] = ['step', 'machine', ...commonGroups];

export const writeSet = [
  law({
    id: 'exit-writes-guest-state-and-exit-information',
    claim:
      'An exit changes guest state, exit information, one bit of the injected event and one of the entry controls.',
    judges: [
      'exit-writes-guest-state-and-exit-information-only',
      'exit-leaves-instruction-error',
      'exit-clears-entry-valid-bit',
      'exit-keeps-the-rest-of-entry-information',
      'entry-error-code-and-length-stay',
      'host-state-keeps-what-l1-wrote',
      'ia32e-mode-guest-stays-without-the-feature',
    ],
    needs: basis,
    scenario: {
      name: 'an event is injected, L2 changes what it can, and exits',
      events: [
        { kind: 'inject', event: 'pf' },
        { kind: 'enter', by: 'right' },
        { kind: 'movCr0', value: 0x8000_0033 },
        { kind: 'vmcall' },
      ],
    },
    watch: WriteSet,
  }),
  law({
    id: 'nothing-moves-without-an-exit',
    claim: 'From the entry to the exit no field of the VMCS changes, but EPTP by VM function 0.',
    judges: ['vmcs-is-still-while-l2-runs', 'vm-function-writes-eptp'],
    needs: basis,
    scenario: {
      name: 'L2 changes registers',
      events: [
        ...events('cr0'),
        { kind: 'enter', by: 'right' },
        { kind: 'movCr3', value: 0x2000 },
        { kind: 'wrmsr', msr: 'pat', value: 1 },
        { kind: 'sti' },
      ],
    },
    watch: Still,
  }),
  law({
    id: 'optional-state-does-not-move-without-an-exit',
    claim: 'The same of fields that not every processor has.',
    judges: ['vmcs-is-still-while-l2-runs'],
    needs: ['step', 'machine', 'registers', 'segments', 'exitInformation', 'controls', ...otherGroups],
    scenario: {
      name: 'L2 writes DEBUGCTL, and the timer ticks',
      events: [
        { kind: 'controlOptional', bit: 'preemptionTimer', on: true },
        { kind: 'enter', by: 'right' },
        { kind: 'wrmsrOptional', msr: 'debugctl', value: 1 },
        { kind: 'tick' },
      ],
    },
    watch: Still,
  }),
  law({
    id: 'failed-instruction-writes-its-error-alone',
    claim: 'A VMX instruction that fails changes nothing but the VM-instruction error.',
    judges: ['early-failure-changes-the-error-alone', 'vmfail-invalid-without-a-vmcs', 'entry-makes-launched'],
    needs: [...basis, 'l1'],
    scenario: {
      name: 'the wrong instruction, then no VMCS',
      events: [
        ...events('cr0'),
        { kind: 'enter', by: 'wrong' },
        { kind: 'vmclear', slot: 0 },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: EarlyFailure,
  }),
  law({
    id: 'late-failure-writes-two-fields',
    claim: 'An entry that fails late changes exit reason and qualification, and nothing else of the VMCS.',
    judges: [
      'late-failure-writes-reason-and-qualification-alone',
      'invalid-guest-state-fails-late',
      'late-failure-loads-host-state',
      'entry-makes-launched',
    ],
    needs: [...basis, 'msrStore', ...allGroups.filter((group) => group !== 'bndcfgs' && !basis.includes(group))],
    scenario: {
      name: 'an event is to be injected, and the link pointer is wrong',
      events: [
        { kind: 'inject', event: 'ud' },
        { kind: 'vmwrite', field: 'linkPointer', value: 1 },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: LateFailure,
  }),
];
