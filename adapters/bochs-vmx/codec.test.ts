import { describe, expect, test } from 'vitest';
import { decodeAnswers } from './decode-answer.ts';
import { encodeSequence } from './encode-sequence.ts';
import { answerTags, operationCodes } from './guest-layout.ts';
import { source } from './source.ts';

const rip = source.vmcs('guestRip');
const efer = source.msr(0xc000_0080);

describe('byte-code', () => {
  test('numbers are LEB128, sources are identifier * 8 + kind', () => {
    const code = encodeSequence({ watch: [], operations: [{ kind: 'set', source: rip, value: 0x1234 }] });
    // 0x681e * 8 = 0x340f0: groups of seven bits 0x70, 0x01, 0x0d.
    expect([...code]).toEqual([operationCodes.set, 0xf0, 0x81, 0x0d, 0xb4, 0x24, operationCodes.end]);
  });

  test('an MSR above 2^31 keeps all its bits', () => {
    const code = encodeSequence({ watch: [], operations: [{ kind: 'get', source: efer }] });
    expect([...code]).toEqual([operationCodes.get, 0x81, 0x88, 0x80, 0x80, 0x60, operationCodes.end]);
  });

  test('negative numbers are 64 bits of two’s complement', () => {
    const code = encodeSequence({ watch: [], operations: [{ kind: 'set', source: rip, value: -1n }] });
    expect(code.slice(4)).toEqual(Uint8Array.from([...Array(9).fill(0xff), 0x01, operationCodes.end]));
  });

  test('a sequence can watch so many places and no more', () => {
    const watch = Array.from({ length: 257 }, (_, i) => source.memory8(i));
    expect(() => encodeSequence({ watch, operations: [] })).toThrow(RangeError);
  });
});

describe('answers', () => {
  test('snapshots keep what did not change', () => {
    const bytes = Uint8Array.from(
      [
        [answerTags.snapshot, 1, 5, 2, 0xff, 0x01, 0],
        [answerTags.exit, 0, 2, ...Array(9).fill(0xff), 0x01, 0],
      ].flat(),
    );
    const [first, second] = decodeAnswers(bytes, [rip, efer]);
    if (first.kind !== 'snapshot' || second.kind !== 'exit') throw new Error('wrong kinds');
    expect([first.watched.get(rip), first.watched.get(efer)]).toEqual([5n, 255n]);
    expect([second.watched.get(rip), second.watched.get(efer)]).toEqual([5n, 2n ** 64n - 1n]);
    expect(() => second.watched.get(source.msr(1))).toThrow('is not watched');
  });

  test('an event of L2 has an error code only if one was pushed', () => {
    const event = (flag: number): number[] => [answerTags.level2, 13, flag, 8, 16, 0x58, 1, 2, 3, 4, 5];
    const [withCode, without] = decodeAnswers(Uint8Array.from([...event(1), ...event(0)]), []);
    expect(withCode).toEqual({
      kind: 'level2',
      vector: 13,
      errorCode: 0x58n,
      cs: 8,
      ss: 16,
      rip: 1n,
      rflags: 2n,
      rsp: 3n,
      cr2: 4n,
      dr6: 5n,
    });
    expect(without).not.toHaveProperty('errorCode');
  });

  test.each([
    ['an unknown tag', [99]],
    ['an end in the middle of a number', [answerTags.level1, 0x80]],
    ['an outcome that does not exist', [answerTags.exit, 7, 0]],
    ['a place that is not watched', [answerTags.snapshot, 3, 1, 0]],
  ])('%s is rubbish', (_, bytes) => {
    expect(() => decodeAnswers(Uint8Array.from(bytes), [rip])).toThrow(
      expect.objectContaining({ code: 'E_ADAPTER_OUTPUT' }),
    );
  });
});
