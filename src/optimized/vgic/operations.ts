import { alphabet, type VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { pack } from '../../../spec/packing.ts';
import { profiles } from '../../../spec/vgic/profiles.ts';

/** The packed form of the alphabet. */
export const packing = pack<VgicEvent>(alphabet);

/**
 * The operations that `OptimizedVgic.step` knows, in the order of its cases. The numbers are its own, so that the
 * alphabet may grow anywhere. The first one is no event: it stands for those of actors that a profile does not have.
 */
const operations = [
  'absent',
  'iar',
  'eoir',
  'enter',
  'exit',
  'raise',
  'lower',
  'pulse',
  'hostIrq',
  'dir',
  'load',
  'put',
  'sendSgi',
  'setPriority',
  'tick',
  'programTimer',
  'enable',
  'disable',
  'aiar',
  'eoirSpurious',
  'hppir',
  'rpr',
  'pmr',
  'ctlr',
  'eoiMode',
  'bpr',
  'setPending',
  'clearPending',
  'setActive',
  'clearActive',
  'readPending',
  'readActive',
  'setTargets',
  'setTrigger',
  'setGroup',
  'switchDistributor',
  'setSgiPending',
  'clearSgiPending',
  'abortEntry',
  'wakes',
  'mapPhysical',
  'unmapPhysical',
  'resetVcpu',
  'saveRestore',
  'userSetPending',
  'userLineLevel',
  'userSetActive',
  'userReadPending',
  'writeLr',
  'writeSgiLr',
  'writeHwLr',
  'writeHcr',
  'raiseTimer',
  'hostAck',
  'hostEoi',
  'hostDir',
  'physicalEnable',
  'physicalPending',
  'physicalActive',
];

/**
 * The operation of each code in each profile, in the order of the machine's profile numbers: kvm, seed-2015, arch.
 * Throws an `Error` if the alphabet has a kind that no operation plays.
 */
export const operationTables: readonly Uint8Array[] = (['kvm', 'seed-2015', 'arch'] as const).map((name) => {
  const actors: readonly string[] = profiles[name].actors;
  const ofKind = packing.kinds.map((kind) => {
    const operation = operations.indexOf(kind);
    if (operation < 0) throw new Error(`the optimized vgic has no operation for '${kind}'`);
    return actors.includes(alphabet[kind as keyof typeof alphabet].by) ? operation : 0;
  });
  return packing.kind.map((kind) => ofKind[kind]);
});
