// Tables of `tantu compare`: words for columns and outcomes, numbers in the reader's habit.
import { h } from './dom.js';

/// "close 2025" in words.
export function outcomeName(text, locale) {
  const [name, ...rest] = text.split(' ');
  return [locale.named('yearly', name), ...rest].join(' ');
}

/// The same inside a sentence.
export const inSentence = (name, locale) => (locale.language === 'en' ? name.charAt(0).toLowerCase() + name.slice(1) : name);

/// What a cell says as a number; null where it says none.
export const numberIn = (text) => (text === undefined || text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text));

export function tableOf(table, locale, hidden = false) {
  const cell = (text, column) => {
    if (column === 'outcome') return outcomeName(text, locale);
    if (column === 'unit') return text === '1' ? '' : text.replace(/^(\w+) t-1$/, (_, code) => locale.priceUnit(code));
    if (column === 'factor') return locale.plain(text);
    const x = numberIn(text), size = Math.abs(x ?? 0);
    return x === null ? text : locale.number(x, size >= 1000 || Number.isInteger(x) ? 0 : size >= 1 ? 2 : 4);
  };
  const rows = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': table.title }, h('table', { class: 'compared' }, h('caption', {}, [table.title, table.note].filter(Boolean).join('. ')),
    h('thead', {}, h('tr', {}, table.columns.map((name) => h('th', { scope: 'col' }, locale.named('tcol', name))))),
    h('tbody', {}, table.rows.map((row) => h('tr', {}, row.map((text, i) => (i === 0 ? h('th', { scope: 'row' }, cell(text, table.columns[i])) : h('td', {}, cell(text, table.columns[i])))))))));
  return hidden ? h('details', { class: 'table' }, h('summary', {}, locale.t('table_rows', { title: table.title, n: locale.number(table.rows.length, 0) })), rows) : rows;
}
