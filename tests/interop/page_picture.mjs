#!/usr/bin/env node
// page_picture.mjs SERVER FILE: leaves a picture of the live page of the server program while it serves, as PNG.
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {Browser} from './browser.mjs';

const [program, picture] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'ftplike-picture-'));
const served = join(folder, 'served'), certificate = join(folder, 'cert.pem'), key = join(folder, 'key.pem');
mkdirSync(served);
writeFileSync(join(served, 'photo.jpg'), Buffer.alloc(300_000));
writeFileSync(join(served, 'film.mkv'), Buffer.alloc(60_000_000));
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost',
  '-keyout', key, '-out', certificate], {stdio: 'ignore'});
const server = spawn(program, ['--root', served, '--listen', '127.0.0.1:0', '--page', '127.0.0.1:0', '--user', 'anna:secret',
  '--user', 'bert:secret', '--cert', certificate, '--key', key], {stdio: ['ignore', 'pipe', 'inherit']});
const fetchers = [];
const browser = await Browser.start();
try {
  let port, page;
  for await (const line of createInterface({input: server.stdout})) {
    port ??= /^listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    page = /^page on (http:\S+)/.exec(line)?.[1];
    if (page) break;
  }
  const fetch = (user, file, ...words) => fetchers.push(spawn('curl', ['-s', '-o', '/dev/null', ...words,
    `ftp://${user}:secret@127.0.0.1:${port}/${file}`]));
  const has = text => `[...document.querySelectorAll('#picture .row')].some(row => row.textContent.includes(${JSON.stringify(text)}))`;
  await browser.size(1200, 840);
  await browser.open(page);
  await browser.until(`document.getElementById('state')?.textContent === 'live'`);
  fetch('anna', 'photo.jpg');
  await browser.until(has('closed'));
  fetch('bert', 'film.mkv', '--insecure', '--ssl-reqd', '--limit-rate', '3M');
  await browser.until(has(' of 60'));
  await browser.until(`document.querySelectorAll('.session .bar:not([hidden])').length === 1`);
  writeFileSync(picture, await browser.picture());
} finally {
  for (const fetcher of fetchers) fetcher.kill();
  server.kill();
  await browser.end();
  rmSync(folder, {recursive: true, force: true});
}
