import { describe, expect, it } from 'vitest';
import {
  Flush,
  Fold,
  Offer,
  PhysicalDistributor,
  TimerRules,
  type PartClasses,
  type VgicState,
  type VirtualState,
} from '../../model/vgic/index.ts';
import { Player } from './player.ts';

const wrong = (parts: Partial<PartClasses>, config: object = {}): Player => new Player(config, { parts });

describe('a rule that is replaced', () => {
  it('changes what the other parts see of it', () => {
    class Banked extends PhysicalDistributor {
      override bank(_pIntId: number, p: number): number {
        return p;
      }
    }
    const player = wrong({ physical: Banked }, { vcpus: 2, pcpus: 2 });
    player.run('raise', { wire: 'p40' }).run('hostIrq').run('enter').run('iar').run('exit').run('put');
    player.run('put', { vcpu: 1 }).run('load', { pcpu: 1 }).run('enter').run('eoir');
    expect(player.physical('active', 0)).toEqual([40]);
  });

  it('breaks nothing else', () => {
    class KeepsLatch extends Offer {
      override latchAfterOffer(irq: VirtualState): boolean {
        return irq.latch;
      }
    }
    const player = wrong({ offer: KeepsLatch }).run('pulse').run('enter').run('iar').run('eoir').run('exit');
    expect(player.run('enter').listed()).toEqual(['pending 33']);
    player.run('exit').run('raise').run('lower').run('enter');
    expect(player.listed()).not.toContain('pending 32');
  });

  it('may be one of the fold', () => {
    class KeepsPhysicalActive extends Fold {
      override deactivatesAfterSample(_line: boolean, _wasPending: boolean): boolean {
        return false;
      }
    }
    const player = wrong({ fold: KeepsPhysicalActive }).run('raise', { wire: 'p40' }).run('hostIrq').run('enter');
    expect(player.run('lower', { wire: 'p40' }).run('exit').physical('active')).toEqual([40]);
  });

  it('may put one interrupt into two list registers', () => {
    class OffersEachSource extends Flush {
      override offersAgain(irq: VirtualState): boolean {
        return irq.sources !== 0;
      }
    }
    const player = wrong({ flush: OffersEachSource }, { vcpus: 2, pcpus: 2 });
    player.run('sendSgi', { filter: 0 }).run('sendSgi', { vcpu: 1, filter: 0 }).run('enter');
    expect(player.listed()).toEqual(['pending 0', 'pending 0']);
  });

  it('may leave the timer running', () => {
    class LeavesTimerOn extends TimerRules {
      override lineAfterPut(state: VgicState, v: number): boolean {
        return this.shouldFire(state.environment.timers[v]);
      }
    }
    const player = wrong({ timer: LeavesTimerOn }).run('enter').run('programTimer').run('exit').run('put');
    expect(player.signalled()).toBe(27);
  });
});
