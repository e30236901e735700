// Reads the result that stands in the page and shows it.
import { compareModel } from './compare.js';
import { page } from './page.js';
import { styleSheet } from './palette.js';
import { runModel } from './run.js';
import { sweepModel } from './sweep.js';

const models = { run: runModel, sweep: sweepModel, compare: compareModel };

const style = document.createElement('style');
style.textContent = styleSheet();
document.head.append(style);
const report = JSON.parse(document.getElementById('report').textContent);
const asked = document.documentElement.lang;
const language = asked === 'zh' || asked === 'en' ? asked : navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
// For those who look on, tests among them.
window.tantu = { report, page: page({ language, ...models[report.kind](report) }, document.getElementById('page')) };
