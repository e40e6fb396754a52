#!/usr/bin/env python3
"""Small files under TLS 1.3: ftplike-server beside vsftpd, ProFTPD and Pure-FTPd, in one run on loopback.

    bench/tls_curl.py [--server PROGRAM] [--client PROGRAM] [--before PROGRAM] [--rounds N] [--files N] [--many N]

Each round starts every server anew, in turn. One curl fetches --files files of 1 KiB; told are files a second, and how many
times ours are those of the best of the others. Then our client fetches --many files from ours, and from --before, an older
build of it: in clear, with sessions of TLS that are resumed, and with a full handshake for each file (--tls-reuse off). What
TLS adds to the server's CPU for a file of 1 KiB is its handshake. Medians; in parentheses the least and the most.
All share one processor. curl 7.88 sits still for a second where the answer to EPSV is there before it looks, with any server
that is quick (findings/curl_quick_reply.sh); ours answers a session later that has met that once.
As root, in namespaces of its own, with the servers that ./setup unpacks.
"""
import argparse
import collections
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/interop"))
import table  # noqa: E402

OTHERS = {"vsftpd": "vsftpd", "ProFTPD": "proftpd", "Pure-FTPd": "pure_ftpd"}
PORT = 2121


def small_files(place, count):
    folder = place.theirs / "small"
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:04}").write_bytes(table.noise(1024, number))
    return folder


def all_there(folder, place):
    for path in folder.iterdir():
        table.same(place.ours / "got" / path.name, path.read_bytes(), "get")


def rate_of_curl(server, files):
    """Files a second of one curl."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        place = table.Place(pathlib.Path(name))
        pathlib.Path(name).chmod(0o755)
        table.certify(place.own)
        folder = small_files(place, files)
        with server(place):
            list_of_all = "".join(f'url = "ftp://127.0.0.1:{PORT}/small/{path.name}"\noutput = "got/{path.name}"\n'
                                  for path in folder.iterdir())
            (place.ours / "list").write_text(list_of_all)
            began = time.monotonic()
            subprocess.run(["curl", "-sS", "--insecure", "--ssl-reqd", "--tlsv1.3", "--user", "tester:secret",
                            "--create-dirs", "--config", "list"], cwd=place.ours, check=True, timeout=300)
            seconds = time.monotonic() - began
        all_there(folder, place)
        return files / seconds


def processor_time(pid):
    """Nanoseconds that the threads of a process have used."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


def cost_of_a_file(program, client, files, tls):
    """Microseconds of the server's CPU for a file of 1 KiB that our client fetches, without login and listing."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        place = table.Place(pathlib.Path(name))
        table.certify(place.own)
        folder = small_files(place, files)
        options = ["--tls-reuse", "off" if tls == "full" else "required"]
        certificate = ["--cert", place.own / "cert.pem", "--key", place.own / "key.pem"]
        process = subprocess.Popen([program, "--root", place.theirs, "--listen", f"127.0.0.1:{PORT}", "--user",
                                    "tester:secret", *certificate, *options], stdout=subprocess.PIPE, text=True)
        with table.until_left(process):
            if "listening on" not in process.stdout.readline():
                sys.exit("our server does not listen")

            def fetch(names):
                commands = ["get /small/" + path.name for path in names]
                before = processor_time(process.pid)
                (place.ours / "commands").write_text("\n".join([*commands, "quit"]) + "\n")
                with open(place.ours / "commands") as given:
                    subprocess.run([client, "--quiet", "--files", place.ours / "got", *["--insecure"] * (tls != "clear"),
                                    f"{'ftp' if tls == 'clear' else 'ftpes'}://tester:secret@127.0.0.1:{PORT}"],
                                   check=True, timeout=300, stdin=given, stdout=subprocess.DEVNULL)
                return processor_time(process.pid) - before
            (place.ours / "got").mkdir()
            paths = sorted(folder.iterdir())
            session = fetch(paths[:1])
            used = fetch(paths)
        all_there(folder, place)
        return (used - session) / (files - 1) / 1000


def words_of(samples, digits=0):
    return "{:.{d}f} ({:.{d}f}–{:.{d}f})".format(statistics.median(samples), min(samples), max(samples), d=digits)


def measure(said):
    rates = collections.defaultdict(list)
    costs = collections.defaultdict(list)

    def ours(place):
        return table.ours(said.server, place, PORT, "--cert", place.own / "cert.pem", "--key", place.own / "key.pem")

    def others(script):
        return lambda place: table.others(table.scripts("servers")[script], place, PORT, TLS="yes")
    servers = {"ftplike": ours, **{name: others(script) for name, script in OTHERS.items()}}
    builds = {"now": said.server, **({"before": said.before} if said.before else {})}
    for number in range(said.rounds):
        names = list(servers)
        names = names[number % len(names):] + names[:number % len(names)]
        for name in names:
            rates[name].append(rate_of_curl(servers[name], said.files))
        for tls in ("clear", "resumed", "full"):
            for build in builds if number % 2 else reversed(builds):
                costs[build, tls].append(cost_of_a_file(builds[build], said.client, said.many, tls))
        print(f"round {number + 1} of {said.rounds}", file=sys.stderr, flush=True)
    print(f"{said.files} files of 1 KiB in one curl, TLS 1.3, {said.rounds} rounds\n")
    print("| server | files a second |\n|---|---|")
    for name in servers:
        print(f"| {name} | {words_of(rates[name])} |")
    best = max(OTHERS, key=lambda name: statistics.median(rates[name]))
    ratios = [ours / other for ours, other in zip(rates["ftplike"], rates[best])]
    print(f"\nftplike / {best}, round by round: {words_of(ratios, 1)}")
    print("\nThe server's CPU for a file, fetched by our client, microseconds\n")
    print("| build | in clear | resumed | the handshake's share | full handshake |\n|---|---|---|---|---|")
    for build in builds:
        clear, resumed = costs[build, "clear"], costs[build, "resumed"]
        shares = [100 * (1 - a / b) for a, b in zip(clear, resumed)]
        print(f"| {build} | {words_of(clear)} | {words_of(resumed)} | {words_of(shares)} % | "
              f"{words_of(costs[build, 'full'])} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="build/release/bin/ftplike-server", type=os.path.abspath)
    parser.add_argument("--client", default="build/release/bin/ftplike-client", type=os.path.abspath)
    parser.add_argument("--before", type=os.path.abspath, help="an older ftplike-server")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.inside:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        return measure(said)
    os.execvp("unshare", ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable,
                          os.path.abspath(__file__), *sys.argv[1:], "--inside"])


main()
