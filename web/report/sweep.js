// What the page shows of a sweep.
import { h } from './dom.js';
import { Result, known, sum } from './result.js';
import { provenanceOf } from './run.js';
import { rulesInWords, sourcesOf } from './rules_in_words.js';
import { tableOf } from './tables.js';
import { bounds, fan } from './figures/fan.js';
import { indices } from './figures/indices.js';
import { response, sensitivity } from './figures/sensitivity.js';
import { tradeoff } from './figures/tradeoff.js';

/// The runs of a sweep for one market.
export class Sweep {
  constructor(json, market) {
    this.json = json;
    this.market = market;
    this.result = new Result({ groups: {}, ...json });
    this.result.market = market;
    this.count = json.runs.count;
    this.factors = json.runs.factors;
    this.years = json.outcomes.years ?? [];
    this.markets = json.outcomes.markets ?? [];
    const days = this.values('trading_days');
    this.lived = this.years.map((_, y) => y).filter((y) => !days || this.ofYear('trading_days', y).some((v) => v > 0));
  }
  get currency() { return this.result.currency; }
  get fan() { return this.json.fan ? { ...this.json.fan, ...this.json.fan.markets[this.market] } : null; }
  get deadlines() { const days = this.json.fan?.days ?? []; return this.result.policy('compliance').flatMap(([, p]) => p.cycles ?? []).map((c) => Date.parse(`${c.deadline}T00:00:00Z`) / 864e5).filter((d) => d >= days[0] && d <= days.at(-1) + 7); }
  values(name) { return this.json.outcomes.variables?.[name]?.values; }
  /// One value a run.
  ofYear(name, y) {
    const all = this.values(name), n = this.years.length, m = this.markets.length;
    return Array.from({ length: this.count }, (_, r) => all?.[(r * m + this.market) * n + y] ?? null);
  }
  total(name) { return Array.from({ length: this.count }, (_, r) => { const list = this.lived.map((y) => this.values(name)?.[(r * this.markets.length + this.market) * this.years.length + y]).filter(known); return list.length ? sum(list) : null; }); }
  /// The headline outcomes: {id, label, unit, factor, values, text}.
  outcomes(locale) {
    const { t } = locale, last = this.lived.at(-1), code = this.currency, year = this.years[last];
    const price = (values) => ({ unit: locale.priceUnit(code), factor: 1, values, text: (v) => locale.price(v, code) });
    const tonnes = (values) => { const unit = locale.tonnesUnit(Math.max(...values.filter(known).map(Math.abs), 0)); return { unit: unit.unit, factor: unit.factor, values, text: (v) => locale.tonnes(v) }; };
    const cash = (values) => { const unit = locale.cashUnit(Math.max(...values.filter(known).map(Math.abs), 0), code); return { unit: unit.unit, factor: unit.factor, values, text: (v) => locale.cash(v, code) }; };
    const list = [];
    const add = (id, label, made) => { if (made.values.some(known) && new Set(made.values).size > 1) list.push({ id, label, ...made }); };
    if (this.values('close')) add('price', t('outcome_price', { year }), price(this.ofYear('close', last)));
    if (this.values('emissions')) add('emissions', t('outcome_emissions'), tonnes(this.total('emissions')));
    if (this.values('abatement_cost')) add('cost', t('outcome_cost'), cash(this.total('abatement_cost')));
    if (this.values('bank')) add('bank', t('outcome_bank', { year }), tonnes(this.ofYear('bank', last)));
    if (this.values('volume')) add('volume', t('outcome_volume'), tonnes(this.total('volume')));
    if (this.values('shortfall')) add('shortfall', t('outcome_shortfall'), tonnes(this.total('shortfall')));
    return list;
  }
}

export function sweepModel(report) {
  return {
    view(spoken, state) {
      const sweep = new Sweep(report, state.market), locale = spoken.counting(sweep.result.measure), { t } = locale, title = report.provenance.title || t('untitled');
      const figures = (...makers) => makers.map((make) => make(sweep, locale)).filter(Boolean);
      const levels = (f) => { const list = [...new Set(f.values)]; return list.length <= 8 ? list.join(', ') : t('levels_range', { n: list.length, low: locale.number(Math.min(...list)), high: locale.number(Math.max(...list)) }); };
      return {
        title, kind: t('kind_sweep'), measure: sweep.result.measure, markets: sweep.markets, description: report.sweep?.description ?? report.scenario.description, source: `${title} · ${report.provenance.source}`,
        tiles: [{ id: 'runs', label: t('runs'), value: locale.number(sweep.count, 0), note: report.runs.failed ? t('failed', { n: report.runs.failed }) : t('none_failed') },
          ...sweep.outcomes(locale).slice(0, 5).map((o) => { const list = o.values.filter(known).sort((a, b) => a - b); return { id: o.id, label: o.label, value: o.text(sum(list) / list.length), note: t('tile_range', { low: o.text(list[Math.round(0.05 * (list.length - 1))]), high: o.text(list[Math.round(0.95 * (list.length - 1))]) }) }; })],
        cards: [{ title: t('factors'), items: sweep.factors.map((f) => ({ name: locale.plain(f.name), text: levels(f) })), sources: [] }, { title: t('card_title'), items: rulesInWords(sweep.result, locale), sources: sourcesOf(report.scenario) }].filter((c) => c.items.length),
        sections: [{ title: t('section_spread'), figures: figures(fan, bounds) }, { title: t('section_why'), figures: figures(indices, sensitivity, response, tradeoff) }, { title: t('section_table'), figures: [], extra: (report.tables ?? []).map((table) => tableOf(table, locale, true)), tables: (report.tables ?? []).length }].filter((x) => x.figures.length || x.tables),
        provenance: provenanceOf(report.provenance, locale), disclaimer: t('disclaimer'),
      };
    },
  };
}
