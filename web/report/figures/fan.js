// The spread of the price over the runs of a sweep: bands of quantiles, and how often it sits at a bound.
import { known } from '../result.js';

export function fan(sweep, locale) {
  const { t } = locale, f = sweep.fan;
  if (!f) return null;
  const { bands } = f, days = f.days, [low5, low25, median, high75, high95] = bands, last = days.length - 1, code = sweep.currency;
  const row = (label, a, b, colour, at) => ({ label, value: b ? `${locale.number(a, 2)}–${locale.number(b, 2)}` : locale.number(a, 2), colour, at });
  return {
    id: 'fan', wide: true,
    title: t('fan_title', { low: locale.price(low5[last], code), high: locale.price(high95[last], code), median: locale.price(median[last], code) }),
    help: t('fan_help', { n: locale.number(sweep.count, 0) }),
    spec: { ratio: 0.36, x: { type: 'time', domain: [days[0], days[last]] }, y: { type: 'linear', domain: [0, Math.max(...high95.filter(known))], label: locale.priceUnit(code) },
      marks: [{ kind: 'area', x: days, y0: low5, y1: high95, colour: 'sky', opacity: 0.3, label: t('nine_of_ten') }, { kind: 'area', x: days, y0: low25, y1: high75, colour: 'blue', opacity: 0.35, label: t('one_of_two') }, { kind: 'line', x: days, y: median, colour: 'blue', width: 2, label: t('median') },
        ...sweep.deadlines.map((at, i) => ({ kind: 'vline', at: Math.min(at, days[last]), colour: 'grey', label: i ? undefined : t('deadline') }))],
      hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: [row(t('nine_of_ten'), low5[i], high95[i], 'sky'), row(t('one_of_two'), low25[i], high75[i], 'blue'), row(t('median'), median[i], null, 'blue', median[i])] }) } },
    table: { columns: [t('day'), ...f.shares.map((q) => `q${Math.round(100 * q)} (${code}/t)`)], rows: days.map((d, i) => [new Date(d * 864e5).toISOString().slice(0, 10), ...bands.map((b) => b[i])]) },
  };
}

/// How often the price lies at what the rules set; unbroken lines are bounds without limit.
const at = [['at_price_floor', 'green'], ['at_reserve_price', 'green', '6 3'], ['at_trigger_price', 'red', '6 3'], ['at_price_ceiling', 'red']];

export function bounds(sweep, locale) {
  const { t } = locale, f = sweep.fan, lines = f ? at.filter(([name]) => f[name]?.some((v) => v > 0)) : [];
  if (!lines.length) return levels(sweep, locale);
  const days = f.days, mean = (list) => list.filter(known).reduce((a, v) => a + v, 0) / list.filter(known).length, percent = (v) => `${locale.number(100 * v, 0)}%`;
  return {
    id: 'bounds',
    title: t('bounds_title', { clauses: locale.list(lines.map(([name]) => t(`${name}_share`, { share: locale.percent(mean(f[name])) }))) }),
    help: t('bounds_help'),
    spec: { ratio: 0.56, x: { type: 'time', domain: [days[0], days.at(-1)] }, y: { type: 'linear', domain: [0, 1], exact: true, format: percent, label: t('share_of_runs') },
      marks: lines.map(([name, colour, dash]) => ({ kind: 'line', x: days, y: f[name], colour, dash, steps: true, width: 1.8, label: t(name) })),
      hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: lines.map(([name, colour]) => ({ label: t(name), value: locale.percent(f[name][i]), colour, at: f[name][i] })) }) } },
    table: { columns: [t('day'), ...lines.map(([name]) => t(name))], rows: days.map((d, i) => [new Date(d * 864e5).toISOString().slice(0, 10), ...lines.map(([name]) => f[name][i])]) },
  };
}

/// Without bounds in the rules: the chance that a year ends at or below each price, for a reader's own bound.
function levels(sweep, locale) {
  const { t } = locale, code = sweep.currency, years = sweep.lived.slice(-4), colours = ['sky', 'green', 'orange', 'blue'].slice(-years.length);
  const sorted = years.map((y) => sweep.ofYear('close', y).filter(known).sort((a, b) => a - b));
  if (!sorted.some((list) => list.length > 1)) return null;
  const all = sorted.flat(), low = Math.min(...all), high = Math.max(...all), n = 80, grid = Array.from({ length: n + 1 }, (_, i) => low + (high - low) * i / n);
  const below = sorted.map((list) => grid.map((p) => list.filter((v) => v <= p + 1e-9).length / list.length)), percent = (v) => `${locale.number(100 * v, 0)}%`, last = sorted.at(-1), at = (q) => last[Math.min(last.length - 1, Math.round(q * (last.length - 1)))];
  return {
    id: 'bounds',
    title: t('levels_title', { year: sweep.years[years.at(-1)], low: locale.price(at(0.1), code), high: locale.price(at(0.9), code) }),
    help: t('levels_help'),
    spec: { ratio: 0.56, x: { type: 'linear', domain: [low, high], label: locale.priceUnit(code) }, y: { type: 'linear', domain: [0, 1], exact: true, format: percent, label: t('share_of_runs') },
      marks: years.map((y, k) => ({ kind: 'line', x: grid, y: below[k], steps: true, colour: colours[k], width: k === years.length - 1 ? 2.4 : 1.6, label: t('end_of_year', { year: sweep.years[y] }) })),
      hover: { count: grid.length, x: (i) => grid[i], tip: (i) => ({ title: t('at_most', { x: locale.price(grid[i], code) }), rows: years.map((y, k) => ({ label: t('end_of_year', { year: sweep.years[y] }), value: locale.percent(below[k][i]), colour: colours[k], at: below[k][i] })) }) } },
    table: { columns: [`${t('close')} (${code}/t)`, ...years.map((y) => String(sweep.years[y]))], rows: grid.map((p, i) => [p, ...below.map((b) => b[i])]) },
  };
}
