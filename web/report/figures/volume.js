// Volume by month and kind of trade, and how it spreads over the year.
import { argmax, known, sum } from '../result.js';
import { auctionedBy } from './auctions.js';
import { dateOf } from '../locale.js';
import { deadlineMarks } from './deadlines.js';

const kinds = [['volume_listed', 'blue'], ['volume_block', 'orange'], ['volume_group', 'green'], ['volume_auction', 'purple']];

/// [{year, month, from, until, amounts: [by kind]}], months without a trading day left out.
function months(result) {
  const of = (name) => (name === 'volume_auction' ? auctionedBy(result) : result.series('daily', name));
  const list = [], present = kinds.filter(([name]) => of(name)?.some((v) => known(v) && v > 0)), values = present.map(([name]) => of(name));
  result.days.forEach((day, i) => {
    const date = dateOf(day), year = date.getUTCFullYear(), month = date.getUTCMonth();
    if (list.at(-1)?.year !== year || list.at(-1).month !== month)
      list.push({ year, month, from: Date.UTC(year, month, 1) / 864e5, until: Date.UTC(year, month + 1, 1) / 864e5, amounts: present.map(() => 0) });
    values.forEach((v, k) => { if (known(v[i])) list.at(-1).amounts[k] += v[i]; });
  });
  return { list, present };
}

export function volume(result, locale) {
  const { t } = locale, { list, present } = months(result);
  if (!list.length || !present.length) return null;
  const totals = list.map((m) => sum(m.amounts)), largest = argmax(totals), unit = locale.tonnesUnit(totals[largest]);
  let base = list.map(() => 0);
  const marks = present.map(([name, colour], k) => {
    const value = list.map((m, i) => base[i] + m.amounts[k] / unit.factor);
    const mark = { kind: 'bars', at: list.map((m) => m.from), until: list.map((m) => m.until), base, value, colour, label: t(name) };
    base = value;
    return mark;
  });
  const shares = result.series('yearly', 'share_before_deadline') ?? [], volumes = result.series('yearly', 'volume') ?? [];
  const due = result.lived.filter((i) => known(shares[i]) && known(volumes[i]));
  const share = sum(due.map((i) => shares[i] * volumes[i])) / sum(due.map((i) => volumes[i]));
  const all = sum(totals), sold = present.findIndex(([name]) => name === 'volume_auction'), auctioned = sold < 0 ? 0 : sum(list.map((m) => m.amounts[sold])) / all, listed = present.findIndex(([name]) => name === 'volume_listed'), outside = 1 - (listed < 0 ? 0 : sum(list.map((m) => m.amounts[listed]))) / all;
  return {
    id: 'volume',
    title: auctioned > 0.5 ? t('volume_title_auctions', { share: locale.percent(auctioned), when: locale.month(list[largest].from), amount: locale.tonnes(totals[largest]) }) : due.length ? t('volume_title_deadline', { share: locale.percent(share), outside: locale.percent(outside) })
      : t('volume_title', { when: locale.month(list[largest].from), amount: locale.tonnes(totals[largest]), share: locale.percent(totals[largest] / all) }),
    help: t('volume_help'),
    spec: {
      ratio: 0.56, x: { type: 'time', domain: [list[0].from, list.at(-1).until] }, y: { type: 'linear', domain: [0, totals[largest] / unit.factor], label: t('per_month', { unit: unit.unit }) },
      marks: [...marks, ...deadlineMarks(result, locale)],
      hover: { count: list.length, x: (i) => (list[i].from + list[i].until) / 2,
        tip: (i) => ({ title: locale.month(list[i].from), rows: [...present.map(([name, colour], k) => ({ label: t(name), value: locale.tonnes(list[i].amounts[k]), colour })), { label: t('total'), value: locale.tonnes(totals[i]) }] }) },
    },
    table: { columns: [t('month'), ...present.map(([name]) => `${t(name)} (t)`)], rows: list.map((m) => [`${m.year}-${String(m.month + 1).padStart(2, '0')}`, ...m.amounts]) },
  };
}

export function seasonality(result, locale) {
  const { t } = locale, { list } = months(result);
  const whole = [...new Set(list.map((m) => m.year))].map((year) => {
    const of = Array.from({ length: 12 }, (_, k) => sum(list.filter((m) => m.year === year && m.month === k).flatMap((m) => m.amounts)));
    const total = sum(of);
    return { year, shares: total > 0 ? of.map((v) => v / total) : null, months: list.filter((m) => m.year === year).length };
  }).filter((y) => y.shares && y.months >= 5);
  if (whole.length < 2) return null;
  const mean = Array.from({ length: 12 }, (_, k) => sum(whole.map((y) => y.shares[k])) / whole.length), top = argmax(mean);
  const at = Array.from({ length: 12 }, (_, k) => k), percent = (v) => `${locale.number(100 * v, 0)}%`;
  return {
    id: 'seasonality',
    title: t('seasonality_title', { month: locale.monthLong(top), share: locale.percent(mean[top]), times: locale.number(mean[top] * 12, 1) }),
    help: t('seasonality_help', { n: whole.length }),
    spec: {
      ratio: 0.56, x: { type: 'band', domain: at, format: locale.monthName }, y: { type: 'linear', domain: [0, Math.max(...whole.flatMap((y) => y.shares))], format: percent, label: t('share_of_year') },
      marks: [{ kind: 'bars', at, value: mean, colour: 'sky', label: t('mean_of_years') }, ...whole.map((y, i) => ({ kind: 'dots', x: at, y: y.shares, colour: 'blue', r: 2.6, label: i === 0 ? t('single_years') : undefined })), { kind: 'hline', at: 1 / 12, colour: 'grey', label: t('even_share') }],
      hover: { count: 12, x: (i) => i, tip: (i) => ({ title: locale.monthLong(i), rows: [{ label: t('mean_of_years'), value: locale.percent(mean[i], 1), colour: 'sky' }, ...whole.map((y) => ({ label: locale.year(y.year), value: locale.percent(y.shares[i], 1), colour: 'blue' }))] }) },
    },
    table: { columns: [t('month'), t('mean_of_years'), ...whole.map((y) => String(y.year))], rows: at.map((k) => [k + 1, mean[k], ...whole.map((y) => y.shares[k])]) },
  };
}
