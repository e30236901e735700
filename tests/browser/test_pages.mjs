// The pages in a browser: every picture has data, nothing complains, nothing is fetched, hover, keys, languages, print,
// downloads; the figures are those of the file; hostile names stay names. Screenshots go to build/screenshots.
//
//   TANTU=build/release/tantu node --test tests/browser
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launch, nothing, open } from './browser.mjs';

const here = fileURLToPath(new URL('.', import.meta.url)), root = resolve(here, '../..'), tantu = resolve(process.env.TANTU ?? join(root, 'build/release/tantu'));
const python = process.env.PYTHON ?? '/usr/bin/python3', shots = join(root, 'build/screenshots');
// A program without tantu sweep has no sweeps to show.
const sweeps = / sweep /.test(execFileSync(tantu, ['--help'], { encoding: 'utf8' }));
let browser, folder;
const at = (name) => join(folder, name);
const run = (...words) => execFileSync(tantu, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tantu-pages-'));
  mkdirSync(shots, { recursive: true });
  run('run', 'china-national', '-o', 'china.h5', '--record', 'trades,orders');
  run('run', 'china-national', '-o', 'carried.h5', '--set', 'policies.banking.rule=unlimited');
  run('report', 'china.h5', '-o', 'run.html', '--lang', 'en');
  run('report', 'china.h5', '-o', 'run-zh.html', '--lang', 'zh');
  run('compare', 'china.h5', 'carried.h5', '-o', 'compare.html');
  run('run', join(here, 'every-rule.json'), '-o', 'rules.h5', '--record', 'trades,orders');
  run('report', 'rules.h5', '-o', 'rules.html');
  writeFileSync(at('sweep.json'), JSON.stringify({ scenario: 'two-firms', name: 'attention-and-penalty', replications: 4, record: ['daily'], set: ['run.last_day=2022-06-30'],
    factors: [{ path: 'agents.firms.participation.attention', name: 'attention', levels: [0.1, 0.5] }, { path: 'policies.penalty.per_tonne', name: 'penalty', levels: [5, 10, 100] }], design: { kind: 'grid' } }));
  if (sweeps) {
    run('sweep', 'sweep.json', '-o', 'sweep.h5');
    run('report', 'sweep.h5', '-o', 'sweep.html');
    // What a design says of its factors: Sobol' indices of one, floor and ceiling in the rules of the other.
    const law = (path, name, least, most) => ({ path, name, law: 'uniform', least, most });
    writeFileSync(at('sobol.json'), JSON.stringify({ scenario: 'two-firms', name: 'sobol', record: ['daily'], set: ['run.last_day=2022-06-30'], design: { kind: 'saltelli', points: 8 },
      factors: [law('policies.penalty.per_tonne', 'penalty', 5, 100), law('agents.firms.participation.attention', 'attention', 0.1, 0.9)] }));
    run('sweep', 'sobol.json', '-o', 'sobol.h5');
    run('compare', 'sobol.h5', '-o', 'sobol.html');
    for (const [name, floor] of [['loose', 5], ['tight', 16]]) {
      writeFileSync(at(`${name}.json`), JSON.stringify({ scenario: 'two-firms', name, replications: 4, record: ['daily'], set: ['run.last_day=2022-06-30', `policies.collar={"kind":"price_collar","floor":{"given":{"2021":${floor}}},"ceiling":{"given":{"2021":24}}}`],
        factors: [{ path: 'agents.firms.participation.attention', name: 'attention', levels: [0.3, 0.6] }] }));
      run('sweep', `${name}.json`, '-o', `${name}.h5`);
    }
    run('report', 'tight.h5', '-o', 'collar.html');
    run('compare', 'loose.h5', 'tight.h5', '-o', 'sweeps.html', '--force');
  }
  browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const expected = {
  run: ['price', 'volume', 'seasonality', 'depth', 'bank', 'emissions', 'curve', 'measures', 'cost', 'compliance', 'distribution', 'flows', 'rules'],
  rules: ['price', 'volume', 'auctions', 'bank', 'emissions', 'curve', 'cost', 'compliance', 'distribution', 'flows', 'rules', 'reported'],
  compare: ['prices', 'price-difference', 'years-side-by-side', 'intervals', 'winners'],
  sweep: ['fan', 'bounds', 'sensitivity', 'response', 'tradeoff'],
  sobol: ['fan', 'indices', 'sensitivity', 'response', 'tradeoff'],
  collar: ['fan', 'bounds'],
  sweeps: ['prices', 'price-difference', 'years-side-by-side', 'intervals', 'winners'],
};

if (!sweeps) for (const kind of ['sweep', 'sobol', 'collar', 'sweeps']) delete expected[kind];

for (const kind of Object.keys(expected))
  test(`${kind}: every picture has data, a title, axes, help and hover; nothing complains`, async () => {
    const { page, trouble, close } = await open(browser, at(`${kind}.html`));
    const figures = await page.$$eval('figure', (list) => list.map((f) => ({ id: f.id, title: f.querySelector('h3').textContent, help: f.querySelector('figcaption').textContent, marks: f.querySelectorAll('svg.drawing .mark').length,
      texts: f.querySelectorAll('svg.drawing text').length, label: f.querySelector('svg.drawing').getAttribute('aria-label'), bad: /NaN|undefined|Infinity|\{\w+\}/.exec(f.textContent + f.querySelector('svg.drawing').outerHTML)?.[0] ?? null })));
    for (const id of expected[kind]) assert.ok(figures.some((f) => f.id === id), `no picture ${id}`);
    for (const f of figures) {
      assert.ok(f.marks > 0, `${f.id}: no data`);
      assert.ok(f.texts > 3, `${f.id}: no axes`);
      assert.ok(f.title.length > 20 && f.help.length > 20 && f.label.includes(f.title), `${f.id}: title, help or label`);
      assert.equal(f.bad, null, `${f.id}: ${f.bad}`);
    }
    for (const f of figures) {
      const svg = page.locator(`#${f.id} svg.drawing`), tip = page.locator(`#${f.id} .tip`);
      await svg.scrollIntoViewIfNeeded();
      const box = await svg.boundingBox();
      await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.5);
      assert.ok(await tip.isVisible(), `${f.id}: no hover`);
      assert.ok((await tip.textContent()).length > 3);
      await page.mouse.move(1, 1);
      await svg.focus();
      await page.keyboard.press('End');
      const last = await tip.textContent();
      await page.keyboard.press('Home');
      assert.ok(await tip.isVisible(), `${f.id}: keys`);
      const first = await tip.textContent();
      if (!(await page.evaluate((id) => window.tantu.page.frames().find((x) => x.element.id === id).view().spec.hover.count < 2, f.id))) assert.notEqual(first, last, `${f.id}: keys do not move`);
      await page.keyboard.press('Escape');
      assert.ok(!(await tip.isVisible()), `${f.id}: Escape`);
    }
    nothing(trouble);
    await close();
  });

/// "5,007" or "99.56%" or "–" as a number and half of its last digit.
function shown(text) {
  if (text === '–') return null;
  const clean = text.replace(/[,%]/g, '').replace('−', '-'), decimals = clean.split('.')[1]?.length ?? 0;
  return { value: Number(clean), half: 0.5 * 10 ** -decimals + 1e-9 };
}

test('the figures are those of the file', async () => {
  const file = JSON.parse(execFileSync(python, [join(here, 'figures_of.py'), at('china.h5')], { encoding: 'utf8' }));
  const { page, close } = await open(browser, at('run.html'));
  const cells = await page.$$eval('[data-cell]', (list) => list.map((c) => [c.dataset.cell, c.textContent, c.closest('table').querySelectorAll('thead th')[[...c.parentElement.children].indexOf(c)].textContent]));
  assert.ok(cells.length >= 40);
  for (const [cell, text, heading] of cells) {
    const [name, year] = cell.split(':'), i = file.years.indexOf(Number(year));
    const exact = name === 'abatement' ? file.values.emissions_baseline[i] - file.values.emissions[i] : file.values[name][i], got = shown(text);
    if (exact === null) { assert.equal(got, null, cell); continue; }
    const factor = heading.includes('(Mt)') ? 1e-6 : text.endsWith('%') ? 100 : 1;
    assert.ok(Math.abs(got.value - exact * factor) <= got.half, `${cell}: ${text} is not ${exact * factor}`);
  }
  // The lines drawn are the closes of the file, through the picture's own scale.
  const closes = await page.evaluate(() => window.tantu.report.groups.daily.close.values);
  const inFile = JSON.parse(execFileSync(python, ['-c', `import h5py,json;f=h5py.File(${JSON.stringify(at('china.h5'))});print(json.dumps((f["daily/close"][0]/100).tolist()))`], { encoding: 'utf8' }));
  assert.equal(closes.length, inFile.length);
  closes.forEach((v, i) => assert.ok(Math.abs(v - inFile[i]) < 1e-9));
  const csv = await page.evaluate(() => { const v = window.tantu.page.frames()[0].view(); return v.table.rows.map((r) => r[1]); });
  assert.deepEqual(csv, closes);
  await close();
});

test('the curve, auctions and prices that rules set are those of the file', async () => {
  const h5 = (code) => JSON.parse(execFileSync(python, ['-c', `import h5py,json,numpy as np
def plain(x): return None if isinstance(x, float) and np.isnan(x) else x
with h5py.File(${JSON.stringify(at('rules.h5'))}) as f: print(json.dumps(${code}, default=float))`], { encoding: 'utf8' }));
  const { page, close } = await open(browser, at('rules.html'));
  const table = (id) => page.evaluate((name) => window.tantu.page.frames().find((f) => f.element.id === name).view().table, id);
  const curve = await table('curve'), inFile = h5('[f["curve/price"][0].tolist(), f["curve/in_time"][0].tolist(), f["curve/at_once"][0].tolist()]');
  assert.ok(curve.rows.length > 50);
  curve.rows.forEach((row, i) => row.forEach((v, k) => assert.ok(Math.abs(v - inFile[k][i]) <= 1e-6 * Math.abs(inFile[k][i]) + 1e-9, `curve point ${i}: ${v} is not ${inFile[k][i]}`)));
  const auctions = await table('auctions'), sold = h5('f["auctions/sold"][:].tolist()'), offered = h5('f["auctions/offered"][:].tolist()');
  assert.deepEqual(auctions.rows.map((r) => r[7]), sold);
  assert.deepEqual(auctions.rows.map((r) => r[5]), offered);
  assert.ok(sold.reduce((a, v) => a + v) > 0, 'nothing was auctioned');
  const price = await table('price'), names = ['price_floor', 'reserve_price', 'trigger_price', 'price_ceiling'];
  for (const name of names) {
    const values = h5(`[plain(x) for x in f["daily/${name}"][0].tolist()]`), at = await page.evaluate((key) => window.tantu.report.groups.daily[key].values, name);
    assert.ok(values.some((v) => v > 0), name);
    values.forEach((v, i) => (v === null || v < 0 ? assert.equal(at[i], null) : assert.ok(Math.abs(at[i] - v) < 1e-5 * v, `${name} on day ${i}`)));
  }
  assert.equal(price.columns.length, 11, price.columns.join(', '));
  await close();
});

test('the language is switched on the page, and each page opens in the one asked for', async () => {
  const { page, trouble, close } = await open(browser, at('run.html'), { language: 'zh' });
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en-GB');
  const english = await page.locator('#price h3').textContent();
  await page.locator('[data-language=zh]').click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  const chinese = await page.locator('#price h3').textContent();
  assert.notEqual(chinese, english);
  assert.match(chinese, /元\/吨/);
  const body = await page.locator('#figures').textContent();
  for (const term of ['配额', '履约', '清缴', '挂牌协议', '大宗协议']) assert.ok(body.includes(term), term);
  nothing(trouble);
  await close();
  const other = await open(browser, at('run-zh.html'));
  assert.equal(await other.page.evaluate(() => document.documentElement.lang), 'zh-CN');
  await other.close();
});

test('pictures and data can be saved', async () => {
  const { page, trouble, close } = await open(browser, at('run.html'));
  for (const [name, check] of [['SVG', (bytes) => { assert.match(bytes.toString(), /^<\?xml[^>]*>\s*<svg/); assert.ok(!bytes.toString().includes('var(')); }], ['PNG', (bytes) => assert.equal(bytes.subarray(1, 4).toString(), 'PNG')], ['CSV', (bytes) => assert.ok(bytes.toString().split('\r\n').length > 1000)]]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#price .tools button', { hasText: name }).click()]);
    check(readFileSync(await download.path()));
  }
  nothing(trouble);
  await close();
});

test('a stretch drawn over the scatter picks runs', { skip: !sweeps && 'no tantu sweep in this program' }, async () => {
  const { page, trouble, close } = await open(browser, at('sweep.html'));
  const svg = page.locator('#tradeoff svg.drawing');
  await svg.scrollIntoViewIfNeeded();
  const box = await svg.boundingBox();
  await page.mouse.move(box.x + 4, box.y + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + box.height - 2, { steps: 4 });
  await page.mouse.up();
  assert.match(await page.locator('#tradeoff .picked').textContent(), /^24 of 24 runs/);
  await page.locator('#tradeoff select').selectOption({ index: 1 });
  assert.match(await page.locator('#tradeoff .picked').textContent(), /^(8|12) of 24 runs/);
  nothing(trouble);
  await close();
});

test('hostile names stay names', async () => {
  const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'&{{report}} ${'長'.repeat(3300)}`;
  writeFileSync(at('hostile.json'), JSON.stringify({ extends: 'two-firms', name: '<b>"\'&', description: hostile, sources: [{ what: hostile, source: hostile, sure: hostile }], run: { last_day: '2021-12-31' } }));
  run('run', 'hostile.json', '-o', 'hostile.h5');
  run('report', 'hostile.h5', '-o', 'hostile.html');
  const { page, trouble, close } = await open(browser, at('hostile.html'));
  assert.equal(await page.locator('h1').textContent(), '<b>"\'&');
  assert.equal(await page.locator('header .lead').textContent(), hostile);
  assert.equal(await page.locator('#page img, #page script').count(), 0);
  await page.setViewportSize({ width: 390, height: 800 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen');
  nothing(trouble);
  await close();
});

test('small, quick and alone', async () => {
  for (const kind of Object.keys(expected)) assert.ok(statSync(at(`${kind}.html`)).size < 3e6, kind);
  const text = readFileSync(at('run.html'), 'utf8');
  assert.match(text, /Content-Security-Policy" content="default-src 'none'/);
});

test('prints to two or three pages', async () => {
  for (const [kind, most] of [['run', 3], ['rules', 4], ['compare', 3], ...(sweeps ? [['sobol', 3]] : [])]) {
    const { page, close } = await open(browser, at(`${kind}.html`));
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g).length;
    writeFileSync(join(shots, `${kind}-print.pdf`), pdf);
    assert.ok(pages >= 1 && pages <= most, `${kind}: ${pages} pages`);
    await close();
  }
});

test('nothing is wider than the screen, and screenshots show both languages, widths and themes', async () => {
  for (const kind of Object.keys(expected))
    for (const language of ['en', 'zh'])
      for (const width of [1280, 390])
        for (const theme of width === 1280 ? ['light', 'dark'] : ['light']) {
          const { page, trouble, close } = await open(browser, at(`${kind}.html`), { width, language, theme });
          await page.locator(`[data-language=${language}]`).click();
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${kind} ${language} ${width}: wider than the screen`);
          await page.screenshot({ path: join(shots, `${kind}-${language}-${width}${theme === 'dark' ? '-dark' : ''}.png`), fullPage: true });
          nothing(trouble);
          await close();
        }
});

test('WCAG AA by axe-core', async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const kind of Object.keys(expected))
    for (const theme of ['light', 'dark']) {
      const { page, close } = await open(browser, at(`${kind}.html`), { theme });
      await page.evaluate(axe);
      const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
      assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`), [], `${kind} ${theme}`);
      await close();
    }
});
