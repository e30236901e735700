// Colours, light and dark. Hues of Okabe and Ito, moved in brightness until each has a contrast of 3:1 or more with the
// page (WCAG 1.4.11) and neighbours differ in brightness too: told apart with every common colour blindness and in grey.
// tests/browser/colours.mjs measures both.
export const palettes = {
  light: {
    page: '#ffffff', card: '#f6f7f9', ink: '#1b2430', soft: '#55606e', line: '#d5dae1', grid: '#e8ebef',
    blue: '#0063a8', sky: '#4594cc', orange: '#b86a00', green: '#00795b', red: '#c0350a', purple: '#8c4a7e', grey: '#6b7683',
    accent: '#00547a', focus: '#0063a8',
  },
  dark: {
    page: '#12171d', card: '#1b222b', ink: '#e8edf2', soft: '#a9b4c0', line: '#37424e', grid: '#28313b',
    blue: '#5fb0ee', sky: '#a5d3f5', orange: '#f0a83c', green: '#35c29a', red: '#ff7f5c', purple: '#d79acb', grey: '#98a4b1',
    accent: '#7cc4e8', focus: '#ffd166',
  },
};

/// The order in which series of one picture take colours.
export const series = ['blue', 'orange', 'green', 'purple', 'sky', 'red', 'grey'];

export const paint = (name) => `var(--${name})`;

/// A text with var(--name) of a palette replaced by its colour, for pictures that leave the page.
export function resolved(text, palette) {
  return text.replace(/var\(--([a-z]+)\)/g, (whole, name) => palette[name] ?? whole);
}

export function styleSheet() {
  const variables = (p) => Object.entries(p).map(([name, colour]) => `--${name}:${colour}`).join(';');
  return `:root{color-scheme:light;${variables(palettes.light)}}:root[data-theme=dark]{color-scheme:dark;${variables(palettes.dark)}}` +
    `@media print{:root,:root[data-theme=dark]{color-scheme:light;${variables(palettes.light)}}}`;
}
