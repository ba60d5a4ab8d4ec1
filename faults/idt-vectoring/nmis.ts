import { interruptibility } from '../../spec/vmx/guest-non-register-state.ts';
import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { withGuest, withInflight, type IdtVectoringState as State } from '../../model/idt-vectoring/index.ts';
import { Injection } from '../../model/idt-vectoring/processor/injection.ts';
import { Iret } from '../../model/idt-vectoring/processor/iret.ts';
import { Nmis } from '../../model/idt-vectoring/processor/nmis.ts';
import { Entries } from '../../model/idt-vectoring/vmx/entries.ts';
import { Interception } from '../../model/idt-vectoring/vmx/interception.ts';
import { IretExits } from '../../model/idt-vectoring/vmx/iret-exits.ts';
import { IretRepair } from '../../model/idt-vectoring/vmx/software/iret-repair.ts';
import { NmiWindow } from '../../model/idt-vectoring/vmx/software/nmi-window.ts';
import { Reflection } from '../../model/idt-vectoring/vmx/software/reflection.ts';
import { bhyve, bochs, fault, kvm, xen } from './define.ts';

/** NMIs: how many wait, what blocks them, and what IRET does to that. */
export const nmis = [
  fault({
    id: 'simultaneous-nmis-collapse',
    breaks: ['nmis-are-counted-to-two'],
    wrong: 'Two NMIs that arrive while none is in service become one (M-42).',
    seen: [kvm('E02', 'KVM: Fix simultaneous NMIs (7460fb4a3400)', 2011)],
    parts: {
      nmis: class extends Nmis {
        override limit(): number {
          return 1;
        }
      },
    },
  }),
  fault({
    id: 'three-nmis-wait',
    breaks: ['nmis-are-counted-to-two'],
    wrong: 'A third NMI does not merge with the two that wait (M-42).',
    parts: {
      nmis: class extends Nmis {
        override limit(state: State): number {
          return super.limit(state) + 1;
        }
      },
    },
  }),
  fault({
    id: 'nmi-in-service-swallows-the-next',
    breaks: ['nmis-are-counted-to-two'],
    wrong: 'An NMI in progress is taken for one that is pending: another one is dropped.',
    seen: [kvm('E51', 'KVM: SVM: fix BLOCKING taken for PENDING in vNMI support', 2023, 'hearsay')],
    parts: {
      nmis: class extends Nmis {
        override pend(state: State): State {
          return state.guest.nmiBlocked ? state : super.pend(state);
        }
      },
    },
  }),
  fault({
    id: 'nmi-does-not-block-nmis',
    breaks: ['nmi-blocked-from-delivery-to-iret', 'indirect-exit-finds-side-effects-done'],
    wrong: 'The processor takes an NMI in the handler of another one.',
    config: { nmi: 'direct' },
    parts: {
      nmis: class extends Nmis {
        override block(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'blocked-nmi-is-taken',
    breaks: ['nmi-blocked-from-delivery-to-iret'],
    wrong: 'Blocking by NMI is not looked at when an NMI is pending.',
    parts: {
      nmis: class extends Nmis {
        override areBlocked(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'mov-ss-lets-nmis-through',
    breaks: ['movss-casts-a-shadow', 'entry-refuses-nmi-where-it-is-blocked'],
    wrong: 'An NMI is taken in the MOV SS shadow.',
    parts: {
      nmis: class extends Nmis {
        override isMovSsShadowBlocking(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'nmi-is-forgotten-at-the-window',
    breaks: ['virtual-nmi-by-window', 'every-event-has-one-fate'],
    wrong: 'The exit for the NMI window is handled, and nothing is injected.',
    config: { nmi: 'virtual' },
    parts: {
      nmiWindow: class extends NmiWindow {
        override take(state: State): State {
          const exited = this.parts.exits.exit(state, { reason: exitReasons.nmiWindow });
          return this.parts.entries.enter(withInflight(exited, undefined));
        }
      },
    },
  }),
  fault({
    id: 'nmi-injected-again-while-blocked',
    breaks: ['nmi-injected-again-needs-bit-3-clear', 'obstacles-do-not-show-in-the-frame'],
    wrong: 'Blocking by NMI is left set when an NMI is injected again: the entry fails (M-32).',
    seen: [
      bhyve('E06', 'clear NMI Blocking if a VM-exit happens during an NMI injection (160471d264f7)'),
      xen('E07', 'x86/hvm: Fix the unknown nested vmexit reason 80000021 bug (f7708796db)', 2015),
    ],
    config: { nmi: 'virtual' },
    parts: {
      entries: class extends Entries {
        override withNmisOpen(bits: number): number {
          return bits;
        }
      },
    },
  }),
  fault({
    id: 'injected-nmi-leaves-nmis-open',
    breaks: ['injection-of-nmi-blocks-nmis', 'nmi-injected-again-needs-bit-3-clear'],
    wrong: 'NMIs are not blocked by an NMI that VM entry injects (M-32).',
    parts: {
      injection: class extends Injection {
        override blockNmis(state: State): State {
          return withGuest(state, { nmiBlocked: false });
        }
      },
    },
  }),
  fault({
    id: 'every-entry-opens-nmis',
    breaks: [
      'iret-repaired-restores-nmi-blocking',
      'asynchronous-exit-keeps-shadows',
      'nmi-blocked-from-delivery-to-iret',
      'migration-keeps-every-nmi',
      'nmi-injected-again-needs-bit-3-clear',
    ],
    wrong: 'The hypervisor clears blocking by NMI before every entry, not only where it injects an NMI.',
    config: { nmi: 'virtual' },
    parts: {
      entries: class extends Entries {
        override interruptibility(...[state, event]: Parameters<Entries['interruptibility']>): number {
          return super.interruptibility(state, event) & ~interruptibility.blockingByNmi;
        }
      },
    },
  }),
  fault({
    id: 'iret-leaves-nmis-blocked',
    breaks: ['iret-unblocks-nmis-even-if-it-faults', 'nmi-blocked-from-delivery-to-iret'],
    wrong: 'IRET does not end blocking by NMI.',
    parts: {
      nmis: class extends Nmis {
        override unblock(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'faulting-iret-leaves-nmis-blocked',
    breaks: ['iret-unblocks-nmis-even-if-it-faults', 'iret-exit-reports-nmi-unblocking'],
    wrong: 'An IRET that faults has not unblocked NMIs.',
    parts: {
      iret: class extends Iret {
        override nmisAtFault(state: State, wereBlocked: boolean): State {
          return withGuest(state, { nmiBlocked: wereBlocked });
        }
      },
    },
  }),
  fault({
    id: 'fault-of-iret-lacks-bit-12',
    breaks: ['iret-exit-reports-nmi-unblocking'],
    wrong: 'The interruption information of a fault of IRET never has bit 12.',
    seen: [bochs('E31', 'correctly signal bit 12 (nmi unblocking by iret) in vmx interruption info (53d14c01b)', 2013)],
    config: { intercepts: 'all' },
    parts: {
      interception: class extends Interception {
        override reportsUnblocking(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'ept-violation-of-iret-lacks-bit-12',
    breaks: ['iret-exit-reports-nmi-unblocking'],
    wrong: 'The qualification of an EPT violation or a full log in IRET never has bit 12.',
    parts: {
      iretExits: class extends IretExits {
        override unblocking(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'repaired-iret-leaves-nmis-open',
    breaks: ['iret-repaired-restores-nmi-blocking'],
    wrong: 'Bit 12 is not looked at: NMIs are open when the IRET is executed again (M-33).',
    parts: {
      iretRepair: class extends IretRepair {
        override nmiBlockedAfter(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'bit-12-counts-for-exceptions-only',
    breaks: ['iret-repaired-restores-nmi-blocking'],
    wrong: 'Bit 12 is honoured for exceptions, not for EPT violations and full PML logs.',
    seen: [xen('E08', 'x86/vmx: introduce helper to set VMX_INTR_SHADOW_NMI (d329b37d12)', 2022)],
    config: { paging: 'ept' },
    parts: {
      iretRepair: class extends IretRepair {
        override nmiBlockedAfter(reason: number, wereBlocked: boolean): boolean {
          return reason === exitReasons.exceptionOrNmi && super.nmiBlockedAfter(reason, wereBlocked);
        }
      },
    },
  }),
  fault({
    id: 'reflected-iret-fault-blocks-nmis',
    breaks: ['iret-reflected-leaves-nmis-unblocked'],
    wrong: 'NMIs are blocked again though the fault of the IRET is given to the guest (M-33).',
    config: { intercepts: 'all' },
    parts: {
      reflection: class extends Reflection {
        override nmisAfterIret(state: State): State {
          return withGuest(state, { nmiBlocked: true });
        }
      },
    },
  }),
];
