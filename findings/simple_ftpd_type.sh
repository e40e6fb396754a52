#!/bin/sh
# npm simple-ftpd 0.0.4 (Node 20): cannot be loaded without the package chalk, which it does not ask for; and refuses LIST
# until the client has said TYPE A, though RFC 959 makes A the type of every new session.
# Done: PASV and LIST after the login; then TYPE A, PASV, LIST. A good guess: a listing both times. Seen:
#   without chalk: Cannot find module 'chalk'
#   LIST at first: 550 data encoding must be set to utf8 for listing.
#   LIST after TYPE A: 125
. "$(dirname "$0")/lib.sh"
from_npm simple-ftpd@0.0.4
seen "without chalk" "$(node -e 'try { require("simple-ftpd") } catch (wrong) { console.log(wrong.message.split("\n")[0]) }')" \
  "Cannot find module 'chalk'"
from_npm chalk@2.4.2
mkdir site
echo text >site/file
cat >server.js <<'END'
const fs = require("fs");
require("simple-ftpd")({host: "127.0.0.1", port: 40123, root: process.cwd() + "/site"}, session => {
  session.on("pass", (user, password, done) => done(null, "Welcome"));
  session.on("stat", fs.stat);
  session.on("readdir", fs.readdir);
});
END
start 40123 node server.js
cat >list.py <<'END'
import ftplib
import sys
ftp = ftplib.FTP()
ftp.connect("127.0.0.1", 40123, 20)
ftp.login("tester", "secret")
if len(sys.argv) > 1:
    ftp.voidcmd("TYPE A")
try:
    data = ftp.transfercmd("LIST")
    print(ftp.lastresp)
except ftplib.error_perm as refused:
    print(refused)
END
seen "LIST at first" "$(python3 list.py)" '550 data encoding must be set to utf8 for listing.'
start 40123 node server.js  # what was refused may have ended it
seen "LIST after TYPE A" "$(python3 list.py after | cut -c1-3)" 125
