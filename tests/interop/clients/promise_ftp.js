// npm: promise-ftp@1.3.5
// tls
const Client = require("promise-ftp");
const fs = require("fs");
const [operation, host, port, user, password, remote, local] = process.argv.slice(2);
const save = (stream, flags) => new Promise((done, failed) => {
  stream.once("close", done);
  stream.once("error", failed);
  stream.pipe(fs.createWriteStream(local, {flags}));
});
(async () => {
  const client = new Client();
  await client.connect({host, port: +port, user, password, secure: !!process.env.TLS,
                        secureOptions: {rejectUnauthorized: false}});
  if (operation === "list") console.log((await client.list(remote)).map(entry => entry.name).join("\n"));
  if (operation === "get") await save(await client.get(remote), "w");
  if (operation === "put") await client.put(local, remote);
  if (operation === "reget") { await client.restart(fs.statSync(local).size); await save(await client.get(remote), "a"); }
  if (operation === "reput") await client.append(fs.createReadStream(local, {start: await client.size(remote)}), remote);
  await client.end();
})().catch(wrong => { console.log(String(wrong)); process.exit(1); });
