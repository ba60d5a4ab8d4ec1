import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { IdtVectoringState as State } from '../state.ts';
import type { ExitReport } from './exits.ts';

/** Exits of an IRET that has unblocked NMIs and cannot read its stack, or log it. */
export class IretExits extends Part {
  interrupt(state: State, meets: 'page' | 'pml', wereBlocked: boolean): State {
    const report = this.report(state, meets, wereBlocked);
    if (report === undefined) return state;
    const exited = this.parts.exits.exit(state, report);
    return this.parts.entries.enter(this.parts.iretRepair.repair(exited, report.reason, wereBlocked));
  }

  /** Shadow page tables have no log. */
  private report({ machine }: State, meets: 'page' | 'pml', wereBlocked: boolean): ExitReport | undefined {
    if (!machine.isShadow) {
      const reason = meets === 'page' ? exitReasons.eptViolation : exitReasons.pageModificationLogFull;
      return { reason, qualification: this.qualification(wereBlocked), resumeFlag: true };
    }
    if (meets === 'pml') return undefined;
    const unblockedNmis = this.unblocking(wereBlocked);
    return { ...this.parts.deliveryExits.shadowPageFault(), unblockedNmis, resumeFlag: true };
  }

  qualification(wereBlocked: boolean): number {
    return this.unblocking(wereBlocked) ? interruptionInformation.nmiUnblockingDueToIret : 0;
  }

  /** "bit 12 of the interruption information or of the qualification tells whether they had been blocked" */
  unblocking(wereBlocked: boolean): boolean {
    this.cite('iret-exit-reports-nmi-unblocking');
    return wereBlocked;
  }
}
