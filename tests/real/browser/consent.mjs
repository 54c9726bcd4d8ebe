// consent.mjs URL ACT PERSON PASSWORD: a person at the sign-in and consent pages, in Debian's chromium, headless.
// ACT: allow, cancel, uncheck (allow with every box unticked), close (look and go away).
// Prints the last page and every answer on the way.
import { chromium } from 'playwright-core';

const [url, act, person, password] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  headless: true,
  // Nothing but loopback can be reached; --no-sandbox because root, in a container, has no user namespaces.
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1'],
});
const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
page.setDefaultTimeout(15000);
const log = [];
page.on('response', (answer) => log.push(`${answer.status()} ${answer.request().method()} ${answer.url().split('?')[0]}`));
page.on('requestfailed', (request) => log.push(`failed ${request.url().split('?')[0]} ${request.failure()?.errorText}`));
try {
  await page.goto(url);
  // A code for another device came along: it is shown again, to be compared.
  if (new URL(url).searchParams.has('user_code')) {
    await page.click('[form="op.deviceConfirmForm"][autofocus]');
    await page.waitForLoadState();
  }
  if (act !== 'close' && await page.locator('input[name=password]').count()) {
    await page.fill('input[name=login]', person);
    await page.fill('input[name=password]', password);
    await page.click('#next');
    await page.waitForLoadState();
  }
  if (act !== 'close' && await page.locator('#allow').count()) {
    if (act === 'uncheck') for (const box of await page.locator('input[type=checkbox]').all()) await box.uncheck();
    await page.click(act === 'cancel' ? '#cancel' : '#allow');
    await page.waitForLoadState();
  }
} catch (error) {
  log.push(`error ${error.message.split('\n')[0]}`);
}
const text = (await page.innerText('body').catch(() => '')).slice(0, 300);
console.log(JSON.stringify({ title: await page.title().catch(() => ''), text, log }));
await browser.close();
