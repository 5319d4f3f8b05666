/** How the page looks: as the system does, or as its reader chose. */
export const THEMES = ['system', 'light', 'dark'] as const;

/** One of {@link THEMES}. */
export type Theme = (typeof THEMES)[number];

const KEY = 'leakgate-theme';

/** What was chosen last. A browser that keeps nothing for local files makes it `system`. */
export function rememberedTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Looks as chosen from now on, and the next time if the browser remembers. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Private windows and local files may have no storage: the choice lasts as long as the page.
  }
}
