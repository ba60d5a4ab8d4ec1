import { Command, InvalidArgumentError, Option } from 'commander';
import { reporters } from '../report/reporters.ts';
import type { AnswerCommandOptions, CaseOptions, CheckOptions, ExploreCommandOptions, ListOptions } from './options.ts';
import { packageVersion } from './package-root.ts';

const whole = (least: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
  }
  return value;
};

function seconds(text: string): number {
  const value = Number(text.replace(/s$/, ''));
  if (text === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('It must be a number of seconds above 0.');
  }
  return value;
}

function seed(text: string): number {
  const value = whole(0)(text);
  if (value > 0xffff_ffff) throw new InvalidArgumentError('It must fit 32 bits.');
  return value;
}

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

const implementationHelp = `
Implementations:
  optimized            the fast implementation of this project (default)
  reference            the reference model itself
  fault:<id>           a deliberately wrong one: virq list --faults
  <adapter>            a real one: virq list --adapters
  ./module.js, .ts     your own: see examples/own-implementation.ts`;

const exitHelp = `
Exit codes: 0 conforms, 1 violates, 2 wrong usage, 3 adapter error, 4 inconclusive.`;

const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;

/** The command line. Commands load what they need when they are called; `done` is told the exit code. */
export function program(done: (code: number) => void): Command {
  const virq = new Command('virq')
    .description('Checks implementations of virtual interrupt delivery against an executable specification.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', examples('virq list', 'virq check vgic --impl ./my-gic.ts --profile arch') + `\n${exitHelp}`)
    .showSuggestionAfterError()
    .showHelpAfterError('(see virq --help)');

  virq
    .command('list')
    .description('list systems, profiles, clauses, properties, faults, adapters and reporters')
    .argument('[system]', 'one system in detail')
    .option('--clauses', 'only the clauses')
    .option('--properties', 'only the properties')
    .option('--faults', 'only the faults')
    .option('--adapters', 'only the adapters')
    .option('--json', 'as one JSON document')
    .addHelpText('after', examples('virq list vgic --clauses', 'virq list --faults --json'))
    .action(async (system: string | undefined, options: ListOptions) => {
      const { list } = await import('./list.ts');
      done(await list(system, options));
    });

  virq
    .command('check')
    .description('check an implementation against the model and the properties')
    .argument('[systems...]', 'the systems to check (default: all that the implementation brings)')
    .option('-i, --impl <name>', 'the implementation', 'optimized')
    .option('-p, --profile <name>', "whose rules hold (default: the implementation's first profile)")
    .option('--seed <n>', 'seed of the random sequences (default: a new one)', seed)
    .option('--runs <n>', 'sequences to play per system', whole(1))
    .option('--time <seconds>', 'time to search per system (default: 15 in all)', seconds)
    .addOption(
      new Option('-r, --reporter <name>', 'form of the report').choices(Object.keys(reporters)).default('terminal'),
    )
    .option('-o, --output <file>', 'write the report there, and the terminal report to stdout')
    .option('--baseline <file>', 'known deviations; one that no longer occurs fails the run')
    .option('--corpus <folder>', 'where counterexamples are kept, and replayed first', 'virq-cases')
    .option('--stop-after <n>', 'stop after so many violations', whole(1), 1)
    .option('--step-timeout <seconds>', 'time that the implementation has for one step', seconds, 5)
    .option('-c, --config <key=value>', 'fix a parameter of the configuration (repeatable)', collect, [])
    .addHelpText('after', `${implementationHelp}\n${exitHelp}`)
    .addHelpText(
      'after',
      examples(
        'virq check',
        'virq check vgic --impl fault:keeps-physical-active',
        'virq check vgic --impl ./my-gic.ts --profile arch --time 60',
        'virq check --reporter junit --output virq.xml',
      ),
    )
    .action(async (systems: string[], options: CheckOptions) => {
      const { check } = await import('./check.ts');
      done(await check(systems, options));
    });

  virq
    .command('explore')
    .description('look at every state that a small configuration can reach, breadth first')
    .argument('<system>', 'the system to explore')
    .option('-i, --impl <name>', 'optimized, reference, or fault:<id> of a faulty model', 'optimized')
    .option('--depth <n>', 'events of a sequence at the most', whole(0))
    .option('--states <max>', 'distinct states at the most', whole(1))
    .option('--posters <k>', 'CPUs that post: the same as --config posters=<k>', whole(0))
    .option('-c, --config <key=value>', 'fix a parameter of the configuration (repeatable)', collect, [])
    .option('--corpus <folder>', 'where a counterexample is kept', 'virq-cases')
    .option('--no-symmetry', 'count states apart in which equal agents have changed places')
    .option('--json', 'as one JSON document')
    .addHelpText('after', exitHelp)
    .addHelpText(
      'after',
      examples(
        'virq explore posted-interrupts --posters 1 --config pcpus=1 --config devicePosting=false',
        'virq explore posted-interrupts --depth 30 --json',
      ),
    )
    .action(async (system: string, options: ExploreCommandOptions) => {
      const { exploreSystem } = await import('./explore.ts');
      done(await exploreSystem(system, options));
    });

  virq
    .command('answer')
    .description('compute the answer to the question that a system was built for')
    .argument('<system>', 'the system')
    .option('--depth <n>', 'events of a sequence at the most, where all of them are played', whole(1), 4)
    .option('--runs <n>', 'random sequences to play beyond that', whole(0), 2000)
    .option('--seed <n>', 'seed of the random sequences', seed, 1)
    .option('--json', 'as one JSON document')
    .addHelpText(
      'after',
      '\nExit codes: 0 the answer is what the documentation says, 1 it contradicts, 2 wrong usage, 4 inconclusive.',
    )
    .addHelpText('after', examples('virq answer idt-vectoring', 'virq answer idt-vectoring --depth 5 --runs 1000000'))
    .action(async (system: string, options: AnswerCommandOptions) => {
      const { answerQuestion } = await import('./answer.ts');
      done(await answerQuestion(system, options));
    });

  virq
    .command('replay')
    .description('play a stored case; exit code 1 while it still fails')
    .argument('<case>', 'case file')
    .option('-i, --impl <name>', 'the implementation (default: the one it was found with)')
    .option('--step-timeout <seconds>', 'time that the implementation has for one step', seconds, 5)
    .addHelpText('after', implementationHelp)
    .addHelpText(
      'after',
      examples('virq replay virq-cases/vgic/7c1e90ab.json', 'virq replay case.json --impl ./my-gic.ts'),
    )
    .action(async (file: string, options: CaseOptions) => {
      const { replayCase } = await import('./replay.ts');
      done(await replayCase(file, options));
    });

  virq
    .command('shrink')
    .description('make a failing case as small as it gets')
    .argument('<case>', 'case file')
    .option('-i, --impl <name>', 'the implementation (default: the one it was found with)')
    .option('--step-timeout <seconds>', 'time that the implementation has for one step', seconds, 5)
    .option('-o, --output <file>', 'write the smaller case there (default: print it)')
    .addHelpText('after', implementationHelp)
    .addHelpText('after', examples('virq shrink long.json --impl ./my-gic.ts --output short.json'))
    .action(async (file: string, options: CaseOptions) => {
      const { shrinkCase } = await import('./shrink.ts');
      done(await shrinkCase(file, options));
    });

  virq
    .command('explain')
    .description('explain a clause, or what the model does in a stored case')
    .argument('<clause or case>', 'clause id, <system>/<name>, or a case file')
    .addHelpText(
      'after',
      examples('virq explain vgic/hw-never-pending-and-active', 'virq explain virq-cases/vgic/7c1e90ab.json'),
    )
    .action(async (subject: string) => {
      const { explain } = await import('./explain.ts');
      done(await explain(subject));
    });

  return virq;
}
