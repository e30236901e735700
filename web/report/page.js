// The page: header, scenario card, sections of pictures, provenance; in one language at a time.
import { card } from './card.js';
import { h } from './dom.js';
import { frame } from './frame.js';
import { languages, locale as localeOf } from './locale.js';

/// No picture stands alone in half a row: one without a neighbour takes the whole, less high for its width.
function balanced(figures) {
  const list = figures.map((f) => ({ ...f }));
  let half = [];
  const settle = () => {
    if (half.length % 2 === 1) {
      const alone = half.at(-1), flat = (spec) => (spec?.ratio ? { ...spec, ratio: spec.ratio * 0.62 } : spec);
      Object.assign(alone, { wide: true, spec: flat(alone.spec), choices: alone.choices?.map((c) => ({ ...c, spec: flat(c.spec) })) });
    }
    half = [];
  };
  for (const f of list) f.wide ? settle() : half.push(f);
  settle();
  return list;
}

export function page(model, root) {
  const state = { language: model.language, theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light', market: 0 };
  let frames = [], width = 0;  // for which they are drawn

  function build() {
    const locale = localeOf(state.language), { t } = locale;
    document.documentElement.lang = locale.tag;
    document.documentElement.dataset.theme = state.theme;
    const view = model.view(locale, state);
    document.title = `${view.title} · Tantu`;
    frames = [];
    const toggle = (label, pressed, onclick, attributes) => h('button', { type: 'button', 'aria-pressed': pressed === null ? null : String(pressed), onclick, ...attributes }, label);
    const header = h('header', {},
      h('div', { class: 'brand' }, h('span', { class: 'name' }, 'Tantu 碳途'), h('span', {}, view.kind)),
      h('div', { class: 'controls' },
        view.markets?.length > 1 && h('label', {}, `${t('market')} `, h('select', { onchange: (e) => { state.market = Number(e.target.value); build(); } },
          view.markets.map((name, i) => h('option', { value: i, selected: i === state.market }, name)))),
        h('div', { role: 'group', 'aria-label': t('language'), class: 'languages' }, languages.map((l) => toggle(l === 'en' ? 'English' : '中文', l === state.language, () => { state.language = l; build(); }, { lang: l === 'en' ? 'en' : 'zh-CN', 'data-language': l }))),
        toggle(state.theme === 'dark' ? t('theme_light') : t('theme_dark'), null, () => { state.theme = state.theme === 'dark' ? 'light' : 'dark'; build(); }, { class: 'theme' }),
        toggle(t('print'), null, () => window.print(), { class: 'print' })),
      h('h1', {}, view.title), view.description && h('p', { class: 'lead' }, view.description));
    const tiles = view.tiles?.length ? h('dl', { class: 'tiles' }, view.tiles.map((tile) => h('div', {}, h('dt', {}, tile.label), h('dd', { 'data-figure': tile.id }, tile.value), tile.note && h('dd', { class: 'note' }, tile.note)))) : null;
    const sections = view.sections.map(({ title, text, figures, extra }) => h('section', {}, h('h2', {}, title), text && h('p', { class: 'lead' }, text), extra,
      h('div', { class: 'figures' }, balanced(figures).map((figure) => {
        const framed = frame(figure, locale.counting(view.measure ?? 't'), view.source);
        frames.push(framed);
        return framed.element;
      }))));
    root.replaceChildren(...[h('a', { class: 'skip', href: '#figures' }, t('skip')), header, tiles, ...(view.cards ?? []).map((c) => card(c, locale)),
      h('main', { id: 'figures' }, sections), h('footer', {}, h('h2', {}, t('provenance')), h('dl', { class: 'facts' }, view.provenance.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])), h('p', {}, view.disclaimer))].filter(Boolean));
    width = root.clientWidth;
    for (const framed of frames) framed.redraw();
  }

  new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    for (const framed of frames) framed.redraw();
  }).observe(root);
  addEventListener('beforeprint', () => { for (const framed of frames) framed.printing(true); });
  addEventListener('afterprint', () => { for (const framed of frames) framed.printing(false); });
  build();
  return { frames: () => frames, state, build };
}
