// What the page shows of one run.
import { h } from './dom.js';
import { Result, known, sum } from './result.js';
import { rulesInWords, sourcesOf } from './rules_in_words.js';
import { auctions, auctionsOf } from './figures/auctions.js';
import { bank } from './figures/bank.js';
import { books } from './figures/books.js';
import { compliance, cost, distribution } from './figures/firms.js';
import { depth } from './figures/depth.js';
import { curve } from './figures/curve.js';
import { emissions } from './figures/emissions.js';
import { flows } from './figures/flows.js';
import { measures } from './figures/measures.js';
import { price } from './figures/price.js';
import { reported } from './figures/reported.js';
import { rulesMoved } from './figures/rules_moved.js';
import { seasonality, volume } from './figures/volume.js';

export function runModel(report) {
  const result = new Result(report);
  return {
    view(spoken, state) {
      result.market = state.market;
      const locale = spoken.counting(result.measure);
      const { t } = locale;
      const title = report.provenance.title || t('untitled');
      const figures = (...makers) => makers.map((make) => make(result, locale)).filter(Boolean);
      const sections = [
        { title: t('section_market'), figures: figures(price, books, volume, seasonality, auctions, depth) },
        { title: t('section_carbon'), figures: figures(bank, emissions, curve, measures) },
        { title: t('section_firms'), figures: figures(cost, compliance, distribution, flows) },
        { title: t('section_rules'), figures: figures(rulesMoved, reported) },
        { title: t('section_years'), figures: [], extra: yearTable(result, locale) },
      ].filter((section) => section.figures.length || section.extra);
      return {
        title, kind: t('kind_run'), measure: result.measure, markets: result.markets, description: report.scenario.description,
        tiles: tiles(result, locale), sections,
        cards: [{ title: t('card_title'), items: rulesInWords(result, locale), sources: sourcesOf(report.scenario) }],
        source: `${title}, ${t('seed')} ${report.provenance.seed} · ${report.provenance.source}`,
        provenance: provenanceOf(report.provenance, locale), disclaimer: t('disclaimer'),
      };
    },
  };
}

export function provenanceOf(p, locale) {
  const { t } = locale;
  const rows = [
    [t('prov_scenario'), p.title], [t('prov_hash'), p.scenario_sha256], [t('seed'), p.seed], [t('prov_replication'), p.replication],
    [t('prov_program'), `${p.source} (${p.git_commit})`], [t('prov_file'), p.file],
  ];
  if (p.finished) rows.push([t('prov_finished'), locale.day(Date.parse(p.finished) / 86400000)]);
  return rows.filter(([, value]) => value !== '' && value !== undefined);
}

function tiles(result, locale) {
  const { t } = locale, code = result.currency, lived = result.lived;
  const pick = (name) => lived.map((i) => result.series('yearly', name)?.[i]);
  const volume = sum(pick('volume')), turnover = sum(pick('turnover')), due = sum(pick('due')), missing = sum(pick('due_missing'));
  const baseline = sum(pick('emissions_baseline')), emitted = sum(pick('emissions'));
  const years = lived.length ? (lived.length > 1 ? `${result.years[lived[0]]}–${result.years[lived.at(-1)]}` : `${result.years[lived[0]]}`) : '';
  const closes = pick('close'), firms = pick('firms').at(-1), held = auctionsOf(result), auctioned = sum(held.map((a) => a.sold));
  return [
    { id: 'close', label: t('tile_close'), value: locale.price(closes.at(-1), code), note: t('tile_end_of', { year: result.years[lived.at(-1)] }) },
    { id: 'vwap', label: t('tile_average'), value: locale.price(volume > 0 ? turnover / volume : null, code), note: t('tile_weighted') },
    { id: 'volume', label: t('tile_volume'), value: locale.tonnes(volume), note: years },
    ...(auctioned > 0 ? [{ id: 'auctioned', label: t('tile_auctioned'), value: locale.tonnes(auctioned), note: t('tile_auction_price', { price: locale.price(sum(held.map((a) => a.revenue)) / auctioned, code) }) }] : []),
    { id: 'emissions', label: t('tile_emissions'), value: locale.tonnes(emitted), note: t('tile_abated', { amount: locale.tonnes(baseline - emitted) }) },
    { id: 'compliance', label: t('tile_compliance'), value: due > 0 ? locale.percent(1 - missing / due, 2) : '–', note: due > 0 ? t('tile_missing', { amount: locale.tonnes(missing) }) : '' },
    { id: 'firms', label: t('tile_firms'), value: locale.number(firms, 0), note: t('tile_firms_note') },
  ];
}

function yearTable(result, locale) {
  const { t } = locale, lived = result.lived, code = result.currency;
  if (!lived.length) return null;
  const get = (name, i) => result.series('yearly', name)?.[i];
  const most = Math.max(...lived.map((i) => get('emissions', i) ?? 0)), unit = locale.tonnesUnit(most / 40);
  const amount = (x) => (known(x) ? locale.number(x / unit.factor, Math.abs(x / unit.factor) >= 1000 ? 0 : 1) : '–');
  const priceUnit = locale.priceUnit(code);
  const columns = [
    ['close', `${t('col_close')} (${priceUnit})`, (i) => locale.number(get('close', i), 2)], ['vwap', `${t('col_average')} (${priceUnit})`, (i) => locale.number(get('vwap', i), 2)],
    ['volume', `${t('col_volume')} (${unit.unit})`, (i) => amount(get('volume', i))], ['share_before_deadline', t('col_two_months'), (i) => (known(get('share_before_deadline', i)) ? locale.percent(get('share_before_deadline', i), 1) : '–')],
    ['emissions', `${t('col_emissions')} (${unit.unit})`, (i) => amount(get('emissions', i))], ['abatement', `${t('col_abated')} (${unit.unit})`, (i) => amount(get('emissions_baseline', i) - get('emissions', i))],
    ['bank', `${t('col_bank')} (${unit.unit})`, (i) => amount(get('bank', i))], ['compliance_rate', t('col_compliance'), (i) => (known(get('compliance_rate', i)) ? locale.percent(get('compliance_rate', i), 2) : '–')],
  ];
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('section_years') }, h('table', { id: 'years' }, h('caption', {}, t('years_caption')),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('year')), columns.map(([, name]) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, lived.map((i) => h('tr', {}, h('th', { scope: 'row' }, locale.year(result.years[i])), columns.map(([id, , text]) => h('td', { 'data-cell': `${id}:${result.years[i]}` }, text(i))))))));
}
