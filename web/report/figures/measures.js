// What was abated with which measure.
import { series as colours } from '../palette.js';
import { argmax, known, sum } from '../result.js';

const most = 6;

export function measures(result, locale) {
  const { t } = locale, names = result.axis('sectors', 'measure'), axis = result.axis('sectors', 'year'), variable = result.group('sectors')?.abatement_by_measure;
  if (!variable || !names.length) return null;
  const lived = result.lived.map((i) => axis.indexOf(result.years[i])).filter((i) => i >= 0), years = lived.map((i) => axis[i]);
  let rows = names.map((name, m) => ({ name, values: lived.map((i) => variable.values[m * axis.length + i]) })).filter((r) => sum(r.values) > 0).sort((a, b) => sum(b.values) - sum(a.values));
  if (!rows.length) return null;
  const sectors = new Set(rows.map((r) => r.name.split(': ')[0]));
  const label = (name) => { const [sector, ...rest] = name.split(': '), measure = locale.named('measure', rest.join(': ').replaceAll(/[ -]/g, '_')); return sectors.size > 1 ? `${locale.named('sector', sector)}: ${measure}` : measure; };
  rows = rows.map((r) => ({ ...r, label: label(r.name) }));
  if (rows.length > most) {
    const rest = rows.slice(most - 1);
    rows = [...rows.slice(0, most - 1), { label: t('other_measures'), values: years.map((_, i) => sum(rest.map((r) => r.values[i]))) }];
  }
  const totals = years.map((_, i) => sum(rows.map((r) => r.values[i]))), unit = locale.tonnesUnit(Math.max(...totals)), last = years.length - 1, first = argmax(rows.map((r) => r.values[last]));
  let base = years.map(() => 0);
  const marks = rows.map((r, k) => {
    const value = r.values.map((v, i) => base[i] + (known(v) ? v : 0) / unit.factor), mark = { kind: 'bars', at: years, base, value, colour: colours[k % colours.length], label: r.label };
    base = value;
    return mark;
  });
  return {
    id: 'measures',
    title: t('measures_title', { measure: rows[first].label, share: locale.percent(rows[first].values[last] / totals[last]), year: years[last], total: locale.tonnes(totals[last]) }),
    help: t('measures_help'),
    spec: { ratio: 0.56, x: { type: 'band', domain: years, format: (y) => locale.year(y) }, y: { type: 'linear', domain: [0, Math.max(...totals) / unit.factor], label: t('per_year', { unit: unit.unit }) }, marks,
      hover: { count: years.length, x: (i) => years[i], tip: (i) => ({ title: locale.year(years[i]), rows: [...rows.map((r, k) => ({ label: r.label, value: locale.tonnes(r.values[i]), colour: colours[k % colours.length] })), { label: t('total'), value: locale.tonnes(totals[i]) }] }) } },
    table: { columns: [t('year'), ...rows.map((r) => `${r.label} (t)`)], rows: years.map((y, i) => [y, ...rows.map((r) => r.values[i])]) },
  };
}
