// The rules of a scenario in words: one sentence or two for each, from the scenario as it was run.
import { daysOf } from './locale.js';
import { known, sum } from './result.js';

export const sourcesOf = (scenario) => (Array.isArray(scenario.sources) ? scenario.sources.filter((s) => s && typeof s === 'object' && s.what) : []);

/// [{name, text}]: exchange and firms first, then the policies in the order of a compliance cycle.
export function rulesInWords(result, locale) {
  const { t } = locale, items = [firms(result, locale), exchange(result, locale)].filter(Boolean);
  const order = Object.keys(sentences);
  const policies = [...result.policies].sort(([, a], [, b]) => (order.indexOf(a.kind) + 1 || 99) - (order.indexOf(b.kind) + 1 || 99));
  for (const [name, policy] of policies) {
    const sentence = sentences[policy.kind], kind = locale.named('kind', policy.kind), alone = policies.filter(([, p]) => p.kind === policy.kind).length === 1;
    items.push({ name: alone ? kind : locale.has(`instrument_${name}`) ? locale.named('instrument', name) : `${kind} (${locale.named('instrument', name)})`, text: sentence ? sentence(policy, locale, result) : plainly(policy, locale) });
  }
  return items.map(({ name, text }) => ({ name, text: text.charAt(0).toUpperCase() + text.slice(1) }));
}

/// A rule without sentences of its own: its parameters by name.
function plainly(policy, locale) {
  const list = Object.entries(policy).filter(([key, v]) => key !== 'kind' && v !== null && typeof v !== 'object').map(([key, v]) => `${key.replaceAll('_', ' ')} = ${typeof v === 'number' ? locale.number(v) : v}`);
  return list.length ? `${list.join(locale.language === 'zh' ? '；' : '; ')}${locale.language === 'zh' ? '。' : '.'}` : locale.t('rule_as_named');
}

const joined = (parts, locale) => parts.filter(Boolean).join(locale.language === 'zh' ? '' : ' ');
const date = (iso, locale) => locale.day(daysOf(iso));

function firms(result, locale) {
  const { t } = locale, sectors = Object.entries(result.scenario.sectors ?? {}), count = result.series('yearly', 'firms')?.at(-1), run = result.scenario.run ?? {};
  if (!sectors.length) return null;
  const planned = sum(sectors.map(([, s]) => s.firms));
  return { name: t('rule_firms_name'), text: joined([t('rule_firms', { n: locale.number(known(count) ? count : planned, 0), sectors: locale.list(sectors.map(([name]) => locale.named('sector', name))), mt: locale.tonnes(1e6 * sum(sectors.map(([, s]) => s.emissions_mt))) }),
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
    e.resale_same_day === false && t('rule_resale'),
    e.short_sale === false && t('rule_no_short'),
  ], locale) };
}

const pathOf = (path, locale, digits) => Object.entries(path ?? {}).map(([year, v]) => `${year}: ${locale.number(v, digits)}`).join(locale.language === 'zh' ? '，' : ', ');

/// One entry a kind, in the order in which a cycle meets them.
const sentences = {
  coverage: (p, locale) => locale.t('rule_coverage', { threshold: locale.tonnes(p.threshold_t), review: date(p.review, locale) }),
  cap: (p, locale) => joined([p.basis === 'mass' ? locale.t('rule_cap_mass', { path: pathOf(p.path_mt, locale, 1) || '–' }) : locale.t('rule_cap_intensity'), p.reduction > 0 && locale.t('rule_cap_reduction', { share: locale.percent(p.reduction, 1) })], locale),
  benchmark_allocation: (p, locale) => joined([locale.t('rule_benchmark'), Object.entries(p.classes ?? {}).map(([name, c]) => {
    const years = Object.entries(c.benchmark ?? {});
    return years.length ? locale.t('rule_benchmark_class', { class: locale.named('class', name), first: locale.number(years[0][1], 4), firstYear: years[0][0], last: locale.number(years.at(-1)[1], 4), lastYear: years.at(-1)[0] }) : null;
  }).filter(Boolean).join(locale.language === 'zh' ? '；' : '; ') + (locale.language === 'zh' ? '。' : '.'), p.free_share < 1 && locale.t('rule_free_share', { share: locale.percent(p.free_share) })], locale),
  historical_allocation: (p, locale) => locale.t('rule_historical'),
  pre_allocation: (p, locale) => locale.t('rule_pre_allocation', { share: locale.percent(p.share) }),
  verification: (p, locale) => joined([locale.t('rule_verification'), p.error_spread > 0 && locale.t('rule_verification_error', { share: locale.percent(p.error_spread, 1) })], locale),
  true_up: (p, locale) => joined([locale.t('rule_true_up'), p.take_back && locale.t('rule_true_up_back')], locale),
  gap_relief: (p, locale) => locale.t(p.share > 0 ? 'rule_gap_relief' : 'rule_no_gap', { share: locale.percent(p.share), classes: locale.list((p.classes ?? []).map((c) => locale.named('class', c))), from: p.first_year, until: p.last_year }),
  compliance: (p, locale) => joined([locale.t('rule_compliance'), (p.cycles ?? []).map((c) => locale.t(c.first_year === c.last_year ? 'rule_cycle_one' : 'rule_cycle', { first: c.first_year, last: c.last_year, deadline: date(c.deadline, locale) })).join(locale.language === 'zh' ? '；' : '; ') + (locale.language === 'zh' ? '。' : '.')], locale),
  penalty: (p, locale, result) => joined([
    p.from > '2000-01-01' && locale.t('rule_from', { date: date(p.from, locale) }), p.until < '2100-01-01' && locale.t('rule_until', { date: date(p.until, locale) }),
    p.fine > 0 && locale.t('rule_fine', { amount: locale.cash(p.fine, result.currency) }), p.price_multiple > 0 && locale.t('rule_multiple', { n: locale.number(p.price_multiple) }),
    p.per_tonne > 0 && locale.t('rule_per_tonne', { amount: locale.price(p.per_tonne, result.currency) }), locale.t(p.debt_carried ? 'rule_debt' : 'rule_no_debt')], locale),
  banking: (p, locale) => locale.t(`rule_banking_${p.rule}` in bankingWords ? `rule_banking_${p.rule}` : 'rule_banking_other', { rule: String(p.rule).replaceAll('_', ' '), base: locale.tonnes(p.base_t ?? 0), multiple: locale.number(p.multiple ?? 0), from: p.sales_from ?? '', until: p.sales_through ?? '', through: p.vintages_through ?? '', date: p.conversion ? date(p.conversion, locale) : '' }),
};
const bankingWords = { rule_banking_net_sales: 1, rule_banking_none: 1, rule_banking_unlimited: 1 };
