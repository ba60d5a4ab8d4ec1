import { activityStates, interruptibility } from '../../spec/vmx/guest-non-register-state.ts';
import {
  control,
  invalidOpcode,
  isValid,
  typeOf,
  universe,
  vectorOf,
  with12,
  withCurrent,
  type Checked,
  type Core,
  type EventFields,
  type Exit,
  type Machine,
  type NestedState as State,
} from '../../model/nested-vmx/index.ts';
import { NestedEntry } from '../../model/nested-vmx/l0/nested-entry.ts';
import { EntryChecks } from '../../model/nested-vmx/processor/entry-checks.ts';
import { Loading } from '../../model/nested-vmx/processor/loading.ts';
import { plainExit } from '../../model/nested-vmx/index.ts';
import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { fault, kvm, unitTests } from './define.ts';

const { blockingBySti, blockingByMovSs } = interruptibility;

/** The checks of VM entry, what it loads, and how it fails. */
export const entry = [
  fault({
    id: 'mov-ss-in-l1-does-not-fail-the-entry',
    breaks: ['mov-ss-in-l1-fails-the-entry'],
    wrong: 'L2 is entered in the shadow of a MOV to SS of L1.',
    parts: {
      entryChecks: class extends EntryChecks {
        override isBlockedByMovSs(blocking: number): boolean {
          super.isBlockedByMovSs(blocking);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'nmi-window-needs-no-virtual-nmis',
    breaks: ['controls-that-do-not-fit'],
    wrong: '"NMI-window exiting" is accepted without "virtual NMIs".',
    profile: 'bare',
    parts: {
      entryChecks: class extends EntryChecks {
        override controlsFit(checked: Checked): boolean {
          const { controls } = checked;
          const ignored = controls & control.virtualNmis ? 0 : control.nmiWindow;
          return super.controlsFit({ ...checked, controls: controls & ~ignored });
        }
      },
    },
  }),
  fault({
    id: 'virtual-nmis-need-no-nmi-exiting',
    breaks: ['controls-that-do-not-fit'],
    wrong: '"Virtual NMIs" is accepted without "NMI exiting".',
    profile: 'bare',
    parts: {
      entryChecks: class extends EntryChecks {
        override controlsFit(checked: Checked): boolean {
          return super.controlsFit({ ...checked, controls: checked.controls | control.nmiExiting });
        }
      },
    },
  }),
  fault({
    id: 'posted-interrupts-need-no-acknowledge',
    breaks: ['controls-that-do-not-fit'],
    wrong: '"Process posted interrupts" is accepted without "acknowledge interrupt on exit".',
    profile: 'bare',
    config: { preset: 'posted', apicVirtualization: 'posted' },
    parts: {
      entryChecks: class extends EntryChecks {
        override controlsFit(checked: Checked): boolean {
          return super.controlsFit({ ...checked, controls: checked.controls | control.acknowledgeInterrupt });
        }
      },
    },
  }),
  fault({
    id: 'interrupt-window-needs-interrupt-exiting',
    breaks: ['controls-fit-freely-otherwise'],
    wrong: '"Interrupt-window exiting" is refused without "external-interrupt exiting".',
    parts: {
      entryChecks: class extends EntryChecks {
        override controlsFit(checked: Checked): boolean {
          const { controls } = checked;
          const alone = (controls & control.interruptWindow) !== 0 && !(controls & control.externalInterruptExiting);
          return super.controlsFit(checked) && !alone;
        }
      },
    },
  }),
  fault({
    id: 'vmfail-is-an-exit',
    breaks: ['vmfail-changes-nothing', 'controls-that-do-not-fit', 'mov-ss-in-l1-fails-the-entry'],
    wrong: 'After a VMfailValid L1 goes on with the host state of its VMCS, as after an exit.',
    seen: [
      kvm('B01', 'kvm: nVMX: Handle deferred early VMLAUNCH/VMRESUME failure properly (4f350c6dbcb9)', 2017),
      kvm('B02', 'KVM: nVMX: restore host state in nested_vmx_vmexit for VMFail (bd18bffca353)', 2018, 'hearsay'),
    ],
    parts: {
      nestedEntry: class extends NestedEntry {
        override enter(state: State): State {
          const next = super.enter(state);
          if (next.out.entry.outcome !== 2) return next;
          const { guest } = next.vmcs01;
          return withCurrent(next, {
            guest: { ...guest, core: this.parts.exitToL1.hostState(guest.core.nmiBlocking) },
          });
        }
      },
    },
  }),
  fault({
    id: 'vmfail-clears-the-valid-bit',
    breaks: ['vmfail-changes-nothing', 'exit-clears-the-valid-bit'],
    wrong: 'A VMfailValid clears the valid bit of the VM-entry interruption-information field.',
    parts: {
      nestedEntry: class extends NestedEntry {
        override enter(state: State): State {
          const next = super.enter(state);
          if (next.out.entry.outcome !== 2) return next;
          return with12(next, { entry: this.parts.quiet.exitToL1.entryAfterExit(next.vmcs12.entry) });
        }
      },
    },
  }),
  fault({
    id: 'failed-entry-clears-the-valid-bit',
    breaks: ['failed-entry-keeps-the-vmcs', 'exit-clears-the-valid-bit'],
    wrong: 'An entry that fails late clears the valid bit like an exit: the event of L1 is gone (M-08).',
    parts: {
      nestedEntry: class extends NestedEntry {
        override enter(state: State): State {
          const next = super.enter(state);
          if (next.out.entry.outcome !== 3) return next;
          return with12(next, { entry: this.parts.quiet.exitToL1.entryAfterExit(next.vmcs12.entry) });
        }
      },
    },
  }),
  fault({
    id: 'failed-entry-has-an-old-qualification',
    breaks: ['invalid-guest-state-fails-late'],
    wrong: 'A failed entry reports a qualification that is not 0.',
    seen: [
      unitTests(
        'B37',
        'nVMX: Check EXIT_QUALIFICATION on VM-Enter failures due to bad guest state (149c2513)',
        2020,
        'heading',
      ),
    ],
    parts: {
      entryChecks: class extends EntryChecks {
        override failure(checked: Checked, machine: Machine): Exit | undefined {
          const failure = super.failure(checked, machine);
          return failure === undefined ? undefined : { ...failure, qualification: 0x181 };
        }
      },
    },
  }),
  fault({
    id: 'failed-entry-has-a-plain-reason',
    breaks: ['invalid-guest-state-fails-late'],
    wrong: 'A failed entry reports its reason without bit 31.',
    parts: {
      entryChecks: class extends EntryChecks {
        override failure(checked: Checked, machine: Machine): Exit | undefined {
          const failure = super.failure(checked, machine);
          return failure === undefined ? undefined : { ...failure, reason: exitReasons.invalidGuestState };
        }
      },
    },
  }),
  fault({
    id: 'sti-blocking-needs-no-if',
    breaks: ['blocking-must-fit-the-guest', 'invalid-guest-state-fails-late'],
    wrong: 'Blocking by STI with IF 0 is accepted.',
    profile: 'bare',
    parts: {
      entryChecks: class extends EntryChecks {
        override blockingFits(core: Core): boolean {
          return super.blockingFits({ ...core, interruptFlag: true });
        }
      },
    },
  }),
  fault({
    id: 'both-blockings-are-accepted',
    breaks: ['blocking-must-fit-the-guest', 'invalid-guest-state-fails-late'],
    wrong: 'Blocking by STI and by MOV SS together is accepted.',
    profile: 'bare',
    parts: {
      entryChecks: class extends EntryChecks {
        override blockingFits(core: Core): boolean {
          const both = core.blocking === (blockingBySti | blockingByMovSs);
          return super.blockingFits(both ? { ...core, blocking: blockingBySti } : core);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-is-injected-with-if-0',
    breaks: ['injection-must-fit-the-guest', 'invalid-guest-state-fails-late'],
    wrong: 'An external interrupt is injected into an L2 with IF 0.',
    profile: 'bare',
    parts: {
      entryChecks: class extends EntryChecks {
        override injectionFits(checked: Checked): boolean {
          return super.injectionFits({ ...checked, core: { ...checked.core, interruptFlag: true } });
        }
      },
    },
  }),
  fault({
    id: 'nmi-is-injected-under-virtual-nmi-blocking',
    breaks: ['injection-must-fit-the-guest', 'invalid-guest-state-fails-late'],
    wrong: 'An NMI is injected with virtual-NMI blocking.',
    profile: 'bare',
    config: { preset: 'acknowledge' },
    parts: {
      entryChecks: class extends EntryChecks {
        override injectionFits(checked: Checked): boolean {
          return super.injectionFits({ ...checked, core: { ...checked.core, nmiBlocking: false } });
        }
      },
    },
  }),
  fault({
    id: 'anything-is-injected-into-hlt',
    breaks: ['injection-must-fit-the-activity', 'invalid-guest-state-fails-late'],
    wrong: 'Any event is injected into an L2 in HLT.',
    profile: 'bare',
    parts: {
      entryChecks: class extends EntryChecks {
        override injectionFitsActivity(core: Core, information: number): boolean {
          return super.injectionFitsActivity(core, information) || core.activity === activityStates.hlt;
        }
      },
    },
  }),
  fault({
    id: 'sti-shadow-fails-no-nmi-injection',
    breaks: ['sti-may-fail-an-nmi-injection'],
    wrong: 'An NMI is injected with blocking by STI, in a processor that said this fails.',
    config: { stiFailsNmiInjection: true },
    parts: {
      entryChecks: class extends EntryChecks {
        override injectsNmiInStiShadow(checked: Checked): boolean {
          super.injectsNmiInStiShadow(checked);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'entry-drops-the-shadow',
    breaks: ['entry-loads-the-guest-state', 'interrupt-after-the-first-opening', 'mov-ss-blocks-one-instruction'],
    wrong: 'Blocking by STI and MOV SS of the guest-state area is not loaded.',
    parts: {
      loading: class extends Loading {
        override guestState(core: Core): Core {
          return { ...super.guestState(core), blocking: 0 };
        }
      },
    },
  }),
  fault({
    id: 'entry-makes-l2-active',
    breaks: ['activity-is-left-by-l1', 'entry-loads-the-guest-state'],
    wrong: 'The activity state HLT is not loaded: a halted L2 runs on after the entry.',
    parts: {
      loading: class extends Loading {
        override guestState(core: Core): Core {
          const loaded = super.guestState(core);
          return core.activity === activityStates.hlt ? { ...loaded, activity: activityStates.active } : loaded;
        }
      },
    },
  }),
  fault({
    id: 'injection-waits-for-if',
    breaks: ['injection-ignores-if-and-intercepts'],
    wrong: 'An injected exception is not delivered to an L2 with IF 0.',
    parts: {
      loading: class extends Loading {
        override vectored(entry: EventFields, core: Core): EventFields | undefined {
          const event = super.vectored(entry, core);
          return core.interruptFlag ? event : undefined;
        }
      },
    },
  }),
  fault({
    id: 'injected-exception-meets-the-bitmap',
    breaks: [
      'injection-ignores-if-and-intercepts',
      'injected-event-goes-before-exits',
      'in-flight-event-is-delivered-first',
    ],
    wrong: "An injected #UD is looked up in L1's exception bitmap, and exits (M-41).",
    parts: {
      nestedEntry: class extends NestedEntry {
        override enter(state: State): State {
          const next = super.enter(state);
          const { inflight } = next.l0;
          const intercepted = (next.vmcs12.controls & control.invalidOpcodeExiting) !== 0;
          if (!next.runsL2 || inflight.information !== invalidOpcode || !intercepted) return next;
          return this.parts.reflection.exit(next, {
            ...plainExit(exitReasons.exceptionOrNmi),
            information: invalidOpcode,
          });
        }
      },
    },
  }),
  fault({
    id: 'injected-interrupt-is-put-in-service',
    breaks: ['injection-acknowledges-nothing'],
    wrong: "A vector that L1 injects into L2 is in service in L1's local APIC (M-28).",
    config: { l0Apicv: false },
    parts: {
      nestedEntry: class extends NestedEntry {
        override enter(state: State): State {
          const next = super.enter(state);
          const { information } = next.l0.inflight;
          if (!next.runsL2 || !isValid(information) || typeOf(information) !== 0) return next;
          const { apic } = next.chips;
          const isr = universe.with(apic.isr, vectorOf(information));
          return { ...next, chips: { ...next.chips, apic: { ...apic, isr } } };
        }
      },
    },
  }),
];
