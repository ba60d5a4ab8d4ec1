import type { PostedInterruptsConfiguration } from '../../../spec/posted-interrupts/configuration.ts';
import {
  interleavedVectors,
  nestedNotificationVector,
  physicalVectors,
} from '../../../spec/posted-interrupts/universe.ts';
import { insert } from '../local-apic/index.ts';
import { lineVectors, targetOf } from './acceptance.ts';
import { blockedByMovss, blockedBySti } from './guest.ts';
import { arch, dirtySteps, interleaved, kvm, outputWords, sdm, type Machine } from './machine.ts';
import { controlOf } from './posted-interrupt-descriptor.ts';
import { place } from './scheduler.ts';
import { show } from './show.ts';
import { bitOf } from './vectors.ts';

const profileNumbers = { sdm, kvm, arch, interleaved };
const held = { none: 0, sti: blockedBySti, movss: blockedByMovss, both: blockedBySti | blockedByMovss };
const vectorsInUse = {
  all: 0xff,
  two: interleavedVectors.two.reduce((set, vector) => set | bitOf[vector], 0),
  three: interleavedVectors.three.reduce((set, vector) => set | bitOf[vector], 0),
};

/** Brings the machine into the state of "a booted guest at rest"; in profile arch, of a processor before VM entry. */
export function reset(m: Machine, config: PostedInterruptsConfiguration): void {
  configure(m, config);
  layOut(m);
  for (const cpu of m.cpus) cpu.reset();
  m.apicv = config.apicv === 'on';
  m.assigned = m.devicePosting;
  m.l2.reset();
  m.l2Descriptor.reset(controlOf(nestedNotificationVector, false), 0);
  m.piPending = false;
  m.target = 0;
  m.poster.fill(0);
  if (m.profile === arch) {
    m.cpus[0].loaded = true;
    m.cpus[0].descriptor.reset(controlOf(physicalVectors.posted, false), 0);
  } else {
    boot(m);
  }
  m.dirty = ((1 << m.vcpus) - 1) | dirtySteps;
  show(m);
}

function configure(m: Machine, config: PostedInterruptsConfiguration): void {
  m.profile = profileNumbers[config.profile];
  m.x2apic = config.mode === 'x2apic';
  m.tprShadow = config.tprShadow;
  m.hltExiting = config.hltExiting;
  m.apicvExists = config.apicv !== 'absent';
  m.devicePosting = config.devicePosting;
  m.nested = config.nested;
  m.vcpus = config.vcpus;
  m.pcpus = config.pcpus;
  m.zeroOnTie = config.pprOnTie === 'zero';
  m.holdsArrival = held[config.blocksArrival];
  m.posters = config.posters;
  m.vectors = vectorsInUse[config.vectors];
}

/** Where the sections of the observation begin. */
function layOut(m: Machine): void {
  m.apicWords = outputWords;
  m.virtualApicWords = m.apicWords + 6 * m.vcpus;
  m.coreWords = m.virtualApicWords + 5 * m.vcpus;
  m.descriptorWords = m.coreWords + 2 * m.vcpus;
  m.scheduleWords = m.descriptorWords + 3 * m.vcpus;
  m.physicalWords = m.scheduleWords + 4 * m.vcpus;
  m.ioapicWords = m.physicalWords + m.pcpus;
  m.nestedWords = m.ioapicWords + 2;
  m.stepWords = m.nestedWords + (m.nested ? 9 : 0);
  const size = m.stepWords + (m.profile === interleaved ? 3 : 0);
  if (m.words.length === size) m.words.fill(0);
  else m.words = new Uint32Array(size);
}

function boot(m: Machine): void {
  for (let v = 0; v < m.vcpus; v++) {
    const cpu = m.cpus[v];
    if (m.apicvExists) {
      cpu.descriptor.reset(controlOf(physicalVectors.posted, true), 0);
      for (let line = 0; line < lineVectors.length; line++) {
        if (targetOf(m, line) === v) insert(cpu.eoiExit, lineVectors[line]);
      }
    }
    if (v < m.pcpus) place(m, cpu, v);
  }
}
