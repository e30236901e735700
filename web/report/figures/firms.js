// What compliance cost, by sector and size; how complete it was; how cost is distributed over firms.
import { argmax, known, sum } from '../result.js';

const parts = [['abatement_cost', 1, 'green'], ['paid', 1, 'orange'], ['fines', 1, 'red'], ['received', -1, 'blue']];

/// The cells that a picture shows: sector and size, or either alone where the other does not divide.
function cellsOf(result, locale) {
  const firms = result.json.firms;
  if (!firms?.cells?.length) return null;
  const several = firms.sectors.length > 1, sized = firms.size_bounds.length > 0;
  let cells = firms.cells;
  if (several && cells.length > 24) {  // sectors alone
    cells = firms.sectors.map((_, sector) => firms.cells.filter((c) => c.sector === sector)).filter((list) => list.length).map((list) => list.reduce((a, c) => Object.fromEntries(Object.keys(c).map((k) => [k, k === 'sector' ? c.sector : k === 'size' ? -1 : a[k] + c[k]]))));
  }
  const label = (c) => [several && locale.named('sector', firms.sectors[c.sector]), sized && c.size >= 0 && locale.t(`size_${c.size}`)].filter(Boolean).join(locale.language === 'zh' ? '，' : ', ') || locale.named('sector', firms.sectors[c.sector]);
  return cells.map((c) => ({ ...c, label: label(c) }));
}

const perTonne = (c, name) => (c.emissions > 0 ? c[name] / c.emissions : null);
const net = (c) => sum(parts.map(([name, sign]) => sign * c[name])) / c.emissions;

function sizeNote(result, locale) {
  const bounds = result.json.firms.size_bounds;
  return bounds.length ? ` ${locale.t('size_note', { bounds: locale.list(bounds.map((b) => locale.tonnes(b))) })}` : '';
}

export function cost(result, locale) {
  const { t } = locale, cells = cellsOf(result, locale)?.filter((c) => c.emissions > 0), code = result.currency;
  if (!cells?.length) return null;
  const labels = cells.map((c) => c.label), unit = locale.priceUnit(code);
  const marks = [];
  const up = cells.map(() => 0), down = cells.map(() => 0);
  for (const [name, sign, colour] of parts) {
    const base = [], value = [];
    cells.forEach((c, i) => {
      const v = sign * perTonne(c, name), side = v >= 0 ? up : down;
      base.push(side[i]);
      value.push(side[i] + v);
      side[i] += v;
    });
    marks.push({ kind: 'bars', at: labels, base, value, colour, label: t(`cost_${name}`) });
  }
  const nets = cells.map(net), high = argmax(nets), low = argmax(nets, -1);
  marks.push({ kind: 'dots', x: nets, y: labels, colour: 'ink', r: 4.2, label: t('cost_net') });
  return {
    id: 'cost',
    title: cells.length > 1 ? t(nets[low] < 0 ? 'cost_title_gain' : 'cost_title', { most: labels[high], mostCost: locale.price(nets[high], code), least: labels[low], leastCost: locale.price(Math.abs(nets[low]), code) }) : t('cost_title_one', { cost: locale.price(nets[0], code) }),
    help: t('cost_help') + sizeNote(result, locale),
    spec: { rows: labels.length, right: 16, x: { type: 'linear', domain: [Math.min(0, ...down), Math.max(...up)], label: t('per_tonne_emitted', { unit }) }, y: { type: 'band', domain: labels, gap: 0.3 }, marks,
      hover: { count: cells.length, x: (i) => nets[i], y: (i) => labels[i], tip: (i) => ({ title: labels[i], rows: [...parts.map(([name, sign, colour]) => ({ label: t(`cost_${name}`), value: locale.number(sign * perTonne(cells[i], name), 2), colour })), { label: t('cost_net'), value: locale.number(nets[i], 2), colour: 'ink' }, { label: t('firms'), value: locale.number(cells[i].firms, 0) }] }) } },
    table: { columns: [t('firms_by'), t('firms'), ...parts.map(([name]) => `${t(`cost_${name}`)} (${code})`), `${t('emissions')} (t)`, `${t('cost_net')} (${code}/t)`], rows: cells.map((c, i) => [c.label, c.firms, ...parts.map(([name]) => c[name]), c.emissions, nets[i]]) },
  };
}

export function compliance(result, locale) {
  const { t } = locale, cells = cellsOf(result, locale)?.filter((c) => c.obligation > 0);
  if (!cells?.length) return null;
  const labels = cells.map((c) => c.label), met = cells.map((c) => 1 - c.shortfall / c.obligation), full = cells.map((c) => (c.obliged > 0 ? c.in_full / c.obliged : null));
  const all = 1 - sum(cells.map((c) => c.shortfall)) / sum(cells.map((c) => c.obligation)), weakest = argmax(full, -1), percent = (v) => `${locale.number(100 * v, 0)}%`;
  return {
    id: 'compliance',
    title: all > 0.99995 ? t('compliance_title_full') : t('compliance_title', { share: locale.percent(all, 2), weakest: labels[weakest], full: locale.percent(full[weakest]) }),
    help: t('compliance_help') + sizeNote(result, locale),
    spec: { rows: labels.length * 1.25, right: 26, x: { type: 'linear', domain: [0, 1], exact: true, format: percent, label: t('share') }, y: { type: 'band', domain: labels, gap: 0.3 },
      marks: [{ kind: 'bars', at: labels, value: met, of: 2, nth: 0, colour: 'blue', label: t('met_tonnes') }, { kind: 'bars', at: labels, value: full, of: 2, nth: 1, colour: 'orange', label: t('met_firms') }],
      hover: { count: cells.length, x: (i) => met[i], y: (i) => labels[i], tip: (i) => ({ title: labels[i], rows: [{ label: t('met_tonnes'), value: locale.percent(met[i], 2), colour: 'blue' }, { label: t('met_firms'), value: locale.percent(full[i], 1), colour: 'orange' }, { label: t('obligation'), value: locale.tonnes(cells[i].obligation) }, { label: t('missing'), value: locale.tonnes(cells[i].shortfall) }] }) } },
    table: { columns: [t('firms_by'), t('firms'), t('met_tonnes'), t('met_firms'), `${t('obligation')} (t)`, `${t('missing')} (t)`], rows: cells.map((c, i) => [c.label, c.firms, met[i], full[i], c.obligation, c.shortfall]) },
  };
}

export function distribution(result, locale) {
  const { t } = locale, d = result.json.firms?.distribution, code = result.currency;
  if (!d?.counts || d.firms < 8) return null;
  const at = d.counts.map((_, i) => d.from + i * d.width), until = at.map((v) => v + d.width), quantile = (q) => d.quantiles.find(([share]) => share === q)[1];
  const winners = sum(result.json.firms.cells.map((c) => c.winners)) / d.firms, most = Math.max(...d.counts), edge = (i) => (i === 0 ? t('at_most', { x: locale.number(until[0], 2) }) : i === at.length - 1 ? t('at_least', { x: locale.number(at.at(-1), 2) }) : `${locale.number(at[i], 2)} – ${locale.number(until[i], 2)}`);
  return {
    id: 'distribution',
    title: t('distribution_title', { winners: locale.percent(winners), median: locale.price(quantile(0.5), code), tenth: locale.price(quantile(0.9), code) }),
    help: t('distribution_help'),
    spec: { ratio: 0.56, x: { type: 'linear', domain: [at[0], until.at(-1)], label: t('per_tonne_emitted', { unit: locale.priceUnit(code) }) }, y: { type: 'linear', domain: [0, most], label: t('firms') },
      marks: [{ kind: 'bars', at, until, value: d.counts, colour: at.map((v, i) => ((v + until[i]) / 2 < 0 ? 'blue' : 'orange')) }, { kind: 'vline', at: quantile(0.5), colour: 'ink', dash: '4 3', width: 1.4 }, ...[0.1, 0.9].map((q) => ({ kind: 'vline', at: quantile(q), colour: 'grey' }))],
      hover: { count: at.length, x: (i) => (at[i] + until[i]) / 2, tip: (i) => ({ title: `${edge(i)} ${locale.priceUnit(code)}`, rows: [{ label: t('firms'), value: locale.number(d.counts[i], 0) }, { label: t('their_emissions'), value: locale.tonnes(d.emissions[i]) }] }) } },
    legend: [{ kind: 'bars', colour: 'blue', label: t('firms_gain') }, { kind: 'bars', colour: 'orange', label: t('firms_pay') }, { kind: 'vline', colour: 'ink', dash: '4 3', label: t('median') }, { kind: 'vline', colour: 'grey', label: t('tenths') }],
    table: { columns: [`${t('from')} (${code}/t)`, `${t('until')} (${code}/t)`, t('firms'), `${t('their_emissions')} (t)`], rows: at.map((v, i) => [v, until[i], d.counts[i], d.emissions[i]]) },
  };
}
