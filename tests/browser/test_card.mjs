// The scenario card: every kind of policy that the program knows has a name and a sentence in both languages, and every
// parameter of it is told. What the program knows it says itself (tantu schema), so that a new rule cannot be forgotten.
import { existsSync } from 'node:fs';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { languages, locale } from '../../web/report/locale.js';
import { inWords, plainly, rulesInWords } from '../../web/report/rules_in_words.js';
import { sentences } from '../../web/report/sentences.js';
import { words } from '../../web/report/words.js';

const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..'), tantu = resolve(process.env.TANTU ?? join(root, 'build/release/tantu'));
const definitions = JSON.parse(execFileSync(tantu, ['schema'], { encoding: 'utf8', maxBuffer: 64e6 })).definitions;
const kinds = Object.keys(definitions).filter((name) => /^kind\.\w+$/.test(name)).map((name) => name.slice(5)).filter((name) => existsSync(join(root, 'policies', `${name}.cpp`)));
const traderKinds = Object.keys(definitions).filter((name) => /^kind\.\w+$/.test(name)).map((name) => name.slice(5)).filter((name) => existsSync(join(root, 'agents', `${name}.cpp`)));

const resolved = (schema) => (schema.allOf ? resolved(schema.allOf[0]) : schema.$ref ? resolved(definitions[schema.$ref.replace('#/definitions/', '')]) : schema);
const isByYear = (schema) => schema.propertyNames !== undefined && schema.additionalProperties && !schema.additionalProperties.$ref;

/// Paths of all parameters, names and places as "*".
function pathsOf(schema, path = '') {
  return Object.entries(resolved(schema).properties ?? {}).filter(([key]) => key !== 'kind' || path !== '').flatMap(([key, part]) => {
    const s = resolved(part), here = path + key, inside = s.type === 'array' ? s.items : s.additionalProperties;
    if (s.properties) return pathsOf(s, `${here}.`);
    if (!isByYear(s) && inside && typeof inside === 'object' && resolved(inside).properties) return pathsOf(inside, `${here}.*.`);
    return [here];
  });
}

/// A policy with everything set; `k` turns choices and switches through.
function example(schema, k) {
  const s = resolved(schema);
  if (s.const !== undefined) return s.const;
  if (s.enum) return s.enum[k % s.enum.length];
  if (s.properties) return Object.fromEntries(Object.entries(s.properties).map(([key, part]) => [key, example(part, k)]));
  if (s.type === 'boolean') return k % 2 === 0;
  if (s.type === 'array') return [example(s.items, k), example(s.items, k)];
  if (s.type === 'object') return isByYear(s) ? { 2021: example(s.additionalProperties, k), 2022: example(s.additionalProperties, k) } : { '*': example(s.additionalProperties, k) };
  if (s.type === 'string') return s.format === 'date' ? '2021-06-30' : 'power';
  const low = s.minimum ?? s.exclusiveMinimum ?? 0, most = s.maximum ?? 1e3;
  return s.type === 'integer' ? Math.ceil(Math.min(Math.max(low, 2), most)) : Math.min(Math.max(low + 0.2, 0.5), most);
}

/// As the program resolves it when a scenario says nothing but what it must.
function least(schema) {
  const s = resolved(schema);
  return Object.fromEntries(Object.entries(s.properties).filter(([key, part]) => s.required?.includes(key) || resolved(part).default !== undefined || resolved(part).properties).map(([key, part]) => [key, part.default ?? (resolved(part).properties && !s.required?.includes(key) ? least(part) : example(part, 0))]));
}

test('every kind of policy has a name and a sentence', () => {
  assert.ok(kinds.length >= 20, `tantu schema names ${kinds.length} kinds`);
  for (const kind of kinds) {
    assert.ok(words[`kind_${kind}`], `the policy "${kind}" has no name: add kind_${kind}: { en, zh } to web/report/rule_words.js`);
    assert.ok(sentences[kind], `the policy "${kind}" has no sentence: add ${kind}: (p, locale, code) => locale.t('rule_${kind}', ...) to web/report/sentences.js and its words to web/report/rule_words.js`);
  }
});

test('every parameter of a policy is told, or has a name', () => {
  for (const kind of kinds) {
    const schema = definitions[`kind.${kind}`], told = new Set();
    for (let k = 0; k < 12; ++k) for (const language of languages) inWords(example(schema, k), locale(language), 'CNY', told);
    const said = new Set([...told].map((path) => path.split('.').map((p) => (/^\d{1,3}$/.test(p) ? '*' : p)).join('.')));
    for (const path of pathsOf(schema))
      assert.ok(said.has(path) || words[`param_${path.split('.').at(-1)}`], `"${kind}" never tells "${path}": use it in the sentence of ${kind} in web/report/sentences.js, or give it a name, param_${path.split('.').at(-1)}: { en, zh }, in web/report/rule_words.js`);
  }
});

test('sentences are whole in both languages, whatever the parameters', () => {
  for (const kind of kinds)
    for (const language of languages) {
      const schema = definitions[`kind.${kind}`], texts = [inWords(least(schema), locale(language), 'CNY'), ...Array.from({ length: 12 }, (_, k) => inWords(example(schema, k), locale(language), 'CNY'))];
      for (const text of texts) {
        assert.ok(text.length > (language === 'zh' ? 4 : 10), `${kind} ${language}: "${text}"`);
        assert.doesNotMatch(text, /undefined|NaN|null|\[object|\{\w+\}|Invalid/, `${kind} ${language}: ${text}`);
        if (language === 'en') assert.doesNotMatch(text, /[\u4e00-\u9fff]/, `${kind} en: ${text}`);
        else assert.match(text, /[\u4e00-\u9fff].*。/, `${kind} zh: ${text}`);
      }
    }
});

test('a rule that is off leaves no parameters behind', () => {
  for (const kind of kinds)
    for (let k = -1; k < 12; ++k) {
      const schema = definitions[`kind.${kind}`], policy = k < 0 ? { kind, ...least(schema) } : example(schema, k), told = new Set();
      inWords(policy, locale('en'), 'CNY', told);
      assert.equal(plainly(policy, locale('en'), told), '', `${kind}: stands behind its sentence by name; note it with settled(p, ...) in web/report/sentences.js, or tell it`);
    }
});

test('what no sentence tells stands behind it', () => {
  const text = inWords({ kind: 'true_up', take_back: false, grace_days: 5, inner: { on: true, off: 0, list: ['a', 'b'] } }, locale('en'), 'CNY');
  assert.match(text, /grace days: 5; inner on; inner list: a, b\.$/);
});

test('traders, instruments and links are told too', () => {
  assert.ok(traderKinds.length >= 9, 'the kinds of traders are not found in the schema');
  for (const kind of traderKinds) assert.ok(words[`kind_${kind}`], `the trader "${kind}" has no name: add kind_${kind}: { en, zh } to web/report/rule_words.js`);
  const result = {
    policies: [], currency: 'EUR', series: () => undefined,
    rules: { instruments: { first: { last_vintage: 2007, until: '2008-04-30' }, second: { first_vintage: 2008 } } },
    scenario: { agents: { traders: { a: { kind: 'market_maker' }, b: { kind: 'arbitrageur', count: 2, admitted: '2022-07-01' } } },
      moves: [{ sector: 'cement', to: 'north', date: '2024-01-01', exchange_ratio: 0.5, vintage_ratios: { 2023: 1 } }],
      links: [{ from: 'south', to: 'north', direction: 'two_way', announced: '2022-03-01', first_day: '2023-01-02', last_day: '2200-12-31', quota_mt: 0.3, quota_share: null, exchange_ratio: null, discount: 0 }] },
  };
  const told = (language) => rulesInWords(result, locale(language)).map(({ name, text }) => `${name}: ${text}`);
  assert.deepEqual(told('en'), [
    'Traders without an obligation: Besides the firms trade: market maker (1) and arbitrageur (2). The arbitrageur is admitted on 1 Jul 2022.',
    'Instruments: Each has a book and a price of its own: first (vintages up to 2007, traded until 30 Apr 2008) and second (vintages from 2008 on).',
    "Links: From 2 Jan 2023 on south and north accept each other's allowances. It is public from 1 Mar 2022 on. At most 300 kt a year may come in.",
    'Firms that change their market: Firms of cement move to north with emissions from 1 Jan 2024 on; what they hold follows once earlier years are settled. For one old allowance they are given 0.5. By vintage: 2023: 1.',
  ]);
  for (const line of told('zh')) assert.match(line, /[\u4e00-\u9fff]/, line);
});

test('a market tells of its own firms', () => {
  const result = {
    policies: [], currency: 'EUR', series: () => undefined, rules: {}, markets: ['north', 'south'], market: 1,
    scenario: { sectors: { dear: { firms: 20, emissions_mt: 10 }, cheap: { market: 'south', firms: 30, emissions_mt: 5 } } },
  };
  assert.deepEqual(rulesInWords(result, locale('en')).map(({ text }) => text), ['30 firms of cheap emitting about 5 Mt a year.']);
});

test('a sector whose output reacts says by how much, in both languages', () => {
  const sector = (elasticity, product_price) => ({ firms: 100, emissions_mt: 10, elasticity, product_price });
  const result = {
    policies: [], currency: 'EUR', series: () => undefined, rules: {}, markets: ['national'], market: 0,
    scenario: { sectors: { steel: sector(2, 400), heat: sector(0, 400), cement: sector(1, 0) } },
  };
  for (const [language, text] of [['en', 'For each 1% that carbon costs make the product of steel dearer, 2% less of it is made.'], ['zh', '碳成本使钢铁产品价格每上涨 1%，产量下降约 2%。']]) {
    const firms = rulesInWords(result, locale(language))[0].text;
    assert.ok(firms.includes(text), firms);
    assert.equal(firms.split(/[^.\d]1%/).length, 2, `only steel has both a product price and an elasticity: ${firms}`);
  }
});
