// The palette: contrast with the page (WCAG 2.1: text 4.5, graphics 3), and hues that stay apart for the colour-blind.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { palettes, series } from '../../web/report/palette.js';

const linear = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
const luminance = (hex) => { const [r, g, b] = linear(hex); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };

test('text and graphics stand out from page and card', () => {
  for (const [theme, p] of Object.entries(palettes))
    for (const ground of ['page', 'card']) {
      for (const ink of ['ink', 'soft', 'accent']) assert.ok(contrast(p[ink], p[ground]) >= 4.5, `${theme}: ${ink} on ${ground} ${contrast(p[ink], p[ground]).toFixed(2)}`);
      for (const name of series) assert.ok(contrast(p[name], p[ground]) >= 3, `${theme}: ${name} on ${ground} ${contrast(p[name], p[ground]).toFixed(2)}`);
    }
});

// Machado, Oliveira and Fernandes (2009), IEEE Trans. Vis. Comput. Graph. 15, 1291-1298, severity 1.0.
const blindness = {
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
};
const seen = (rgb, m) => m.map((row) => Math.min(1, Math.max(0, row.reduce((a, w, i) => a + w * rgb[i], 0))));
function lab([r, g, b]) {
  const f = (t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505), y = f(0.2126 * r + 0.7152 * g + 0.0722 * b), z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
const distance = (a, b) => Math.hypot(...lab(a).map((v, i) => v - lab(b)[i]));

test('the first four series are told apart by everyone', () => {
  for (const [theme, p] of Object.entries(palettes))
    for (const [kind, m] of [['all colours', [[1, 0, 0], [0, 1, 0], [0, 0, 1]]], ...Object.entries(blindness)])
      series.slice(0, 4).forEach((a, i, list) => list.slice(i + 1).forEach((b) => {
        const d = distance(seen(linear(p[a]), m), seen(linear(p[b]), m));
        assert.ok(d >= 11, `${theme}, ${kind}: ${a} and ${b} differ by ${d.toFixed(1)}`);
      }));
});
