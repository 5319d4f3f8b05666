/** A project whose tests leak in three ways, and pass. */
export const LEAKY: Readonly<Record<string, string>> = {
  'package.json': '{ "jest": { "watchman": false, "transform": {} } }',
  'src/poll.js': `module.exports = function poll() {\n  return setInterval(() => {}, 5_000);\n};\n`,
  'a.test.js': `
const poll = require('./src/poll');
test('polls', () => { poll(); });
test('polls too', () => { poll(); });
test('is careful', () => { clearInterval(poll()); });
`,
  'b.test.js': `
test('waits', () => { setTimeout(() => {}, 60_000); });
`,
};

/** `a.test.js` with its second leak mended. */
export const MENDED =
  LEAKY['a.test.js']?.replace(
    "test('polls too', () => { poll(); });",
    "test('polls too', () => { clearInterval(poll()); });",
  ) ?? '';

/** `a.test.js` with one test more that leaks by the same line as the others. */
export const GROWN = `${LEAKY['a.test.js']}test('polls anew', () => { poll(); });\n`;

/** `a.test.js` with a test of another name, and 20 lines more above. */
export const RENAMED = `${'// a line more\n'.repeat(20)}${LEAKY['a.test.js']?.replace("'polls too'", "'polls again'")}`;
