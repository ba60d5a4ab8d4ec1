import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { bitOf, invalid, physicalBitOf } from '../../trace/machine.ts';

const pIntIds: Readonly<Record<number, number>> = { 27: 27, 34: 40, 35: 41 };
const all = bitOf(27) | bitOf(34) | bitOf(35);

/**
 * INV-04, for what a physical interrupt caused. The rules of Linux let software make a mapped interrupt pending whose
 * physical interrupt is not active, or is deactivated before the guest completes the virtual one: by GICD_ISPENDR,
 * GICD_ICPENDR and GICD_ICACTIVER, by the sample that GICD_ISENABLER takes, and by userspace, which never reaches the
 * physical side. So does load, which tells the level of a timer
 * whose interrupt is in service. From such an access on, an
 * interrupt is not judged until it is at rest on both sides.
 */
class ActiveUnderListRegister extends Watch {
  /** Per virtual CPU, mapped interrupts that software has touched. */
  private readonly touched = new Uint32Array(this.machine.config.vcpus);

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, touched } = this;
    const { config, schedule } = machine;
    this.touch(event);
    for (let v = 0; v < config.vcpus; v++) if (touched[v] !== 0) this.forgive(v);
    for (let p = 0; p < config.pcpus; p++) {
      const v = schedule.runner(p);
      if (v < 0) continue;
      for (let n = 0; n < config.nrLr; n++) {
        if (!machine.hw(p, n) || machine.state(p, n) === invalid) continue;
        const intid = machine.intid(p, n);
        if ((touched[v] & bitOf(intid)) !== 0) continue;
        this.moments++;
        if ((machine.physical(p, 'active') & physicalBitOf(machine.pIntId(p, n))) !== 0) continue;
        return {
          clause:
            config.profile === 'kvm'
              ? 'physical-interrupt-is-active-under-a-hw-list-register'
              : 'seed-entry-activates-what-is-listed-with-hw',
          summary: `interrupt ${intid} is in a list register with HW=1, and physical ${machine.pIntId(p, n)} is not active`,
        };
      }
    }
    return undefined;
  }

  private touch(event: VgicEvent): void {
    const { machine, touched } = this;
    if (machine.config.profile !== 'kvm' && event.kind !== 'enable') return;
    switch (event.kind) {
      case 'enable':
      case 'setPending':
      case 'clearPending':
      case 'clearActive':
      case 'userSetPending':
      case 'userLineLevel': {
        const bit = bitOf(event.intid) & all;
        for (let w = 0; w < touched.length; w++) {
          if (w === event.vcpu || (event.intid >= 32 && machine.vm(w) === machine.vm(event.vcpu))) touched[w] |= bit;
        }
        return;
      }
      case 'load':
        if ((machine.distributor(event.vcpu, 'active') & bitOf(27)) !== 0) touched[event.vcpu] |= bitOf(27);
        return;
      case 'resetVcpu':
        touched[event.vcpu] |= bitOf(27);
        return;
      default:
    }
  }

  /** Forgets what is at rest: neither pending, nor active, nor offered to anybody, and physically idle. */
  private forgive(v: number): void {
    const { machine, touched } = this;
    const { config, schedule } = machine;
    const p = schedule.pcpu[v];
    for (const intid of [27, 34, 35]) {
      const bit = bitOf(intid);
      if ((touched[v] & bit) === 0 || (intid === 27 && p < 0)) continue;
      if (((machine.distributor(v, 'pending') | machine.distributor(v, 'active')) & bit) !== 0) continue;
      if ((machine.physical(Math.max(p, 0), 'active') & physicalBitOf(pIntIds[intid])) !== 0) continue;
      let held = false;
      for (let q = 0; q < config.pcpus; q++) {
        const runner = schedule.runner(q);
        if (runner < 0 || (intid === 27 ? runner !== v : machine.vm(runner) !== machine.vm(v))) continue;
        held ||= machine.holding(q, intid) >= 0;
      }
      if (!held) touched[v] &= ~bit;
    }
  }
}

export const physicalInterruptActiveUnderItsListRegister = law({
  id: 'physical-interrupt-active-under-its-list-register',
  claim: 'While a list register with HW=1 holds what a physical interrupt caused, that interrupt is active.',
  judges: ['physical-interrupt-is-active-under-a-hw-list-register', 'seed-entry-activates-what-is-listed-with-hw'],
  needs: ['listRegister', 'physical', 'distributor'],
  profiles: ['kvm', 'seed-2015'],
  scenario: {
    name: 'a mapped interrupt stays in service over an exit and an entry',
    events: [
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  watch: ActiveUnderListRegister,
});
