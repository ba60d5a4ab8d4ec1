import { efer, put } from '../bits.ts';
import type { Left } from '../entry/late-failure.ts';
import { Part } from '../part.ts';
import type { L1, Vmcs12State as State } from '../state.ts';
import { controls, fieldOf } from '../update.ts';

/** Loading host state. */
export class HostStateLoading extends Part {
  /** @param left what the processor has where no host field says otherwise: of L2, or of L1 if the entry failed early */
  load(state: State, left: Left): State {
    return {
      ...state,
      l1: {
        ...state.l1,
        ...this.registers(state),
        ...this.fixed(),
        pat: this.pat(state, left),
        efer: this.efer(state, left),
      },
      l1Debugctl: { value: this.debugctl(state) },
      l1Bndcfgs: { value: this.bndcfgs(state, left) },
    };
  }

  /** "those of the host fields" */
  registers(state: State): Partial<L1> {
    this.cite('l1-registers-come-from-host-fields');
    return {
      cr0: fieldOf(state, 'hostCr0'),
      cr3: fieldOf(state, 'hostCr3'),
      cr4: fieldOf(state, 'hostCr4'),
      rsp: fieldOf(state, 'hostRsp'),
      rip: fieldOf(state, 'hostRip'),
      csSelector: fieldOf(state, 'hostCsSelector'),
      fsBase: fieldOf(state, 'hostFsBase'),
      gdtrBase: fieldOf(state, 'hostGdtrBase'),
      sysenterCs: fieldOf(state, 'hostSysenterCs'),
    };
  }

  /** "RFLAGS is 2, DR7 0x400 and the limit of GDTR 0xFFFF" */
  fixed(): Pick<L1, 'rflags' | 'dr7' | 'gdtrLimit'> {
    this.cite('l1-starts-with-fixed-values');
    return { rflags: 2, dr7: 0x400, gdtrLimit: 0xffff };
  }

  /** "IA32_DEBUGCTL 0" */
  debugctl(_state: State): number {
    return 0;
  }

  /** "L1 gets the host field; without, it keeps the PAT of L2" */
  pat(state: State, left: Left): number {
    this.cite('host-pat-by-its-control');
    return controls(state, 'loadHostPat') ? fieldOf(state, 'hostPat') : left.pat;
  }

  /** "without, it keeps the EFER of L2 but for LMA and LME, which are those of the host" */
  efer(state: State, left: Left): number {
    this.cite('host-efer-by-its-control');
    return controls(state, 'loadHostEfer') ? fieldOf(state, 'hostEfer') : put(left.efer, efer.lma | efer.lme, true);
  }

  /** "With 'clear IA32_BNDCFGS' L1 gets 0; without, it keeps the value of L2." */
  bndcfgs(state: State, left: Left): number {
    this.cite('bndcfgs-is-cleared-by-its-control');
    return controls(state, 'clearBndcfgs') ? 0 : left.bndcfgs;
  }
}
