#!/bin/sh
# libcurl 7.88.1 (GnuTLS, by Debian 12's python3-pycurl 7.45.2): RESUME_FROM -1 with a READFUNCTION, or a file as READDATA,
# and no SEEKFUNCTION: it asks for SIZE, says APPE, and then sends all from the beginning on, without a word: the server's
# file has its first part twice. With a SEEKFUNCTION it is gone on with.
# Done, with pyftpdlib 1.5.7: 100000 of 300000 bytes are there, both ways. A good guess: 300000 both times, or an error for
# the first. Seen:
#   without SEEKFUNCTION: 400000 bytes on the server
#   with it: 300000 bytes on the server
. "$(dirname "$0")/lib.sh"
pyftpdlib 40131
from_debian python3-pycurl=7.45.2-3 libcurl3-gnutls=7.88.1-10+deb12u15 libnghttp2-14 librtmp1 libssh2-1 libldap-2.5-0 libsasl2-2
head -c 300000 /dev/urandom >file
cat >put.py <<'END'
import sys
import pycurl
with open("file", "rb") as file:
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, "ftp://tester:secret@127.0.0.1:40131/file")
    curl.setopt(pycurl.UPLOAD, 1)
    curl.setopt(pycurl.RESUME_FROM, -1)
    curl.setopt(pycurl.READDATA, file)
    if len(sys.argv) > 1:
        curl.setopt(pycurl.SEEKFUNCTION, lambda place, origin: file.seek(place, origin) and pycurl.SEEKFUNC_OK)
    curl.perform()
END
head -c 100000 file >site/file
/usr/bin/python3 put.py
seen "without SEEKFUNCTION" "$(stat -c %s site/file) bytes on the server" '400000 bytes on the server'
head -c 100000 file >site/file
/usr/bin/python3 put.py seeking
seen "with it" "$(stat -c %s site/file) bytes on the server" '300000 bytes on the server'
