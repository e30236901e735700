// The price: closes inside the daily limits, the anchor, deadlines.
import { argmax, known } from '../result.js';
import { deadlineMarks } from './deadlines.js';

export function price(result, locale) {
  const { t } = locale, days = result.days, close = result.series('daily', 'close');
  if (!close?.some(known)) return null;
  const get = (name) => result.series('daily', name);
  const code = result.currency, low = get('limit_low'), high = get('limit_high'), anchor = get('anchor');
  const first = close.find(known), last = close.findLast(known), peak = argmax(close), change = last / first - 1;
  const extra = ['price_floor', 'price_ceiling'].map((name) => [name, get(name)]).filter(([, v]) => v?.some(known));
  const equilibrium = result.series('yearly', 'equilibrium_price');
  const marks = [];
  if (high?.some(known)) marks.push({ kind: 'area', x: days, y0: low, y1: high, colour: 'sky', opacity: 0.28, label: t('price_limits') });
  if (anchor?.some(known)) marks.push({ kind: 'line', x: days, y: anchor, colour: 'orange', dash: '6 3', width: 1.4, label: t('anchor') });
  for (const [name, values] of extra) marks.push({ kind: 'line', x: days, y: values, colour: name === 'price_floor' ? 'green' : 'red', dash: '2 3', steps: true, label: t(name) });
  if (equilibrium?.some(known)) marks.push({ kind: 'line', x: result.years.flatMap((y) => [Date.UTC(y, 0, 1) / 864e5, Date.UTC(y, 11, 31) / 864e5]), y: equilibrium.flatMap((v) => [v, v]), colour: 'purple', width: 2, dash: '10 3', label: t('equilibrium_price') });
  marks.push({ kind: 'line', x: days, y: close, colour: 'blue', width: 1.6, label: t('close') });
  marks.push(...deadlineMarks(result, locale, true));
  const rows = (i) => [
    { label: t('close'), value: locale.number(close[i], 2), colour: 'blue', at: close[i] },
    known(high?.[i]) && { label: t('price_limits'), value: `${locale.number(low[i], 2)}–${locale.number(high[i], 2)}`, colour: 'sky' },
    known(anchor?.[i]) && { label: t('anchor'), value: locale.number(anchor[i], 2), colour: 'orange' },
    ...extra.map(([name, v]) => known(v[i]) && { label: t(name), value: locale.number(v[i], 2), colour: name === 'price_floor' ? 'green' : 'red' }),
    known(get('days_to_deadline')?.[i]) && { label: t('days_to_deadline'), value: locale.number(get('days_to_deadline')[i], 0) },
  ].filter(Boolean);
  const columns = ['close', 'limit_low', 'limit_high', 'anchor', 'vwap', 'volume_listed'].filter((name) => get(name));
  return {
    id: 'price', wide: true,
    title: t(Math.abs(change) < 0.01 ? 'price_title_level' : change > 0 ? 'price_title_rose' : 'price_title_fell', {
      last: locale.price(last, code), change: locale.percent(Math.abs(change)), peak: locale.price(close[peak], code), when: locale.month(days[peak]), day: locale.day(days.at(-1)) }),
    help: t('price_help'),
    spec: {
      ratio: 0.34, x: { type: 'time', domain: [days[0], days.at(-1)] }, y: { type: 'linear', domain: [0, Math.max(...[close, high ?? [], anchor ?? []].flat().filter(known))], label: locale.priceUnit(code) },
      marks, hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: rows(i) }) },
    },
    table: { columns: [t('day'), ...columns.map((name) => `${t(`csv_${name}`)} (${name === 'volume_listed' ? 't' : `${code}/t`})`)], rows: days.map((d, i) => [new Date(d * 864e5).toISOString().slice(0, 10), ...columns.map((name) => get(name)[i])]) },
  };
}
