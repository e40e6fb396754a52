#!/bin/sh
# npm ftp-srv 4.6.3 (Node 20): takes REST before STOR with a 350, as servers do that can go on with uploads, but opens the
# file anew: what was there before the offset is lost, and zeros stand in its place. FEAT does not tell REST STREAM, and
# that is the only warning; APPE does as it should.
# Done: a file of "old content" on the server, REST 4, STOR "NEW". A good guess: "old NEW" or a 5xx. Seen:
#   REST: 350
#   after STOR: \0\0\0\0NEW
#   told by FEAT: no
. "$(dirname "$0")/lib.sh"
from_npm ftp-srv@4.6.3
mkdir site
printf 'old content' >site/file
cat >server.js <<'END'
const {FtpSrv} = require("ftp-srv");
const server = new FtpSrv({url: "ftp://127.0.0.1:40121", pasv_url: "127.0.0.1"});
server.on("login", (login, resolve) => resolve({root: "site"}));
server.listen();
END
start 40121 node server.js
cat >put.py <<'END'
import ftplib
import io
ftp = ftplib.FTP()
ftp.connect("127.0.0.1", 40121, 20)
ftp.login("tester", "secret")
print("yes" if "REST STREAM" in ftp.sendcmd("FEAT") else "no")
ftp.voidcmd("TYPE I")
print(ftp.sendcmd("REST 4")[:3])
ftp.storbinary("STOR file", io.BytesIO(b"NEW"), rest=4)
ftp.quit()
END
said=$(python3 put.py)
seen "told by FEAT" "$(echo "$said" | head -1)" no
seen REST "$(echo "$said" | tail -1)" 350
seen "after STOR" "$(sed 's/\x0/\\0/g' site/file)" '\0\0\0\0NEW'
