/** Characters that steer a terminal or turn the text around, halves of characters, and what XML forbids. */
const STEERING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff\ufffe\uffff]/gu;

function shown(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n' || character === '\t') return character;
  // Unicode has a picture for each of the first 32 and for DEL.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** `text` with nothing in it that cannot be seen, or that XML forbids: what steers is shown by name, lines and tabs stay. */
export const visible = (text: string): string => text.replace(STEERING, shown);

/** The same on one line: a name is no way to begin a new one. */
export const visibleLine = (text: string): string =>
  visible(text.replaceAll(/\r\n?|\n/g, '\u23ce')).replaceAll('\t', ' ');

/** `text` cut to `most` characters, and an ellipsis if it was longer. */
export const clipped = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text;

/** Shown between two characters that would be a command together. */
const ZERO_WIDTH = '\u200b';

/**
 * `line` as a build's log may have it: CI servers take commands from it. GitHub's runner looks for `::name` at the start of a line,
 * leading space aside, and for `##[name]` anywhere; Azure for `##vso[`, TeamCity for `##teamcity[`.
 */
export const harmless = (line: string): string =>
  line.replace(/^(\s*):(?=:)/, `$1:${ZERO_WIDTH}`).replaceAll(/##(?=\w*\[)/g, `#${ZERO_WIDTH}#`);
