import { event, type EventOf } from '../alphabet.ts';
import { domain } from '../domain.ts';

const vcpu = domain('vcpu', 'virtual CPU', [0, 1, 2]);
const pcpu = domain('pcpu', 'physical CPU', [0, 1]);
const by = domain('vcpu', 'the virtual CPU whose access it is', [0, 1, 2]);
const intid = domain(
  'intid',
  'virtual INTID; SGIs and PPIs are those of the accessing virtual CPU',
  [0, 1, 15, 27, 30, 32, 33, 34, 35],
);
const ppiOrSpi = domain('intid', 'virtual INTID without SGIs', [27, 30, 32, 33, 34, 35]);
const spi = domain('intid', 'virtual SPI', [32, 33, 34, 35]);
const sgi = domain('sgi', 'virtual SGI', [0, 1, 15]);
const source = domain('source', 'requesting CPU of an SGI', [0, 1, 2]);
const priority = domain(
  'priority',
  'interrupt priority, 0 is the highest',
  [0xa0, 0x00, 0x08, 0x40, 0x80, 0xf8],
  'hex',
);
const cpus = domain(
  'cpus',
  'set of virtual CPUs of the VM, bit n for its n-th one',
  [0x1, 0x2, 0x3, 0x4, 0x7, 0x0],
  'hex',
);
const group = domain('group', 'interrupt group', [0, 1]);
const on = domain('on', 'on or off', [true, false]);
const pintid = domain('pIntId', 'physical INTID', [27, 40, 41]);
const levelWire = domain(
  'wire',
  'a level-sensitive input: of a virtual CPU, of a VM (software devices), or the physical SPI 40',
  ['spi32.vm0', 'ppi30.cpu0', 'p40', 'spi32.vm1', 'ppi30.cpu1', 'ppi30.cpu2'],
);
const edgeWire = domain('wire', 'an edge-triggered input: of a VM (software device), or the physical SPI 41', [
  'spi33.vm0',
  'p41',
  'spi33.vm1',
]);
const index = domain('lr', 'list register', [0, 1, 2, 3]);
const lrState = domain('state', 'state field', ['invalid', 'pending', 'active', 'pending+active']);
const hwLrState = domain('state', 'state field of a list register with HW=1', ['invalid', 'pending', 'active']);
const eoi = domain('eoi', 'EOI maintenance interrupt requested', [false, true]);

/** Devices drive their lines, and time passes. */
const device = {
  raise: event('device', 8, { wire: levelWire }, 'A level-sensitive line goes high.'),
  lower: event('device', 6, { wire: levelWire }, 'A level-sensitive line goes low.'),
  pulse: event('device', 6, { wire: edgeWire }, 'A rising edge.'),
} as const;

/** Time passes for the timers of all virtual CPUs; only there where a hypervisor runs. */
const time = {
  tick: event(
    'time',
    3,
    {},
    'Time passes: every timer set to expire later has now expired, whether its virtual CPU is loaded or not.',
  ),
} as const;

/** The guest's accesses to its virtual CPU interface (GICV_*), which do not trap. Only while it runs. */
const guest = {
  iar: event('guest', 12, { vcpu }, 'Reads GICV_IAR.'),
  aiar: event('guest', 2, { vcpu }, 'Reads GICV_AIAR.'),
  eoir: event(
    'guest',
    10,
    { vcpu },
    'Completes the interrupt acknowledged last: writes GICV_EOIR, or GICV_AEOIR if it was acknowledged through GICV_AIAR.',
  ),
  dir: event(
    'guest',
    6,
    { vcpu, intid },
    'Writes GICV_DIR for an interrupt whose priority is dropped already (EOImode 1).',
  ),
  eoirSpurious: event(
    'guest',
    1,
    { vcpu, id: domain('id', 'special INTID', [1023, 1022, 1021, 1020]) },
    'Writes a special INTID to GICV_EOIR.',
  ),
  hppir: event('guest', 2, { vcpu }, 'Reads GICV_HPPIR.'),
  rpr: event('guest', 2, { vcpu }, 'Reads GICV_RPR.'),
  pmr: event(
    'guest',
    3,
    { vcpu, mask: domain('mask', 'priority mask', [0xf8, 0xa8, 0xa0, 0x80, 0x40, 0x08, 0x00], 'hex') },
    'Writes GICV_PMR.',
  ),
  ctlr: event(
    'guest',
    2,
    {
      vcpu,
      value: domain(
        'value',
        'EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR from bit 0',
        [0x01, 0x03, 0x07, 0x00, 0x02, 0x09, 0x0b, 0x0f, 0x17],
        'hex',
      ),
    },
    'Writes the enables of GICV_CTLR; EOImode stays as it is. CBPR changes only while nothing is active.',
  ),
  eoiMode: event(
    'guest',
    1,
    { vcpu, mode: domain('mode', 'EOImode', [0, 1]) },
    'Writes GICV_CTLR.EOImode, while nothing is active.',
  ),
  bpr: event(
    'guest',
    1,
    { vcpu, value: domain('value', 'binary point', [2, 0, 3, 4, 5, 6]) },
    'Writes GICV_BPR, while nothing is active; GICV_ABPR gets one more, so that both groups split alike.',
  ),
} as const;

/** The guest programs its timer. */
const timer = {
  programTimer: event(
    'timer',
    3,
    {
      vcpu,
      deadline: domain('deadline', 'when the timer expires', ['now', 'never', 'later']),
      masked: domain('masked', 'CNTV_CTL.IMASK', [false, true]),
    },
    'The guest programs its virtual timer; `never` disables it. Does not trap.',
  ),
} as const;

/** The guest's accesses to its distributor (GICD_*), which trap: a running virtual CPU exits first. */
const distributor = {
  enable: event('distributor', 3, { vcpu: by, intid }, 'Writes GICD_ISENABLER.'),
  disable: event('distributor', 3, { vcpu: by, intid }, 'Writes GICD_ICENABLER.'),
  setPending: event('distributor', 2, { vcpu: by, intid }, 'Writes GICD_ISPENDR.'),
  clearPending: event('distributor', 2, { vcpu: by, intid }, 'Writes GICD_ICPENDR.'),
  setActive: event('distributor', 1, { vcpu: by, intid }, 'Writes GICD_ISACTIVER.'),
  clearActive: event('distributor', 2, { vcpu: by, intid }, 'Writes GICD_ICACTIVER.'),
  readPending: event('distributor', 1, { vcpu: by, intid }, 'Reads the bit of GICD_ISPENDR.'),
  readActive: event('distributor', 1, { vcpu: by, intid }, 'Reads the bit of GICD_ISACTIVER.'),
  setPriority: event('distributor', 4, { vcpu: by, intid, priority }, 'Writes GICD_IPRIORITYR.'),
  setTargets: event('distributor', 2, { vcpu: by, intid: spi, cpus }, 'Writes GICD_ITARGETSR.'),
  setTrigger: event(
    'distributor',
    1,
    { vcpu: by, intid: spi, trigger: domain('trigger', 'GICD_ICFGR', ['level', 'edge']) },
    'Writes GICD_ICFGR of a software SPI that is neither pending nor active.',
  ),
  setGroup: event(
    'distributor',
    2,
    { vcpu: by, intid, group },
    'Writes GICD_IGROUPR (configurations with both groups).',
  ),
  switchDistributor: event('distributor', 1, { vcpu: by, on }, 'Writes GICD_CTLR.'),
  sendSgi: event(
    'distributor',
    4,
    { vcpu: by, sgi, filter: domain('filter', 'GICD_SGIR.TargetListFilter', [2, 0, 1, 3]), cpus },
    'Writes GICD_SGIR; `cpus` is the target list, for filter 0.',
  ),
  setSgiPending: event('distributor', 1, { vcpu: by, sgi, source }, 'Writes GICD_SPENDSGIR for one source.'),
  clearSgiPending: event('distributor', 1, { vcpu: by, sgi, source }, 'Writes GICD_CPENDSGIR for one source.'),
} as const;

/** The hypervisor and its scheduler. */
const hypervisor = {
  enter: event('hypervisor', 10, { vcpu }, 'Enters the guest: flush, then the guest runs.'),
  exit: event('hypervisor', 10, { vcpu }, 'Leaves the guest for whatever reason: save, fold, prune.'),
  abortEntry: event(
    'hypervisor',
    1,
    { vcpu },
    'Flush, then the entry is called off before the guest runs: fold, prune.',
  ),
  load: event('hypervisor', 4, { vcpu, pcpu }, 'The scheduler puts a virtual CPU on an idle physical CPU.'),
  put: event('hypervisor', 4, { vcpu }, 'The scheduler takes a virtual CPU off its physical CPU.'),
  hostIrq: event(
    'hypervisor',
    8,
    { pcpu },
    'A physical CPU takes the physical interrupt that is signalled to it (a running guest exits first), and its handler runs.',
  ),
  wakes: event('hypervisor', 1, { vcpu }, 'Asks whether the virtual CPU has an interrupt that ends WFI.'),
  mapPhysical: event(
    'hypervisor',
    1,
    { intid: domain('intid', 'virtual SPI of VM 0', [34, 35]) },
    'Maps the virtual SPI to its physical interrupt (34 to 40, 35 to 41).',
  ),
  unmapPhysical: event(
    'hypervisor',
    1,
    { intid: domain('intid', 'virtual SPI of VM 0', [34, 35]) },
    'Drops the mapping; only while the interrupt is at rest on both sides.',
  ),
  resetVcpu: event(
    'hypervisor',
    1,
    { vcpu },
    'Resets a virtual CPU that is not running: its timer and its mapped interrupts.',
  ),
} as const;

/** Userspace saves and restores a stopped VM. */
const userspace = {
  saveRestore: event(
    'userspace',
    1,
    { vm: domain('vm', 'virtual machine', [0, 1]) },
    'Saves all vGIC state of a stopped VM, and restores it into the same VM after a reset.',
  ),
  userSetPending: event(
    'userspace',
    1,
    { vcpu, intid, value: on },
    'Writes the pending state the GICv3 way: the latch alone, both polarities.',
  ),
  userLineLevel: event('userspace', 1, { vcpu, intid: ppiOrSpi, value: on }, 'Writes the line level (LEVEL_INFO).'),
  userSetActive: event('userspace', 1, { vcpu, intid, value: on }, 'Writes the active state.'),
  userReadPending: event('userspace', 1, { vcpu, intid }, 'Reads the pending latch.'),
} as const;

/** Direct accesses to the hardware, where no hypervisor stands between: list registers, physical distributor and CPU interface. */
const hardware = {
  writeLr: event(
    'hardware',
    10,
    { lr: index, state: lrState, intid: ppiOrSpi, priority, eoi, group },
    'Writes a list register with HW=0 for a PPI or SPI.',
  ),
  writeSgiLr: event(
    'hardware',
    5,
    { lr: index, state: lrState, intid: sgi, source, priority, eoi },
    'Writes a list register with HW=0 for an SGI of group 0.',
  ),
  writeHwLr: event(
    'hardware',
    8,
    { lr: index, state: hwLrState, intid: ppiOrSpi, pIntId: pintid, priority, group },
    'Writes a list register with HW=1.',
  ),
  writeHcr: event(
    'hardware',
    3,
    {
      value: domain(
        'value',
        'En, UIE, LRENPIE, NPIE, VGrp0EIE, VGrp0DIE, VGrp1EIE, VGrp1DIE from bit 0',
        [0x01, 0x00, 0x02, 0x03, 0x05, 0x09, 0x0f, 0x11, 0x21, 0x41, 0x81, 0xff],
        'hex',
      ),
    },
    'Writes GICH_HCR; EOICount becomes 0.',
  ),
  raiseTimer: event('hardware', 3, { high: on }, 'Drives the line of physical PPI 27.'),
  hostAck: event('hardware', 6, {}, 'Reads GICC_IAR.'),
  hostEoi: event('hardware', 5, {}, 'Writes GICC_EOIR for the interrupt acknowledged last: priority drop only.'),
  hostDir: event(
    'hardware',
    3,
    { pIntId: pintid },
    'Writes GICC_DIR for an interrupt whose priority is dropped already.',
  ),
  physicalEnable: event('hardware', 2, { pIntId: pintid, on }, 'Writes GICD_ISENABLER or GICD_ICENABLER.'),
  physicalPending: event('hardware', 3, { pIntId: pintid, on }, 'Writes GICD_ISPENDR or GICD_ICPENDR.'),
  physicalActive: event('hardware', 4, { pIntId: pintid, on }, 'Writes GICD_ISACTIVER or GICD_ICACTIVER.'),
} as const;

/** Every kind of event of the `vgic` system, by who acts. */
export const alphabet = {
  ...device,
  ...time,
  ...guest,
  ...timer,
  ...distributor,
  ...hypervisor,
  ...userspace,
  ...hardware,
} as const;

/** An event of the `vgic` system. */
export type VgicEvent = EventOf<typeof alphabet>;
