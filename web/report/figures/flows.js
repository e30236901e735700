// Who trades with whom: sellers across buyers, by corporate group, sector and region.
import { argmax, sum } from '../result.js';

export function flows(result, locale) {
  const { t } = locale, list = (result.json.tape?.flows ?? []).filter((f) => f.names.length > 1).sort((a, b) => ['group', 'sector', 'region'].indexOf(a.by) - ['group', 'sector', 'region'].indexOf(b.by));
  if (!list.length || sum(list[0].tonnes) === 0) return null;
  const choices = list.map((flow) => {
    let names = flow.names.map((name) => (name === '' ? t(`without_${flow.by}`) : locale.named(flow.by, name))), n = names.length + 1;
    const other = sum(names.map((_, i) => flow.tonnes[i * n + n - 1] + flow.tonnes[(n - 1) * n + i])) > 0;
    if (other) names = [...names, t('no_firm')];
    const m = names.length, at = (s, b) => flow.tonnes[s * n + b], cells = [];
    for (let s = 0; s < m; ++s) for (let b = 0; b < m; ++b) cells.push({ s, b, tonnes: at(s, b) });
    const total = sum(cells.map((c) => c.tonnes)), most = cells[argmax(cells.map((c) => c.tonnes))], unit = locale.tonnesUnit(most.tonnes / 20), few = m <= 10;
    const share = (c) => Math.sqrt(c.tonnes / most.tonnes), inside = sum(cells.filter((c) => c.s === c.b).map((c) => c.tonnes)) / total;
    return {
      label: t(`by_${flow.by}`),
      title: t(most.s === most.b ? 'flows_title_inside' : 'flows_title', { seller: names[most.s], buyer: names[most.b], amount: locale.tonnes(most.tonnes), share: locale.percent(most.tonnes / total), inside: locale.percent(inside) }),
      spec: {
        ratio: few ? 0.72 : 0.95, rows: null, above: 2.6, x: { type: 'band', domain: names, gap: 0.04, wrap: few, label: t('buyer') }, y: { type: 'band', domain: names, gap: 0.04, label: `${t('seller')} ↓` },
        marks: [{ kind: 'cells', x0: cells.map((c) => names[c.b]), y0: cells.map((c) => names[c.s]), value: cells.map(share), colour: 'blue' },
          ...(few ? [{ kind: 'texts', x: cells.map((c) => names[c.b]), y: cells.map((c) => names[c.s]), text: cells.map((c) => (c.tonnes > 0 ? locale.number(c.tonnes / unit.factor, 1) : '')), ink: cells.map((c) => (share(c) > 0.55 ? 'page' : 'ink')) }] : [])],
        hover: { both: true, count: cells.length, x: (i) => names[cells[i].b], y: (i) => names[cells[i].s], tip: (i) => ({ title: t('flow', { seller: names[cells[i].s], buyer: names[cells[i].b] }), rows: [{ label: t('volume'), value: locale.tonnes(cells[i].tonnes) }, { label: t('share'), value: locale.percent(cells[i].tonnes / total, 1) }] }) },
      },
      legend: [],
      help: t('flows_help', { unit: unit.unit }),
      table: { columns: [t('seller'), t('buyer'), `${t('volume')} (t)`], rows: cells.map((c) => [names[c.s], names[c.b], c.tonnes]) },
    };
  });
  return { id: 'flows', title: choices[0].title, help: choices[0].help, choices };
}
