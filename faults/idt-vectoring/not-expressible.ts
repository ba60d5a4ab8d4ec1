import type { NotExpressible } from '../fault.ts';
import { kvm, xen } from './define.ts';

/** Bugs of real hypervisors in this area that no event of the alphabet can show, and why. */
export const notExpressible: readonly NotExpressible[] = [
  {
    bug: 'E04',
    system: 'idt-vectoring',
    seen: kvm('E04', 'KVM: Fix race between nmi injection and enabling nmi window (f86368493ec0)', 2011),
    reason:
      'An NMI would have to arrive between two steps of one entry; here it arrives before or after an entry, and the window is asked for by nobody.',
    nearest: 'nmi-is-forgotten-at-the-window',
  },
  {
    bug: 'E18',
    system: 'idt-vectoring',
    seen: xen('E18', 'x86/svm: Fix handling of ICEBP intercepts (1495b4ff9b)', 2019),
    reason: 'INT1 is reported with its length: no hypervisor has to decode it, and none can fail to.',
    nearest: 'reflected-int1-returns-to-itself',
  },
  {
    bug: 'E49',
    system: 'idt-vectoring',
    seen: kvm('E49', 'KVM: x86: svm: make sure NMI is injected after nmi_singlestep (99c221796a81)', 2019, 'heading'),
    reason: 'The NMI window is an exit: no hypervisor single-steps the guest out of a shadow.',
    nearest: 'nmi-is-forgotten-at-the-window',
  },
  {
    bug: 'E50',
    system: 'idt-vectoring',
    seen: kvm('E50', 'KVM: SVM: hide TF/RF flags used by NMI singlestep (9b61174793f2)', 2017),
    reason: 'No hypervisor borrows TF or RF of the guest, so none can leave them behind.',
    nearest: 'handler-starts-with-tf',
  },
];
