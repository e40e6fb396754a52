#!/bin/sh
# Twisted 22.4.0 (Debian 12's python3-twisted): `twist ftp --auth file:…` lets nobody in: FTP's names are text, those that it
# reads from the file are bytes, and no text equals bytes. `--auth memory:…` lets the same user in.
# Done: a file "tester:secret", USER tester, PASS secret; then the same by memory. A good guess: 230 both times. Seen:
#   file: 530 Sorry, Authentication failed.
#   memory: 230 User logged in, proceed
. "$(dirname "$0")/lib.sh"
from_debian python3-twisted=22.4.0-4+deb12u1 python3-zope.interface=5.5.2-1+b1 python3-attr=22.2.0-1 python3-automat=22.10.0-1 \
  python3-constantly=15.1.0-4 python3-hyperlink=21.0.0-5 python3-incremental=21.3.0-2 python3-idna=3.3-1+deb12u1 \
  python3-typing-extensions=4.4.0-1 python3-pkg-resources=66.1.1-1+deb12u2 python3-six=1.16.0-4
echo tester:secret >users
start 40134 /usr/bin/python3 -W ignore -m twisted ftp --port 40134 --root "$work" --auth "file:$work/users"
seen file "$(talk 40134 | tail -2 | head -1)" '530 Sorry, Authentication failed.'
start 40135 /usr/bin/python3 -W ignore -m twisted ftp --port 40135 --root "$work" --auth memory:tester:secret
seen memory "$(talk 40135 | tail -2 | head -1)" '230 User logged in, proceed'
