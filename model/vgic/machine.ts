import { alphabet } from '../../spec/vgic/alphabet.ts';
import { vmOf, type VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { profiles } from '../../spec/vgic/profiles.ts';
import { virtualInterrupts } from '../../spec/vgic/universe.ts';
import { emptyListRegister, type ListRegister } from './hardware/list-register.ts';

const privateCount = virtualInterrupts.filter(({ type }) => type !== 'spi').length;
const sharedCount = virtualInterrupts.length - privateCount;
const bitOf: readonly number[] = virtualInterrupts.reduce<number[]>((bits, { intid }, bit) => {
  bits[intid] = bit;
  return bits;
}, []);

/** Event kinds that each profile plays. */
const plays: Readonly<Record<string, Readonly<Record<string, boolean>>>> = Object.fromEntries(
  Object.entries(profiles).map(([profile, { actors }]) => [
    profile,
    Object.fromEntries(
      Object.entries(alphabet).map(([kind, { by }]) => [kind, (actors as readonly string[]).includes(by)]),
    ),
  ]),
);

const known = new WeakMap<VgicConfiguration, Machine>();

/** What follows from the configuration alone, and never changes. */
export class Machine {
  /** The one machine of a configuration object, which must not change. */
  static of(config: VgicConfiguration): Machine {
    let machine = known.get(config);
    if (machine === undefined) known.set(config, (machine = new Machine(config)));
    return machine;
  }

  readonly config: VgicConfiguration;
  readonly isArch: boolean;
  readonly isSeed2015: boolean;
  /** VM of each virtual CPU. */
  readonly vm: readonly number[];
  /** Place of each virtual CPU in its VM. */
  readonly place: readonly number[];
  /** Virtual CPUs of each VM, ascending. */
  readonly members: readonly (readonly number[])[];
  /** Event kinds that the profile plays. */
  readonly plays: Readonly<Record<string, boolean>>;
  /** Per virtual CPU, the places of the interrupts that it can name, in INTID order. */
  readonly visible: readonly (readonly number[])[];
  /** Per VM, the places of its interrupts: those of each virtual CPU, ascending, then the SPIs, all in INTID order. */
  readonly ofVm: readonly (readonly number[])[];
  /** List registers that are all zero. */
  readonly noListRegisters: readonly ListRegister[];

  constructor(config: VgicConfiguration) {
    this.config = config;
    this.isArch = config.profile === 'arch';
    this.isSeed2015 = config.profile === 'seed-2015';
    this.vm = Array.from({ length: config.vcpus }, (_, v) => vmOf(config, v));
    this.members = Array.from({ length: config.vms }, (_, m) => this.vm.flatMap((vm, v) => (vm === m ? [v] : [])));
    this.place = this.vm.map((vm, v) => this.members[vm].indexOf(v));
    this.plays = plays[config.profile];
    this.visible = this.vm.map((_, v) => virtualInterrupts.map(({ intid }) => this.irq(v, intid)));
    this.ofVm = this.members.map((vcpus) => [
      ...vcpus.flatMap((v) => this.visible[v].slice(0, privateCount)),
      ...this.visible[vcpus[0]].slice(privateCount),
    ]);
    this.noListRegisters = Array.from({ length: config.nrLr }, () => emptyListRegister);
  }

  /** Place in `Software.irqs` of an interrupt as virtual CPU `v` names it: first all private ones, then the SPIs. */
  irq(v: number, intid: number): number {
    const bit = bitOf[intid];
    return bit < privateCount ? v * privateCount + bit : this.spi(this.vm[v], intid);
  }

  /** Place in `Software.irqs` of an SPI of a VM. */
  spi(vm: number, intid: number): number {
    return this.config.vcpus * privateCount + vm * sharedCount + bitOf[intid] - privateCount;
  }
}
