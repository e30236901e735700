// Results side by side: prices and their difference, years, winners and losers.
import { argmax, known, sum } from '../result.js';

const iso = (d) => new Date(d * 864e5).toISOString().slice(0, 10);

/// The price of each result by day: closes of a run, medians of a sweep.
const pricesOf = (side) => (side.sweep ? (side.sweep.fan ? { days: side.sweep.fan.days, values: side.sweep.fan.bands[2] } : null) : { days: side.result.days, values: side.result.series('daily', 'close') ?? [] });

export function prices(pair, locale) {
  const { t } = locale, list = pair.sides.map((side) => ({ ...side, ...pricesOf(side) })).filter((s) => s.days?.length && s.values.some(known));
  if (list.length < 2) return null;
  const code = pair.currency, days = list[0].days, first = Math.min(...list.map((s) => s.days[0])), last = Math.max(...list.map((s) => s.days.at(-1)));
  const at = list.map((s) => new Map(s.days.map((d, i) => [d, s.values[i]]))), a = list[0], b = list[1], end = (s) => s.values.findLast(known), change = end(b) / end(a) - 1;
  return {
    id: 'prices', wide: true,
    title: t(Math.abs(change) < 0.005 ? 'prices_title_same' : change > 0 ? 'prices_title_above' : 'prices_title_below', { a: a.name, b: b.name, change: locale.percent(Math.abs(change)), last: locale.price(end(b), code), base: locale.price(end(a), code) }),
    help: t(list.some((s) => s.sweep) ? 'prices_help_sweep' : 'prices_help'),
    spec: { ratio: 0.34, x: { type: 'time', domain: [first, last] }, y: { type: 'linear', domain: [0, Math.max(...list.flatMap((s) => s.values).filter(known))], label: locale.priceUnit(code) },
      marks: [...list.filter((s) => s.sweep).map((s) => ({ kind: 'area', x: s.days, y0: s.sweep.fan.bands[0], y1: s.sweep.fan.bands[4], colour: s.colour, opacity: 0.15 })), ...list.map((s, k) => ({ kind: 'line', x: s.days, y: s.values, colour: s.colour, dash: k ? '7 3' : null, width: 1.7, label: s.name }))],
      hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: list.map((s, k) => ({ label: s.name, value: locale.number(at[k].get(days[i]), 2), colour: s.colour, at: at[k].get(days[i]) })) }) } },
    table: { columns: [t('day'), ...list.map((s) => `${s.name} (${code}/t)`)], rows: days.map((d) => [iso(d), ...at.map((m) => m.get(d))]) },
  };
}

export function priceDifference(pair, locale) {
  const { t } = locale, list = pair.sides.map((side) => ({ ...side, ...pricesOf(side) })).filter((s) => s.days?.length && s.values.some(known));
  if (list.length < 2) return null;
  const [a, b] = list, code = pair.currency, base = new Map(a.days.map((d, i) => [d, a.values[i]])), days = b.days.filter((d) => known(base.get(d))), of = new Map(b.days.map((d, i) => [d, b.values[i]]));
  const values = days.map((d) => (known(of.get(d)) ? of.get(d) - base.get(d) : null)), mean = sum(values) / values.filter(known).length, most = argmax(values.map((v) => (known(v) ? Math.abs(v) : null)));
  if (!days.length || most < 0) return null;
  return {
    id: 'price-difference',
    title: t(Math.abs(mean) < 0.005 ? 'difference_title_none' : mean > 0 ? 'difference_title_above' : 'difference_title_below', { b: b.name, a: a.name, mean: locale.price(Math.abs(mean), code), most: locale.price(values[most], code), when: locale.month(days[most]) }),
    help: t('difference_help', { a: a.name, b: b.name }),
    spec: { ratio: 0.56, x: { type: 'time', domain: [days[0], days.at(-1)] }, y: { type: 'linear', domain: [Math.min(0, ...values.filter(known)), Math.max(0, ...values.filter(known))], label: locale.priceUnit(code) },
      marks: [{ kind: 'area', x: days, y0: 0, y1: values.map((v) => (known(v) ? Math.max(0, v) : null)), colour: 'orange', opacity: 0.6, label: t('dearer', { b: b.name }) }, { kind: 'area', x: days, y0: 0, y1: values.map((v) => (known(v) ? Math.min(0, v) : null)), colour: 'blue', opacity: 0.6, label: t('cheaper', { b: b.name }) }],
      hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: [{ label: t('difference'), value: locale.number(values[i], 2), colour: values[i] > 0 ? 'orange' : 'blue', at: values[i] }] }) } },
    table: { columns: [t('day'), `${t('difference')} (${code}/t)`], rows: days.map((d, i) => [iso(d), values[i]]) },
  };
}

const yearly = [['emissions', 'tonnes'], ['vwap', 'price'], ['volume', 'tonnes'], ['bank', 'tonnes'], ['abatement', 'tonnes'], ['abatement_cost', 'cash'], ['shortfall', 'tonnes']];

export function years(pair, locale) {
  const { t } = locale, code = pair.currency, all = [...new Set(pair.sides.flatMap((s) => s.years))].sort();
  const choices = yearly.map(([name, kind]) => {
    const values = pair.sides.map((s) => all.map((y) => s.ofYear(name, y))), flat = values.flat().filter(known);
    if (!flat.length || Math.max(...flat.map(Math.abs)) === 0) return null;
    const unit = kind === 'tonnes' ? locale.tonnesUnit(Math.max(...flat)) : kind === 'cash' ? locale.cashUnit(Math.max(...flat), code) : { factor: 1, unit: locale.priceUnit(code) }, text = (v) => (kind === 'tonnes' ? locale.tonnes(v) : kind === 'cash' ? locale.cash(v, code) : locale.price(v, code));
    const both = all.map((_, i) => i).filter((i) => known(values[0][i]) && known(values[1][i])), change = sum(both.map((i) => values[1][i])) / sum(both.map((i) => values[0][i])) - 1;
    const least = Math.min(...flat), most = Math.max(...flat), close = least > most * 0.7;
    return {
      label: t(`yearly_${name}`), title: t(!Number.isFinite(change) || Math.abs(change) < 0.0005 ? 'years_title_same' : change > 0 ? 'years_title_more' : 'years_title_less', { what: t(`yearly_${name}`), b: pair.sides[1].name, a: pair.sides[0].name, change: locale.percent(Math.abs(change), 1) }),
      help: t(close ? 'years_help_cut' : 'years_help'),
      spec: { ratio: 0.56, x: { type: 'band', domain: all, format: (y) => locale.year(y) }, y: { type: 'linear', domain: [close ? (least - (most - least) * 0.3) / unit.factor : 0, most / unit.factor], label: unit.unit },
        marks: close ? pair.sides.flatMap((s, k) => [{ kind: 'line', x: all, y: values[k].map((v) => (known(v) ? v / unit.factor : null)), colour: s.colour, dash: k ? '7 3' : null, width: 2, label: s.name }, { kind: 'dots', x: all, y: values[k].map((v) => (known(v) ? v / unit.factor : null)), colour: s.colour }])
          : pair.sides.map((s, k) => ({ kind: 'bars', at: all, value: values[k].map((v) => (known(v) ? v / unit.factor : null)), of: pair.sides.length, nth: k, colour: s.colour, label: s.name })),
        hover: { count: all.length, x: (i) => all[i], tip: (i) => ({ title: locale.year(all[i]), rows: [...pair.sides.map((s, k) => ({ label: s.name, value: text(values[k][i]), colour: s.colour })), { label: t('difference'), value: known(values[0][i]) && known(values[1][i]) ? text(values[1][i] - values[0][i]) : '–' }] }) } },
      table: { columns: [t('year'), ...pair.sides.map((s) => s.name)], rows: all.map((y, i) => [y, ...values.map((v) => v[i])]) },
    };
  }).filter(Boolean);
  return choices.length ? { id: 'years-side-by-side', title: choices[0].title, help: choices[0].help, choices } : null;
}

export function winners(pair, locale) {
  const { t } = locale, [a, b] = pair.sides, code = pair.currency;
  if (a.sweep && b.sweep) return winningSectors(pair, locale);
  if (!a.result?.json.firms?.cells || !b.result?.json.firms?.cells) return null;
  const net = (c) => (c.emissions > 0 ? (c.abatement_cost + c.paid - c.received + c.fines) / c.emissions : null), key = (f, c) => `${f.sectors[c.sector]}|${c.size}`;
  const other = new Map(b.result.json.firms.cells.map((c) => [key(b.result.json.firms, c), c])), firms = a.result.json.firms, several = firms.sectors.length > 1;
  const rows = firms.cells.map((c) => ({ c, d: other.get(key(firms, c)), label: [several && locale.named('sector', firms.sectors[c.sector]), firms.size_bounds.length && t(`size_${c.size}`)].filter(Boolean).join(locale.language === 'zh' ? '，' : ', ') || locale.named('sector', firms.sectors[c.sector]) })).filter((r) => r.d && known(net(r.c)) && known(net(r.d))).map((r) => ({ ...r, change: net(r.d) - net(r.c) }));
  if (!rows.length) return null;
  const labels = rows.map((r) => r.label), values = rows.map((r) => r.change), win = argmax(values, -1), lose = argmax(values), all = values.every((v) => v <= 0) ? 'all_win' : values.every((v) => v >= 0) ? 'all_lose' : 'mixed';
  return {
    id: 'winners',
    title: t(rows.length === 1 ? (values[0] > 0 ? 'winners_title_more' : 'winners_title_less') : `winners_title_${all}`, { b: b.name, win: labels[win], winCost: locale.price(Math.abs(values[win]), code), lose: labels[lose], loseCost: locale.price(Math.abs(values[lose]), code) }),
    help: t('winners_help', { a: a.name, b: b.name }),
    spec: { rows: labels.length, right: 16, x: { type: 'linear', domain: [Math.min(0, ...values), Math.max(0, ...values)], label: t('per_tonne_emitted', { unit: locale.priceUnit(code) }) }, y: { type: 'band', domain: labels, gap: 0.3 },
      marks: [{ kind: 'bars', at: labels, value: values, colour: values.map((v) => (v > 0 ? 'orange' : 'blue')) }],
      hover: { count: rows.length, x: (i) => values[i], y: (i) => labels[i], tip: (i) => ({ title: labels[i], rows: [{ label: a.name, value: locale.number(net(rows[i].c), 2), colour: a.colour }, { label: b.name, value: locale.number(net(rows[i].d), 2), colour: b.colour }, { label: t('difference'), value: locale.number(values[i], 2), colour: values[i] > 0 ? 'orange' : 'blue' }] }) } },
    legend: [{ kind: 'bars', colour: 'blue', label: t('winners') }, { kind: 'bars', colour: 'orange', label: t('losers') }],
    table: { columns: [t('firms_by'), `${a.name} (${code}/t)`, `${b.name} (${code}/t)`, `${t('difference')} (${code}/t)`], rows: rows.map((r, i) => [labels[i], net(r.c), net(r.d), values[i]]) },
  };
}

/// Of sweeps: sectors, pair by pair of runs, with a 90% interval of the mean difference (normal).
function winningSectors(pair, locale) {
  const { t } = locale, [a, b] = pair.sides, code = pair.currency, [x, y] = [a.sweep.json.sectors, b.sweep.json.sectors];
  if (!x || !y || a.sweep.count !== b.sweep.count) return null;
  const net = (s, run, k) => { const i = run * s.names.length + k; return s.emissions[i] > 0 ? s.cost[i] / s.emissions[i] : null; };
  const rows = x.names.map((name, k) => {
    const other = y.names.indexOf(name), changes = Array.from({ length: a.sweep.count }, (_, run) => { const [from, until] = [net(x, run, k), other < 0 ? null : net(y, run, other)]; return known(from) && known(until) ? [from, until] : null; }).filter(Boolean);
    if (!changes.length) return null;
    const n = changes.length, mean = (of) => changes.reduce((m, c) => m + of(c), 0) / n, change = mean(([from, until]) => until - from), spread = n > 1 ? Math.sqrt(changes.reduce((v, [from, until]) => v + (until - from - change) ** 2, 0) / (n - 1)) : 0, half = 1.645 * spread / Math.sqrt(n);
    return { label: locale.named('sector', name), from: mean(([from]) => from), until: mean(([, until]) => until), change, low: n > 1 ? change - half : null, high: n > 1 ? change + half : null };
  }).filter(Boolean);
  if (!rows.length) return null;
  const labels = rows.map((r) => r.label), values = rows.map((r) => r.change), win = argmax(values, -1), lose = argmax(values), all = values.every((v) => v <= 0) ? 'all_win' : values.every((v) => v >= 0) ? 'all_lose' : 'mixed', ends = rows.flatMap((r) => [r.change, r.low, r.high]).filter(known);
  return {
    id: 'winners',
    title: t(rows.length === 1 ? (values[0] > 0 ? 'winners_title_more' : 'winners_title_less') : `winners_title_${all}`, { b: b.name, win: labels[win], winCost: locale.price(Math.abs(values[win]), code), lose: labels[lose], loseCost: locale.price(Math.abs(values[lose]), code) }),
    help: `${t('winners_help', { a: a.name, b: b.name })} ${t('winners_help_interval', { n: locale.number(a.sweep.count, 0) })}`,
    spec: { rows: labels.length, right: 16, x: { type: 'linear', domain: [Math.min(0, ...ends), Math.max(0, ...ends)], label: t('per_tonne_emitted', { unit: locale.priceUnit(code) }) }, y: { type: 'band', domain: labels, gap: 0.3 },
      marks: [{ kind: 'bars', at: labels, value: values, colour: values.map((v) => (v > 0 ? 'orange' : 'blue')) }, { kind: 'ranges', y: labels, low: rows.map((r) => r.low), high: rows.map((r) => r.high), colour: 'ink' }],
      hover: { count: rows.length, x: (i) => values[i], y: (i) => labels[i], tip: (i) => ({ title: labels[i], rows: [{ label: a.name, value: locale.number(rows[i].from, 2), colour: a.colour }, { label: b.name, value: locale.number(rows[i].until, 2), colour: b.colour }, { label: t('difference'), value: locale.number(values[i], 2) }, { label: t('interval'), value: `${locale.number(rows[i].low, 2)} – ${locale.number(rows[i].high, 2)}` }] }) } },
    legend: [{ kind: 'bars', colour: 'blue', label: t('winners') }, { kind: 'bars', colour: 'orange', label: t('losers') }, { kind: 'ranges', colour: 'ink', label: t('interval') }],
    table: { columns: [t('firms_by'), `${a.name} (${code}/t)`, `${b.name} (${code}/t)`, `${t('difference')} (${code}/t)`, t('tcol_low'), t('tcol_high')], rows: rows.map((r) => [r.label, r.from, r.until, r.change, r.low, r.high]) },
  };
}
