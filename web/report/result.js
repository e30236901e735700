// The result as the page received it: reads variables by group and name for one market.
export class Result {
  constructor(json) {
    this.json = json;
    this.scenario = json.scenario;
    this.markets = json.groups.yearly?.market?.values ?? ['main'];
    this.market = 0;
    this.rows = new Map();  // pictures ask for the same row day by day
  }
  group(name) { return this.json.groups[name]; }
  /// Values along the last axis of a variable for the market in view; undefined where there is none.
  series(group, name, row = this.market) {
    const variable = this.json.groups[group]?.[name];
    if (!variable) return undefined;
    if (variable.axes.length < 2) return variable.values;
    const length = this.json.groups[group][variable.axes.at(-1)].values.length, key = `${group}/${name}/${row}`;
    if (!this.rows.has(key)) this.rows.set(key, variable.values.slice(row * length, (row + 1) * length));
    return this.rows.get(key);
  }
  axis(group, name) { return this.json.groups[group]?.[name]?.values ?? []; }
  get rules() { return Object.values(this.scenario.markets ?? {})[this.market] ?? {}; }
  get policies() { return Object.entries(this.rules.policies ?? {}); }
  policy(kind) { return this.policies.filter(([, p]) => p.kind === kind); }
  get currency() { return this.rules.currency ?? 'CNY'; }
  /// What the market counts in: "t" or "short_ton".
  get measure() { return this.rules.unit?.measure === 'short_ton' ? 'short_ton' : 't'; }
  get days() { return this.axis('daily', 'day'); }
  get years() { return this.axis('yearly', 'year'); }
  /// Indices of the years in which there was trading: what the page speaks of.
  get lived() {
    const trading = this.series('yearly', 'trading_days') ?? [];
    return this.years.map((_, i) => i).filter((i) => trading[i] > 0);
  }
  /// Surrender deadlines in the run, as days, each once.
  get deadlines() {
    const days = this.days, all = this.policy('compliance').flatMap(([, p]) => p.cycles ?? []).map((c) => c.deadline);
    const first = days[0] ?? -Infinity, last = (days.at(-1) ?? Infinity) + 7;
    return [...new Set(all)].map((iso) => Math.round(Date.parse(`${iso}T00:00:00Z`) / 86400000)).filter((d) => d >= first && d <= last).sort((a, b) => a - b);
  }
}

export const known = (x) => x !== null && x !== undefined && !Number.isNaN(x);
export const sum = (list) => list.reduce((a, x) => a + (known(x) ? x : 0), 0);
/// The index of the largest known value, -1 if there is none.
export const argmax = (list, sign = 1) => list.reduce((best, x, i) => (known(x) && (best < 0 || sign * x > sign * list[best]) ? i : best), -1);
