// The scenario card: rules in words, and where their numbers come from.
import { h } from './dom.js';

export function card({ title, items, sources }, { t }) {
  return h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title),
    h('ul', { class: 'rules' }, items.map(({ name, text }) => h('li', {}, h('b', {}, name), text))),
    sources.length > 0 && h('details', {}, h('summary', {}, t('sources', { n: sources.length })),
      h('ul', {}, sources.map((source) => h('li', {}, `${source.what}: ${source.source}`, source.sure && h('span', { class: 'sure' }, ` — ${t('how_sure')}: ${source.sure}`))))));
}
