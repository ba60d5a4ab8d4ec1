/** Rules that need an L0. */
export const nestedOnly = ['nested'] as const;

/** Sections by class of field, for rules that concern all of a class. */
export const every = {
  guest: [
    'registers',
    'segments',
    'tables',
    'msrs',
    'debugctl',
    'bndcfgs',
    'perfGlobal',
    'nonRegister',
    'pendingDebug',
    'timer',
    'pdptes',
    'interruptStatus',
    'pml',
  ],
  exit: ['exitInformation', 'instructionError'],
  control: ['entryEvent', 'controls', 'masks', 'otherControls', 'host'],
} as const;
