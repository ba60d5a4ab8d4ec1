/**
 * The multi-step operations of the profile `interleaved`, each as its atomic steps in order. Between any two steps every
 * other agent may act. What each step does is said in `docs/posted-interrupts-events.md`; the order is the whole point.
 */
export const programs = {
  /** A CPU posts an interrupt. */
  post: ['set-pir', 'set-on', 'read-mode', 'send-notification', 'wake'],
  /** Software enters the guest. */
  enter: ['publish-in-guest', 'test-on', 'clear-on', 'exchange-word-1', 'exchange-word-2', 'write-rvi', 'vm-entry'],
  /** Software after a VM exit. */
  exit: ['publish-outside'],
  /** The processor, after it has acknowledged the notification vector. */
  notification: ['processor-clear-on', 'merge-word-1', 'merge-word-2', 'evaluate'],
  /** Software decides whether a halted virtual CPU sleeps, and puts it to sleep. */
  block: [
    'mark-blocked',
    'check-test-on',
    'check-clear-on',
    'check-exchange-word-1',
    'check-exchange-word-2',
    'decide',
    'schedule',
    'list',
    'switch-nv',
    'test-on-after-switch',
    'deschedule',
  ],
  /** The scheduler takes a virtual CPU off that would go on running. */
  preempt: ['set-sn', 'deschedule-preempted'],
  /** The scheduler puts a virtual CPU on a physical CPU. */
  load: ['unlist', 'set-control', 'read-pir-word-1', 'read-pir-word-2', 'set-on-after-load'],
} as const;

/** Name of an operation in steps. */
export type Program = keyof typeof programs;

/** Name of an atomic step. */
export type AtomicStep = (typeof programs)[Program][number];

/**
 * All atomic steps, in the order of {@link programs}. The program counter of an agent, as the observation shows it, is
 * 0 at rest, else 1 + the place in this list of the step that it takes next.
 */
export const atomicSteps: readonly AtomicStep[] = Object.values(programs).flat();
