// A headless Chromium that is spoken to over its debugging pipe: no port, no other library.
import {spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const programs = ['chromium', 'chromium-browser', 'google-chrome'];

export class Browser {
  /// Throws, in one line, if this machine has no browser.
  static async start() {
    const program = programs.find(name => spawnSync(name, ['--version']).status === 0);
    if (!program) throw new Error(`no browser here: none of ${programs.join(', ')} runs; ./setup installs chromium`);
    const browser = new Browser(program);
    const {targetId} = await browser.ask('Target.createTarget', {url: 'about:blank'});
    browser.session = (await browser.ask('Target.attachToTarget', {targetId, flatten: true})).sessionId;
    await browser.ask('Page.enable');
    return browser;
  }
  constructor(program) {
    this.folder = mkdtempSync(join(tmpdir(), 'ftplike-browser-'));
    this.process = spawn(program, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars',
      '--remote-debugging-pipe', '--no-first-run', `--user-data-dir=${this.folder}`], {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
    this.asked = new Map();
    this.number = 0;
    let text = '';
    this.process.stdio[4].on('data', data => {
      const messages = (text + data).split('\0');
      text = messages.pop();
      for (const message of messages.map(x => JSON.parse(x))) {
        if (message.method === 'Page.loadEventFired') this.loaded?.();
        const question = this.asked.get(message.id);
        if (!question) continue;
        this.asked.delete(message.id);
        if (message.error) question.reject(new Error(message.error.message));
        else question.resolve(message.result);
      }
    });
    this.ended = new Promise(resolve => this.process.on('exit', resolve));
    this.ended.then(() => { for (const question of this.asked.values()) question.reject(new Error('the browser has ended')); });
  }
  ask(method, params = {}) {
    const id = ++this.number;
    this.process.stdio[3].write(JSON.stringify({id, method, params, sessionId: this.session}) + '\0');
    return new Promise((resolve, reject) => this.asked.set(id, {resolve, reject}));
  }
  /// Ends when the page has been loaded: what is asked of one that is still on its way is never answered.
  async open(url) {
    const loaded = new Promise(resolve => { this.loaded = resolve; });
    await this.ask('Page.navigate', {url});
    await loaded;
  }
  /// The value of an expression in the page, awaited.
  async value(expression) {
    const {result, exceptionDetails} = await this.ask('Runtime.evaluate', {expression, awaitPromise: true, returnByValue: true});
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }
  /// Waits until an expression in the page is true.
  async until(expression) {
    const here = `new Promise((resolve, reject) => {
      const look = () => { if (${expression}) { observer.disconnect(); resolve(true); } };
      const observer = new MutationObserver(look);
      observer.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
      setTimeout(() => reject(new Error('this did not come true; the page says:\\n' + document.body.innerText)), 30000);
      look();
    })`;
    await this.value(here);
  }
  size(width, height) {
    return this.ask('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: 1, mobile: false});
  }
  prefer(scheme) { return this.ask('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: scheme}]}); }
  /// A PNG of what is to be seen.
  async picture() { return Buffer.from((await this.ask('Page.captureScreenshot', {format: 'png'})).data, 'base64'); }
  async end() {
    this.process.kill();
    await this.ended;
    rmSync(this.folder, {recursive: true, force: true, maxRetries: 5});
  }
}
