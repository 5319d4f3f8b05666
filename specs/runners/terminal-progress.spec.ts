import { describe, expect, it } from '@jest/globals';
import { terminalProgress } from '../../harness/runners/terminal-progress';

/** As much of a terminal as progress and Jest's status need: lines, and a cursor. */
class Screen {
  readonly lines: string[] = [''];
  #row = 0;
  #column = 0;

  readonly put = (text: string): void => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what terminals are spoken to with
    for (const [part] of text.matchAll(/\u001B\[K|\u001B\[1A|[\s\S]/g)) this.#take(part);
  };

  #take(part: string): void {
    const line = this.lines[this.#row] ?? '';
    if (part === '\u001B[K') this.lines[this.#row] = line.slice(0, this.#column);
    else if (part === '\u001B[1A') this.#row = Math.max(0, this.#row - 1);
    else if (part === '\r') this.#column = 0;
    else if (part === '\n') {
      this.#row++;
      this.#column = 0;
      if (this.#row === this.lines.length) this.lines.push('');
    } else {
      this.lines[this.#row] = line.slice(0, this.#column) + part + line.slice(this.#column + 1);
      this.#column++;
    }
  }

  get text(): string {
    return this.lines.join('\n').trimEnd();
  }
}

const STATUS = '\n RUNS  ./heavy.test.js\n\nTest Suites: 0 of 1 total\nTime:        2 s';
/** What Jest clears its status with: so many times a line up as it has written ends of lines. */
const CLEARED = '\r\u001B[K\r\u001B[1A'.repeat(4);
const TTY = { isTTY: true, columns: 40 };

describe('progress on the terminal', () => {
  it('is one line beneath the status of Jest, which can be cleared as if nothing had been there', () => {
    const screen = new Screen();
    const { progress } = terminalProgress(TTY, {}, screen.put);
    screen.put(STATUS);
    const before = screen.text;
    progress?.('writing a heap snapshot');
    expect(screen.text).toBe(`${before}\nleakgate: writing a heap snapshot …`);
    progress?.('reading it, 12 MB');
    expect(screen.text).toBe(`${before}\nleakgate: reading it, 12 MB …`);
    progress?.(undefined);
    expect(screen.text).toBe(before);
    screen.put(`${CLEARED}PASS ./heavy.test.js\n`);
    expect(screen.text).toBe('PASS ./heavy.test.js');
  });

  it('takes nothing back that was not shown', () => {
    const screen = new Screen();
    const { progress } = terminalProgress(TTY, {}, screen.put);
    screen.put('one\ntwo');
    progress?.(undefined);
    expect(screen.text).toBe('one\ntwo');
  });

  it('never wraps', () => {
    const screen = new Screen();
    terminalProgress({ isTTY: true, columns: 16 }, {}, screen.put).progress?.('writing a heap snapshot');
    expect(screen.lines.at(-1)).toBe('leakgate: writi');
  });

  it('goes on where the terminal takes no more', () => {
    const { progress } = terminalProgress(TTY, {}, () => {
      throw new Error('EAGAIN: resource temporarily unavailable, write');
    });
    expect(() => {
      progress?.('writing a heap snapshot');
      progress?.(undefined);
    }).not.toThrow();
  });

  it('is for those who watch', () => {
    expect(terminalProgress({}, {})).toEqual({});
    expect(terminalProgress(TTY, { CI: 'true' })).toEqual({});
    expect(terminalProgress(TTY, { TERM: 'dumb' })).toEqual({});
  });
});
