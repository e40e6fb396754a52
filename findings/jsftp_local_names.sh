#!/bin/sh
# npm jsftp 2.1.3 under Node 20: get() and put() with the name of a local file never end as soon as the file is not empty.
# The library listens for "readable" on the stream that it pipes, which has kept streams from flowing since Node 10. The
# server has said 226 long since. With a function in the place of the name, and a Buffer, both work.
# Done, with ftp-srv 4.6.3: get("file", "copy", …), and get("file", function) piped by hand; 5 seconds each. Seen:
#   get into a named file: nothing called within 5 s
#   get as a stream: 11 bytes
. "$(dirname "$0")/lib.sh"
from_npm jsftp@2.1.3 ftp-srv@4.6.3
mkdir site
printf 'old content' >site/file
cat >server.js <<'END'
const {FtpSrv} = require("ftp-srv");
const server = new FtpSrv({url: "ftp://127.0.0.1:40124", pasv_url: "127.0.0.1"});
server.on("login", (login, resolve) => resolve({root: "site"}));
server.listen();
END
start 40124 node server.js
cat >get.js <<'END'
const Jsftp = require("jsftp");
const fs = require("fs");
const client = new Jsftp({host: "127.0.0.1", port: 40124, user: "tester", pass: "secret"});
setTimeout(() => { console.log("nothing called within 5 s"); process.exit(); }, 5000);
const end = () => { console.log(fs.statSync("copy").size + " bytes"); process.exit(); };
if (process.argv[2]) client.get("file", "copy", end);
else client.get("file", (wrong, stream) => { stream.pipe(fs.createWriteStream("copy")).on("finish", end); stream.resume(); });
END
seen "get into a named file" "$(node get.js named)" "nothing called within 5 s"
seen "get as a stream" "$(node get.js)" "11 bytes"
