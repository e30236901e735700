// Allowances that are held: day by day, what rests after the deadlines, and what the authority holds: not yet sold, in reserves.
import { argmax, known, sum } from '../result.js';
import { deadlineMarks } from './deadlines.js';

export function bank(result, locale) {
  const { t } = locale, days = result.days, held = result.series('daily', 'bank');
  if (!held?.some(known)) return null;
  const reserves = [['pools', result.series('daily', 'pools')]].filter(([, v]) => v?.some((x) => known(x) && x > 0));
  const most = argmax(held), unit = locale.tonnesUnit(held[most]), lived = result.lived, yearly = result.series('yearly', 'bank');
  const last = lived.at(-1), expired = sum(lived.map((i) => result.series('yearly', 'expired')?.[i]));
  const scaled = (list) => list.map((v) => (known(v) ? v / unit.factor : null));
  const ends = lived.map((i) => days.findLast((d) => new Date(d * 864e5).getUTCFullYear() === result.years[i]));
  return {
    id: 'bank',
    title: expired > 0 ? t('bank_title_expired', { left: locale.tonnes(yearly[last]), year: result.years[last], expired: locale.tonnes(expired) }) : t('bank_title', { left: locale.tonnes(yearly[last]), year: result.years[last], most: locale.tonnes(held[most]), when: locale.month(days[most]) }),
    help: t('bank_help'),
    spec: {
      ratio: 0.56, x: { type: 'time', domain: [days[0], days.at(-1)] }, y: { type: 'linear', domain: [0, Math.max(held[most], ...reserves.flatMap(([, v]) => v.filter(known))) / unit.factor], label: unit.unit },
      marks: [{ kind: 'area', x: days, y0: 0, y1: scaled(held), colour: 'blue', opacity: 0.25, steps: true, label: t('bank_held') }, { kind: 'line', x: days, y: scaled(held), colour: 'blue', width: 1.2, steps: true },
        ...reserves.map(([name, v], i) => ({ kind: 'line', x: days, y: scaled(v), colour: ['purple', 'green'][i % 2], steps: true, label: locale.named('daily', name) })),
        { kind: 'dots', x: ends, y: scaled(lived.map((i) => yearly[i])), colour: 'red', r: 3.6, label: t('bank_year_end') }, ...deadlineMarks(result, locale)],
      hover: { count: days.length, x: (i) => days[i], tip: (i) => ({ title: locale.day(days[i]), rows: [{ label: t('bank_held'), value: locale.tonnes(held[i]), colour: 'blue', at: held[i] / unit.factor }, ...reserves.map(([name, v]) => ({ label: locale.named('daily', name), value: locale.tonnes(v[i]) }))] }) },
    },
    table: { columns: [t('day'), ...['bank', 'pools', 'issued', 'surrendered', 'cancelled', 'expired'].map((name) => `${t(`csv_${name}`)} (t)`)], rows: days.map((d, i) => [new Date(d * 864e5).toISOString().slice(0, 10), ...['bank', 'pools', 'issued', 'surrendered', 'cancelled', 'expired'].map((name) => result.series('daily', name)?.[i])]) },
  };
}
