// How deep the book is, at which prices, through time.
import { known } from '../result.js';

export function depth(result, locale) {
  const { t } = locale, d = result.json.tape?.depth, code = result.currency;
  if (!d || result.markets.length > 1) return null;
  const most = [...d.bids, ...d.asks].filter((v) => v > 0).sort((a, b) => a - b), top = most[Math.floor(most.length * 0.98)];
  if (!top) return null;
  const cells = [];
  for (let c = 0; c < d.columns; ++c)
    for (let r = 0; r < d.rows; ++r)
      for (const [side, list] of [['bids', d.bids], ['asks', d.asks]]) {
        const v = list[c * d.rows + r];
        if (v > 0) cells.push({ c, r, side, v, from: d.first_day + c * d.days, low: d.lowest + r * d.height });
      }
  // Depth spans four orders of magnitude: shades go with its logarithm.
  const shade = (v) => Math.max(0.05, Math.min(1, Math.log10(1 + 99 * Math.min(v / top, 1)) / 2));
  const days = result.days, close = result.series('daily', 'close') ?? [];
  const highest = d.lowest + d.rows * d.height;
  return {
    id: 'depth', wide: true,
    title: t(d.mean_asks >= d.mean_bids ? 'depth_title_asks' : 'depth_title_bids', { bids: locale.tonnes(d.mean_bids), asks: locale.tonnes(d.mean_asks), ratio: locale.number(Math.max(d.mean_asks, d.mean_bids) / Math.max(1, Math.min(d.mean_asks, d.mean_bids)), 1) }),
    help: t('depth_help', { days: locale.number(d.days, 0), most: locale.tonnes(top) }),
    spec: {
      ratio: 0.36, x: { type: 'time', domain: [d.first_day, d.first_day + d.columns * d.days] }, y: { type: 'linear', domain: [d.lowest, highest], exact: true, label: locale.priceUnit(code) },
      marks: [...['bids', 'asks'].map((side) => { const of = cells.filter((x) => x.side === side); return { kind: 'cells', x0: of.map((x) => x.from), x1: of.map((x) => x.from + d.days), y0: of.map((x) => x.low), y1: of.map((x) => x.low + d.height), value: of.map((x) => shade(x.v)), colour: side === 'bids' ? 'blue' : 'orange', label: t(side) }; }),
        { kind: 'line', x: days, y: close.map((v) => (known(v) && v >= d.lowest && v <= highest ? v : null)), colour: 'ink', width: 1.1, label: t('close') }],
      hover: { count: cells.length, x: (i) => cells[i].from + d.days / 2, y: (i) => cells[i].low + d.height / 2, tip: (i) => ({ title: `${locale.day(cells[i].from)}${d.days > 1 ? ` – ${locale.day(cells[i].from + d.days - 1)}` : ''}`, rows: [{ label: `${locale.number(cells[i].low, 2)}–${locale.number(cells[i].low + d.height, 2)} ${locale.priceUnit(code)}`, value: '' }, { label: t(cells[i].side), value: locale.tonnes(cells[i].v), colour: cells[i].side === 'bids' ? 'blue' : 'orange' }] }) },
    },
    table: { columns: [t('day'), `${t('from')} (${code}/t)`, `${t('until')} (${code}/t)`, t('side'), `${t('csv_depth')} (t)`], rows: cells.map((x) => [new Date(x.from * 864e5).toISOString().slice(0, 10), x.low, x.low + d.height, t(x.side), x.v]) },
  };
}
