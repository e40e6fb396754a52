# packages: git-ftp
# Sends what is new in a repository, and keeps a file of its own beside it that tells which commit that was.
[ "$1" = put ] || exit 64
export GIT_AUTHOR_NAME=me GIT_AUTHOR_EMAIL=me@example GIT_COMMITTER_NAME=me GIT_COMMITTER_EMAIL=me@example
git init --quiet "of $7" && cp "$7" "of $7/${6##*/}" && cd "of $7" && git add --all && git commit --quiet --message new &&
  for how in init 'push --force --all'; do
    git ftp $how --user "$4" --passwd "$5" "ftp://$2:$3/${6%/*}" && exit
  done
