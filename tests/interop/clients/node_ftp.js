// npm: ftp@0.3.10
// tls
const Client = require("ftp");
const fs = require("fs");
const [operation, host, port, user, password, remote, local] = process.argv.slice(2);
const client = new Client();
const end = wrong => { if (wrong) { console.log(String(wrong)); process.exit(1); } client.end(); };
const save = flags => (wrong, stream) => {
  if (wrong) return end(wrong);
  stream.once("close", () => end());
  stream.pipe(fs.createWriteStream(local, {flags}));
};
client.on("error", end);
client.on("ready", () => {
  if (operation === "list") client.list(remote, (wrong, names) => {
    if (!wrong) console.log(names.map(entry => entry.name).join("\n"));
    end(wrong);
  });
  if (operation === "get") client.get(remote, save("w"));
  if (operation === "put") client.put(local, remote, end);
  if (operation === "reget") client.restart(fs.statSync(local).size, wrong => wrong ? end(wrong) : client.get(remote, save("a")));
  if (operation === "reput") client.size(remote, (wrong, size) => wrong ? end(wrong) :
      client.append(fs.createReadStream(local, {start: size}), remote, end));
});
client.connect({host, port: +port, user, password, secure: !!process.env.TLS, secureOptions: {rejectUnauthorized: false}});
