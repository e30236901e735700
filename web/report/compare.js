// What the page shows of results side by side. The first is the base.
import { Result, known } from './result.js';
import { provenanceOf } from './run.js';
import { inWords, rulesInWords, sourcesOf } from './rules_in_words.js';
import { Sweep } from './sweep.js';
import { tableOf } from './tables.js';
import { priceDifference, prices, winners, years } from './figures/differences.js';
import { intervals } from './figures/intervals.js';

const colours = ['blue', 'orange', 'green', 'purple', 'red', 'sky', 'grey'];
const mean = (list) => { const values = list.filter(known); return values.length ? values.reduce((a, v) => a + v, 0) / values.length : null; };

/// Names that tell the results apart: titles, or files where those are equal.
function namesOf(runs) {
  const titles = runs.map((r) => r.provenance.title), files = runs.map((r) => r.provenance.file.replace(/\.h5$/, ''));
  const list = new Set(titles).size === titles.length ? titles : files;
  return (new Set(list).size === list.length ? list : list.map((name, i) => `${name} (${i + 1})`)).map((name) => (name.length > 40 ? `${name.slice(0, 39)}…` : name));
}

function sideOf(run, name, colour, market) {
  if (run.kind === 'sweep') {
    const sweep = new Sweep(run, market);
    const of = (variable, y) => (variable === 'abatement' ? mean(sweep.ofYear('emissions_baseline', y).map((v, r) => v - sweep.ofYear('emissions', y)[r])) : mean(sweep.ofYear(variable, y)));
    return { name, colour, sweep, scenario: run.scenario, years: sweep.lived.map((y) => sweep.years[y]), ofYear: (variable, year) => (sweep.years.includes(year) ? of(variable, sweep.years.indexOf(year)) : null) };
  }
  const result = new Result(run);
  result.market = market;
  return { name, colour, result, scenario: run.scenario, years: result.lived.map((i) => result.years[i]), ofYear: (variable, year) => result.series('yearly', variable)?.[result.years.indexOf(year)] ?? null };
}

/// [[path, a, b]]: where two scenarios differ, without their descriptions and sources.
export function differing(a, b, path = []) {
  const empty = (x) => x === undefined || x === null || (typeof x === 'object' && Object.keys(x).length === 0);
  if (a === b || (empty(a) && empty(b))) return [];
  const both = (x) => x !== null && typeof x === 'object';
  if (both(a) && both(b) && Array.isArray(a) === Array.isArray(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => path.length || !['name', 'description', 'sources', '$schema'].includes(key)).flatMap((key) => differing(a[key], b[key], [...path, key]));
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [[path.join('.'), a, b]];
}

const shown = (v) => { const text = v === undefined ? '–' : JSON.stringify(v) ?? '–'; return text.length > 80 ? `${text.slice(0, 79)}…` : text; };

/// [{name, text}]: where a side differs from the base. Policies in words, everything else by its place.
function told(base, side, market, currency, locale) {
  const policiesOf = (s) => Object.values(s.scenario.markets ?? {})[market]?.policies ?? {}, [a, b] = [policiesOf(base), policiesOf(side)], marketName = Object.keys(base.scenario.markets ?? {})[market], inside = `markets.${marketName}.policies.`;
  const say = (policy) => (policy ? inWords(policy, locale, currency) : '–'), list = differing(base.scenario, side.scenario), names = [...new Set(list.filter(([path]) => path.startsWith(inside)).map(([path]) => path.slice(inside.length).split('.')[0]))];
  return [...names.filter((name) => say(a[name]) !== say(b[name])).map((name) => ({ name: locale.has(`instrument_${name}`) ? locale.named('instrument', name) : `${locale.named('kind', (a[name] ?? b[name]).kind)} (${locale.plain(name)})`, text: `${base.name}: ${say(a[name])} → ${side.name}: ${say(b[name])}` })),
    ...list.filter(([path]) => { const name = path.startsWith(inside) ? path.slice(inside.length).split('.')[0] : null; return !name || say(a[name]) === say(b[name]); }).slice(0, 40).map(([path, from, until]) => ({ name: path, text: `${base.name}: ${shown(from)} → ${side.name}: ${shown(until)}` }))];
}

export function compareModel(report) {
  return {
    view(spoken, state) {
      const base = sideOf(report.runs[0], '', colours[0], state.market), measure = (base.result ?? base.sweep.result).measure, locale = spoken.counting(measure), { t } = locale, names = namesOf(report.runs), sides = report.runs.map((run, i) => sideOf(run, names[i], colours[i % colours.length], state.market));
      const first = sides[0].sweep ?? sides[0].result, pair = { sides, currency: first.currency, tables: report.tables };
      const figures = (...makers) => (sides.length > 1 ? makers.map((make) => make(pair, locale)).filter(Boolean) : []);
      const differences = sides.slice(1).flatMap((side) => told(sides[0], side, state.market, first.currency, locale));
      return {
        title: names.join(locale.language === 'zh' ? ' 与 ' : ' and '), kind: t('kind_compare'), measure, markets: first.markets, source: names.join(' | '), description: t('compare_lead', { base: names[0] }),
        tiles: [], cards: [{ title: t('card_differences'), items: differences.length ? differences : [{ name: t('no_difference_name'), text: t('no_difference') }], sources: [] },
          { title: t('card_base', { name: names[0] }), items: rulesInWords(sides[0].result ?? sides[0].sweep.result, locale), sources: sourcesOf(sides[0].scenario) }],
        sections: [{ title: t('section_market'), figures: figures(prices, priceDifference, years, intervals) }, { title: t('section_winners'), figures: figures(winners) }, ...report.tables.map((table) => ({ title: t('section_table'), figures: [], extra: tableOf(table, locale, table.rows.length > 20) }))].filter((x) => x.figures.length || x.extra),
        provenance: report.runs.flatMap((run, i) => provenanceOf(run.provenance, locale).map(([name, value]) => [`${names[i]}: ${name}`, value])), disclaimer: t('disclaimer'),
      };
    },
  };
}
