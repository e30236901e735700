// How sure the differences are: each outcome's change from the base, with the interval over pairs of runs.
import { known } from '../result.js';
import { numberIn, outcomeName } from '../tables.js';

const most = 14;  // outcomes: those of the whole run and of its last year first

export function intervals(pair, locale) {
  const { t } = locale, [a] = pair.sides;
  const choices = pair.sides.slice(1).map((b, k) => {
    const table = pair.tables[k], at = (name) => table?.columns.indexOf(name) ?? -1;
    if (!table || at('difference') < 0) return null;
    const base = at('pairs') + 1, all = table.rows.map((row) => ({ name: outcomeName(row[0], locale), year: Number(/ (\d{4})$/.exec(row[0])?.[1] ?? 1e4), pairs: numberIn(row[at('pairs')]), base: numberIn(row[base]), other: numberIn(row[base + 1]), difference: numberIn(row[at('difference')]), low: numberIn(row[at('low')]), high: numberIn(row[at('high')]), unit: row[at('unit')] }))
      .filter((r) => known(r.base) && r.base !== 0 && known(r.difference))
      .filter((r, _, list) => r.year < 1e4 || !list.some((o) => o.year < 1e4 && o.name.startsWith(r.name) && o.base === r.base && o.difference === r.difference));  // the last close is that of the last year
    const years = [...new Set(all.map((r) => r.year))].sort((x, y) => y - x), list = years.flatMap((year) => all.filter((r) => r.year === year)).slice(0, most);
    if (!list.length) return null;
    const rows = list.map((r) => ({ ...r, change: r.difference / Math.abs(r.base), from: known(r.low) ? r.low / Math.abs(r.base) : null, until: known(r.high) ? r.high / Math.abs(r.base) : null })), labels = rows.map((r) => r.name), percent = (v) => locale.percent(v, Math.abs(v) < 0.1 && v !== 0 ? 1 : 0);
    // One wild outcome must not press all others into a line; what lies beyond is cut at the edge.
    const sizes = rows.flatMap((r) => [r.change, r.from, r.until]).filter(known).map(Math.abs).sort((x, y) => x - y), edge = Math.max(0.01, Math.min(sizes.at(-1), 4 * sizes[Math.floor(0.75 * (sizes.length - 1))])), cut = (v) => Math.max(-edge, Math.min(edge, v));
    const sure = rows.filter((r) => known(r.from) && r.pairs > 1 && (r.from > 0 || r.until < 0)).length, single = rows.every((r) => r.pairs === 1);
    return {
      label: b.name,
      title: single ? t('intervals_title_single', { b: b.name, a: a.name }) : t('intervals_title', { sure: locale.number(sure, 0), n: locale.number(rows.length, 0), b: b.name, a: a.name }),
      help: t(single ? 'intervals_help_single' : 'intervals_help', { n: locale.number(rows[0].pairs, 0) }),
      spec: { rows: labels.length, right: 26, x: { type: 'linear', domain: [Math.min(0, ...rows.flatMap((r) => [cut(r.change), cut(r.from ?? 0)])), Math.max(0, ...rows.flatMap((r) => [cut(r.change), cut(r.until ?? 0)]))], format: percent, label: t('intervals_axis', { a: a.name }) }, y: { type: 'band', domain: labels, gap: 0.3 },
        marks: [{ kind: 'vline', at: 0, colour: 'soft', dash: 'none' }, ...(single ? [] : [{ kind: 'ranges', y: labels, low: rows.map((r) => (known(r.from) ? cut(r.from) : null)), high: rows.map((r) => (known(r.until) ? cut(r.until) : null)), colour: 'sky', label: t('interval') }]),
          { kind: 'dots', y: labels, x: rows.map((r) => cut(r.change)), colour: 'blue', r: 4, label: t('difference') },
          { kind: 'texts', x: rows.map((r) => cut(r.change)), y: labels, text: rows.map((r) => (Math.abs(r.change) > edge ? percent(r.change) : '')), anchor: 'end', dx: -9, halo: true }],
        hover: { count: rows.length, x: (i) => cut(rows[i].change), y: (i) => labels[i], tip: (i) => { const r = rows[i], n = (v) => (known(v) ? `${locale.number(v, Math.abs(v) >= 1000 ? 0 : 2)} ${r.unit === '1' ? '' : r.unit}` : '–'); return { title: labels[i], rows: [{ label: a.name, value: n(r.base) }, { label: b.name, value: n(r.other) }, { label: t('difference'), value: `${n(r.difference)} (${percent(r.change)})`, colour: 'blue' }, ...(r.pairs > 1 ? [{ label: t('interval'), value: `${n(r.low)} – ${n(r.high)}`, colour: 'sky' }] : [])] }; } } },
      table: { columns: [t('tcol_outcome'), t('tcol_unit'), t('tcol_pairs'), a.name, b.name, t('difference'), t('tcol_low'), t('tcol_high')], rows: rows.map((r) => [r.name, r.unit, r.pairs, r.base, r.other, r.difference, r.low, r.high]) },
    };
  }).filter(Boolean);
  return choices.length ? { id: 'intervals', title: choices[0].title, help: choices[0].help, choices } : null;
}
