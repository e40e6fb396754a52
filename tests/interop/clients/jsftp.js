// npm: jsftp@2.1.3
const Jsftp = require("jsftp");
const fs = require("fs");
const [operation, host, port, user, pass, remote, local] = process.argv.slice(2);
const client = new Jsftp({host, port: +port, user, pass});
const end = wrong => { if (wrong) { console.log(String(wrong)); process.exit(1); } process.exit(0); };
// Told the names of local files, it never ends a transfer under Node 20: it listens to "readable" and pipes the same stream.
if (operation === "list") client.ls(remote, (wrong, names) => {
  if (!wrong) console.log(names.map(entry => entry.name).join("\n"));
  end(wrong);
});
else if (operation === "get") client.get(remote, (wrong, stream) => {
  if (wrong) return end(wrong);
  stream.pipe(fs.createWriteStream(local)).on("finish", () => end());
  stream.resume();
});
else if (operation === "put") client.put(fs.readFileSync(local), remote, end);
else process.exit(64);
