// The price: closes inside the daily limits, the anchor, the prices that rules set, auctions, deadlines.
import { argmax, known } from '../result.js';
import { auctionsOf } from './auctions.js';
import { deadlineMarks } from './deadlines.js';

/// Prices that rules set, day by day.
const bounds = [['price_floor', 'green', '2 3'], ['reserve_price', 'green', '7 3'], ['trigger_price', 'red', '7 3'], ['price_ceiling', 'red', '2 3']];

/// A value a year as a line over its days, inside the days of the result.
function inYears(result, values) {
  const [first, last] = [result.days[0], result.days.at(-1)], parts = result.years.map((y, i) => [Math.max(first, Date.UTC(y, 0, 1) / 864e5), Math.min(last, Date.UTC(y, 11, 31) / 864e5), values[i]]).filter(([from, until]) => from < until);
  return { x: parts.flatMap(([from, until]) => [from, until]), y: parts.flatMap(([, , v]) => [v, v]) };
}

/// The top of the axis: all that was seen, and what rules set as far as it lies within reach of it.
function highest(seen, set) {
  const most = Math.max(...seen.flat().filter(known));
  return Math.max(most, ...set.flat().filter((v) => known(v) && v <= most * 1.6));
}

export function price(result, locale) {
  const { t } = locale, days = result.days, close = result.series('daily', 'close');
  if (!close?.some(known)) return null;
  const get = (name) => result.series('daily', name);
  const code = result.currency, low = get('limit_low'), high = get('limit_high'), anchor = get('anchor');
  const first = close.find(known), last = close.findLast(known), peak = argmax(close), change = last / first - 1;
  const extra = bounds.map(([name, colour, dash]) => ({ name, colour, dash, values: get(name) })).filter(({ values }) => values?.some(known)), held = auctionsOf(result);
  const equilibrium = result.series('yearly', 'equilibrium_price');
  const marks = [];
  if (high?.some(known)) marks.push({ kind: 'area', x: days, y0: low, y1: high, colour: 'sky', opacity: 0.28, label: t('price_limits') });
  if (anchor?.some(known)) marks.push({ kind: 'line', x: days, y: anchor, colour: 'orange', dash: '6 3', width: 1.4, label: t('anchor') });
  for (const { name, colour, dash, values } of extra) marks.push({ kind: 'line', x: days, y: values, colour, dash, steps: true, width: 1.4, label: t(name) });
  if (equilibrium?.some(known)) marks.push({ kind: 'line', ...inYears(result, equilibrium), colour: 'purple', width: 2, dash: '10 3', label: t('equilibrium_price') });
  marks.push({ kind: 'line', x: days, y: close, colour: 'blue', width: 1.6, label: t('close') });
  const sold = held.filter((a) => known(a.price)), failed = held.filter((a) => !known(a.price) && a.offered > 0 && known(a.reserve) && a.reserve > 0.01);
  if (sold.length) marks.push({ kind: 'dots', x: sold.map((a) => a.day), y: sold.map((a) => a.price), colour: 'purple', r: sold.length > 80 ? 2.4 : 3.4, hollow: true, label: t('auction_cleared') });
  if (failed.length) marks.push({ kind: 'dots', x: failed.map((a) => a.day), y: failed.map((a) => a.reserve), colour: 'red', r: 2.6, label: t('auction_failed') });
  marks.push(...deadlineMarks(result, locale, true));
  const auctionOn = new Map(held.map((a) => [a.day, a]));
  const rows = (i) => [
    { label: t('close'), value: locale.number(close[i], 2), colour: 'blue', at: close[i] },
    known(high?.[i]) && { label: t('price_limits'), value: `${locale.number(low[i], 2)}–${locale.number(high[i], 2)}`, colour: 'sky' },
    known(anchor?.[i]) && { label: t('anchor'), value: locale.number(anchor[i], 2), colour: 'orange' },
    ...extra.map(({ name, colour, values }) => known(values[i]) && { label: t(name), value: locale.number(values[i], 2), colour }),
    auctionOn.has(days[i]) && { label: t(known(auctionOn.get(days[i]).price) ? 'auction_cleared' : 'auction_failed'), value: known(auctionOn.get(days[i]).price) ? `${locale.number(auctionOn.get(days[i]).price, 2)} · ${locale.tonnes(auctionOn.get(days[i]).sold)}` : '', colour: 'purple' },
    known(get('days_to_deadline')?.[i]) && { label: t('days_to_deadline'), value: locale.number(get('days_to_deadline')[i], 0) },
  ].filter(Boolean);
  const columns = ['close', 'limit_low', 'limit_high', 'anchor', 'vwap', ...extra.map((e) => e.name), 'volume_listed'].filter((name) => get(name));
  return {
    id: 'price', wide: true,
    title: t(Math.abs(change) < 0.01 ? 'price_title_level' : change > 0 ? 'price_title_rose' : 'price_title_fell', {
      last: locale.price(last, code), change: locale.percent(Math.abs(change)), peak: locale.price(close[peak], code), when: locale.month(days[peak]), day: locale.day(days.at(-1)) }),
    help: t('price_help'),
    spec: {
      ratio: 0.34, x: { type: 'time', domain: [days[0], days.at(-1)] }, y: { type: 'linear', domain: [0, highest([close, high ?? [], sold.map((a) => a.price)], [anchor ?? [], equilibrium ?? [], ...extra.map((e) => e.values)])], label: locale.priceUnit(code) },
      marks, hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: rows(i) }) },
    },
    table: { columns: [t('day'), ...columns.map((name) => `${t(bounds.some(([b]) => b === name) ? name : `csv_${name}`)} (${name === 'volume_listed' ? 't' : `${code}/t`})`)], rows: days.map((d, i) => [new Date(d * 864e5).toISOString().slice(0, 10), ...columns.map((name) => get(name)[i])]) },
  };
}
