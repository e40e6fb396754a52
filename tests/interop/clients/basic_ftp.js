// npm: basic-ftp@6.2.6
// tls
const ftp = require("basic-ftp");
const fs = require("fs");
const [operation, host, port, user, password, remote, local] = process.argv.slice(2);
(async () => {
  const client = new ftp.Client(20000);
  await client.access({host, port: +port, user, password, secure: !!process.env.TLS,
                       secureOptions: {rejectUnauthorized: false}});
  if (operation === "list") console.log((await client.list(remote)).map(entry => entry.name).join("\n"));
  if (operation === "get") await client.downloadTo(local, remote);
  if (operation === "put") await client.uploadFrom(local, remote);
  if (operation === "reget") await client.downloadTo(local, remote, fs.statSync(local).size);
  if (operation === "reput") await client.appendFrom(local, remote, {localStart: await client.size(remote)});
  client.close();
})().catch(wrong => { console.log(String(wrong)); process.exit(1); });
