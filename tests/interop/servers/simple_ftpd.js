// npm: simple-ftpd@0.0.4 chalk@2.4.2
const ftpd = require("simple-ftpd");
const fs = require("fs");
const [port, root] = process.argv.slice(2);
ftpd({host: "127.0.0.1", port: +port, root, readOnly: false}, session => {
  session.on("pass", (user, password, done) => done(password === "secret" ? null : new Error("no"), "Welcome"));
  session.on("stat", fs.stat);
  session.on("readdir", fs.readdir);
  session.on("read", (path, start, done) => done(null, fs.createReadStream(path, {start})));
  session.on("write", (path, start, done) => done(null, fs.createWriteStream(path, start ? {start, flags: "r+"} : {})));
  session.on("mkdir", fs.mkdir);
  session.on("unlink", fs.unlink);
  session.on("rename", fs.rename);
  session.on("remove", (path, done) => fs.rm(path, {recursive: true}, done));
});
