import { booted, virtualInterrupts } from '../../../spec/vgic/universe.ts';
import { vmOf, type VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import {
  interruptCount,
  keyOf,
  physicalSharedBank,
  privateCount,
  privateSet,
  sharedBank,
  spi34Place,
  spi35Place,
  spiSet,
  timerPlace,
} from './interrupts.ts';
import { arch, dirtyInterface, dirtyPhysical, dirtyVcpu, kvm, maxVcpus, seed2015, type Machine } from './machine.ts';
import {
  hcrEn,
  vmcrAbprShift,
  vmcrAckCtl,
  vmcrBprShift,
  vmcrEoiMode,
  vmcrGroup0,
  vmcrGroup1,
  vmcrPmrShift,
} from './registers.ts';
import { load } from './scheduling.ts';
import { show } from './show.ts';

const levelSet = virtualInterrupts.reduce(
  (set, { trigger }, place) => (trigger === 'level' ? set | (1 << place) : set),
  0,
);

/** Brings the machine into the state of a booted guest (of the bare hardware, in profile arch). */
export function reset(m: Machine, config: VgicConfiguration): void {
  m.empty();
  configure(m, config);
  layOut(m);
  const vmcr = bootedVmcr(config);
  if (m.profile === arch) {
    m.loadedOn[0] = 0;
    m.runs[0] = 1;
    m.tenant[0] = 0;
    m.vmcr[0] = vmcr;
    m.hcr[0] = hcrEn;
    m.usedLrs[0] = m.nrLr;
  } else {
    boot(m);
    for (let v = 0; v < m.vcpus; v++) m.savedVmcr[v] = vmcr;
    for (let p = 0; p < m.pcpus; p++) load(m, p, p);
  }
  m.dirty = m.dirtyAll;
  show(m);
}

function configure(m: Machine, config: VgicConfiguration): void {
  m.profile = config.profile === 'kvm' ? kvm : config.profile === 'arch' ? arch : seed2015;
  m.gicv3 = config.encoding === 'gicv3';
  m.nrLr = config.nrLr;
  m.vcpus = config.vcpus;
  m.vms = config.vms;
  m.pcpus = config.pcpus;
  m.bothGroups = config.groups === 'both';
  m.hwDeactivation = config.hwDeactivation;
  m.disabledGroupHides = config.disabledGroup === 'hides';
  m.distEnableRequeues = config.distEnableRequeues;
  for (let v = 0; v < m.vcpus; v++) {
    const vm = vmOf(config, v);
    m.vm[v] = vm;
    if (m.size[vm] === 0) m.firstVcpu[vm] = v;
    m.number[v] = m.size[vm]++;
  }
}

/** Where the sections of the observation begin, and which of them show a set of interrupts. */
function layOut(m: Machine): void {
  m.lrWords = 2;
  m.interfaceWords = m.lrWords + 2 * m.pcpus * m.nrLr;
  m.physicalWords = m.interfaceWords + 7 * m.pcpus;
  m.distributorWords = m.physicalWords + 4 * m.pcpus;
  m.softwareWords = m.distributorWords + 3 * m.vcpus;
  const size = m.softwareWords + 4 * m.vcpus;
  if (m.words.length === size) m.words.fill(0);
  else m.words = new Uint32Array(size);

  m.dirtyAll = 0;
  for (let v = 0; v < m.vcpus; v++) {
    m.dirtyBank[v] = dirtyVcpu << v;
    m.dirtyBank[sharedBank + m.vm[v]] |= dirtyVcpu << v;
    m.dirtyAll |= dirtyVcpu << v;
  }
  for (let p = 0; p < m.pcpus; p++) {
    m.dirtyPhysicalBank[p] = dirtyPhysical << p;
    m.dirtyPhysicalBank[physicalSharedBank] |= dirtyPhysical << p;
    m.dirtyAll |= (dirtyInterface | dirtyPhysical) << p;
  }
}

function boot(m: Machine): void {
  m.priority.fill(booted.priority);
  m.distributorOn.fill(1);
  for (let v = 0; v < maxVcpus; v++) {
    m.enabled[v] = privateSet;
    m.level[v] = levelSet & privateSet;
    m.mapped[v] = 1 << timerPlace;
    m.targeted[v] = privateSet;
    for (let place = 0; place < privateCount; place++) m.target[keyOf(v, place)] = v;
  }
  for (let vm = 0; vm < m.vms; vm++) {
    const bank = sharedBank + vm;
    m.enabled[bank] = spiSet;
    m.level[bank] = levelSet & spiSet;
    m.targeted[m.firstVcpu[vm]] |= spiSet;
    for (let place = privateCount; place < interruptCount; place++) m.target[keyOf(bank, place)] = m.firstVcpu[vm];
  }
  m.mapped[sharedBank] = (1 << spi34Place) | (1 << spi35Place);
}

function bootedVmcr({ groups, eoiMode }: VgicConfiguration): number {
  return (
    vmcrGroup0 |
    (groups === 'both' ? vmcrGroup1 | vmcrAckCtl : 0) |
    (eoiMode === 1 ? vmcrEoiMode : 0) |
    (booted.abpr << vmcrAbprShift) |
    (booted.bpr << vmcrBprShift) |
    ((booted.priorityMask >> 3) << vmcrPmrShift)
  );
}
