// The aggregate abatement cost curve, where the market stands on it year by year, and the competitive price.
import { known } from '../result.js';

export function curve(result, locale) {
  const { t } = locale, price = result.series('curve', 'price'), later = result.series('curve', 'in_time'), now = result.series('curve', 'at_once');
  if (!price?.some(known)) return null;
  const code = result.currency, lived = result.lived, get = (name, i) => result.series('yearly', name)?.[i];
  const stands = lived.map((i) => ({ year: result.years[i], abated: get('emissions_baseline', i) - get('emissions', i), price: get('vwap', i) ?? get('mean_close', i), best: get('equilibrium_price', i) })).filter((p) => known(p.abated) && known(p.price));
  if (!stands.length) return null;
  // Beyond three times what was seen the curve says nothing about this market.
  const top = Math.max(...stands.flatMap((p) => [p.price, p.best ?? 0])) * 2.5, shown = price.map((_, i) => i).filter((i) => known(price[i]) && price[i] <= top);
  if (shown.length < 2) return null;
  const at = (list, p) => { let v = 0; price.forEach((q, i) => { if (known(q) && q <= p) v = list[i]; }); return v; };
  const last = stands.at(-1), could = at(later, last.price), most = Math.max(at(later, top), ...stands.map((p) => p.abated)), unit = locale.tonnesUnit(most), best = stands.findLast((p) => known(p.best))?.best;
  const x = (list) => shown.map((i) => list[i] / unit.factor), y = shown.map((i) => price[i]);
  return {
    id: 'curve',
    title: t('curve_title', { abated: locale.tonnes(last.abated), year: last.year, could: locale.tonnes(could), price: locale.price(last.price, code) }),
    help: t('curve_help'),
    spec: { ratio: 0.56, x: { type: 'linear', domain: [0, most / unit.factor], label: t('per_year', { unit: unit.unit }) }, y: { type: 'linear', domain: [Math.min(0, ...y), top], label: locale.priceUnit(code) },
      marks: [{ kind: 'line', x: x(later), y, colour: 'blue', width: 2, label: t('curve_in_time') }, { kind: 'line', x: x(now), y, colour: 'sky', dash: '6 3', width: 1.6, label: t('curve_at_once') },
        ...(known(best) ? [{ kind: 'hline', at: best, colour: 'purple', label: t('equilibrium_price') }] : []),
        { kind: 'line', x: stands.map((p) => p.abated / unit.factor), y: stands.map((p) => p.price), colour: 'red', width: 1 }, { kind: 'dots', x: stands.map((p) => p.abated / unit.factor), y: stands.map((p) => p.price), colour: 'red', r: 4, label: t('curve_stands') },
        { kind: 'texts', x: stands.map((p) => p.abated / unit.factor), y: stands.map((p) => p.price), text: stands.map((p) => String(p.year)), dx: 7, dy: -5, anchor: 'start', ink: 'red', halo: true }],
      hover: { both: true, count: stands.length, x: (i) => stands[i].abated / unit.factor, y: (i) => stands[i].price, tip: (i) => ({ title: locale.year(stands[i].year), rows: [{ label: t('average_price'), value: locale.price(stands[i].price, code), colour: 'red' }, { label: t('yearly_abatement'), value: locale.tonnes(stands[i].abated) }, { label: t('curve_worth'), value: locale.tonnes(at(later, stands[i].price)), colour: 'blue' }, ...(known(stands[i].best) ? [{ label: t('equilibrium_price'), value: locale.price(stands[i].best, code), colour: 'purple' }] : [])] }) } },
    table: { columns: [`${t('from')} (${code}/t)`, `${t('curve_in_time')} (t)`, `${t('curve_at_once')} (t)`], rows: price.map((p, i) => [p, later[i], now[i]]) },
  };
}
