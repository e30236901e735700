// The catalogue of words: both languages for each key, the same fillings, none missing, none unused.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { words } from '../../web/report/words.js';

const folder = fileURLToPath(new URL('../../web/report', import.meta.url));
const sources = readdirSync(folder, { recursive: true }).filter((f) => f.endsWith('.js') && f !== 'words.js').map((f) => readFileSync(join(folder, f), 'utf8')).join('\n');
const fillings = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('each key has English and Chinese with the same fillings', () => {
  for (const [key, entry] of Object.entries(words)) {
    assert.deepEqual(Object.keys(entry).sort(), ['en', 'zh'], key);
    for (const text of Object.values(entry)) assert.ok(text.trim(), key);
    // A year or a name may be said by the other language in another way, but nothing may be left unfilled.
    const en = new Set(fillings(entry.en)), zh = new Set(fillings(entry.zh));
    for (const name of zh) assert.ok(en.has(name), `${key}: {${name}} is only in the Chinese`);
    if (/[\u4e00-\u9fff]/.test(entry.en)) assert.fail(`${key}: Chinese in the English`);
    if (!/[\u4e00-\u9fff]/.test(entry.zh)) assert.match(entry.zh, /\{\w+\} → \{\w+\}|^[\w\s/–]+$/, `${key}: no Chinese`);
  }
});

/// Names that are put together: `kind_${...}` in the sources covers kind_*.
const prefixes = [...sources.matchAll(/[`']([a-z_]+_)\$\{/g)].map((m) => m[1]).concat([...sources.matchAll(/named\('(\w+)'/g)].map((m) => `${m[1]}_`), ['group_', 'sector_', 'region_']);

test('each key that the pages ask for is there', () => {
  for (const [, key] of sources.matchAll(/\bt\('(\w+)'/g)) assert.ok(words[key], `words.js lacks ${key}`);
  for (const [, a, b] of sources.matchAll(/\bt\([^'`)]*\? '(\w+)' : [^'`)]*'(\w+)'/g)) for (const key of [a, b]) assert.ok(words[key], `words.js lacks ${key}`);
});

test('no key is left over', () => {
  for (const key of Object.keys(words)) {
    const named = new RegExp(`['\`]${key}['\`]`).test(sources) || prefixes.some((p) => key.startsWith(p)) || /_share$/.test(key);
    assert.ok(named, `${key} is not used`);
  }
});
