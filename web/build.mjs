// Builds the pages: one HTML file with its script and styles inside, and the licences of what is bundled.
//
//   node build.mjs FOLDER
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const target = process.argv[2];
const here = fileURLToPath(new URL('.', import.meta.url));
const bundle = async (entry, loader) => {
  const result = await build({ entryPoints: [join(here, entry)], bundle: true, minify: true, write: false, format: 'iife', target: ['chrome100', 'firefox100', 'safari15.4'], charset: 'utf8', legalComments: 'none', metafile: true, loader, absWorkingDir: here });
  return { text: result.outputFiles[0].text.trimEnd(), inputs: Object.keys(result.metafile.inputs) };
};

const script = await bundle('report/main.js'), style = await bundle('report/style.css');
// Inside <script> neither of these may occur; inside a string or an expression \x3c is the same.
const inline = script.text.replaceAll('</script', '\\x3c/script').replaceAll('<!--', '\\x3c!--');
const licence = '<!-- Contains d3-array, d3-scale, d3-shape, d3-time and what they need, copyright Mike Bostock and others, ISC licence: web/dist/LICENSES.txt -->\n';
const page = readFileSync(join(here, 'report/page.html'), 'utf8').replace('<html', () => `${licence}<html`).replace('{{style}}', () => style.text).replace('{{script}}', () => inline);
writeFileSync(join(target, 'report.html'), page);

const packages = [...new Set(script.inputs.map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean))].sort();
const texts = packages.map((name) => {
  const folder = join(here, 'node_modules', name), { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
});
writeFileSync(join(target, 'LICENSES.txt'), `Licences of the packages inside web/dist/report.html.\n\n${texts.join('\n' + '-'.repeat(100) + '\n\n')}`);
