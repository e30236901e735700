// What the policy instruments report: reserves and their stocks, allowances in circulation, limits, trigger prices.
import { series as colours } from '../palette.js';
import { isoOf } from '../locale.js';
import { instrumentName } from './rules_moved.js';

/// Flows add up, stocks and prices stand until the next report.
const flows = new Set(['reserve_intake', 'reserve_release', 'withheld', 'set_off', 'borrowed', 'offset_use', 'tax_revenue', 'tax_rebate', 'revenue', 'to_firms', 'audited', 'corrected', 'corrected_by', 'frauds_found', 'invalidated', 'auction_volume']);
/// Units in the order in which a reader asks.
const order = ['t', 't-1', 'cash', ''];
/// Instruments with one of these come first.
const stocks = ['reserve_stock', 'tnac', 'tier_volume', 'unsold', 'price_floor', 'price_ceiling'];
const most = 4;

const rank = (view) => Math.min(...[...view.series.keys()].map((name) => (stocks.includes(name) ? stocks.indexOf(name) : stocks.length)));

export function reported(result, locale) {
  const { t } = locale, group = result.group('policies'), market = result.markets[result.market], code = result.currency;
  if (!group?.series?.values.length) return null;
  const byView = new Map();
  group.series.values.forEach((name, i) => {
    if (group.market && group.market.values[i] !== market) return;
    const unit = group.unit.values[i], kind = unit === 't' ? 't' : /t-1$/.test(unit) ? 't-1' : /currency/.test(unit) ? 'cash' : '', instrument = group.instrument.values[i], key = `${instrument}\u0000${kind}`;
    if (!byView.has(key)) byView.set(key, { instrument, kind, series: new Map() });
    const { series } = byView.get(key);
    if (!series.has(name)) series.set(name, { name, days: [], values: [] });
    const s = series.get(name);
    // Two reports on one day: the later one holds, flows add up.
    if (s.days.at(-1) === group.day.values[i]) s.values[s.values.length - 1] = flows.has(name) ? s.values.at(-1) + group.value.values[i] : group.value.values[i];
    else { s.days.push(group.day.values[i]); s.values.push(group.value.values[i]); }
  });
  const first = result.days[0], last = result.days.at(-1), wide = Math.max(1, (last - first) / 220);  // half of a bar, days
  const choices = [...byView.entries()].sort(([a, x], [b, y]) => order.indexOf(x.kind) - order.indexOf(y.kind) || rank(x) - rank(y) || (a < b ? -1 : 1)).map(([, view]) => {
    const list = [...view.series.values()].filter((s) => s.values.some((v) => v !== 0)).slice(0, most);
    if (!list.length) return null;
    const all = list.flatMap((s) => s.values), peak = Math.max(...all.map(Math.abs)), scale = view.kind === 't' ? locale.tonnesUnit(peak) : view.kind === 'cash' ? locale.cashUnit(peak, code) : { factor: 1, unit: view.kind === 't-1' ? locale.priceUnit(code) : t('number') };
    const text = (v) => (view.kind === 't' ? locale.tonnes(v) : view.kind === 'cash' ? locale.cash(v, code) : view.kind === 't-1' ? locale.price(v, code) : locale.number(v)), head = list.find((s) => !flows.has(s.name)) ?? list[0], name = (s) => locale.named('series', s.name);
    const days = [...new Set(list.flatMap((s) => s.days))].sort((a, b) => a - b), instrument = instrumentName(view.instrument, result, locale), at = (s, day) => { let v = null; s.days.forEach((d, i) => { if (d <= day) v = flows.has(s.name) && d !== day ? null : s.values[i]; }); return v; };
    const total = head.values.reduce((a, v) => a + v, 0), from = head.values[0], until = head.values.at(-1);
    return {
      label: view.kind === 't' ? instrument : `${instrument} (${scale.unit})`,
      title: t(flows.has(head.name) ? 'reported_title_total' : from === until ? 'reported_title_same' : 'reported_title_change', { instrument, series: name(head), from: text(from), until: text(until), total: text(total) }),
      spec: { ratio: 0.34, x: { type: 'time', domain: [Math.min(first, days[0]), last] }, y: { type: 'linear', domain: [Math.min(0, ...all) / scale.factor, Math.max(0, ...all) / scale.factor], label: scale.unit },
        marks: list.flatMap((s, k) => { const colour = colours[k], y = s.values.map((v) => v / scale.factor); return flows.has(s.name) ? [{ kind: 'bars', at: s.days.map((d) => d - wide / (k + 1)), until: s.days.map((d) => d + wide / (k + 1)), value: y, colour, label: name(s) }] : [{ kind: 'line', x: [...s.days, last], y: [...y, y.at(-1)], steps: true, colour, width: 1.8, label: name(s) }]; }),
        hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: list.map((s, k) => ({ label: name(s), value: text(at(s, days[i])), colour: colours[k] })) }) } },
      table: { columns: [t('day'), t('instrument'), t('series'), t('value')], rows: list.flatMap((s) => s.days.map((d, i) => [isoOf(d), view.instrument, s.name, s.values[i]])) },
    };
  }).filter(Boolean);
  return choices.length ? { id: 'reported', wide: true, title: choices[0].title, help: t('reported_help'), choices } : null;
}
