// What each rule has moved, in tonnes, by the year or vintage concerned.
import { known, sum } from '../result.js';

/// What a reader asks first, in this order.
const told = ['issue', 'take_back', 'sold', 'retire', 'advance', 'cancel', 'shortfall', 'expire'];

export function rulesMoved(result, locale) {
  const { t } = locale, group = result.group('rules');
  if (!group?.kind?.values.length) return null;
  const rows = new Map(), years = new Set(), market = result.markets[result.market], several = result.markets.length > 1;
  group.kind.values.forEach((kind, i) => {
    const instrument = group.instrument.values[i], tonnes = group.tonnes.values[i], year = group.year.values[i];
    if (!known(tonnes) || tonnes === 0 || (several && !instrument.startsWith(`${market}.`))) return;
    const name = several ? instrument.slice(market.length + 1) : instrument, key = `${name}\u0000${kind}`;
    if (!rows.has(key)) rows.set(key, { name, kind, byYear: new Map(), cash: 0 });
    const row = rows.get(key);
    row.byYear.set(year, (row.byYear.get(year) ?? 0) + tonnes);
    row.cash += group.cash.values[i] ?? 0;
    years.add(year);
  });
  if (!rows.size) return null;
  const list = [...rows.values()], columns = [...years].sort((a, b) => (a || 1e5) - (b || 1e5)), label = (row) => `${instrumentName(row.name, result, locale)} · ${locale.named('effect', row.kind)}`;
  const labels = list.map(label), total = (kind) => sum(list.filter((r) => r.kind === kind).flatMap((r) => [...r.byYear.values()]));
  const clauses = told.map((kind) => [kind, total(kind)]).filter(([, v]) => v > 0).map(([kind, v]) => t(`told_${kind}`, { amount: locale.tonnes(v) }));
  const cells = list.flatMap((row, r) => columns.map((year, c) => ({ r, c, v: row.byYear.get(year) ?? null }))).filter((x) => known(x.v));
  const largest = list.map((row) => Math.max(...[...row.byYear.values()].map(Math.abs)));
  const text = (v) => locale.tonnes(v, true);
  return {
    id: 'rules', wide: true,
    title: clauses.length ? t('rules_title', { clauses: locale.list(clauses) }) : t('rules_title_none'),
    help: t('rules_help'),
    spec: {
      rows: labels.length, above: 0.6, least: 660, x: { type: 'band', domain: columns, gap: 0.04, format: (y) => (y > 0 ? locale.year(y) : t('oldest_first')), label: t('rules_axis') }, y: { type: 'band', domain: labels, gap: 0.12 },
      marks: [{ kind: 'cells', x0: cells.map((x) => columns[x.c]), y0: cells.map((x) => labels[x.r]), value: cells.map((x) => 0.6 * Math.abs(x.v) / largest[x.r]), colour: cells.map((x) => colourOf(list[x.r].kind)) },
        { kind: 'texts', x: cells.map((x) => columns[x.c]), y: cells.map((x) => labels[x.r]), text: cells.map((x) => text(x.v)) }],
      hover: { both: true, count: cells.length, x: (i) => columns[cells[i].c], y: (i) => labels[cells[i].r], tip: (i) => { const row = list[cells[i].r]; return { title: labels[cells[i].r], rows: [{ label: columns[cells[i].c] > 0 ? locale.year(columns[cells[i].c]) : t('oldest_first'), value: locale.tonnes(cells[i].v), colour: colourOf(row.kind) }, ...(row.cash ? [{ label: t('cash_all_years'), value: locale.cash(row.cash, result.currency) }] : [])] }; } },
    },
    legend: [],
    table: { columns: [t('instrument'), t('effect'), t('year'), `${t('amount')} (t)`], rows: cells.map((x) => [list[x.r].name, list[x.r].kind, columns[x.c], x.v]) },
  };
}

const colourOf = (kind) => ({ issue: 'green', entitle: 'green', release: 'green', grant: 'green', repay: 'blue', surrender: 'blue', retire: 'blue', sold: 'green', supplied: 'green', verify: 'grey', oblige: 'grey', shortfall: 'red', fine: 'red', owe: 'red', expire: 'purple', cancel: 'purple', void: 'purple', take_back: 'orange', collect: 'orange', bought: 'orange', tax: 'grey' }[kind] ?? 'sky');

/// "coal_gap_relief" in words: its own name if the catalogue has it, else its kind's, with the scenario's name where a kind comes twice.
export function instrumentName(name, result, locale) {
  if (locale.has(`instrument_${name}`)) return locale.named('instrument', name);
  const kind = result.rules.policies?.[name]?.kind, word = locale.named('kind', kind ?? name);
  return !kind || result.policy(kind).length === 1 ? word : `${word} (${name.replaceAll('_', ' ')})`;
}
