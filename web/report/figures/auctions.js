// Auctions: what was offered and sold, at which price.
import { argmax, known, sum } from '../result.js';
import { dateOf, isoOf } from '../locale.js';

/// The auctions of the market in view: [{day, instrument, vintage, reserve, price, offered, demanded, sold, contained, revenue, bidders, winners, declined}].
export function auctionsOf(result) {
  const group = result.group('auctions'), market = result.markets[result.market];
  if (!group?.day?.values.length) return [];
  const column = (name, i) => group[name]?.values[i] ?? null;
  return group.day.values.map((day, i) => ({ day, market: column('market', i), instrument: column('instrument', i), vintage: column('vintage', i), reserve: column('reserve_price', i), price: column('price', i), offered: column('offered', i), demanded: column('demanded', i), sold: column('sold', i),
    contained: column('contained', i), revenue: column('revenue', i), bidders: column('bidders', i), winners: column('winners', i), declined: column('declined', i) })).filter((a) => a.market === market || a.market === null);
}

const most = 60;  // bars that are told apart

export function auctions(result, locale) {
  const { t } = locale, list = auctionsOf(result), code = result.currency;
  if (!list.length || sum(list.map((a) => a.offered)) <= 0) return null;
  // A bar a day; a bar a month where days would be too many.
  const key = (day) => { const d = dateOf(day); return list.length > most ? Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), 1) / 864e5 : day; }, bars = new Map();
  for (const a of list) { const k = key(a.day); if (!bars.has(k)) bars.set(k, []); bars.get(k).push(a); }
  const monthly = list.length > most, rows = [...bars].map(([day, of]) => ({ day, of, ...Object.fromEntries(['offered', 'demanded', 'sold', 'contained', 'revenue'].map((name) => [name, sum(of.map((a) => a[name]))])), reserve: Math.max(...of.map((a) => a.reserve ?? 0)) }));
  const price = (r) => (r.sold > 0 ? r.revenue / r.sold : null), unit = locale.tonnesUnit(Math.max(...rows.map((r) => r.offered))), sold = sum(rows.map((r) => r.sold)), offered = sum(rows.map((r) => r.offered));
  const labels = rows.map((r) => (monthly ? isoOf(r.day).slice(0, 7) : isoOf(r.day))), text = (label) => (monthly ? locale.month : locale.day)(rows[labels.indexOf(label)].day);
  return {
    id: 'auctions', wide: true,
    title: sold >= offered * 0.995 ? t('auctions_title', { sold: locale.tonnes(sold), price: locale.price(sold > 0 ? sum(rows.map((r) => r.revenue)) / sold : null, code), cover: locale.number(sum(rows.map((r) => r.demanded)) / offered, 1) })
      : t('auctions_title_unsold', { sold: locale.tonnes(sold), price: locale.price(sold > 0 ? sum(rows.map((r) => r.revenue)) / sold : null, code), unsold: locale.tonnes(offered - sold) }),
    help: t(monthly ? 'auctions_help_months' : 'auctions_help'),
    spec: { ratio: 0.3, x: { type: 'band', domain: labels, gap: 0.2, format: text }, y: { type: 'linear', domain: [0, Math.max(...rows.map((r) => r.offered)) / unit.factor], label: unit.unit },
      marks: [{ kind: 'bars', at: labels, value: rows.map((r) => r.offered / unit.factor), colour: 'sky', opacity: 0.45, label: t('offered') }, { kind: 'bars', at: labels, value: rows.map((r) => r.sold / unit.factor), colour: 'blue', label: t('auction_sold') },
        ...(rows.some((r) => r.contained > 0) ? [{ kind: 'bars', at: labels, value: rows.map((r) => r.contained / unit.factor), colour: 'orange', label: t('auction_contained') }] : [])],
      hover: { count: rows.length, x: (i) => labels[i], tip: (i) => ({ title: text(labels[i]), rows: [{ label: t('auction_price'), value: locale.price(price(rows[i]), code) }, { label: t('reserve_price'), value: locale.price(rows[i].reserve > 0.01 ? rows[i].reserve : null, code) }, { label: t('offered'), value: locale.tonnes(rows[i].offered), colour: 'sky' }, { label: t('bid_for'), value: locale.tonnes(rows[i].demanded) },
        { label: t('auction_sold'), value: locale.tonnes(rows[i].sold), colour: 'blue' }, ...(rows[i].contained > 0 ? [{ label: t('auction_contained'), value: locale.tonnes(rows[i].contained), colour: 'orange' }] : []), { label: t('auction_revenue'), value: locale.cash(rows[i].revenue, code) }, ...(rows[i].of.length === 1 ? [{ label: t('bidders'), value: `${rows[i].of[0].bidders} / ${rows[i].of[0].winners}` }] : [])] }) } },
    table: { columns: [t('day'), t('instrument'), t('year'), `${t('reserve_price')} (${code}/t)`, `${t('auction_price')} (${code}/t)`, ...['offered', 'bid_for', 'auction_sold', 'auction_contained'].map((name) => `${t(name)} (t)`), `${t('auction_revenue')} (${code})`, t('bidders')],
      rows: list.map((a) => [isoOf(a.day), a.instrument, a.vintage, a.reserve, a.price, a.offered, a.demanded, a.sold, a.contained, a.revenue, `${a.bidders} / ${a.winners}`]) },
  };
}

/// Tonnes sold at auctions on each day of the result, aligned with its days; null where there were none.
export function auctionedBy(result) {
  const list = auctionsOf(result).filter((a) => a.sold > 0), days = result.days;
  if (!list.length) return null;
  const values = days.map(() => 0);
  for (const a of list) { const i = days.findIndex((d) => d >= a.day); if (i >= 0) values[i] += a.sold; }
  return argmax(values) >= 0 && known(values[0]) ? values : null;
}
