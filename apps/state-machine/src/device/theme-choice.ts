import { StoredChoice } from './stored-choice.js'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** The page's own head reads the same key before the first paint. */
export const themeChoice = new StoredChoice('firekeep-licences.theme', [() => localStorage])

/** Shows a theme from now on; the style sheets go by `data-theme`. */
export function chooseTheme(theme: Theme): void {
  themeChoice.choose(theme)
  document.documentElement.dataset.theme = theme
}
