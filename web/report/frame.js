// The frame of a picture: title that says what is seen, legend, drawing with hover and keys, a sentence of
// reading help, and the ways out: SVG, PNG, CSV.
import { h, s } from './dom.js';
import { paint, palettes, resolved } from './palette.js';
import { plot, widthOf, wrapped } from './plot.js';

/// figure: {id, title, help, spec | choices: [{label, spec, table}], legend, table: {columns, rows}, wide}
export function frame(figure, locale, source) {
  const { t } = locale;
  let chosen = 0, drawn = null, item = -1, print = false;
  // A title may begin with an outcome or a name; a sentence begins with a capital.
  const view = () => {
    const v = figure.choices ? { ...figure, ...figure.choices[chosen] } : figure;
    return { ...v, title: v.title.charAt(0).toUpperCase() + v.title.slice(1) };
  };
  const holder = h('div', { class: 'plot' });
  const scroller = h('div', { class: 'scroll' }, holder);
  const tip = h('div', { class: 'tip', role: 'status', 'aria-live': 'polite', hidden: true });
  const title = h('h3', { id: `title-${figure.id}` });
  const help = h('p', { class: 'help' });
  const legend = h('ul', { class: 'legend' });
  const choose = figure.choices?.length > 1 ? h('div', { class: 'choices', role: 'group', 'aria-label': t('choose_view') }) : null;

  function draw(width, size) {
    const { spec } = view();
    drawn = plot(spec, { width, size, locale, label: `${view().title}. ${view().help}`, flat: print ? (figure.wide ? 0.58 : 0.66) : 1 });
    drawn.svg.setAttribute('tabindex', '0');
    drawn.svg.setAttribute('class', 'drawing');
    drawn.cursor = s('g', { class: 'cursor', 'pointer-events': 'none' });
    drawn.svg.append(drawn.cursor);
    if (spec.hover) {
      drawn.svg.addEventListener('pointermove', pointed);
      drawn.svg.addEventListener('pointerdown', pointed);
      drawn.svg.addEventListener('pointerleave', hide);
      drawn.svg.addEventListener('keydown', pressed);
      drawn.svg.addEventListener('blur', hide);
    }
    spec.attach?.(drawn, spec);
    holder.style.minWidth = print ? '' : `${spec.least ?? 0}px`;
    holder.replaceChildren(drawn.svg, tip);
    hide();
  }

  function show(i) {
    const { spec } = view(), { hover } = spec;
    if (i < 0 || i >= hover.count) return;
    item = i;
    const content = hover.tip(i), at = drawn.px(hover.x(i)), up = hover.y ? drawn.py(hover.y(i)) : null;
    drawn.cursor.replaceChildren();
    if (spec.y.type === 'band') {
      const from = drawn.py(hover.y(i));
      drawn.cursor.append(s('line', { x1: drawn.box.left, x2: drawn.box.right, y1: from, y2: from, stroke: paint('soft'), 'stroke-width': 1, 'stroke-dasharray': '1 2' }));
    } else if (up === null) {
      drawn.cursor.append(s('line', { x1: at, x2: at, y1: drawn.box.top, y2: drawn.box.bottom, stroke: paint('soft'), 'stroke-width': 1 }));
    } else {
      drawn.cursor.append(s('circle', { cx: at, cy: up, r: 6, fill: 'none', stroke: paint('ink'), 'stroke-width': 1.5 }));
    }
    for (const row of content.rows) if (row.at !== undefined && row.at !== null) drawn.cursor.append(s('circle', { cx: at, cy: drawn.py(row.at), r: 3.5, fill: paint(row.colour), stroke: paint('page') }));
    tip.replaceChildren(h('strong', {}, content.title), ...content.rows.map((row) => h('div', {}, row.colour && h('span', { class: 'key', style: `background:${paint(row.colour)}` }), h('span', {}, row.label), h('b', {}, row.value))));
    tip.hidden = false;
    const ratio = drawn.svg.getBoundingClientRect().width / drawn.width || 1, wide = tip.offsetWidth, room = holder.clientWidth;
    const anchor = (spec.y.type === 'band' && !spec.x.domainIsBand ? drawn.box.right : at) * ratio;
    tip.style.left = `${Math.max(0, Math.min(anchor + 14 + wide > room ? anchor - wide - 14 : anchor + 14, room - wide))}px`;
    const below = (up ?? drawn.box.top) * ratio;
    tip.style.top = `${Math.max(0, Math.min(below + (up === null ? 4 : 12), drawn.height * ratio - tip.offsetHeight - 4))}px`;
  }
  function hide() {
    item = -1;
    tip.hidden = true;
    drawn?.cursor.replaceChildren();
  }
  function pointed(event) {
    const { hover } = view().spec, rect = drawn.svg.getBoundingClientRect(), ratio = drawn.width / rect.width;
    const x = (event.clientX - rect.left) * ratio, y = (event.clientY - rect.top) * ratio;
    const lying = view().spec.y.type === 'band';
    let best = -1, least = Infinity;
    for (let i = 0; i < hover.count; ++i) {
      const dx = lying && !hover.both ? 0 : drawn.px(hover.x(i)) - x, dy = hover.y ? drawn.py(hover.y(i)) - y : 0, distance = dx * dx + dy * dy;
      if (distance < least) [best, least] = [i, distance];
    }
    show(best);
  }
  function pressed(event) {
    const { count } = view().spec.hover, large = Math.max(1, Math.round(count / 20));
    const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: large, PageUp: -large, Home: -count, End: count };
    if (event.key === 'Escape') return hide();
    if (!(event.key in moves)) return;
    event.preventDefault();
    const fromEnd = event.key === 'End' || (moves[event.key] < 0 && event.key !== 'Home');
    show(item < 0 ? (fromEnd ? count - 1 : 0) : Math.max(0, Math.min(count - 1, item + moves[event.key])));
  }

  function settle() {
    const v = view();
    title.textContent = v.title;
    help.textContent = v.help;
    const entries = v.legend ?? v.spec.marks.filter((m) => m.label);
    legend.replaceChildren(...entries.map((m) => h('li', {}, s('svg', { width: 22, height: 10, 'aria-hidden': 'true' }, legendSign(m, 0, 5)), m.label)));
    legend.hidden = entries.length === 0;
    if (choose) choose.replaceChildren(...figure.choices.map((c, i) => h('button', { type: 'button', 'aria-pressed': String(i === chosen), onclick: () => { chosen = i; settle(); redraw(); } }, c.label)));
  }

  /// The picture as a file of its own: title, legend and source inside, light colours.
  function standalone() {
    const v = view(), width = 960, size = 15, lines = wrapped(v.title, width - 40, size * 1.3);
    const picture = plot(v.spec, { width: width - 40, size, locale, label: v.title });
    const entries = v.legend ?? v.spec.marks.filter((m) => m.label);
    const above = 20 + lines.length * size * 1.7, rowHeight = size * 1.7;
    const keys = s('g', {});
    let x = 20, rows = entries.length ? 1 : 0;
    for (const m of entries) {
      const wide = 30 + widthOf(m.label, size) + 18;
      if (x + wide > width - 20 && x > 20) [x, rows] = [20, rows + 1];
      keys.append(s('g', { transform: `translate(${x} ${above + (rows - 0.5) * rowHeight})` }, legendSign(m, 0, 0), s('text', { x: 28, y: size * 0.35, fill: paint('soft') }, m.label)));
      x += wide;
    }
    const helpLines = wrapped(v.help, width - 40, size * 0.9), from = above + rows * rowHeight + 6, end = from + picture.height + 10;
    const height = end + (helpLines.length + 1) * size * 1.35 + 10;
    picture.svg.setAttribute('x', 20);
    picture.svg.setAttribute('y', from);
    const svg = s('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, 'font-size': size, 'font-family': picture.svg.getAttribute('font-family') },
      s('rect', { width, height, fill: paint('page') }),
      lines.map((line, i) => s('text', { x: 20, y: 20 + size * 1.1 + i * size * 1.7, 'font-size': size * 1.3, 'font-weight': 600, fill: paint('ink') }, line)), keys, picture.svg,
      [...helpLines, source].map((line, i) => s('text', { x: 20, y: end + (i + 1) * size * 1.35, 'font-size': size * 0.9, fill: paint('soft') }, line)));
    return { text: `<?xml version="1.0" encoding="UTF-8"?>\n${resolved(new XMLSerializer().serializeToString(svg), palettes.light)}`, width, height };
  }

  const name = (extension) => `${source.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60)}-${figure.id}.${extension}`;
  const tools = h('div', { class: 'tools' },
    h('button', { type: 'button', title: t('save_svg'), onclick: () => save(new Blob([standalone().text], { type: 'image/svg+xml' }), name('svg')) }, 'SVG'),
    h('button', { type: 'button', title: t('save_png'), onclick: () => savePng(standalone(), name('png')) }, 'PNG'),
    h('button', { type: 'button', title: t('save_csv'), onclick: () => save(new Blob([csvText({ ...view().table, columns: view().table.columns.map(locale.column) })], { type: 'text/csv' }), name('csv')) }, 'CSV'));
  const element = h('figure', { class: figure.wide ? 'figure wide' : 'figure', id: figure.id, 'aria-labelledby': `title-${figure.id}` },
    h('div', { class: 'head' }, title, tools), choose, legend, scroller, figure.extra, h('figcaption', {}, help));
  settle();

  function redraw() {
    const width = print ? (figure.wide ? 700 : 350) : Math.max(view().spec.least ?? 280, Math.floor(holder.parentElement.clientWidth || 560));
    draw(width, print ? (figure.wide ? 9 : 8.5) : 12);
  }
  return { element, redraw, printing: (on) => { print = on; redraw(); }, view, standalone };
}

function legendSign(m, x, y) {
  if (m.kind === 'ranges') return s('path', { d: `M${x + 2} ${y - 4}v8M${x + 2} ${y}h18M${x + 20} ${y - 4}v8`, fill: 'none', stroke: paint(m.colour), 'stroke-width': 1.6 });
  if (m.kind === 'line' || m.kind === 'hline') return s('line', { x1: x, x2: x + 22, y1: y, y2: y, stroke: paint(m.colour ?? 'blue'), 'stroke-width': 2.2, 'stroke-dasharray': m.dash ?? (m.kind === 'hline' ? '5 4' : null) });
  if (m.kind === 'vline') return s('line', { x1: x + 11, x2: x + 11, y1: y - 5, y2: y + 5, stroke: paint(m.colour ?? 'soft'), 'stroke-width': 2, 'stroke-dasharray': m.dash ?? '2 3' });
  if (m.kind === 'dots') return s('circle', { cx: x + 11, cy: y, r: 3.6, fill: m.hollow ? paint('page') : paint(m.colour ?? 'blue'), stroke: paint(m.colour ?? 'blue'), 'stroke-width': 1.5 });
  return s('rect', { x: x + 4, y: y - 5, width: 14, height: 10, fill: paint(m.colour ?? 'blue'), 'fill-opacity': m.kind === 'area' ? Math.max(m.opacity ?? 0.18, 0.25) : m.opacity });
}

function save(blob, name) {
  const link = h('a', { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function savePng({ text, width, height }, name) {
  const image = new Image(), factor = 2;
  image.onload = () => {
    const canvas = h('canvas', { width: width * factor, height: Math.ceil(height * factor) });
    const context = canvas.getContext('2d');
    context.scale(factor, factor);
    context.drawImage(image, 0, 0);
    canvas.toBlob((blob) => save(blob, name), 'image/png');
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

/// RFC 4180; with a byte order mark, else spreadsheets misread Chinese. A text that a spreadsheet would run as a formula is quoted as text.
export function csvText({ columns, rows }) {
  const cell = (v) => {
    if (v === null || v === undefined || Number.isNaN(v)) return '';
    if (typeof v === 'number') return String(v);
    const text = /^[=+\-@\t\r]/.test(v) ? `'${v}` : String(v);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${[columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
