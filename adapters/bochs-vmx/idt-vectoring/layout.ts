/** What the operation `idtVectoring` does: one event of the system. Its argument is the place in the event's domain. */
export const idtVectoringActions = {
  /** Bits 1:0 the policy (`reinject`, `drop`, `drop-exceptions`), bit 2 trap gates. */
  begin: 0,
  nop: 1,
  sti: 2,
  cli: 3,
  movss: 4,
  fault: 5,
  int3: 6,
  intn: 7,
  int1: 8,
  eoi: 9,
  iret: 10,
  movs: 11,
  external: 16,
  nmi: 17,
  cure: 18,
  obstruct: 19,
  enter: 20,
  /** What four `describe` have described. */
  inject: 21,
  /** Its argument is information, error code, length or payload of the next `inject`: four of these, in this order. */
  describe: 22,
  machineCheck: 23,
} as const;

/** Places of arguments that the hypervisor looks at. */
export const idtVectoringArguments = {
  policyReinject: 0,
  policyDrop: 1,
  policyDropExceptions: 2,
  trapGates: 4,
  meetsGp: 1,
  meetsPf: 2,
  meetsPage: 3,
  meetsPml: 4,
  obstaclePage: 0,
  obstaclePml: 1,
  obstacleApicAccess: 2,
  obstacleMisconfiguration: 3,
  obstacleClient: 4,
} as const;

/** Words that answer an event, in this order. `unexpected` is 0, or an exit that nothing in the system explains. */
export const idtVectoringWords = [
  'unexpected',
  'event0',
  'error0',
  'returnRip0',
  'flags0',
  'cr20',
  'dr60',
  'event1',
  'error1',
  'returnRip1',
  'flags1',
  'cr21',
  'dr61',
  'rip',
  'flags',
  'cr2',
  'dr6',
  'isr',
  'deviceReads',
  'clientReason',
  'clientVectoring',
  'clientError',
  'clientLength',
  'outside',
  'inflight',
  'inflightError',
  'inflightLength',
] as const;
