// Instruments with books of their own: vintages or phases that the rules tell apart, credits beside allowances.
import { series as colours } from '../palette.js';
import { known } from '../result.js';
import { deadlineMarks } from './deadlines.js';

export function books(result, locale) {
  const { t } = locale, group = result.group('instruments'), days = result.axis('instruments', 'day');
  if (!group?.close || result.markets.length > 1) return null;
  const code = result.currency;
  const rows = result.axis('instruments', 'instrument').map((name, k) => ({ label: locale.named('book', name.replaceAll(/[ -]/g, '_')), colour: colours[k % colours.length], values: result.series('instruments', 'close', k) })).filter((r) => r.values.some(known));
  if (rows.length < 2) return null;
  const ended = (r) => locale.price(r.values.findLast(known), code), [first, second] = rows;
  return {
    id: 'books', wide: true,
    title: t('books_title', { first: first.label, one: ended(first), second: second.label, other: ended(second) }),
    help: t('books_help'),
    spec: {
      ratio: 0.34, x: { type: 'time', domain: [days[0], days.at(-1)] }, y: { type: 'linear', domain: [0, Math.max(...rows.flatMap((r) => r.values).filter(known))], label: locale.priceUnit(code) },
      marks: [...rows.map((r) => ({ kind: 'line', x: days, y: r.values, colour: r.colour, width: 1.6, label: r.label })), ...deadlineMarks(result, locale, true)],
      hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: rows.filter((r) => known(r.values[i])).map((r) => ({ label: r.label, value: locale.number(r.values[i], 2), colour: r.colour, at: r.values[i] })) }) },
    },
    table: { columns: [t('day'), ...rows.map((r) => `${r.label} (${locale.priceUnit(code)})`)], rows: days.map((d, i) => [new Date(d * 864e5).toISOString().slice(0, 10), ...rows.map((r) => r.values[i])]) },
  };
}
