// The rules of a scenario in words: one sentence or two for each (sentences.js), from the scenario as it was run. What
// no sentence tells stands behind it by name, so that the card never hides a rule.
import { known, sum } from './result.js';
import { date, joined, sentences, semicolon } from './sentences.js';

export const sourcesOf = (scenario) => (Array.isArray(scenario.sources) ? scenario.sources.filter((s) => s && typeof s === 'object' && s.what) : []);

/// [{name, text}]: who trades, what and where first, then the policies in the order of a compliance cycle.
export function rulesInWords(result, locale) {
  const { t } = locale, items = [firms, traders, instruments, exchange, links, moves].map((tell) => tell(result, locale)).filter(Boolean);
  const order = Object.keys(sentences), place = (kind) => (order.indexOf(kind) < 0 ? order.length : order.indexOf(kind));
  const policies = [...result.policies].sort(([, a], [, b]) => place(a.kind) - place(b.kind));
  for (const [name, policy] of policies) {
    const kind = locale.named('kind', policy.kind), alone = policies.filter(([, p]) => p.kind === policy.kind).length === 1;
    items.push({ name: alone ? kind : locale.has(`instrument_${name}`) ? locale.named('instrument', name) : `${kind} (${locale.named('instrument', name)})`, text: inWords(policy, locale, result.currency) });
  }
  return items.map(({ name, text }) => ({ name, text: text.charAt(0).toUpperCase() + text.slice(1) }));
}

/// A policy in words; `told` gathers the paths of the parameters that its sentence has looked at.
export function inWords(policy, locale, currency, told = new Set()) {
  const sentence = sentences[policy.kind]?.(watched(policy, told), locale, currency);
  const rest = plainly(policy, locale, told);
  return joined([sentence, rest], locale) || locale.t('rule_as_named');
}

/// The same object, noting which values are looked at: "calendar.per_year", "tiers.0.price".
function watched(object, told, path = '') {
  return new Proxy(object, { get(target, key) {
    const value = target[key];
    if (typeof key !== 'string' || !Object.hasOwn(target, key)) return value;
    told.add(path + key);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? watched(value, told, `${path}${key}.`)
      : Array.isArray(value) && value.some((v) => v !== null && typeof v === 'object') ? value.map((v, i) => (told.add(`${path}${key}.${i}`), watched(v, told, `${path}${key}.${i}.`))) : value;
  } });
}

/// What was not told and is not off, by name; nothing for the kinds that have sentences.
export function plainly(policy, locale, told) {
  const list = [], off = (v) => v === null || v === false || v === 0 || v === '' || (typeof v === 'object' && Object.keys(v).length === 0);
  const walk = (object, path) => {
    for (const [key, value] of Object.entries(object)) {
      if (key === 'kind' && path === '') continue;
      // A path of years is told as a whole.
      if (off(value) || (told.has(path + key) && (typeof value !== 'object' || Object.keys(value).every((k) => /^\d{4}$/.test(k))))) continue;
      if (typeof value === 'object' && !(Array.isArray(value) && value.every((v) => typeof v !== 'object'))) { walk(value, `${path}${key}.`); continue; }
      if (told.has(path + key)) continue;
      const text = value === true ? '' : Array.isArray(value) ? value.join(', ') : typeof value === 'number' ? locale.number(value) : value;
      // Years within a path of years are its values.
      const parts = `${path}${key}`.split('.'), name = parts.filter((p) => !/^\d+$/.test(p) || Number(p) > 1000).map((p) => locale.named('param', p)).join(' ');
      list.push(text === '' ? name : `${name}${locale.language === 'zh' ? '：' : ': '}${text}`);
    }
  };
  walk(policy, '');
  return list.length ? `${list.join(locale.language === 'zh' ? '；' : '; ')}${locale.language === 'zh' ? '。' : '.'}` : '';
}

function firms(result, locale) {
  const { t } = locale, own = result.markets?.[result.market];
  // A sector without a market is in the first one.
  const sectors = Object.entries(result.scenario.sectors ?? {}).filter(([, s]) => (s.market || result.markets?.[0]) === own), count = result.series('yearly', 'firms')?.at(-1), run = result.scenario.run ?? {};
  if (!sectors.length) return null;
  const planned = sum(sectors.map(([, s]) => s.firms));
  return { name: t('rule_firms_name'), text: joined([t('rule_firms', { n: locale.number(known(count) ? count : planned, 0), sectors: locale.list(sectors.map(([name]) => locale.named('sector', name))), mt: locale.tonnes(1e6 * sum(sectors.map(([, s]) => s.emissions_mt))) }),
    ...sectors.filter(([, s]) => s.product_price > 0 && s.elasticity > 0).map(([name, s]) => t('rule_output', { sector: locale.named('sector', name), share: locale.percent(0.01 * s.elasticity) })),
    run.first_day && t('rule_span', { from: date(run.first_day, locale), until: date(run.last_day, locale) })], locale) };
}

function exchange(result, locale) {
  const { t } = locale, e = result.rules.exchange;
  if (!e) return null;
  const code = result.currency;
  return { name: t('rule_exchange_name'), text: joined([
    t('rule_opening', { price: locale.price(e.opening_reference, code) }),
    e.price_limit > 0 ? t('rule_limit', { limit: locale.percent(e.price_limit) }) : t('rule_no_limit'),
    e.block_least_t > 0 && t('rule_block', { least: locale.tonnes(e.block_least_t), limit: locale.percent(e.block_limit ?? 0) }),
    e.static_collar > 0 && t('rule_collar', { limit: locale.percent(e.static_collar) }),
    e.position_limit_t > 0 && t('rule_position_limit', { limit: locale.tonnes(e.position_limit_t) }),
    e.resale_same_day === false && t('rule_resale'),
    e.short_sale === false && t('rule_no_short'),
    e.maker && Object.keys(e.maker).length > 0 && e.maker.spread > 0 && t('rule_maker'),
  ], locale) };
}

/// Those without an obligation, by kind.
function traders(result, locale) {
  const kinds = new Map(), admitted = [];
  for (const { kind, count = 1, admitted: day } of Object.values(result.scenario.agents?.traders ?? {})) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    if (day) admitted.push(locale.t('rule_admitted', { kind: locale.named('kind', kind), day: date(day, locale) }));
  }
  if (!kinds.size) return null;
  return { name: locale.t('rule_traders_name'), text: joined([locale.t('rule_traders', { kinds: locale.list([...kinds].map(([kind, n]) => `${locale.named('kind', kind)} (${locale.number(n, 0)})`)) }), ...admitted], locale) };
}

function instruments(result, locale) {
  const listed = Object.entries(result.rules.instruments ?? {});
  if (!listed.length) return null;
  const first = (i) => i.first_vintage ?? null, last = (i) => i.last_vintage ?? null;
  const units = (i) => (i.offset ? locale.t('rule_credits', { type: locale.named('offset', i.offset) }) : first(i) && last(i) ? locale.t('rule_vintages', { from: first(i), until: last(i) }) : first(i) ? locale.t('rule_vintages_from', { from: first(i) }) : last(i) ? locale.t('rule_vintages_until', { until: last(i) }) : locale.t('rule_vintages_all'));
  const days = (i) => [i.from && locale.t('rule_listed_from', { day: date(i.from, locale) }), i.until && locale.t('rule_listed_until', { day: date(i.until, locale) })].filter(Boolean);
  return { name: locale.t('rule_instruments_name'), text: locale.t('rule_instruments', { books: locale.list(listed.map(([name, i]) => `${name} (${[units(i), ...days(i)].join(locale.language === 'zh' ? '，' : ', ')})`)) }) };
}

function links(result, locale) {
  const { t } = locale, all = result.scenario.links ?? [];
  if (!all.length) return null;
  return { name: t('rule_links_name'), text: joined(all.flatMap((l) => [
    t(l.direction === 'one_way' ? 'rule_link' : 'rule_link_both', { from: l.from, to: l.to, day: date(l.first_day, locale) }),
    l.announced && t('rule_link_announced', { day: date(l.announced, locale) }),
    l.last_day && l.last_day < '2200' && t('rule_link_until', { day: date(l.last_day, locale) }),
    l.quota_mt !== null && l.quota_mt !== undefined && t('rule_link_quota', { amount: locale.tonnes(1e6 * l.quota_mt) }),
    l.quota_share !== null && l.quota_share !== undefined && t(l.quota_of === 'firm' ? 'rule_link_share_firm' : 'rule_link_share', { share: locale.percent(l.quota_share) }),
    l.exchange_ratio !== null && l.exchange_ratio !== undefined && t('rule_link_ratio', { ratio: locale.number(l.exchange_ratio) }),
    l.discount > 0 && t('rule_link_discount', { share: locale.percent(l.discount) }),
  ]), locale) };
}

/// Firms that change their market, with what they hold.
function moves(result, locale) {
  const { t } = locale, all = result.scenario.moves ?? [];
  if (!all.length) return null;
  return { name: t('rule_moves_name'), text: joined(all.flatMap((m) => [
    t('rule_move', { sector: locale.named('sector', m.sector), to: m.to, day: date(m.date, locale) }),
    m.exchange_ratio === 0 ? t('rule_move_nothing') : m.exchange_ratio !== undefined && m.exchange_ratio !== 1 && t('rule_move_ratio', { ratio: locale.number(m.exchange_ratio) }),
    Object.keys(m.vintage_ratios ?? {}).length && t('rule_move_vintages', { path: Object.entries(m.vintage_ratios).map(([year, ratio]) => `${year}: ${locale.number(ratio)}`).join(semicolon(locale)) }),
  ]), locale) };
}
