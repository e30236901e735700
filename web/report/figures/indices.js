// What the design of a sweep says of its factors: Sobol' indices, Morris measures or Shapley shares, with intervals.
import { argmax, known } from '../result.js';
import { inSentence, numberIn, outcomeName } from '../tables.js';

/// Columns of the tables of `tantu compare` (docs/sweeps.md): the bar, its interval, a second bar.
const designs = [
  { id: 'sobol', bar: 'total', low: 'total_low', high: 'total_high', second: 'first' },
  { id: 'morris', bar: 'mu_star', low: 'low', high: 'high' },
  { id: 'shapley', bar: 'share', low: 'low', high: 'high' },
];

export function indices(sweep, locale) {
  const { t } = locale;
  for (const d of designs) {
    const table = (sweep.json.tables ?? []).find((x) => x.columns.includes('factor') && x.columns.includes(d.bar) && x.columns.includes('outcome'));
    if (!table) continue;
    const at = (name) => table.columns.indexOf(name), outcomes = [...new Set(table.rows.map((r) => r[at('outcome')]))];
    const choices = outcomes.map((outcome) => {
      const rows = table.rows.filter((r) => r[at('outcome')] === outcome && sweep.factors.some((f) => f.name === r[at('factor')])).map((r) => ({ factor: r[at('factor')], bar: numberIn(r[at(d.bar)]), low: numberIn(r[at(d.low)]), high: numberIn(r[at(d.high)]), second: d.second ? numberIn(r[at(d.second)]) : null })).filter((r) => known(r.bar)).sort((a, b) => Math.abs(b.bar) - Math.abs(a.bar));
      if (!rows.length || rows.every((r) => r.bar === 0)) return null;
      const unit = at('unit') >= 0 ? table.rows.find((r) => r[at('outcome')] === outcome)[at('unit')] : null, labels = rows.map((r) => locale.plain(r.factor)), name = outcomeName(outcome, locale), number = (v) => (d.id === 'sobol' ? locale.percent(v, 0) : locale.number(v)), ends = rows.flatMap((r) => [r.bar, r.low, r.high]).filter(known), first = argmax(rows.map((r) => Math.abs(r.bar)));
      return {
        label: name, close: /^close/.test(outcome) ? 1 : 0, year: Number(/ (\d{4})$/.exec(outcome)?.[1] ?? 1e4),
        title: t(`indices_${d.id}_title`, { factor: labels[first], outcome: inSentence(name, locale), value: number(rows[first].bar), low: number(rows[first].low), high: number(rows[first].high) }),
        spec: { rows: labels.length * (d.second ? 1.3 : 1), right: 30, x: { type: 'linear', domain: d.id === 'sobol' ? [0, 1] : [Math.min(0, ...ends), Math.max(...ends)], exact: d.id === 'sobol', format: d.id === 'sobol' ? number : undefined, label: `${t(`indices_${d.id}_axis`)}${unit && unit !== '1' ? ` (${unit})` : ''}` }, y: { type: 'band', domain: labels, gap: 0.35 },
          marks: [{ kind: 'bars', at: labels, value: rows.map((r) => r.bar), of: d.second ? 2 : 1, nth: 0, colour: 'blue', label: t(`indices_${d.id}_bar`) }, ...(d.second ? [{ kind: 'bars', at: labels, value: rows.map((r) => Math.max(0, r.second ?? 0)), of: 2, nth: 1, colour: 'orange', label: t(`indices_${d.id}_second`) }] : []),
            { kind: 'ranges', y: labels, low: rows.map((r) => r.low), high: rows.map((r) => r.high), of: d.second ? 2 : 1, nth: 0, colour: 'ink', label: t('interval') }],
          hover: { count: rows.length, x: (i) => rows[i].bar, y: (i) => labels[i], tip: (i) => ({ title: labels[i], rows: [{ label: t(`indices_${d.id}_bar`), value: number(rows[i].bar), colour: 'blue' }, ...(d.second ? [{ label: t(`indices_${d.id}_second`), value: number(rows[i].second), colour: 'orange' }] : []), { label: t('interval'), value: `${number(rows[i].low)} – ${number(rows[i].high)}` }] }) } },
        table: { columns: [t('factor'), t(`indices_${d.id}_bar`), t('tcol_low'), t('tcol_high'), ...(d.second ? [t(`indices_${d.id}_second`)] : [])], rows: rows.map((r) => [r.factor, r.bar, r.low, r.high, ...(d.second ? [r.second] : [])]) },
      };
    }).filter(Boolean);
    // Of each year there is a view; the last year's and those of the whole run say most.
    const last = Math.max(...choices.map((c) => (c.year < 1e4 ? c.year : 0))), shown = choices.filter((c) => c.year === last || c.year === 1e4).slice(0, 10).sort((a, b) => b.close - a.close || (a.year === last ? 0 : 1) - (b.year === last ? 0 : 1));
    if (shown.length) return { id: 'indices', title: shown[0].title, help: `${t(`indices_${d.id}_help`)} ${table.note}.`, choices: shown };
  }
  return null;
}
