// One picture as SVG, from a description in data units.
//
//   x, y      {type: 'time' | 'linear' | 'log' | 'band', domain, label, format, ticks}; days since 1970 on a time axis
//   marks     {kind: 'line' | 'area' | 'bars' | 'vline' | 'hline' | 'dots' | 'ranges' | 'cells' | 'texts', ...}; `label` puts a mark into the legend
//   hover     {count, x(i), y(i)?, tip(i) -> {title, rows: [{label, value, colour}]}}; with y the nearest in both directions
//
// No text is HTML, no size is measured: the same description gives the same picture in any browser and in a file.
import { scaleBand, scaleLinear, scaleLog, scaleUtc } from 'd3-scale';
import { area as areaShape, curveLinear, curveStepAfter, line as lineShape } from 'd3-shape';
import { utcDay } from 'd3-time';

import { s } from './dom.js';
import { dateOf } from './locale.js';
import { paint } from './palette.js';
import { known } from './result.js';

/// About how wide a text is, in pixels: Chinese signs are square.
export const widthOf = (text, size) => [...String(text)].reduce((w, c) => w + (c.codePointAt(0) > 0x2e7f ? 1 : /[ilj.,:;'| ]/.test(c) ? 0.3 : /[mwMW%]/.test(c) ? 0.86 : /[A-Z]/.test(c) ? 0.68 : 0.56), 0) * size;

/// The text in lines of at most `width`.
export function wrapped(text, width, size) {
  const lines = [''];
  for (const word of String(text).split(/(?<=\s)|(?<=[\u2e80-\uffff])/)) {
    if (widthOf(lines.at(-1) + word.trimEnd(), size) > width && lines.at(-1)) lines.push('');
    lines[lines.length - 1] += word;
  }
  return lines.map((l) => l.trim()).filter(Boolean);
}

function scaleOf(axis, range) {
  if (axis.type === 'band') return scaleBand(axis.domain, range).paddingInner(axis.gap ?? 0.25).paddingOuter(0.12);
  const make = { time: scaleUtc, linear: scaleLinear, log: scaleLog }[axis.type];
  const domain = axis.type === 'time' ? axis.domain.map(dateOf) : axis.domain;
  const scale = make(domain, range);
  if (axis.nice) scale.nice(axis.ticks ?? 5);
  return scale;
}

function timeTicks(scale, width, locale) {
  const [first, last] = scale.domain(), years = last.getUTCFullYear() - first.getUTCFullYear();
  const days = utcDay.count(first, last);
  if (days > 500) {
    const every = Math.max(1, Math.ceil((years + 1) * 46 / width)), list = [];
    for (let y = first.getUTCFullYear(); y <= last.getUTCFullYear(); ++y) if (y % every === 0) list.push(new Date(Date.UTC(y, 0, 1)));
    return { major: list.filter((d) => d >= first && d <= last).map((d) => [d, locale.language === 'zh' ? `${d.getUTCFullYear()}年` : String(d.getUTCFullYear())]) };
  }
  return { major: scale.ticks(Math.max(2, Math.floor(width / 90))).map((d) => [d, days > 60 ? `${locale.monthName(d.getUTCMonth())}${locale.language === 'zh' ? '' : ' '}${d.getUTCMonth() === 0 || days > 330 ? d.getUTCFullYear() : ''}` : locale.day(d / 86400000)]) };
}

let clips = 0;

/// {svg, place}: the drawing and, for pointers, where hover items lie in its coordinates.
export function plot(spec, { width, size = 12, locale, label, flat = 1 }) {
  const { x, y } = spec;
  const yTexts = y.type === 'band' ? y.domain.map((v) => (y.format ? y.format(v) : String(v))) : null;
  const height = Math.round(spec.rows ? spec.rows * (size * 2.1) + size * 5 : Math.max(width * (spec.ratio ?? 0.5) * flat, 190 * flat * size / 12));
  const isTime = x.type === 'time';
  // The widest label of the y axis decides the margin; scales are made twice because nice() moves the ends.
  const inner = (left) => ({ left, right: width - (spec.right ?? size), top: size * (spec.above ?? 2.1), bottom: height - size * ((x.label ? 3.9 : 2.4) + (x.wrap ? 1.2 : 0)) });
  let box = inner(0);
  let yScale = scaleOf({ ...y, nice: y.nice ?? (y.type !== 'band' && !y.exact) }, [box.bottom, box.top]);
  if (y.type === 'band') yScale = scaleOf(y, [box.top, box.bottom]);
  const yTicks = y.type === 'band' ? y.domain : y.type === 'log' ? yScale.ticks(4).filter((v) => /^1|^5|^2/.test(v.toExponential())) : yScale.ticks(Math.max(3, Math.floor((box.bottom - box.top) / 42)));
  const yText = (v) => (y.format ? y.format(v) : y.type === 'band' ? String(v) : locale.number(v, tickDigits(yTicks)));
  const longest = Math.min(width * 0.36, Math.max(...(yTexts ?? yTicks.map(yText)).map((text) => widthOf(text, size))));
  box = inner(Math.ceil(longest + size * 0.9));
  const xScale = scaleOf(x, [box.left, box.right]);
  const place = (scale, v, centre = true) => (scale.bandwidth ? scale(v) + (centre ? scale.bandwidth() / 2 : 0) : scale(scale === xScale && isTime ? dateOf(v) : v));
  const px = (v) => place(xScale, v), py = (v) => place(yScale, v);

  const svg = s('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label, 'font-size': size,
    'font-family': 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif' });
  const back = s('g', {}), front = s('g', {}), top = s('g', {});
  // What a rule sets far beyond the prices seen must not stretch the axis, nor draw over the title.
  const clip = `clip-${clips += 1}`;
  svg.append(s('clipPath', { id: clip }, s('rect', { x: box.left - 6, y: box.top - 6, width: box.right - box.left + 12, height: box.bottom - box.top + 12 })));
  front.setAttribute('clip-path', `url(#${clip})`);

  // Axes.
  for (const v of yTicks) {
    const at = py(v);
    if (y.type !== 'band') back.append(s('line', { x1: box.left, x2: box.right, y1: at, y2: at, stroke: paint(v === 0 ? 'soft' : 'grid'), 'stroke-width': 1 }));
    const text = yText(v), cut = widthOf(text, size) > longest + 1 ? shortened(text, longest, size) : text;
    back.append(s('text', { x: box.left - size * 0.5, y: at + size * 0.35, 'text-anchor': 'end', fill: paint('soft') }, cut));
  }
  if (y.label) back.append(s('text', { x: 0, y: size * 0.95, fill: paint('soft') }, y.label));
  let xTicks;
  const names = x.type === 'band' && x.wrap ? x.domain.map((v) => wrapped(x.format ? x.format(v) : String(v), xScale.step() - 4, size).slice(0, 2).map((line) => (widthOf(line, size) > xScale.step() - 2 ? shortened(line, xScale.step() - 4, size) : line))) : null;
  if (names) xTicks = x.domain.map((v, i) => [v, names[i]]);
  else if (isTime) xTicks = timeTicks(xScale, box.right - box.left, locale).major;
  else if (x.type === 'band') {
    const texts = x.domain.map((v) => (x.format ? x.format(v) : String(v)));
    const every = Math.max(1, Math.ceil((Math.max(...texts.map((text) => widthOf(text, size))) + size * 0.6) * x.domain.length / (box.right - box.left)));
    xTicks = x.domain.map((v, i) => [v, texts[i]]).filter((_, i) => i % every === 0);
  } else {
    const ticks = x.type === 'log' ? xScale.ticks(5).filter((v) => /^1|^3/.test(v.toExponential())) : xScale.ticks(Math.max(3, Math.floor((box.right - box.left) / 75)));
    xTicks = ticks.map((v) => [v, x.format ? x.format(v) : locale.number(v, tickDigits(ticks))]);
  }
  back.append(s('line', { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom, stroke: paint('soft') }));
  for (const [v, text] of xTicks) {
    const at = isTime ? xScale(v) : px(v);
    if (x.type !== 'band') back.append(s('line', { x1: at, x2: at, y1: box.bottom, y2: box.bottom + 4, stroke: paint('soft') }));
    if (names) { text.forEach((line, k) => back.append(s('text', { x: at, y: box.bottom + size * (1.35 + 1.15 * k), 'text-anchor': 'middle', fill: paint('soft') }, line))); continue; }
    const wide = widthOf(text, size) / 2, anchor = at + wide > width ? 'end' : at - wide < 0 ? 'start' : 'middle';
    back.append(s('text', { x: anchor === 'end' ? width : at, y: box.bottom + size * 1.35, 'text-anchor': anchor, fill: paint('soft') }, text));
  }
  if (x.label) back.append(s('text', { x: (box.left + box.right) / 2, y: height - size * 0.5, 'text-anchor': 'middle', fill: paint('soft') }, x.label));

  // Marks.
  let lastLabel = -Infinity;
  for (const m of spec.marks) {
    const colour = paint(m.colour ?? 'blue');
    if (m.kind === 'line') {
      const path = lineShape((_, i) => px(m.x[i]), (v) => py(v)).defined(known).curve(m.steps ? curveStepAfter : curveLinear)(m.y);
      front.append(s('path', { d: rounded(path), fill: 'none', stroke: colour, 'stroke-width': m.width ?? 1.6, 'stroke-dasharray': m.dash, 'stroke-linejoin': 'round', class: 'mark', opacity: m.opacity }));
    } else if (m.kind === 'area') {
      const path = areaShape((_, i) => px(m.x[i]), (v, i) => py(known(m.y0) && !Array.isArray(m.y0) ? m.y0 : m.y0[i]), (v) => py(v)).defined((v, i) => known(v) && known(Array.isArray(m.y0) ? m.y0[i] : m.y0))
        .curve(m.steps ? curveStepAfter : curveLinear)(m.y1);
      front.append(s('path', { d: rounded(path), fill: colour, 'fill-opacity': m.opacity ?? 0.18, stroke: 'none', class: 'mark' }));
    } else if (m.kind === 'bars') {
      drawBars(front, m, { xScale, yScale, px, py, box, x, y });
    } else if (m.kind === 'vline') {
      const at = px(m.at);
      front.append(s('line', { x1: at, x2: at, y1: box.top, y2: box.bottom, stroke: colour, 'stroke-width': m.width ?? 1, 'stroke-dasharray': m.dash ?? '2 3', class: 'mark' }));
      const wide = widthOf(m.text ?? '', size) / 2, anchor = at + wide > width ? 'end' : 'middle';
      if (m.text && (anchor === 'end' ? width - 2 * wide : at - wide) > lastLabel) {
        top.append(s('text', { x: anchor === 'end' ? width : at, y: box.top - size * 0.3, 'text-anchor': anchor, fill: colour }, m.text));
        lastLabel = at + wide + size * 0.6;
      }
    } else if (m.kind === 'hline') {
      front.append(s('line', { x1: box.left, x2: box.right, y1: py(m.at), y2: py(m.at), stroke: colour, 'stroke-width': m.width ?? 1.2, 'stroke-dasharray': m.dash ?? '5 4', class: 'mark' }));
    } else if (m.kind === 'dots') {
      m.y.forEach((v, i) => {
        if (!known(v) || !known(m.x[i])) return;
        front.append(s('circle', { cx: px(m.x[i]).toFixed(1), cy: py(v).toFixed(1), r: m.r ?? 3, fill: m.hollow ? paint('page') : colour, stroke: m.hollow ? colour : paint('page'), 'stroke-width': m.hollow ? 1.6 : 0.6, 'fill-opacity': m.opacity, class: 'mark', 'data-i': m.indexed ? i : null }));
      });
    } else if (m.kind === 'ranges') {
      drawRanges(front, m, { px, yScale, size, colour });
    } else if (m.kind === 'cells') {
      drawCells(front, m, px, py, xScale, yScale);
    } else if (m.kind === 'texts') {
      m.text.forEach((text, i) => text && top.append(s('text', { x: px(m.x[i]) + (m.dx ?? 0), y: py(m.y[i]) + (m.dy ?? size * 0.35), 'text-anchor': m.anchor ?? 'middle', fill: paint(Array.isArray(m.ink) ? m.ink[i] : m.ink ?? 'ink'), 'font-size': m.size ?? size, 'font-weight': m.weight, ...(m.halo ? { stroke: paint('page'), 'stroke-width': 3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' } : {}) }, text)));
    }
  }
  svg.append(back, front, top);
  return { svg, box, width, height, px, py };
}

/// Lying intervals with ends, one a band.
function drawRanges(group, m, { px, yScale, size, colour }) {
  m.low.forEach((low, i) => {
    if (!known(low) || !known(m.high[i])) return;
    const thick = yScale.bandwidth() / (m.of ?? 1), at = yScale(m.y[i]) + thick * ((m.nth ?? 0) + 0.5), end = Math.min(thick * 0.3, size * 0.35), [a, b] = [px(low), px(m.high[i])].map((v) => Number(v.toFixed(1)));
    group.append(s('path', { d: `M${a} ${at - end}V${at + end}M${a} ${at}H${b}M${b} ${at - end}V${at + end}`, fill: 'none', stroke: colour, 'stroke-width': 1.6, class: 'mark' }));
  });
}

function drawBars(group, m, { xScale, yScale, px, py, box, x, y }) {
  const colour = (i) => paint(Array.isArray(m.colour) ? m.colour[i] : m.colour ?? 'blue');
  const lying = y.type === 'band';
  m.value.forEach((v, i) => {
    if (!known(v)) return;
    const base = m.base?.[i] ?? 0;
    if (v === base) return;
    let attributes;
    if (lying) {
      const [a, b] = [px(base), px(v)], thick = yScale.bandwidth() / (m.of ?? 1);
      attributes = { x: Math.min(a, b), width: Math.max(Math.abs(b - a), 0.5), y: yScale(m.at[i]) + thick * (m.nth ?? 0), height: thick * (m.of > 1 ? 0.92 : 1) };
    } else {
      const [a, b] = [py(base), py(v)];
      let left, wide;
      if (m.until) {
        left = px(m.at[i]);
        wide = px(m.until[i]) - left;
        left += wide * 0.08;
        wide *= 0.84;
      } else {
        wide = xScale.bandwidth() / (m.of ?? 1);
        left = xScale(m.at[i]) + wide * (m.nth ?? 0);
        if (m.of > 1) wide *= 0.94;
      }
      attributes = { x: left, width: Math.max(wide, 0.5), y: Math.min(a, b), height: Math.max(Math.abs(b - a), 0.5) };
    }
    for (const name of Object.keys(attributes)) attributes[name] = Number(attributes[name].toFixed(2));
    group.append(s('rect', { ...attributes, fill: colour(i), 'fill-opacity': m.opacity, class: 'mark' }));
  });
}

/// Cells of one shade are one path: thousands of them stay a small picture.
function drawCells(group, m, px, py, xScale, yScale) {
  const shades = 9, paths = new Map();
  m.value.forEach((v, i) => {
    if (!known(v) || v <= 0) return;
    const shade = Math.min(shades, Math.max(1, Math.ceil(v * shades)));
    const colour = Array.isArray(m.colour) ? m.colour[i] : m.colour;
    const key = `${colour} ${shade}`;
    const edge = (scale, place, from, to) => (scale.bandwidth ? [scale(from), scale(from) + scale.bandwidth()] : [place(from), place(to)]);
    const [x0, x1] = edge(xScale, px, m.x0[i], m.x1?.[i]), [y0, y1] = edge(yScale, py, m.y0[i], m.y1?.[i]);
    const d = `M${x0.toFixed(1)} ${y0.toFixed(1)}H${x1.toFixed(1)}V${y1.toFixed(1)}H${x0.toFixed(1)}z`;
    paths.set(key, (paths.get(key) ?? '') + d);
  });
  for (const [key, d] of paths) {
    const [colour, shade] = key.split(' ');
    group.append(s('path', { d, fill: paint(colour), 'fill-opacity': (0.1 + 0.9 * shade / shades).toFixed(3), class: 'mark' }));
  }
}

const rounded = (path) => (path ?? '').replace(/\d+\.\d+/g, (n) => Number(n).toFixed(1));

export function tickDigits(ticks) {
  const steps = ticks.slice(1).map((v, i) => Math.abs(v - ticks[i])).filter((d) => d > 0), step = Math.min(...steps);
  return Number.isFinite(step) ? Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9))) : 0;
}

export function shortened(text, width, size) {
  let out = text;
  while (out.length > 1 && widthOf(`${out}…`, size) > width) out = [...out].slice(0, -1).join('');
  return `${out}…`;
}
