import { PostedInterruptDescriptor } from '../../src/optimized/posted-interrupts/index.ts';
import { highestOfWord, type VectorSet } from '../../src/optimized/local-apic/index.ts';

/** Breaks `sync-clears-on-before-pir` and `notification-clears-on-before-pir`: ON is cleared after PIR is read. */
class OnClearedLate extends PostedInterruptDescriptor {
  override sync(irr: VectorSet): boolean {
    if (!this.on) return false;
    this.moveInto(irr);
    this.clearOn();
    return true;
  }

  override processNotification(irr: VectorSet): number {
    const found = this.moveInto(irr);
    this.clearOn();
    return found;
  }
}

/** Breaks `sync-exchanges-each-word`: a word is read, then cleared. */
class WordNotExchanged extends PostedInterruptDescriptor {
  override moveInto(irr: VectorSet): number {
    let found = 0;
    for (let i = 0; i < irr.length; i++) {
      const word = Atomics.load(this.words, i);
      if (word === 0) continue;
      Atomics.store(this.words, i, 0);
      irr[i] |= word;
      found = highestOfWord(word, i);
    }
    return found;
  }
}

/** Breaks `post-sets-pir-first`: ON is set before PIR, and a poster that finds ON set stops after it. */
class OnSetFirst extends PostedInterruptDescriptor {
  override post(vector: number): boolean {
    const notify = !this.testAndSetOn();
    this.testAndSetPir(vector);
    return notify;
  }
}

/** Breaks `recheck-after-sn`: PIR is not looked at when SN is cleared. */
class NoRecheckAfterSn extends PostedInterruptDescriptor {
  override load(ndst: number, nv: number): void {
    this.setControl(ndst, nv);
  }
}

/** Breaks `on-is-rechecked-after-nv`: whoever goes to sleep does not look at ON again. */
class NoRecheckAfterNv extends PostedInterruptDescriptor {
  override switchNv(nv: number): boolean {
    super.switchNv(nv);
    return false;
  }
}

/** Descriptors as threads may use them: the right one, and one for each planted race. */
export const descriptors = {
  none: PostedInterruptDescriptor,
  'on-cleared-late': OnClearedLate,
  'word-not-exchanged': WordNotExchanged,
  'on-set-first': OnSetFirst,
  'no-recheck-after-sn': NoRecheckAfterSn,
  'no-recheck-after-nv': NoRecheckAfterNv,
  /** Breaks `mode-is-read-after-on-is-set`, in the poster. */
  'mode-read-early': PostedInterruptDescriptor,
  /** Breaks `in-guest-is-published-before-sync`, in the target. */
  'in-guest-published-late': PostedInterruptDescriptor,
  /** Breaks `block-marks-before-it-looks`, in the target. */
  'blocked-marked-late': PostedInterruptDescriptor,
} as const;

/** Name of a planted race, or `none`. */
export type Race = keyof typeof descriptors;
