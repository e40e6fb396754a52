#!/usr/bin/env python3
"""Runs the tables of docs/interoperability.md: the programs of others with our server, our client with their servers.

    table.py clients --server PROGRAM [NAME…]     each client of clients/, or those named, with our server
    table.py servers --client PROGRAM [NAME…]     our client with each server of servers/, or with those named

--everywhere takes the heavy ones in, too, where no NAME is given; --observe prints rows for the document, whatever it says;
--verbose shows what the programs said wherever something failed.
Each row runs in namespaces of its own (network, mounts, processes), so ports are free and nothing survives it.
Exit status 0 if every cell is what the document says: "yes" works, "no" does not, "–" is something that it cannot do,
"whole" a transfer that was to be gone on with and that begins again.

clients/NAME is called as NAME OPERATION HOST PORT USER PASSWORD REMOTE LOCAL in an empty folder that is its HOME, too. It
ends with 64 if it has no such operation. `list` prints a folder, `get` and `put` copy a file, `reget` goes on with a
LOCAL of which there is a part, `reput` with such a REMOTE. servers/NAME is called as NAME PORT ROOT OWN: it serves ROOT at
127.0.0.1:PORT to tester with the password secret until it is killed, with the folder OWN for its own files. Benchmarks
set ADDRESS for another address, and TLS where cert.pem and key.pem in OWN are for explicit TLS.
Their comments tell ./setup and us: `packages:` and `npm:` what they need, `heavy`, that only `./test everywhere` runs
them, `root`, that they run as root only, `port 21`, that they know no other; and for tests/tools/tls_clients `tls` or `implicit tls`, that
they can do that, `several`, that they have an operation of that name, which fetches all of a folder with four sessions.
"""
import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import random
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DOCUMENT = ROOT / "docs/interoperability.md"
INSTALLED = ROOT / "build/interop"
CANNOT = 64
PATIENCE = 60  # seconds
LARGEST = 50_000_000  # bytes that a program may write into a file, as one that asks for ever
USER, PASSWORD = "tester", "secret"
MANY = [f"file-{number:04}.bin" for number in range(2000)]
SOME = ["alpha.bin", "beta.txt", "gamma"]
BLANKS = "a name with blanks.bin"
PART = 100_000


def noise(size, seed):
    return random.Random(seed).randbytes(size)


DATA, OTHER = noise(300_000, 1), noise(PART, 2)


def is_resumed(data):
    """Whether it has the part's bytes in front and then the whole's. Some send the end of the part again."""
    begun = next((at for at, (a, b) in enumerate(zip(data, OTHER)) if a != b), PART)
    return begun > PART // 2 and data[begun:] == DATA[begun:]


class Wrong(Exception):
    """An operation did not do what it is for; the text says how."""


def scripts(kind):
    return {path.stem: path for path in sorted((HERE / kind).iterdir()) if path.suffix in RUNNERS}


RUNNERS = {".sh": ["sh"], ".py": ["/usr/bin/python3", "-I", "-W", "ignore"], ".php": ["php"], ".js": ["node"], ".rb": ["ruby"],
           ".pl": ["perl"], ".tcl": ["tclsh"], ".lua": ["lua5.3"], ".erl": ["escript"], ".R": ["Rscript", "--vanilla"],
           ".m": ["octave-cli", "--norc", "--quiet"], ".lisp": ["sbcl", "--script"], ".java": ["java", "-cp", "/usr/share/java/commons-net.jar"]}


def has_word(script, word):
    return re.search(rf"^[^\w\n]*{word}$", script.read_text(), re.MULTILINE) is not None


def surroundings(folder, **more):
    """A program knows nothing of whoever runs it."""
    kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
    return {**kept, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TERM": "dumb", "SERVERS": str(ROOT / "build/servers"),
            "NODE_PATH": str(INSTALLED / "node_modules"), "NODE_NO_WARNINGS": "1", **more}


def run(arguments, folder, **more):
    """Runs a program to its end; gives its status (None if it was too slow) and all that it said."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(arguments, cwd=folder, env=surroundings(folder, **more), stdin=subprocess.DEVNULL,
                                   stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST)))
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            status = None
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        said.seek(0)
        return status, said.read().decode("utf-8", "replace")


class Place:
    """A server's folder with all that is to be listed and fetched, and a client's folder."""

    def __init__(self, folder):
        self.theirs, self.ours, self.own = (folder / name for name in ("theirs", "ours", "own"))
        for path in (folder, self.theirs, self.ours, self.own, self.theirs / "folder", self.theirs / "many"):
            path.mkdir(exist_ok=True)
            path.chmod(0o777)
        for name in MANY:
            (self.theirs / "many" / name).touch()
        for name in SOME:
            (self.theirs / "folder" / name).write_text(name)
        for name, data in (("data.bin", DATA), (BLANKS, DATA[:5000]), ("empty.bin", b"")):
            (self.theirs / "folder" / name).write_bytes(data)
            (self.ours / name).write_bytes(data)
        (self.theirs / "folder/begun.bin").write_bytes(OTHER)
        (self.theirs / "folder/begun.bin").chmod(0o666)
        (self.ours / "part.bin").write_bytes(OTHER)
        for path in [*self.theirs.rglob("*"), *self.ours.rglob("*")]:
            if path.name not in ("part.bin", "begun.bin"):
                os.utime(path, (1_600_000_000, 1_600_000_000))  # older than the part of it that was transferred


def resumed(path, what):
    found = path.read_bytes()
    if found == DATA:
        return "whole"
    if not is_resumed(found):
        raise Wrong(f"{what}: {len(found)} bytes, not the part and the rest")
    return "yes"


def same(path, data, what):
    if not path.exists():
        raise Wrong(f"{what}: no such file after it")
    found = path.read_bytes()
    if found != data:
        alike = next((at for at, (a, b) in enumerate(zip(found, data)) if a != b), min(len(found), len(data)))
        raise Wrong(f"{what}: {len(found)} bytes for {len(data)}, alike up to {alike}")


def shown(names, text, what):
    missing = [name for name in names if name not in text]
    if missing:
        raise Wrong(f"{what}: {len(missing)} of {len(names)} names not shown, as {missing[0]}")


# What each column does: `do` runs an operation and gives its output, or None where it cannot. Each gives the cell's word.

def list_folder(folder, names):
    def operation(do, place):
        said = do("list", folder, "-")
        if said is None:
            return "–"
        shown(names, said, "list")
        return "yes"
    return operation


def get(do, place, name="data.bin"):
    (place.ours / "got").unlink(missing_ok=True)
    if do("get", "folder/" + name, "got") is None:
        return "–"
    same(place.ours / "got", (place.theirs / "folder" / name).read_bytes(), "get")
    return "yes"


def put(do, place, name="data.bin"):
    target = "folder/new " + name if name == BLANKS else "folder/new-" + name
    if do("put", target, name) is None:
        return "–"
    same(place.theirs / target, (place.ours / name).read_bytes(), "put")
    return "yes"


def reget(do, place):
    if do("reget", "folder/data.bin", "part.bin") is None:
        return "–"
    return resumed(place.ours / "part.bin", "reget")


def reput(do, place):
    if do("reput", "folder/begun.bin", "data.bin") is None:
        return "–"
    return resumed(place.theirs / "folder/begun.bin", "reput")


def both_ways(name):
    def operation(do, place):
        return "yes" if "yes" in [get(do, place, name), put(do, place, name)] else "–"
    return operation


OF_CLIENTS = {"list": list_folder("folder", SOME), "get": get, "put": put, "resume get": reget, "resume put": reput,
              "blanks": both_ways(BLANKS), "empty": both_ways("empty.bin")}


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def mirror_down(do, place):
    do("mirror", "folder", "copy")
    return alike(do, place.theirs / "folder", place.ours / "copy", ("mirror", "folder", "copy"))


def mirror_up(do, place):
    source = place.ours / "tree"
    (source / "one two/three").mkdir(parents=True)
    for name, data in (("data.bin", DATA), ("one two/" + BLANKS, b"1"), ("one two/three/[x] y", b"2"), ("empty", b"")):
        (source / name).write_bytes(data)
    do("reverse", "up", "tree")
    return alike(do, source, place.theirs / "up", ("reverse", "up", "tree"))


def alike(do, source, target, again):
    if tree(source) != tree(target):
        other = set(tree(source).items()) ^ set(tree(target).items())
        raise Wrong(f"{again[0]}: other trees, as at {sorted(name for name, _ in other)[0]}")
    said = do(*again)
    if "0 files, 0 B" not in said:
        raise Wrong(f"{again[0]}: again the second time: {said.strip().splitlines()[-1]}")
    return "yes"


OF_SERVERS = {**OF_CLIENTS, "mirror": mirror_down, "mirror --reverse": mirror_up, "2000": list_folder("many", MANY)}
OF_CLIENTS["2000"] = list_folder("many", MANY)


def client_program(program, port):
    """Our client in the place of a client script."""
    def url(path):
        return f"ftp://{USER}:{PASSWORD}@127.0.0.1:{port}/{path.replace(' ', '%20')}"

    def arguments(operation, remote, local):
        return [program, "--quiet"] * (operation not in ("mirror", "reverse")) + {
            "list": ["ls", url(remote)], "get": ["get", url(remote), local], "put": ["put", local, url(remote)],
            "reget": ["get", "--resume", url(remote), local], "reput": ["put", "--resume", local, url(remote)],
            "mirror": [program, "mirror", url(remote), local],
            "reverse": [program, "mirror", "--reverse", local, url(remote)]}[operation]
    return arguments


def columns_of(operations, place, arguments, verbose, **more):
    """Every cell of a row: "yes", "–", or what was wrong."""
    cells = {}
    all_said = []

    def do(*operation):
        status, said = run(arguments(*operation), place.ours, **more)
        all_said.append(said[-3000:])
        if status == CANNOT:
            return None
        if status != 0:
            raise Wrong(f"{operation[0]}: " + ("too slow" if status is None else f"status {status}"))
        return said

    for name, operation in operations.items():
        began = time.monotonic()
        try:
            cells[name] = operation(do, place)
        except Wrong as wrong:
            cells[name] = f"no: {wrong}"
            if verbose:
                print(all_said[-1], file=sys.stderr)
        if verbose:
            print(f"{name}: {cells[name]}, {time.monotonic() - began:.1f} s", file=sys.stderr)
    return cells


@contextlib.contextmanager
def until_left(process):
    """Gives the process, which is ended when it is left."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def certify(own):
    """Makes cert.pem and key.pem for servers that get TLS among what surrounds them."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout",
                    own / "key.pem", "-out", own / "cert.pem"], check=True, stderr=subprocess.DEVNULL)


def ours(program, place, port, *options, **more):
    """Our server, once it listens."""
    process = subprocess.Popen([program, "--root", place.theirs, "--listen", f"127.0.0.1:{port}", "--user",
                                f"{USER}:{PASSWORD}", "--log", place.own / "log", "--log-commands", *options],
                               env=surroundings(place.own, **more), stdout=subprocess.PIPE, text=True)
    if "listening on" not in process.stdout.readline():
        sys.exit("our server does not listen")
    return until_left(process)


def others(script, place, port, **more):
    """Another server, once it greets."""
    with open(place.own / "said", "w") as said:
        # What it mounts over files of the system's goes with it, for there may be a next one.
        process = subprocess.Popen(["unshare", "--mount", *RUNNERS[script.suffix], script, str(port), place.theirs, place.own],
                                   env=surroundings(place.own, **more), cwd=place.own, stdout=said, stderr=said)
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection((more.get("ADDRESS", "127.0.0.1"), port), 1) as first:
                first.settimeout(5)
                if first.recv(999).startswith(b"220"):
                    return until_left(process)
        except OSError:
            time.sleep(0.02)
    sys.exit("it does not listen:\n" + (place.own / "said").read_text())


def row_of_client(script, program, verbose):
    port = 21 if has_word(script, "port 21") else 2121
    with tempfile.TemporaryDirectory() as folder:
        place = Place(pathlib.Path(folder))
        with ours(program, place, port):
            cells = columns_of(OF_CLIENTS, place, lambda operation, remote, local: [
                *RUNNERS[script.suffix], script, operation, "127.0.0.1", str(port), USER, PASSWORD, remote, local], verbose)
        if verbose:
            print((place.own / "log").read_text(), file=sys.stderr)
    return cells


def row_of_server(script, program, verbose):
    port = 21 if has_word(script, "port 21") else 2121
    with tempfile.TemporaryDirectory() as folder:
        place = Place(pathlib.Path(folder))
        with others(script, place, port):
            cells = columns_of(OF_SERVERS, place, client_program(program, port), verbose)
    return cells


KINDS = {"clients": (OF_CLIENTS, row_of_client), "servers": (OF_SERVERS, row_of_server)}


def expected(kind):
    """The rows of the document's table: name to cells."""
    rows = {}
    columns = None
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith(f"| {kind[:-1]} |") and "2000" in cells:
            columns = cells
        elif columns and not line.startswith("|"):
            columns = None
        elif columns and not line.startswith("|-"):
            row = dict(zip(columns, cells))
            rows[row[kind[:-1]].strip("`")] = row
    return rows


def inside(kind, name, said):
    """One row, within namespaces of its own; ends with 0 if it is as expected."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    operations, run_row = KINDS[kind]
    cells = run_row(scripts(kind)[name], said.program, said.verbose)
    if said.observe:
        print("| `" + name + "` | | " + " | ".join(cells[column] for column in operations) + " | |")
        return 0
    row = expected(kind).get(name)
    if row is None:
        print(f"{name}: has no row in {DOCUMENT.name}")
        return 1
    other = [f"{name}, {column}: {found}; expected: {row[column]}" for column, found in cells.items()
             if not row[column].startswith(found.split(":")[0])]
    print("\n".join(other) or f"{name}: as expected")
    return 1 if other else 0


def outside(kind, name, said):
    """Runs this program once more, for one row; what it starts ends with it."""
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid():
        command.append("--map-root-user")
    command += [sys.executable, __file__, kind, f"--{kind_of_program(kind)}", said.program, "--inside", name]
    command += [word for word, is_said in (("--observe", said.observe), ("--verbose", said.verbose)) if is_said]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout.rstrip()


def kind_of_program(kind):
    return "server" if kind == "clients" else "client"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--server", "--client", dest="program", required=True, type=os.path.abspath)
    for word in ("--everywhere", "--observe", "--verbose"):
        parser.add_argument(word, action="store_true")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*")
    said = parser.parse_intermixed_args()
    if said.inside:
        sys.exit(inside(said.kind, said.inside, said))
    names = said.names or [name for name, script in scripts(said.kind).items()
                           if (said.everywhere or not has_word(script, "heavy"))
                           and (os.geteuid() == 0 or not has_word(script, "root"))]
    for name in expected(said.kind).keys() - scripts(said.kind).keys():
        sys.exit(f"{DOCUMENT.name} has a row {name}, but there is no such script")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = 0
        for status, text in pool.map(lambda name: outside(said.kind, name, said), names):
            print(text, flush=True)
            failed += status != 0
    if not said.observe:
        print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
