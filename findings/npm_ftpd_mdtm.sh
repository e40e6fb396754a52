#!/bin/sh
# npm ftpd 0.2.16 (Node 20): MDTM gives the hours of a clock with twelve. A file of 15:04:05 was modified at 03:04:05, as its
# reply has it; whoever compares times by MDTM fetches, or keeps, the wrong half of all files.
# Done: MDTM of a file of 2024-05-06 15:04:05 UTC, the server with TZ=UTC. A good guess: 213 20240506150405. Seen:
#   MDTM: 213 20240506030405
. "$(dirname "$0")/lib.sh"
from_npm ftpd@0.2.16
mkdir site
TZ=UTC touch -d '2024-05-06 15:04:05' site/file
cat >server.js <<'END'
const {FtpServer} = require("ftpd");
const server = new FtpServer("127.0.0.1", {getInitialCwd: () => "/", getRoot: () => process.cwd() + "/site"});
server.on("client:connected", connection => {
  connection.on("command:user", (user, success) => success());
  connection.on("command:pass", (password, success) => success("tester"));
});
server.listen(40122);
END
start 40122 env TZ=UTC node server.js
seen MDTM "$(talk 40122 'MDTM file' | grep ^213)" '213 20240506030405'
