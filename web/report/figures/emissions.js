// Cap or allocation, emissions and what they would have been: is the market short or long, and what has it abated.
import { known, sum } from '../result.js';

const shown = [['emissions_baseline', 'grey', '5 4'], ['emissions', 'blue'], ['cap', 'red', '2 3'], ['allocation_final', 'orange'], ['obligation', 'purple', '8 3']];

export function emissions(result, locale) {
  const { t } = locale, lived = result.lived, years = lived.map((i) => result.years[i]);
  const list = shown.map(([name, colour, dash]) => ({ name, colour, dash, values: lived.map((i) => result.series('yearly', name)?.[i] ?? null) })).filter((s) => s.values.some((v) => known(v) && v > 0));
  if (!list.length || years.length < 1) return null;
  const all = list.flatMap((s) => s.values).filter((v) => known(v) && v > 0), most = Math.max(...all), least = Math.min(...all), unit = locale.tonnesUnit(most);
  const of = (name) => list.find((s) => s.name === name)?.values ?? [];
  const saved = 1 - sum(of('emissions')) / sum(of('emissions_baseline'));
  const settled = years.map((_, k) => k).filter((k) => known(of('allocation_final')[k]) && known(of('obligation')[k]));
  const cover = sum(settled.map((k) => of('allocation_final')[k])) / sum(settled.map((k) => of('obligation')[k]));
  return {
    id: 'emissions',
    title: settled.length ? t(cover >= 1 ? 'emissions_title_long' : 'emissions_title_short', { saved: locale.percent(saved, 1), gap: locale.percent(Math.abs(cover - 1), 1) }) : t('emissions_title', { saved: locale.percent(saved, 1) }),
    help: t('emissions_help'),
    spec: {
      ratio: 0.56, x: { type: 'band', domain: years, format: (y) => locale.year(y) },
      y: { type: 'linear', domain: [Math.max(0, least - (most - least) * 0.35) / unit.factor, (most + (most - least) * 0.1) / unit.factor], label: t('per_year', { unit: unit.unit }) },
      marks: list.flatMap((s) => [{ kind: 'line', x: years, y: s.values.map((v) => (known(v) ? v / unit.factor : null)), colour: s.colour, dash: s.dash, width: 2, label: t(s.name) }, { kind: 'dots', x: years, y: s.values.map((v) => (known(v) ? v / unit.factor : null)), colour: s.colour, r: 3 }]),
      hover: { count: years.length, x: (i) => years[i], tip: (i) => ({ title: locale.year(years[i]), rows: list.map((s) => ({ label: t(s.name), value: locale.tonnes(s.values[i]), colour: s.colour })) }) },
    },
    table: { columns: [t('year'), ...list.map((s) => `${t(s.name)} (t)`)], rows: years.map((y, i) => [y, ...list.map((s) => s.values[i])]) },
  };
}
