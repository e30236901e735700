// Chromium, without a network and with nothing of anybody's profile; pages whose every complaint is kept.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });

/// Opens a file; `trouble` gathers console errors, exceptions and requests that leave the file.
export async function open(browser, path, { width = 1280, language = 'en', theme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: language === 'zh' ? 'zh-CN' : 'en-GB', colorScheme: theme, acceptDownloads: true });
  const page = await context.newPage(), trouble = [];
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') trouble.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => trouble.push(`exception: ${error.stack}`));
  page.on('request', (request) => { if (!/^(file|data|blob):/.test(request.url())) trouble.push(`request: ${request.url()}`); });
  page.on('dialog', (dialog) => { trouble.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(`file://${path}`);
  await page.waitForFunction(() => document.querySelectorAll('figure svg.drawing').length > 0);
  return { page, trouble, close: () => context.close() };
}

export const nothing = (trouble) => assert.deepEqual(trouble, []);
