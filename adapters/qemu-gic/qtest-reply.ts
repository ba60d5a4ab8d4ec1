/** A change of one of the CPU's interrupt inputs (see `gicLines.cpu`). */
export interface LineChange {
  readonly line: number;
  readonly high: boolean;
}

/** What QEMU answered to one command. */
export interface Reply {
  /** Words read, lowest address first; empty for a command that reads nothing. */
  readonly words: readonly number[];
  /** Changes of watched lines that the command caused, in their order. */
  readonly changes: readonly LineChange[];
}

/** What stands behind `OK` in the reply: nothing, one or two words in hexadecimal digits, or a block in base64. */
export type ReplyShape = 'none' | 'word' | 'pair' | 'block';

const shapes: ReadonlyMap<string, ReplyShape> = new Map([
  ['readl', 'word'],
  ['readq', 'pair'],
  ['b64read', 'block'],
  ['writel', 'none'],
  ['writeb', 'none'],
  ['memset', 'none'],
  ['set_irq_in', 'none'],
  ['irq_intercept_in', 'none'],
]);

/** The shape of the reply to a command; undefined for a line that is no command of this client. */
export function shapeOf(command: string): ReplyShape | undefined {
  return shapes.get(command.slice(0, command.indexOf(' ')));
}

const noWords: readonly number[] = Object.freeze([]);

/** Values of characters as digits; negative for all others, so that the OR of many values shows a wrong one. */
const hexDigits = digits('0123456789abcdef');
const base64Digits = digits('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

function digits(alphabet: string): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

const [O, K, space, zero, x, equals] = Buffer.from('OK 0x=');

/** The words of a reply line, which is `line` from `start` up to `end`; undefined if it is not a reply of that shape. */
export function parseReply(line: Buffer, start: number, end: number, shape: ReplyShape): readonly number[] | undefined {
  if (line[start] !== O || line[start + 1] !== K) return undefined;
  if (shape === 'none') return end === start + 2 ? noWords : undefined;
  if (line[start + 2] !== space) return undefined;
  if (shape === 'block') return parseBase64(line, start + 3, end);

  if (end !== start + 21 || line[start + 3] !== zero || line[start + 4] !== x) return undefined;
  const high = parseHex(line, start + 5);
  const low = parseHex(line, start + 13);
  if (high === undefined || low === undefined) return undefined;
  return shape === 'word' ? [low] : [low, high];
}

function parseHex(line: Buffer, start: number): number | undefined {
  let value = 0;
  let check = 0;
  for (let i = start; i < start + 8; i++) {
    const digit = hexDigits[line[i]];
    check |= digit;
    value = (value << 4) | digit;
  }
  return check < 0 ? undefined : value >>> 0;
}

function parseBase64(line: Buffer, start: number, end: number): number[] | undefined {
  if ((end - start) % 4 !== 0) return undefined;
  let last = end;
  while (last > end - 2 && line[last - 1] === equals) last--;

  const words: number[] = [];
  let check = 0;
  let bits = 0;
  let bitCount = 0;
  let word = 0;
  let byteCount = 0;
  for (let i = start; i < last; i++) {
    const digit = base64Digits[line[i]];
    check |= digit;
    bits = ((bits << 6) | digit) & 0xfff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    word |= ((bits >>> bitCount) & 0xff) << (8 * (byteCount & 3));
    if ((++byteCount & 3) === 0) {
      words.push(word >>> 0);
      word = 0;
    }
  }
  return check < 0 || (byteCount & 3) !== 0 || byteCount === 0 ? undefined : words;
}

const lineChanges: readonly (readonly [lower: LineChange, raise: LineChange])[] = [0, 1, 2, 3].map((line) => [
  Object.freeze({ line, high: false }),
  Object.freeze({ line, high: true }),
]);

/** The change that a line `IRQ raise 2` or `IRQ lower 2` reports; undefined if it is not such a line. */
export function parseChange(line: Buffer, start: number, end: number): LineChange | undefined {
  const text = end - start === 11 ? line.toString('latin1', start, end - 1) : '';
  const changes = lineChanges[line[end - 1] - zero];
  if (text === 'IRQ raise ') return changes?.[1];
  return text === 'IRQ lower ' ? changes?.[0] : undefined;
}
