// The catalogue of words: both languages for each key, the same fillings, none missing, none unused.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { locale } from '../../web/report/locale.js';
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

const root = fileURLToPath(new URL('../..', import.meta.url)), text = (path) => readFileSync(join(root, path), 'utf8'), policies = readdirSync(join(root, 'policies')).filter((f) => f.endsWith('.cpp')).map((f) => text(`policies/${f}`)).join('\n');

test('whatever instruments do, report and keep has a name', () => {
  const effects = [.../effect_names\{([^}]*)\}/.exec(text('sim/effect.hpp'))[1].matchAll(/"(\w+)"/g)].map((m) => m[1]);
  assert.ok(effects.length > 20, 'the names of effects are not found in sim/effect.hpp');
  for (const name of effects) assert.ok(words[`effect_${name}`], `add effect_${name}: { en, zh } to web/report/rule_words.js`);
  const series = [...policies.matchAll(/\{"(\w+)", "(?:t|1|currency|currency t-1)", "/g)].map((m) => m[1]);
  assert.ok(series.length > 20, 'the series of policies are not found');
  for (const name of series) assert.ok(words[`series_${name}`], `add series_${name}: { en, zh } to web/report/rule_words.js`);
  for (const [, name] of policies.matchAll(/pool\("(\w+)"\)/g)) assert.ok(words[`pool_${name}`], `add pool_${name}: { en, zh } to web/report/rule_words.js`);
});

test('a market in short tons is told so', () => {
  const en = locale('en').counting('short_ton'), zh = locale('zh').counting('short_ton');
  assert.equal(en.tonnes(3.2e7), '32 m short tons');
  assert.equal(en.price(14.2, 'USD'), '14.20 USD/short ton');
  assert.equal(en.column('sold (t)'), 'sold (short ton)');
  assert.equal(zh.price(14.2, 'USD'), '14.20 美元/短吨');
  assert.equal(locale('en').column('sold (t)'), 'sold (t)');
});
