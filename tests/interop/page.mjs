#!/usr/bin/env node
// page.mjs SERVER CLIENT [FOLDER]: tries the live page of the server program, and the pictures of the client program, in a real
// browser. With a folder it leaves pictures of the screen there.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {get} from 'node:http';
import {connect, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';
import {Browser} from './browser.mjs';

const [serverProgram, clientProgram, shots] = process.argv.slice(2);
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'ftplike-page-'));
const hostile = '<img src=x onerror="document.title=1"><b>&lt;.txt';
const password = 'very-secret';

// ---- the two programs ----

class Server {
  static async start() {
    const root = join(folder, 'served');
    mkdirSync(root);
    writeFileSync(join(root, 'a.txt'), 'hello\n'.repeat(1000));
    await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost',
      '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]);
    return Server.run(['--root', root, '--listen', '127.0.0.1:0', '--page', '127.0.0.1:0', '--user', `anna:${password}`,
      '--guests', 'write', '--cert', join(folder, 'cert.pem'), '--key', join(folder, 'key.pem')]);
  }
  static async run(words) {
    const server = new Server();
    server.process = spawn(serverProgram, words, {stdio: ['ignore', 'pipe', 'inherit']});
    server.ended = new Promise(resolve => server.process.on('exit', resolve));
    const lines = createInterface({input: server.process.stdout});
    for await (const line of lines) {
      server.port ??= /^listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      server.page = /^page on (http:\S+)/.exec(line)?.[1];
      if (server.page) break;
    }
    server.process.stdout.resume();
    return server;
  }
  /// Its exit status.
  stop() {
    this.process.kill();
    return this.ended;
  }
  url(path = '') { return `ftp://anna:${password}@127.0.0.1:${this.port}/${path}`; }
  curl(...words) { return run('curl', ['-sS', '--max-time', '20', '-o', '/dev/null', ...words]).catch(error => error); }
  /// Status and text of a request.
  ask(path, headers = {}) {
    return new Promise((resolve, reject) => get(this.page + path, {headers}, answer => {
      let text = '';
      answer.on('data', data => { text += data; });
      answer.on('end', () => resolve({status: answer.statusCode, headers: answer.headers, text}));
    }).on('error', reject));
  }
}

/// A session that stays: logs in, and says no more.
function stay(port, number) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('error', reject);
    socket.on('data', data => {
      text += data;
      if (text.includes('\n257 ')) resolve(socket);
    });
    socket.write(`USER anna\r\nPASS ${password}\r\nNOOP\r\nNOOP\r\nCWD /\r\nPWD\r\n`);
    socket.number = number;
  });
}

// ---- what the page does ----

/// How far two colours are apart, from 1 to 21, as WCAG counts it.
function contrast(...colours) {
  const light = colour => [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0.05);
  const [least, most] = colours.map(light).sort((a, b) => a - b);
  return most / least;
}
const drawn = `[...document.querySelectorAll('#picture .row')]`;
const has = text => `${drawn}.some(row => row.textContent.includes(${JSON.stringify(text)}))`;
const click = id => `document.getElementById('${id}').click()`;

const tests = {
  async 'says that there is nothing to see before anybody comes'({browser}) {
    await browser.until(`document.getElementById('state')?.textContent === 'live'`);
    assert.match(await browser.value('document.body.innerText'), /Nothing to see yet/);
  },
  async 'shows the lines of a session that curl holds, and no password'({server, browser}) {
    await server.curl(server.url('a.txt'));
    for (const text of ['USER anna', 'PASS ***', '230 ', 'EPSV', 'RETR a.txt', 'passive', '6\u202f000 bytes in', '226 ', 'closed']) await browser.until(has(text));
    await browser.until(`document.querySelector('.session')?.textContent.includes('anna')`);
    assert.equal(await browser.value(`document.documentElement.outerHTML.includes('${password}')`), false);
  },
  async 'shows what is on the wire as text, whatever it is'({server, browser}) {
    const file = join(folder, 'upload');
    writeFileSync(file, 'x');
    await server.curl('-T', file, server.url(encodeURIComponent(hostile)));
    await browser.until(has('STOR ' + hostile));
    await browser.until(`[...document.querySelectorAll('.doing')].length > 1`);
    assert.equal(await browser.value(`document.querySelectorAll('img, b b, script:not([nonce])').length`), 0);
    assert.equal(await browser.value('document.title'), 'ftplike');
  },
  async 'tells passive, active and announced apart'({server, browser}) {
    await server.curl('--ftp-port', '127.0.0.1', '--disable-eprt', server.url('a.txt'));
    await run(clientProgram, ['--quiet', '--dialect', 'ftplike', '--files', folder, '127.0.0.1', server.port, '-c', 'get a.txt']);
    await browser.until(has('active'));
    await browser.until(has('announced'));
    await browser.value(click('show-compare'));
    await browser.until(`document.querySelectorAll('#compare article').length === 3 && !document.getElementById('compare').innerText.includes('Not seen here')`);
    await server.shot?.('compare');
    await browser.value(click('show-rows'));
  },
  async 'closes the pipe where there is TLS'({server, browser}) {
    await server.curl('-k', '--ssl-reqd', server.url('a.txt'));
    await browser.until(has('secured: TLSv1.'));
    await browser.until(`document.querySelector('.lane.control.secured') && document.querySelector('.lane.data.secured')`);
  },
  async 'shows one session alone, and of a line where it is described'({server, browser}) {
    await browser.value(`{ const filter = document.getElementById('filter'); filter.value = '1'; filter.dispatchEvent(new Event('change')); }`);
    assert.equal(await browser.value(`${drawn}.every(row => row.row.session === 1)`), true);
    await browser.value(`${drawn}.find(row => row.textContent.includes('RETR a.txt')).click()`);
    assert.equal(await browser.value(`document.getElementById('detail-line').textContent`), 'RETR a.txt');
    assert.match(await browser.value(`document.getElementById('detail-facts').textContent`), /RFC 959 §4\.1\.3/);
    assert.equal(await browser.value(`document.querySelector('#detail-facts a').href`), 'https://www.rfc-editor.org/rfc/rfc959#section-4.1.3');
    await server.shot?.('session');
    await browser.value(`{ const filter = document.getElementById('filter'); filter.value = ''; filter.dispatchEvent(new Event('change')); }`);
  },
  async 'pauses, and goes on step by step'({server, browser}) {
    await browser.value(click('pause'));
    const before = await browser.value(`${drawn}.at(-1).textContent`);
    await server.curl(server.url('none.txt'));
    await browser.until(`/paused, [1-9]/.test(document.getElementById('state').textContent)`);
    assert.equal(await browser.value(`${drawn}.at(-1).textContent`), before);
    await browser.value(click('step'));
    await browser.until(`${drawn}.at(-1).textContent.includes('connected')`);
    await browser.value(click('step'));
    await browser.until(`${drawn}.at(-1).textContent.includes('220 ')`);
    await browser.value(click('pause'));
    await browser.until(has('550 '));
    await browser.until(`document.getElementById('failures').textContent.includes('550 ')`);
  },
  async 'stays usable with two hundred sessions'({server, browser}) {
    const sessions = await Promise.all(Array.from({length: 200}, (_, i) => stay(server.port, i)));
    await browser.until(`document.getElementById('sessions-open').textContent === '200'`);
    assert.equal(await browser.value(`[...document.querySelectorAll('.session:not(.gone)')].filter(x => !x.hidden).length`), 200);
    assert.ok(await browser.value(`${drawn}.length <= 400`));
    // Each row that is not of the session above it stands apart.
    assert.ok(await browser.value(`${drawn}.every((x, i, all) => i === 0 || x.classList.contains('other') === (all[i - 1].row.session !== x.row.session))`));
    await browser.value(`document.getElementById('rows').scrollTop = 0`);
    await browser.until(`!document.getElementById('newest').hidden`);
    await browser.value(click('newest'));
    await browser.until(`document.getElementById('newest').hidden`);
    await server.shot?.('many');
    await browser.value(`document.querySelector('.session').click()`);
    assert.equal(await browser.value(`new Set(${drawn}.map(row => row.row.session)).size`), 1);
    await browser.value(`document.querySelector('.session').click()`);
    for (const session of sessions) session.destroy();
    await browser.until(`document.getElementById('sessions-open').textContent === '0'`);
  },
  async 'shows a recording, too, and goes through it step by step'({server, browser}) {
    const record = join(folder, 'session.txt'), page = join(folder, 'session.html');
    await run(clientProgram, ['--quiet', '--record', record, '--files', folder, server.url(), '-c', 'get a.txt']);
    writeFileSync(page, (await run(clientProgram, ['picture', '--html', record])).stdout);
    await browser.open('file://' + page);
    await browser.until(has('RETR a.txt'));
    await browser.until(has('6\u202f000 bytes in'));
    await browser.until(`document.querySelector('.session')?.textContent.includes('anna')`);
    await server.shot?.('recorded');
    await browser.value(click('pause'));
    assert.equal(await browser.value(`${drawn}.length`), 0);
    await browser.value(click('step'));
    await browser.until(`${drawn}.length === 1`);
    await browser.value(click('pause'));
    await browser.until(has('221 '));
  },
  async 'shows what is in a recording as text, whatever it is'({browser}) {
    const record = join(folder, 'hostile.txt'), page = join(folder, 'hostile.html');
    const command = 'STOR </script><img src=x onerror="document.title=1">';
    writeFileSync(record, `ftplike-recording 1\n1 0.000000 > ${command}\n`);
    writeFileSync(page, (await run(clientProgram, ['picture', '--html', record])).stdout);
    await browser.open('file://' + page);
    await browser.until(has(command));
    assert.equal(await browser.value(`document.querySelectorAll('img').length`), 0);
    assert.equal(await browser.value('document.title'), 'ftplike');
  },
  async 'is told all there is when it is loaded late'({server, browser}) {
    await browser.open(server.page);
    await browser.until(has('closed'));
    await browser.until(`document.getElementById('state')?.textContent === 'live'`);
  },
  async 'is gone through by keys alone'({browser}) {
    const press = key => browser.value(`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '${key}', bubbles: true}))`);
    const isAt = place => browser.value(`document.activeElement === ${drawn}.at(${place})`);
    await browser.value(`document.getElementById('picture').focus()`);
    await press('ArrowDown');
    assert.ok(await isAt(-1));
    await press('ArrowUp');
    await press('Enter');
    assert.ok(await isAt(-2));
    const line = `document.getElementById('detail-line').textContent`;
    assert.equal(await browser.value(line), await browser.value(`(row => row.text || row.kind)(${drawn}.at(-2).row)`));
    await press('ArrowDown');
    assert.equal(await browser.value(line), await browser.value(`(row => row.text || row.kind)(${drawn}.at(-1).row)`));
    await press('Escape');
    assert.equal(await browser.value(`document.getElementById('detail').hidden`), true);
  },
  async 'can be read by all, in light and in dark'({browser}) {
    for (const scheme of ['light', 'dark']) {
      await browser.ask('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: scheme}]});
      const colours = await browser.value(`Object.fromEntries(['ink', 'soft', 'command', 'reply', 'bad', 'data', 'ground', 'sheet', 'faint', 'pipe', 'chosen']
        .map(name => [name, getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()]))`);
      for (const words of ['ink', 'soft', 'command', 'reply', 'bad', 'data']) {
        for (const ground of ['ground', 'sheet', 'faint', 'pipe', 'chosen']) {
          assert.ok(contrast(colours[words], colours[ground]) >= 4.5, `${words} on ${ground}, ${scheme}`);  // WCAG 2.1, 1.4.3
        }
      }
    }
    await browser.ask('Emulation.setEmulatedMedia', {features: []});
  },
  async 'lists those who transfer, however many others have come since'({browser}) {
    await browser.value(`for (let i = 1; i <= 300; ++i) show({kind: 'opened', session: 1000 + i, at: 0, client: '127.0.0.1:1'}); listSessions()`);
    assert.equal(await browser.value(`sessions.get(1001).element.hidden`), true);
    await browser.value(`show({kind: 'connected', session: 1001, at: 1, way: 'passive'}); listSessions()`);
    assert.equal(await browser.value(`sessions.get(1001).element.hidden`), false);
    assert.equal(await browser.value(`document.querySelectorAll('.session:not([hidden])').length`), 250);
    assert.match(await browser.value(`document.getElementById('listed').textContent`), /^250 of 3\d\d$/);
  },
  async 'has an address of its own, unless it is that of the metrics'({server}) {
    const words = ['--root', folder, '--listen', '127.0.0.1:0', '--page'];
    const busy = await run(serverProgram, [...words, new URL(server.page).host]).catch(error => error);
    assert.equal(busy.code, 4);
    assert.match(busy.stderr, /cannot listen on 127\.0\.0\.1:\d+: Address already in use/);
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const where = `127.0.0.1:${free.address().port}`;
    free.close();
    await once(free, 'close');
    const both = await Server.run([...words, where, '--metrics', where]);
    assert.match((await both.ask('metrics')).text, /^ftplike_sessions_total 0$/m);
    assert.match((await both.ask('')).text, /^<!doctype html>/);
    assert.equal(await both.stop(), 0);
  },
  async 'answers nobody who came by the name of another host'({server}) {
    assert.equal((await server.ask('')).status, 200);
    assert.equal((await server.ask('', {Host: 'evil.example'})).status, 403);
    assert.equal((await server.ask('events', {Host: `evil.example:${server.port}`})).status, 403);
    assert.equal((await server.ask('events', {'Sec-Fetch-Site': 'cross-site'})).status, 403);
    assert.equal((await server.ask('nothing')).status, 404);
    assert.match((await server.ask('')).headers['content-security-policy'], /default-src 'none'; script-src 'nonce-[0-9a-f]{32}'/);
  },
  async 'serves FTP as ever while more watch than may, and read nothing'({server}) {
    const idle = Array.from({length: 60}, () => {
      const socket = connect(new URL(server.page).port, '127.0.0.1', () => socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n'));
      socket.on('error', () => {});
      socket.pause();
      return socket;
    });
    for (let i = 0; i < 20; ++i) assert.ok(!((await server.curl(server.url('a.txt'))) instanceof Error));
    for (const socket of idle) socket.destroy();
  },
};

// ---- all of it ----

async function main() {
  const browser = await Browser.start();
  const server = await Server.start();
  let failed = 0;
  try {
    await browser.size(1440, 900);
    await browser.open(server.page);
    if (shots) server.shot = async name => writeFileSync(join(shots, name + '.png'), await browser.picture());
    for (const [name, test] of Object.entries(tests)) {
      try {
        await test({server, browser});
        console.log(`good: the page ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED: the page ${name}\n${error.stack}`);
      }
    }
  } finally {
    const status = await server.stop();  // while the browser watches
    await browser.end();
    if (status !== 0) console.log(`FAILED: the server ended with ${status}`, failed += 1);
    rmSync(folder, {recursive: true, force: true});
  }
  return failed;
}

main().then(failed => process.exit(failed ? 1 : 0), error => {
  console.error(`page.mjs: ${error.message}`);
  process.exit(1);
});
