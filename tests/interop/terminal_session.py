#!/usr/bin/env python3
"""terminal_session.py PROGRAM [ARGUMENT...]: runs a program in a terminal of its own and types what standard input
says: lines of `PROMPT<tab>KEYS`, each typed when the prompt has been shown after what was typed before; "\\t" in the
keys is the tab key. Prints all that the terminal showed, and ends with the program's status."""
import os
import pty
import select
import sys


def main():
    steps = [line.rstrip("\n").split("\t", 1) for line in sys.stdin]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    shown, seen = b"", 0

    def more():
        nonlocal shown
        ready, _, _ = select.select([terminal], [], [], 50)
        try:
            got = os.read(terminal, 4096) if ready else b""
        except OSError:  # the program has gone
            got = b""
        shown += got
        return bool(got)

    for prompt, keys in steps:
        while (at := shown.find(prompt.encode(), seen)) < 0:
            if not more():
                sys.exit("the terminal never showed %r but:\n%s" % (prompt, shown.decode(errors="replace")))
        seen = at + len(prompt)
        os.write(terminal, keys.replace("\\t", "\t").encode() + (b"" if keys.endswith("\\t") else b"\n"))
    while more():
        pass
    sys.stdout.write(shown.decode(errors="replace"))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
