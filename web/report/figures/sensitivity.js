// Which factor moves which outcome: the share of an outcome's spread over runs that a factor alone explains.
//
// First-order share from given data (Plischke, Borgonovo and Smith 2013, Eur. J. Oper. Res. 226, 536-550): the variance of
// the means within classes of the factor over the whole variance, less what chance alone would give.
import { known, sum } from '../result.js';

const classes = 8;

const mean = (list) => sum(list) / list.length;
const variance = (list) => { const m = mean(list); return sum(list.map((v) => (v - m) ** 2)) / list.length; };

/// [[runs of a class]], by level where there are few, else by rank.
export function classesOf(values) {
  const levels = [...new Set(values)];
  if (levels.length <= classes) return levels.sort((a, b) => (a > b ? 1 : -1)).map((level) => ({ level, runs: values.map((v, i) => [v, i]).filter(([v]) => v === level).map(([, i]) => i) }));
  const order = values.map((v, i) => [v, i]).sort((a, b) => a[0] - b[0]), size = order.length / classes;
  return Array.from({ length: classes }, (_, k) => order.slice(Math.round(k * size), Math.round((k + 1) * size))).filter((part) => part.length).map((part) => ({ level: part[Math.floor(part.length / 2)][0], runs: part.map(([, i]) => i) }));
}

export function shareExplained(factor, outcome) {
  const runs = outcome.map((v, i) => i).filter((i) => known(outcome[i])), parts = classesOf(runs.map((i) => factor[i])).map((c) => c.runs.map((k) => outcome[runs[k]]));
  const all = runs.map((i) => outcome[i]), whole = variance(all), n = all.length, k = parts.length;
  if (!(whole > 0) || k < 2 || n <= k) return null;
  const between = sum(parts.map((p) => p.length * (mean(p) - mean(all)) ** 2)) / n, raw = between / whole;
  return Math.max(0, Math.min(1, 1 - (1 - raw) * (n - 1) / (n - k)));
}

export function sensitivity(sweep, locale) {
  const { t } = locale, factors = sweep.factors.filter((f) => new Set(f.values).size > 1);
  if (!factors.length || sweep.count < 4) return null;
  const choices = sweep.outcomes(locale).map((outcome) => {
    const rows = factors.map((f) => ({ name: locale.plain(f.name), share: shareExplained(f.values, outcome.values) })).filter((r) => r.share !== null).sort((a, b) => b.share - a.share);
    if (!rows.length) return null;
    const labels = rows.map((r) => r.name);
    return {
      label: outcome.label,
      title: t('sensitivity_title', { factor: labels[0], share: locale.percent(rows[0].share), outcome: outcome.label }),
      spec: { rows: labels.length, right: 30, x: { type: 'linear', domain: [0, 1], exact: true, format: (v) => `${locale.number(100 * v, 0)}%`, label: t('sensitivity_axis') }, y: { type: 'band', domain: labels, gap: 0.35 },
        marks: [{ kind: 'bars', at: labels, value: rows.map((r) => Math.max(r.share, 0.002)), colour: 'blue' }],
        hover: { count: rows.length, x: (i) => rows[i].share, y: (i) => labels[i], tip: (i) => ({ title: labels[i], rows: [{ label: t('sensitivity_axis'), value: locale.percent(rows[i].share, 1), colour: 'blue' }] }) } },
      table: { columns: [t('factor'), `${t('sensitivity_axis')}: ${outcome.label}`], rows: rows.map((r) => [r.name, r.share]) },
    };
  }).filter(Boolean);
  return choices.length ? { id: 'sensitivity', title: choices[0].title, help: t('sensitivity_help'), choices } : null;
}

/// How the outcome answers to each factor: means with the middle half of the runs.
export function response(sweep, locale) {
  const { t } = locale, factors = sweep.factors.filter((f) => f.values.every((v) => typeof v === 'number') && new Set(f.values).size > 1), outcome = sweep.outcomes(locale)[0];
  if (!factors.length || !outcome) return null;
  const ranked = factors.map((f) => ({ f, share: shareExplained(f.values, outcome.values) ?? 0 })).sort((a, b) => b.share - a.share).slice(0, 5);
  const choices = ranked.map(({ f }) => {
    const list = classesOf(f.values).map((c) => ({ level: c.level, values: c.runs.map((i) => outcome.values[i]).filter(known).sort((a, b) => a - b) })).filter((c) => c.values.length);
    const q = (values, s) => values[Math.round(s * (values.length - 1))], x = list.map((c) => c.level), means = list.map((c) => mean(c.values)), low = list.map((c) => q(c.values, 0.25)), high = list.map((c) => q(c.values, 0.75));
    const ends = [Math.min(...x), Math.max(...x)], spread = Math.max(...high) - Math.min(...low);
    return {
      label: locale.plain(f.name),
      title: t(means.at(-1) >= means[0] ? 'response_title_up' : 'response_title_down', { outcome: outcome.label, from: outcome.text(means[0]), until: outcome.text(means.at(-1)), factor: locale.plain(f.name), low: locale.number(x[0], undefined), high: locale.number(x.at(-1), undefined) }),
      spec: { ratio: 0.56, x: { type: 'linear', domain: ends[0] === ends[1] ? [ends[0] - 1, ends[1] + 1] : ends, label: locale.plain(f.name) }, y: { type: 'linear', domain: [Math.max(0, Math.min(...low) - spread * 0.2) / outcome.factor, (Math.max(...high) + spread * 0.1) / outcome.factor], label: outcome.unit },
        marks: [{ kind: 'area', x, y0: low.map((v) => v / outcome.factor), y1: high.map((v) => v / outcome.factor), colour: 'sky', opacity: 0.35, label: t('one_of_two') }, { kind: 'line', x, y: means.map((v) => v / outcome.factor), colour: 'blue', width: 2, label: t('mean') }, { kind: 'dots', x, y: means.map((v) => v / outcome.factor), colour: 'blue' }],
        hover: { count: x.length, x: (i) => x[i], tip: (i) => ({ title: `${locale.plain(f.name)} = ${locale.number(x[i])}`, rows: [{ label: t('mean'), value: outcome.text(means[i]), colour: 'blue', at: means[i] / outcome.factor }, { label: t('one_of_two'), value: `${outcome.text(low[i])} – ${outcome.text(high[i])}`, colour: 'sky' }, { label: t('runs'), value: locale.number(list[i].values.length, 0) }] }) } },
      table: { columns: [f.name, `${t('mean')} ${outcome.label}`, 'q25', 'q75', t('runs')], rows: x.map((v, i) => [v, means[i], low[i], high[i], list[i].values.length]) },
    };
  });
  return { id: 'response', title: choices[0].title, help: t('response_help'), choices };
}
