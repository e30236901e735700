// Two outcomes against each other, a dot a run; a stretch drawn with the pointer, or a level of a factor, picks runs out.
import { h, s } from '../dom.js';
import { paint } from '../palette.js';
import { known, sum } from '../result.js';

const pairs = [['cost', 'emissions'], ['price', 'emissions'], ['price', 'bank'], ['cost', 'price'], ['volume', 'price']];

function correlation(x, y) {
  const n = x.length, mx = sum(x) / n, my = sum(y) / n, sxy = sum(x.map((v, i) => (v - mx) * (y[i] - my))), sx = sum(x.map((v) => (v - mx) ** 2)), sy = sum(y.map((v) => (v - my) ** 2));
  return sx > 0 && sy > 0 ? sxy / Math.sqrt(sx * sy) : 0;
}

/// A factor's values as parts to choose from: its levels where they are few, its lowest and highest quarter else.
function partsOf(f, locale) {
  const levels = [...new Set(f.values)].sort((a, b) => (a > b ? 1 : -1)), name = locale.plain(f.name);
  if (levels.length <= 12) return { name, values: f.values, parts: levels.map((level) => ({ label: String(level), has: (v) => v === level })) };
  if (typeof levels[0] !== 'number') return null;
  const at = (q) => levels[Math.round(q * (levels.length - 1))];
  return { name, values: f.values, parts: [{ quarter: true, label: locale.t('lowest_quarter'), has: (v) => v <= at(0.25) }, { quarter: true, label: locale.t('highest_quarter'), has: (v) => v >= at(0.75) }] };
}

export function tradeoff(sweep, locale) {
  const { t } = locale, outcomes = Object.fromEntries(sweep.outcomes(locale).map((o) => [o.id, o]));
  const available = pairs.filter(([a, b]) => outcomes[a] && outcomes[b]);
  if (!available.length || sweep.count < 3) return null;
  const varying = sweep.factors.filter((f) => new Set(f.values).size > 1), factors = varying.map((f) => partsOf(f, locale)).filter(Boolean);
  const picked = h('p', { class: 'picked', 'aria-live': 'polite' }, t('brush_hint'));
  const filter = factors.length ? h('select', { 'aria-label': t('pick_level') }, h('option', { value: '' }, t('pick_level')), factors.map((f, k) => f.parts.map((part, i) => h('option', { value: `${k}|${i}` }, `${f.name}${part.quarter ? ': ' : ' = '}${part.label}`)))) : null;
  let current = null;  // {drawn, xs, ys, runs}

  function tell(chosen) {
    for (const circle of current.drawn.svg.querySelectorAll('circle[data-i]')) {
      const on = !chosen || chosen.has(current.runs[Number(circle.dataset.i)]);
      circle.setAttribute('fill', paint(chosen && on ? 'orange' : 'blue'));
      circle.setAttribute('fill-opacity', on ? 0.75 : 0.15);
    }
    if (!chosen) { picked.textContent = t('brush_hint'); return; }
    const text = chosen.size === 0 ? [] : factors.map((f) => {
      const values = [...chosen].map((i) => f.values[i]);
      if (f.parts[0].quarter) return `${f.name}: ${locale.number(Math.min(...values))} – ${locale.number(Math.max(...values))}`;
      return `${f.name}: ${f.parts.map((part) => `${part.label} ${locale.percent(values.filter((v) => part.has(v)).length / values.length, 0)}`).join(', ')}`;
    });
    picked.textContent = `${t('picked', { n: locale.number(chosen.size, 0), of: locale.number(current.runs.length, 0) })} ${text.join(' · ')}`;
  }

  const choices = available.map(([a, b]) => {
    const x = outcomes[a], y = outcomes[b], runs = x.values.map((_, i) => i).filter((i) => known(x.values[i]) && known(y.values[i]));
    const xs = runs.map((i) => x.values[i] / x.factor), ys = runs.map((i) => y.values[i] / y.factor), r = correlation(xs, ys);
    const pad = (list) => { const low = Math.min(...list), high = Math.max(...list), gap = (high - low || 1) * 0.05; return [low - gap, high + gap]; };
    return {
      label: `${x.label} / ${y.label}`,
      title: t(Math.abs(r) < 0.3 ? 'tradeoff_title_none' : r > 0 ? 'tradeoff_title_together' : 'tradeoff_title_against', { x: x.label, y: y.label, r: locale.number(r, 2) }),
      spec: { ratio: 0.6, x: { type: 'linear', domain: pad(xs), label: `${x.label} (${x.unit})` }, y: { type: 'linear', domain: pad(ys), label: `${y.label} (${y.unit})` },
        marks: [{ kind: 'dots', x: xs, y: ys, colour: 'blue', r: runs.length > 400 ? 2.6 : 4, opacity: 0.75, indexed: true }],
        hover: { both: true, count: runs.length, x: (i) => xs[i], y: (i) => ys[i], tip: (i) => ({ title: t('run_number', { n: runs[i] }), rows: [{ label: x.label, value: x.text(x.values[runs[i]]) }, { label: y.label, value: y.text(y.values[runs[i]]) }, ...sweep.factors.slice(0, 6).map((f) => ({ label: locale.plain(f.name), value: String(f.values[runs[i]]) }))] }) },
        attach(drawn) {
          current = { drawn, runs };
          drawn.svg.style.touchAction = 'none';
          const box = s('rect', { fill: paint('orange'), 'fill-opacity': 0.15, stroke: paint('orange'), visibility: 'hidden', class: 'brush', 'pointer-events': 'none' });
          drawn.svg.append(box);
          let from = null;
          const at = (event) => { const rect = drawn.svg.getBoundingClientRect(), ratio = drawn.width / rect.width; return [(event.clientX - rect.left) * ratio, (event.clientY - rect.top) * ratio]; };
          drawn.svg.addEventListener('pointerdown', (event) => { from = at(event); drawn.svg.setPointerCapture(event.pointerId); });
          drawn.svg.addEventListener('pointermove', (event) => {
            if (!from) return;
            const to = at(event), [x0, x1] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])], [y0, y1] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
            for (const [name, v] of Object.entries({ x: x0, y: y0, width: x1 - x0, height: y1 - y0, visibility: 'visible' })) box.setAttribute(name, v);
            tell(new Set(runs.filter((_, i) => { const cx = drawn.px(xs[i]), cy = drawn.py(ys[i]); return cx >= x0 && cx <= x1 && cy >= y0 && cy <= y1; })));
          });
          drawn.svg.addEventListener('pointerup', (event) => {
            if (from && Math.hypot(at(event)[0] - from[0], at(event)[1] - from[1]) < 4) { box.setAttribute('visibility', 'hidden'); tell(null); }
            from = null;
          });
          tell(null);
        } },
      table: { columns: [t('run'), ...sweep.factors.map((f) => f.name), `${x.label} (${x.unit})`, `${y.label} (${y.unit})`], rows: runs.map((run, i) => [run, ...sweep.factors.map((f) => f.values[run]), xs[i], ys[i]]) },
    };
  });
  filter?.addEventListener('change', () => {
    if (!filter.value) return tell(null);
    const [k, i] = filter.value.split('|').map(Number), f = factors[k];
    tell(new Set(current.runs.filter((run) => f.parts[i].has(f.values[run]))));
  });
  return { id: 'tradeoff', wide: true, title: choices[0].title, help: t('tradeoff_help'), choices, extra: h('div', { class: 'brushing' }, filter, picked) };
}
