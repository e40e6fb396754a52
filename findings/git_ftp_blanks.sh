#!/bin/sh
# git-ftp 1.6.0 with curl 7.88.1 (Debian 12's): at a file with a blank in its name a push ends. Names go into curl's URLs as
# they are, but for '#', and curl refuses such a URL. What stands before it has been sent and nothing behind it; there is no note
# of that on the server, so each push begins again and gets as far. Its only word, "Could not upload files", names none.
# Done, with pyftpdlib 1.5.7: a repository with a.txt, "b c.txt" and d.txt; git ftp init, twice. A good guess: three files and
# status 0, then the word that it was initialised already. Seen, both times:
#   git ftp init: status 4, 3 files to sync
#   on the server: a.txt
. "$(dirname "$0")/lib.sh"
pyftpdlib 40137
from_debian git-ftp=1.6.0+dfsg-1 curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15
export HOME="$work" GIT_AUTHOR_NAME=me GIT_AUTHOR_EMAIL=me@example GIT_COMMITTER_NAME=me GIT_COMMITTER_EMAIL=me@example
git init --quiet repository
cd repository
echo a >a.txt
echo b >"b c.txt"
echo d >d.txt
git add --all
git commit --quiet --message files
for time in first second; do
  status=0
  git ftp init --user tester --passwd secret ftp://127.0.0.1:40137 >said 2>&1 || status=$?
  seen "git ftp init" "status $status, $(grep -o '[0-9]* files to sync' said)" "status 4, 3 files to sync"
  rm said
  seen "on the server" "$(ls -A "$work/site" | paste -s -d ' ' -)" a.txt
done
