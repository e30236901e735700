// A sentence or two for each kind of policy, from its parameters as they were run. One entry a kind, in the order in
// which a compliance cycle meets them; the card shows them in this order. The words are in rule_words.js.
import { daysOf } from './locale.js';
import { known } from './result.js';

export const joined = (parts, locale) => parts.filter(Boolean).join(locale.language === 'zh' ? '' : ' ');
export const date = (iso, locale) => locale.day(daysOf(iso));

/// Notes that parameters are dealt with though a rule that is off leaves them unsaid; gives the policy back.
const settled = (p, ...keys) => { for (const key of keys) void p[key]; return p; };

const stop = (locale) => (locale.language === 'zh' ? '。' : '.');
export const semicolon = (locale) => (locale.language === 'zh' ? '；' : '; ');
const sectorsOf = (list, locale) => (list?.length ? locale.t('rule_only_sectors', { sectors: locale.list(list.map((s) => locale.named('sector', s))) }) : '');
const pool = (name, locale) => locale.named('pool', name);
const megatonnes = (mt, locale) => locale.tonnes(1e6 * mt);

/// "A rule that has always been" and "for ever" need no words.
const span = (p, locale) => joined([p.from > '2000-01-01' && locale.t('rule_from', { date: date(p.from, locale) }), p.until < '2100-01-01' && locale.t('rule_until', { date: date(p.until, locale) })], locale);

/// Values by year: all of them where they are few, the ends where they are many.
function byYear(path, locale, text = (v) => locale.number(v)) {
  const years = Object.entries(path ?? {}), same = new Set(years.map(([, v]) => v)).size === 1;
  if (!years.length) return '–';
  if (years.length === 1 || same) return locale.t('rule_value_from', { value: text(years[0][1]), year: years[0][0] });
  if (years.length > 6) return locale.t('rule_path', { first: text(years[0][1]), firstYear: years[0][0], last: text(years.at(-1)[1]), lastYear: years.at(-1)[0] });
  return years.map(([year, v]) => locale.t('rule_value_in', { value: text(v), year })).join(locale.language === 'zh' ? '，' : ', ');
}
const tonnesByYear = (path, locale) => byYear(path, locale, (v) => megatonnes(v, locale));
const share = (locale, digits) => (v) => locale.percent(v, digits);

/// A price that a rule sets and raises; nothing where no amount is given.
function pricePath(path, locale, code) {
  // How it is rounded and which inflation is assumed is for the reference, not for the card.
  const { given, growth, inflation } = path ?? {};
  if (path) settled(path, 'decimals', 'compound_on_rounded', 'assumed_inflation', 'given', 'growth', 'inflation');
  const years = Object.entries(given ?? {});
  if (!years.length) return null;
  const price = years.length > 2 ? locale.t('rule_path', { first: locale.price(years[0][1], code), firstYear: years[0][0], last: locale.price(years.at(-1)[1], code), lastYear: years.at(-1)[0] })
    : years.map(([year, v]) => locale.t('rule_value_in', { value: locale.price(v, code), year })).join(locale.language === 'zh' ? '，' : ', ');
  const rate = Object.values(growth ?? {}).at(-1);
  if (!rate) return inflation ? locale.t('rule_indexed', { price }) : price;
  return locale.t(inflation ? 'rule_growing_indexed' : 'rule_growing', { price, growth: locale.percent(rate) });
}

const corrections = ['air_cooled_share', 'heat_ratio', 'load', 'heat_per_output_gj', 'new_capacity_share', 'leakage_factor'];

function benchmarkAllocation(p, locale) {
  const { t } = locale, used = new Set(), updated = [];
  const classes = Object.entries(p.classes ?? {}).map(([name, c]) => {
    const years = Object.entries(c.benchmark ?? {});
    for (const key of corrections) if (c[key] && (typeof c[key] !== 'object' || Object.keys(c[key]).length)) used.add(key);
    if (c.update) settled(c.update, 'reference', 'rate', 'least', 'most', 'years', 'decimals');
    if (c.update?.reference > 0) updated.push(locale.named('class', name));
    settled(c, 'correction', 'heat_coefficient', 'heat_benchmark', 'advanced_benchmark', 'benchmark');
    if (!years.length) return null;
    const first = { class: locale.named('class', name), first: locale.number(years[0][1], 4), firstYear: years[0][0] };
    return years.length > 1 ? t('rule_benchmark_class', { ...first, last: locale.number(years.at(-1)[1], 4), lastYear: years.at(-1)[0] }) : t('rule_benchmark_class_one', first);
  }).filter(Boolean);
  return joined([t('rule_benchmark'), classes.join(semicolon(locale)) + stop(locale), updated.length && t('rule_benchmark_update', { classes: locale.list(updated) }), used.size && t('rule_benchmark_corrections', { corrections: locale.list([...used].map((key) => t(`correction_${key}`))) }),
    Object.keys(p.uniform_correction ?? {}).length && t('rule_uniform_correction', { path: byYear(p.uniform_correction, locale, (v) => locale.number(v, 3)) }), p.free_share < 1 && t('rule_free_share', { share: locale.percent(p.free_share) })], locale);
}

function cap(p, locale) {
  settled(p, 'path_mt', 'decline', 'linear_factor', 'reference_mt', 'adjustment_mt');
  const { t } = locale, falls = p.reduction > 0 && t(`rule_cap_reduction_${p.decline}`, { share: locale.percent(p.reduction, 1) });
  if (p.basis !== 'mass') return joined([t('rule_cap_intensity'), falls], locale);
  return joined([t('rule_cap_mass', { path: byYear(p.path_mt, locale, (v) => locale.tonnes(1e6 * v, true)) }), falls,
    Object.keys(p.linear_factor ?? {}).length && t('rule_cap_linear', { reference: tonnesByYear(p.reference_mt, locale), path: byYear(p.linear_factor, locale, share(locale, 2)) }),
    Object.keys(p.adjustment_mt ?? {}).length && t('rule_cap_adjustment', { path: tonnesByYear(p.adjustment_mt, locale) })], locale);
}

function auction(p, locale, code) {
  settled(p, 'opens_session', 'floor_by_averages', 'adjustment_mt');
  const { t } = locale, floor = pricePath(p.reserve_price, locale, code), { dates = [], per_year: perYear, from, until } = p.calendar ?? {}, { unsold, unsold_to: to, auctions_above: above, roll_over_auctions: over, most_added: most, unsold_months: months, advance_share: advance, advance_years: ahead, confidential } = p, bound = (v) => (v > 0 ? locale.percent(v) : t('rule_no_bound'));
  const when = dates.length ? t('rule_auction_dates', { n: dates.length, first: date(dates[0], locale), last: date(dates.at(-1), locale) }) : t('rule_auction_per_year', { n: perYear });
  settled(p, 'share', 'volume_mt', 'lot_t', 'ties', 'most_covered', 'most_other', 'decline_under_covered', 'kind_of_price');
  return joined([
    p.basis === 'share_of_cap' ? t('rule_auction_share', { path: byYear(p.share, locale, share(locale)) }) : p.basis === 'volume' ? t('rule_auction_volume', { path: tonnesByYear(p.volume_mt, locale) }) : t('rule_auction_rest'),
    when + t(`rule_auction_${p.kind_of_price}`), from > '2000-01-01' && t('rule_auction_from', { date: date(from, locale) }), until < '2100-01-01' && t('rule_auction_until', { date: date(until, locale) }),
    floor && t(confidential ? 'rule_auction_floor_secret' : 'rule_auction_floor', { price: floor }), p.decline_under_covered && t('rule_auction_declined'),
    p.lot_t > 1 && t('rule_auction_lot', { lot: locale.tonnes(p.lot_t), ties: t(`ties_${p.ties}`) }), (p.most_covered > 0 || p.most_other > 0) && t('rule_auction_limits', { covered: bound(p.most_covered), other: bound(p.most_other) }),
    t(`rule_unsold_${unsold}`, { n: unsold === 'reintroduce' ? above : over, most: locale.percent(most), months, pool: pool(to, locale) }),
    advance > 0 && t('rule_advance', { share: locale.percent(advance), years: ahead }),
  ], locale);
}

function stabilityReserve(p, locale) {
  const { t } = locale, some = (path) => Object.keys(path ?? {}).length > 0;
  return joined([
    ...Object.values(p.forms ?? []).flatMap((f) => [t('rule_msr_intake', { year: f.from_year, rate: locale.percent(f.intake_rate), above: megatonnes(f.intake_above_mt, locale), below: megatonnes(f.release_below_mt, locale), release: megatonnes(f.release_mt, locale) }), f.buffer_to_mt > 0 && t('rule_msr_buffer', { buffer: megatonnes(f.buffer_to_mt, locale) })]),
    t('rule_msr_works', { date: date(p.works_from, locale) }), t('rule_msr_published', { day: p.publication_day, month: locale.monthLong(p.publication_month - 1) }),
    p.stock_mt > 0 && t('rule_msr_stock', { amount: megatonnes(p.stock_mt, locale) }), some(p.placed_mt) && t('rule_msr_placed', { path: tonnesByYear(p.placed_mt, locale) }), some(p.tnac_mt) && t('rule_msr_tnac', { path: tonnesByYear(p.tnac_mt, locale) }),
    some(p.invalidate_above_mt) && t('rule_msr_invalid', { path: tonnesByYear(p.invalidate_above_mt, locale) }), p.invalidate_above_auctions?.length && t('rule_msr_invalid_auctions', { years: locale.list(p.invalidate_above_auctions.map(String)) }),
  ], locale);
}

function trigger(p, locale, code) {
  const { t } = locale, given = pricePath(p.price, locale, code), factors = Object.keys(p.factor ?? {}).length, name = pool(p.pool, locale);
  const { months, days, reference_before: before, reference_months: reference, buying_days: buying, share_of_stock: ofStock, rest_months: rest } = p;
  const threshold = given ?? t(before ? 'rule_trigger_factor' : 'rule_trigger_factor_recent', { factor: factors ? byYear(p.factor, locale) : '–', n: reference });
  const amount = p.volume_mt > 0 ? megatonnes(p.volume_mt, locale) : ofStock > 0 ? t('rule_share_of_stock', { share: locale.percent(ofStock) }) : t('rule_some');
  const window = days > 0 ? t('rule_trigger_days', { n: days }) : months === 1 ? t('rule_trigger_month') : t('rule_trigger_months', { n: months });
  return joined([span(p, locale), `${t(`rule_trigger_${p.when}`, { window, threshold, times: p.consecutive > 1 ? t('rule_trigger_times', { n: p.consecutive }) : '' })}${locale.language === 'zh' ? '，' : ','}`,
    p.volume_factor > 0 && t('rule_trigger_volume', { n: locale.number(p.volume_factor) }), t(`rule_trigger_${p.action}`, { amount, pool: name, days: buying }),
    p.stock_mt > 0 && t('rule_trigger_stock', { pool: name, amount: megatonnes(p.stock_mt, locale) }), rest > 0 && t('rule_trigger_rest', { n: rest })], locale);
}

function containment(p, locale, code) {
  const { t } = locale, withheld = pricePath(p.withhold_below, locale, code), { sale, yearly, withhold_share: cut } = p;
  const own = joined([t('rule_reserve_own_sales', { days: p.sale_after_days, share: locale.percent(p.offered_at) })], locale) + (p.before_deadline_days > 0 ? t('rule_reserve_before_deadline', { days: p.before_deadline_days }) : stop(locale));
  const tiers = Object.values(p.tiers ?? []).map((tier) => {
    const price = pricePath(tier.price, locale, code) ?? '–', ofCap = Object.keys(tier.cap_share ?? {}).length > 0 && !Object.keys(tier.volume_mt ?? {}).length;
    return ofCap ? t('rule_tier_share', { price, share: byYear(tier.cap_share, locale, share(locale)) }) : t('rule_tier', { price, amount: tonnesByYear(tier.volume_mt, locale) });
  });
  return joined([...tiers, tiers.length && (sale === 'own_sales' ? own : t('rule_reserve_with_auctions')), tiers.length && yearly && t('rule_reserve_yearly'),
    withheld && t('rule_withhold', { price: withheld, path: byYear(cut, locale, share(locale)) })], locale);
}

function collar(p, locale, code) {
  const { t } = locale, floor = pricePath(p.floor, locale, code), ceiling = pricePath(p.ceiling, locale, code), { bought, reserve, sale, after_reserve: after } = p;
  return joined([span(p, locale), floor && t('rule_floor', { price: floor }) + t(`rule_floor_${bought}`, { pool: pool(reserve, locale) }), ceiling && t(`rule_ceiling_${sale}`, { price: ceiling }), ceiling && after && t('rule_after_reserve', { pool: pool(after, locale) })], locale);
}

function offsets(p, locale, code) {
  const { t } = locale;
  return joined([t('rule_offsets', { path: byYear(p.share, locale, share(locale)) }),
    ...Object.entries(p.types ?? {}).flatMap(([id, type]) => {
      const name = locale.named('offset', id);
      settled(type, 'origin', 'vintage_age', 'share');
      return [t('rule_offset_type', { name, volume: megatonnes(type.volume_mt, locale), from: locale.price(type.price_from, code), to: locale.price(type.price_to, code), share: type.share < 1 ? t('rule_offset_type_share', { share: locale.percent(type.share) }) : '' }),
        type.stock_mt > 0 && t('rule_offset_stock', { name, amount: megatonnes(type.stock_mt, locale) }), type.supply_from > '2000-01-01' && t('rule_offset_supply_from', { name, date: date(type.supply_from, locale) }), type.usable_from > '2000-01-01' && t('rule_offset_usable_from', { name, date: date(type.usable_from, locale) }), type.usable_until < '2100-01-01' && t('rule_offset_until', { name, date: date(type.usable_until, locale) })];
    }),
    ...Object.entries(p.origin_share ?? {}).map(([origin, limit]) => t('rule_offset_origin', { origin: locale.named('origin', origin), share: locale.percent(limit.share) })),
    p.vintage_age_most < 50 && t('rule_offset_age', { n: p.vintage_age_most })], locale);
}

function compliance(p, locale) {
  const { t } = locale, cycles = Object.values(p.cycles ?? []), one = (c) => {
    settled(c, 'announcement', 'pre_allocation', 'verification', 'true_up', 'early', 'balance_from');
    const cycle = t(c.first_year === c.last_year ? 'rule_cycle_one' : 'rule_cycle', { first: c.first_year, last: c.last_year, deadline: date(c.deadline, locale) });
    return c.share < 1 ? t('rule_cycle_share', { share: locale.percent(c.share), cycle }) : cycle;
  };
  const all = cycles.map(one);
  return joined([t('rule_compliance'), (all.length <= 8 ? all : [...all.slice(0, 2), t('rule_cycles_more', { n: all.length, first: date(cycles[0].deadline, locale), last: date(cycles.at(-1).deadline, locale) })]).join(semicolon(locale)) + stop(locale), p.later_vintages && t('rule_later_vintages')], locale);
}

function penalty(p, locale, code) {
  const { t } = locale, rate = pricePath(p.rate, locale, code);
  settled(p, 'average_months');
  return joined([span(p, locale), p.fine > 0 && t('rule_fine', { amount: locale.cash(p.fine, code) }), p.price_multiple > 0 && t(p.average_months === 1 ? 'rule_multiple_month' : 'rule_multiple', { n: locale.number(p.price_multiple), months: p.average_months }),
    p.per_tonne > 0 && t('rule_per_tonne', { amount: locale.price(p.per_tonne, code) }), rate && t('rule_per_tonne', { amount: rate }),
    p.most_per_tonne > 0 && t('rule_penalty_most', { amount: locale.price(p.most_per_tonne, code) }), p.most_per_firm > 0 && t('rule_penalty_most_firm', { amount: locale.cash(p.most_per_firm, code) }),
    p.owed_ratio > 0 && p.owed_ratio !== 1 && t('rule_owed_ratio', { n: locale.number(p.owed_ratio) }), p.bar_days > 0 && t('rule_bar', { n: p.bar_days }), t(p.debt_carried ? 'rule_debt' : 'rule_no_debt')], locale);
}

function banking(p, locale) {
  settled(p, 'base_t', 'multiple', 'multiples', 'phase_ends', 'sales_from', 'sales_through', 'vintages_through', 'conversion', 'announcement', 'life_years');
  const { t } = locale;
  return joined([t(`rule_banking_${p.rule}`, { base: locale.tonnes(p.base_t ?? 0), multiple: locale.number(p.multiple ?? 0), from: p.sales_from ?? '', until: p.sales_through ?? '', through: p.vintages_through ?? '', date: p.conversion ? date(p.conversion, locale) : '', known: p.announcement ? date(p.announcement, locale) : '', n: p.life_years, path: Object.keys(p.multiples ?? {}).length ? byYear(p.multiples, locale, (x) => locale.number(x)) : '' }),
    p.rule === 'none' && p.phase_ends?.length && t('rule_phase_ends', { years: locale.list(p.phase_ends.map(String)) }),
    p.leavers_years > 0 && t('rule_leavers', { n: p.leavers_years })], locale);
}

function coverage(p, locale) {
  settled(p, 'last_year');
  const { t } = locale;
  return joined([t('rule_coverage', { threshold: locale.tonnes(p.threshold_t), review: date(p.review, locale) }), known(p.first_year) && t('rule_coverage_years', { first: p.first_year, last: p.last_year }),
    p.outside?.length && t('rule_outside', { sectors: locale.list(p.outside.map((s) => locale.named('sector', s))) }),
    ...Object.entries(p.joins ?? {}).map(([sector, join]) => t(join.voluntary ? 'rule_joins_voluntary' : 'rule_joins', { sector: locale.named('sector', sector), date: date(join.from, locale), year: join.first_year })),
    ...Object.entries(p.boundary ?? {}).flatMap(([sector, b]) => [t('rule_boundary', { sector: locale.named('sector', sector), factor: locale.percent(b.factor) }),
      Object.keys(b.gases ?? {}).length && t('rule_gases', { sector: locale.named('sector', sector), gases: Object.entries(b.gases).map(([gas, g]) =>
        t('rule_gas', { gas, amount: locale.number(g.kg_per_t, 2), warming: locale.number(g.warming, 0) })).join(semicolon(locale)) })])], locale);
}

function verification(p, locale) {
  settled(p, 'payer_bias', 'tolerance', 'tolerance_t', 'hidden', 'fraud_fine');
  const { t } = locale, bias = p.bias + (p.firm_pays ? p.payer_bias : 0);
  return joined([t(p.firm_pays ? 'rule_verification_firm' : 'rule_verification_authority'), p.error_spread > 0 && t('rule_verification_error', { share: locale.percent(p.error_spread, 1) }), Math.abs(bias) > 0 && t('rule_verification_bias', { share: locale.percent(bias, 1) }),
    p.audited > 0 && t('rule_audit', { share: locale.percent(p.audited) }), p.audited > 0 && t('rule_audit_tolerance', { share: locale.percent(p.tolerance), amount: locale.tonnes(p.tolerance_t) }),
    p.fraud > 0 && t('rule_fraud', { chance: locale.percent(p.fraud, 2), hidden: locale.percent(p.hidden), fine: locale.number(p.fraud_fine, 0) })], locale);
}

function revenue(p, locale) {
  const { t } = locale;
  for (const use of Object.values(p.uses ?? {})) settled(use, 'by');
  return joined([t('rule_revenue', { accounts: locale.list((p.from ?? []).map((name) => locale.named('account', name))) }), Object.values(p.uses ?? {}).map((u) =>
    t(`rule_revenue_${u.use}`, { share: locale.percent(u.share), by: t(`by_${u.by}`), whom: u.sectors?.length ? locale.list(u.sectors.map((s) => locale.named('sector', s))) : t('rule_all_classes') })).join(semicolon(locale)) + stop(locale)], locale);
}

function holdingLimit(p, locale) {
  const { t } = locale, formula = t('rule_holding_formula', { base: megatonnes(p.base_mt, locale), baseShare: locale.percent(p.base_share), restShare: locale.percent(p.rest_share) });
  return joined([Object.keys(p.most_mt ?? {}).length ? t('rule_holding', { path: tonnesByYear(p.most_mt, locale) }) : formula, p.own_emissions > 0 && t('rule_holding_own', { years: locale.number(p.own_emissions) }), t(`rule_holding_${p.above}`)], locale);
}

/// "of 2018 for 2019 and 2020; of 2021 for 2021 and 2022".
function basisYears(path, locale) {
  const bases = [...new Set(Object.values(path))];
  return bases.map((base) => locale.t('rule_basis_of', { base, years: locale.list(Object.keys(path).filter((year) => path[year] === base)) })).join(semicolon(locale));
}

/// (parameters, locale, currency) => text.
export const sentences = {
  coverage, cap,
  benchmark_allocation: benchmarkAllocation,
  historical_allocation: (p, locale) => joined([sectorsOf(p.sectors, locale), locale.t('rule_historical', { share: locale.percent(p.free_share) }), Object.keys(p.share ?? {}).length && locale.t('rule_historical_path', { path: byYear(p.share, locale, share(locale)) }), p.stops_on_closure && locale.t('rule_stops_on_closure')], locale),
  historical_intensity_allocation: (p, locale) => joined([sectorsOf(p.sectors, locale), Object.keys(p.reduction ?? {}).length ? locale.t('rule_historical_intensity', { path: byYear(p.reduction, locale, share(locale, 1)) }) : locale.t('rule_historical_intensity_as_was')], locale),
  bounded_allocation: (p, locale) => joined([sectorsOf(p.sectors, locale), locale.t('rule_bounded', { from: p.from_year, slope: locale.percent(p.slope), bound: locale.percent(p.bound) }), p.pass_through_until >= p.from_year && locale.t('rule_bounded_pass', { until: p.pass_through_until })], locale),
  regional_quota: (p, locale) => { settled(p, 'against'); return locale.t('rule_regional_quota', { n: Object.values(p.regions ?? {}).map((r) => r.values).length, indicators: locale.list(p.indicators ?? []), share: locale.percent(p.free_share) }); },
  gap_relief: (p, locale) => locale.t(p.share > 0 ? 'rule_gap_relief' : 'rule_no_gap', { share: locale.percent(p.share), from: p.first_year, until: p.last_year, classes: p.classes?.length ? locale.list(p.classes.map((c) => locale.named('class', c))) : locale.t('rule_all_classes') }),
  pre_allocation: (p, locale) => joined([locale.t('rule_pre_allocation', { share: locale.percent(p.share) }), Object.keys(p.basis_year ?? {}).length && locale.t('rule_basis_year', { path: basisYears(p.basis_year, locale) })], locale),
  verification,
  true_up: (p, locale) => joined([locale.t('rule_true_up'), p.take_back && locale.t('rule_true_up_back')], locale),
  consignment: (p, locale) => joined([sectorsOf(p.sectors, locale), locale.t('rule_consignment', { path: byYear(p.share, locale, share(locale)) })], locale),
  auction, containment_reserve: containment, price_collar: collar, price_trigger: trigger, market_stability_reserve: stabilityReserve,
  compliance, penalty, offsets,
  insolvency: (p, locale, code) => joined([locale.t('rule_insolvency', { credit: locale.price(p.credit_per_t, code) }), locale.t(p.allowances === 'cancel' ? 'rule_insolvency_cancel' : 'rule_insolvency_creditors'), locale.t(p.plants === 'continue' ? 'rule_insolvency_continue' : 'rule_insolvency_close')], locale),
  borrowing: (p, locale) => joined([locale.t(p.gap_least > 0 ? 'rule_borrowing_least' : 'rule_borrowing', { least: locale.percent(p.gap_least) }), locale.t('rule_borrowing_most', { gap: locale.percent(p.share_of_gap), obligation: locale.percent(p.share_of_obligation) }),
    (p.first_year > 1990 || p.last_year < 2200) && locale.t('rule_years', { from: p.first_year, until: p.last_year })], locale),
  banking,
  holding_limit: holdingLimit,
  carbon_tax: (p, locale, code) => joined([span(p, locale), sectorsOf(p.sectors, locale), locale.t('rule_tax', { price: pricePath(p.rate, locale, code) ?? '–' }), p.free_t > 0 && locale.t('rule_tax_free', { amount: locale.tonnes(p.free_t) }), p.rebate > 0 && locale.t('rule_tax_rebate', { share: locale.percent(p.rebate) })], locale),
  revenue,
};
