import { parseArgs } from 'node:util';
import { descriptors, type Race } from './races.ts';
import { stress } from './stress.ts';

// npm run stress -- --seconds 30 [--race <name> | --races] [--posters 2] [--seed 1]
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    posters: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    race: { type: 'string', default: 'none' },
    races: { type: 'boolean', default: false },
  },
});
if (!(values.race in descriptors)) throw new RangeError(`--race is one of ${Object.keys(descriptors).join(', ')}`);
const names = Object.keys(descriptors) as Race[];
const wanted = values.races ? names.filter((name) => name !== 'none') : [values.race as Race];
for (const race of wanted) {
  const result = await stress(race, Number(values.seconds), Number(values.posters), Number(values.seed));
  console.log(JSON.stringify(result));
  // A planted race that nobody notices is a failure, too.
  if ((result.violation !== undefined) !== (race !== 'none')) process.exitCode = 1;
}
