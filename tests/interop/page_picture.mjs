#!/usr/bin/env node
// page_picture.mjs SERVER FILE: leaves a picture of the live page of the server program, as PNG, while two clients fetch files from it:
// the client program, which is where the server program is, under TLS, and curl in clear.
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {Browser} from './browser.mjs';

const [program, picture] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'ftplike-picture-'));
const served = join(folder, 'served'), certificate = join(folder, 'cert.pem'), key = join(folder, 'key.pem');
mkdirSync(served);
writeFileSync(join(served, 'photos.tar'), Buffer.alloc(30_000_000));
writeFileSync(join(served, 'film.mkv'), Buffer.alloc(60_000_000));
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost',
  '-keyout', key, '-out', certificate], {stdio: 'ignore'});
const server = spawn(program, ['--root', served, '--listen', '127.0.0.1:0', '--page', '127.0.0.1:0', '--user', 'anna:secret',
  '--user', 'bert:secret', '--rate', '3000000', '--cert', certificate, '--key', key], {stdio: ['ignore', 'pipe', 'inherit']});
const fetchers = [];
const browser = await Browser.start();
try {
  let port, page;
  for await (const line of createInterface({input: server.stdout})) {
    port ??= /^listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    page = /^page on (http:\S+)/.exec(line)?.[1];
    if (page) break;
  }
  const run = (...words) => fetchers.push(spawn(words[0], words.slice(1), {stdio: 'ignore', cwd: folder}));
  const has = text => `[...document.querySelectorAll('#picture .row')].some(row => row.textContent.includes(${JSON.stringify(text)}))`;
  await browser.size(1200, 980);
  await browser.open(page);
  await browser.until(`document.getElementById('state')?.textContent === 'live'`);
  run(join(dirname(program), 'ftplike-client'), '--insecure', 'get', `ftpes://bert:secret@127.0.0.1:${port}/film.mkv`);
  await browser.until(has(' of 60'));
  run('curl', '-s', '-o', '/dev/null', `ftp://anna:secret@127.0.0.1:${port}/photos.tar`);
  await browser.until(has(' of 30'));
  await browser.until(`(sessions => sessions.length === 2 && sessions.every(session => / [1-9]\\S* .?B\\/s/.test(session.textContent)))(
    [...document.querySelectorAll('.session:has(.bar:not([hidden]))')])`);
  writeFileSync(picture, await browser.picture());
} finally {
  for (const fetcher of fetchers) fetcher.kill();
  server.kill();
  await browser.end();
  rmSync(folder, {recursive: true, force: true});
}
