// Numbers, dates and words in the habit of a language: Mt and Gt in English, 万吨 and 亿吨 in Chinese.
import { words } from './words.js';

export const languages = ['en', 'zh'];
const tags = { en: 'en-GB', zh: 'zh-CN' };
const day = 86400000;

/// Days since 1970-01-01 as a Date (UTC).
export const dateOf = (days) => new Date(days * day);
export const daysOf = (iso) => Math.round(Date.parse(`${iso}T00:00:00Z`) / day);
export const isoOf = (days) => dateOf(days).toISOString().slice(0, 10);

const scales = {
  tonnes: {
    en: [[1e9, 'Gt'], [1e6, 'Mt'], [1e3, 'kt'], [1, 't']],
    zh: [[1e8, '亿吨'], [1e4, '万吨'], [1, '吨']],
  },
  cash: {
    en: [[1e9, ' bn'], [1e6, ' m'], [1, '']],
    zh: [[1e8, '亿'], [1e4, '万'], [1, '']],
  },
};
/// Amounts of markets that count in short tons (RGGI).
const shortTons = {
  en: [[1e9, 'bn short tons'], [1e6, 'm short tons'], [1e3, 'k short tons'], [1, 'short tons']],
  zh: [[1e8, '亿短吨'], [1e4, '万短吨'], [1, '短吨']],
};
const currencies = { CNY: '元', EUR: '欧元', USD: '美元', GBP: '英镑', KRW: '韩元', NZD: '新西兰元', JPY: '日元', AUD: '澳元', CAD: '加元', CHF: '瑞士法郎' };

/// `measure`: what a market counts in, "t" or "short_ton".
export function locale(language, measure = 't') {
  const tag = tags[language];
  const cache = new Map();
  const formatter = (least, most) => {
    const key = `${least}:${most}`;
    if (!cache.has(key)) cache.set(key, new Intl.NumberFormat(tag, { minimumFractionDigits: least, maximumFractionDigits: most }));
    return cache.get(key);
  };
  const dates = {
    day: new Intl.DateTimeFormat(tag, { timeZone: 'UTC', year: 'numeric', month: language === 'en' ? 'short' : 'long', day: 'numeric' }),
    month: new Intl.DateTimeFormat(tag, { timeZone: 'UTC', year: 'numeric', month: 'long' }),
    monthName: new Intl.DateTimeFormat(tag, { timeZone: 'UTC', month: language === 'en' ? 'short' : 'long' }),
    monthLong: new Intl.DateTimeFormat(tag, { timeZone: 'UTC', month: 'long' }),
  };
  /// A number with as many digits as tell something: three or so significant ones.
  const number = (x, digits) => {
    if (x === null || x === undefined || Number.isNaN(x)) return '–';
    const size = Math.abs(x);
    const fixed = digits ?? (size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2);
    return formatter(digits === undefined ? 0 : fixed, fixed).format(x === 0 ? 0 : x).replace('-', '−');
  };
  const t = (key, values = {}) => {
    const entry = words[key];
    if (!entry) throw new Error(`words.js has no "${key}"`);
    const text = entry[language].replace(/\{(\w+)\}/g, (whole, name) => {
      if (!(name in values)) throw new Error(`"${key}" needs {${name}}`);
      return values[name];
    });
    // A space parts Latin from Chinese, not Chinese from Chinese.
    return language === 'zh' ? text.replace(/(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])/g, '') : text;
  };
  /// The word for a name of the program (an effect, a kind), or the name itself where it is a user's.
  const named = (prefix, name) => { const key = `${prefix}_${String(name).replaceAll(' ', '_')}`; return words[key] ? t(key) : String(name).replaceAll('_', ' '); };
  const scaled = (kind, largest) => {
    const list = kind === 'tonnes' && measure === 'short_ton' ? shortTons[language] : scales[kind][language];
    const [factor, unit] = list.find(([f]) => Math.abs(largest) >= f * 0.995) ?? list.at(-1);
    return { factor, unit };
  };
  const currency = (code) => (language === 'zh' ? (currencies[code] ?? code) : code);
  const ton = measure === 'short_ton' ? (language === 'zh' ? '短吨' : 'short ton') : language === 'zh' ? '吨' : 't';
  const local = {
    language, tag, t, named, number, currency,
    has: (key) => key in words,
    percent: (share, digits) => {
      const whole = Math.abs(100 * share - Math.round(100 * share)) < 1e-9;
      return `${number(100 * share, digits ?? (whole ? 0 : Math.abs(share) >= 0.995 && Math.abs(share) < 1 ? 2 : Math.abs(share) >= 0.1 ? 0 : 1))}%`;
    },
    /// {factor, unit} in which amounts up to `largest` are shown.
    tonnesUnit: (largest) => scaled('tonnes', largest),
    /// `fixed`: always three significant digits, for columns.
    tonnes: (x, fixed = false) => {
      if (x === null || x === undefined || Number.isNaN(x)) return '–';
      const { factor, unit } = scaled('tonnes', x), size = Math.abs(x / factor);
      return `${number(x / factor, fixed && factor > 1 ? (size >= 100 ? 0 : size >= 10 ? 1 : 2) : undefined)}${language === 'zh' ? '' : ' '}${unit}`;
    },
    cashUnit: (largest, code) => {
      const { factor, unit } = scaled('cash', largest);
      return { factor, unit: language === 'zh' ? `${unit}${currency(code)}` : `${code}${unit}` };
    },
    cash: (x, code) => {
      if (x === null || x === undefined || Number.isNaN(x)) return '–';
      const { factor, unit } = scaled('cash', x);
      return language === 'zh' ? `${number(x / factor)}${unit}${currency(code)}` : `${code} ${number(x / factor)}${unit}`;
    },
    /// The same language for a market that counts in something else.
    counting: (other) => (other === measure ? local : locale(language, other)),
    /// "(t)" and "/t" at the end of a column's name as the market counts.
    column: (name) => (measure === 'short_ton' ? name.replace(/\bt\)$/, `${ton})`) : name),
    /// "CNY t-1" as people write it.
    priceUnit: (code) => `${currency(code)}/${ton}`,
    price: (x, code) => (x === null || x === undefined || Number.isNaN(x) ? '–' : `${number(x, Math.abs(x) >= 1000 ? 0 : 2)} ${currency(code)}/${ton}`),
    day: (days) => dates.day.format(dateOf(days)),
    month: (days) => dates.month.format(dateOf(days)),
    monthName: (index) => (language === 'zh' ? `${index + 1}月` : dates.monthName.format(new Date(Date.UTC(2021, index, 15)))),
    monthLong: (index) => (language === 'zh' ? `${index + 1}月` : dates.monthLong.format(new Date(Date.UTC(2021, index, 15)))),
    year: (y) => (language === 'zh' ? `${y}年` : String(y)),
    /// A name of a file's making, as people write it: interest_rate.
    plain: (name) => String(name).replaceAll('_', ' '),
    list: (items) => new Intl.ListFormat(tag, { type: 'conjunction' }).format(items),
  };
  return local;
}
