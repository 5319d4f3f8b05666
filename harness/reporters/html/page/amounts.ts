const whole = new Intl.NumberFormat('en-US');
const fine = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `12,345`. */
export const amount = (value: number): string => whole.format(value);

/** `1 test`, `2 tests`. */
export const count = (value: number, noun: string, plural = `${noun}s`): string =>
  `${amount(value)} ${value === 1 ? noun : plural}`;

/** `0.4 ms`, `12 ms`, `3.4 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${fine.format(ms)} ms`;
  if (ms < 1000) return `${whole.format(Math.round(ms))} ms`;
  if (ms < 60_000) return `${fine.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${whole.format(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** `3.4 %`. */
export const percent = (part: number, of: number): string => `${fine.format(of > 0 ? (part / of) * 100 : 0)} %`;

/** Round marks for an axis from 0 to `end`: five or so. */
export function marks(end: number): readonly number[] {
  if (!(end > 0)) return [0];
  const rough = end / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, index) => index * step);
}

/** `44 kB`, `4.4 MB`; 1 kB is 1,000 bytes. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB'] as const;
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const scaled = value / 1000 ** power;
  return `${scaled < 10 ? fine.format(scaled) : whole.format(Math.round(scaled))} ${units[power] ?? 'B'}`;
}
