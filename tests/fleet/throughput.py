#!/usr/bin/python3
"""throughput.py balancer|store --server PROGRAM [--rounds N] [--files N] [--mib N] [--clients N] [--nodes N]: what a fleet costs.

balancer: files through HAProxy to one, two and three servers of one folder, beside a server that is met directly: processor time
of the servers and of HAProxy for a GiB and for a file, and the rate in parts of the direct one.
store: our server on a bucket of OpenStack Swift (tests/fleet/swift.py) beside rclone on the same, and beside a client that does no
more than one PUT or GET a file, which is what Swift itself takes: rates for many small files and for large ones, ours in parts of
theirs, and the requests that Swift gets for each file. Debian's rclone has no `serve ftp`; without an `--rclone` that has it, this
is `serve webdav`, which has the same files behind it, and takes each in one request of HTTP where FTP takes a data connection and
five lines to and fro.

All in one run, the candidates in turn in each round and in another order each time, so that a machine that is busy meanwhile is busy for
all; shown are the median of the rounds' ratios and the lowest and the highest. The clients are curl, `--clients` of them at a time.
packages: rclone
"""
import argparse
import collections
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import swift as swift_module  # noqa: E402

PORTS = 60  # data ports of each server
SMALL = 1024
KINDS = ("put small", "get small", "put large", "get large")
COUNTED = {"put small": "put 1 KiB, new", "put small ": "put 1 KiB, over", "head small": "size", "get small": "get 1 KiB",
           "put large": "put large", "get large": "get large"}


def ranges_of_ports(count):
    """So many ranges of ports in which nobody listens, below those that the system deals out."""
    found, first = [], 20000
    while len(found) < count:
        probes = []
        try:
            for port in range(first, first + PORTS):
                probes.append(socket.create_server(("127.0.0.1", port)))
            found.append(first)
        except OSError:
            pass
        finally:
            for probe in probes:
                probe.close()
        first += PORTS
    return found


class Process:
    def __init__(self, command, environment=None, output=subprocess.DEVNULL):
        self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL,
                                      env=environment)

    def seconds(self):
        """Of processor time so far, of all its threads."""
        tasks = pathlib.Path(f"/proc/{self.popen.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def stop(self):
        self.popen.kill()
        self.popen.wait()


def our_server(program, root, options=(), environment=None):
    """Our server at any port."""
    process = Process([program, "--root", root, "--listen", "127.0.0.1:0", "--user", "tester:secret", "--threads", "1", *options],
                      environment, subprocess.PIPE)
    process.port = int(process.popen.stdout.readline().decode().rsplit(":", 1)[1])
    return process


def rclone_server(program, endpoint, place, environment):
    """rclone's, with its own defaults."""
    port = swift_module.free_port("127.0.0.1")
    offered = subprocess.run([program, "serve", "--help"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    dialect = "ftp" if re.search(r"(?m)^ +ftp ", offered) else "webdav"
    process = Process([program, "--config", "/dev/null", "serve", dialect, f":s3:{place}", "--s3-provider", "Other", "--s3-env-auth",
                       "--s3-endpoint", endpoint, "--addr", f"127.0.0.1:{port}", "--user", "tester", "--pass", "secret"], environment)
    process.port, process.scheme = port, "ftp" if dialect == "ftp" else "http"
    wait_for("127.0.0.1", port)
    return process


def wait_for(host, port):
    end = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection((host, port), 5).close()
        except OSError:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)


class Load:
    """Files, and clients that move them: curl, each with a session of its own."""

    def __init__(self, given, folder):
        self.folder, self.clients, self.mib = folder, given.clients, given.mib
        self.each = max(1, given.files // given.clients)
        for number in range(self.each * self.clients):
            (folder / f"small{number}").write_bytes(random.Random(number).randbytes(SMALL))
        for number in range(self.clients):
            (folder / f"large{number}").write_bytes(random.Random(number).randbytes(given.mib << 20))

    def amount(self, what):
        """Files of the small ones, GiB of the large ones."""
        return self.each * self.clients if what.endswith("small") else self.clients * self.mib / 1024

    def move(self, what, url, options=()):
        """Moves files of a kind; gives the seconds that it took."""
        way, size = what.split()
        begin = time.monotonic()
        running = [self.curl(way, url, self.names(n, size), options) for n in range(self.clients)]
        codes = [process.wait() for process in running]
        if any(codes):
            raise RuntimeError(f"{what}: curl ended with {codes}")
        return time.monotonic() - begin

    def names(self, client, size):
        """Of the files that a client moves."""
        return [f"large{client}"] if size == "large" else [f"small{client * self.each + i}" for i in range(self.each)]

    def curl(self, way, url, names, options):
        some = "{" + ",".join(names) + "}"
        what = {"put": ["--upload-file", some, url], "get": ["--output", "/dev/null", url + some], "head": ["--head", url + some]}[way]
        return subprocess.Popen(["curl", "--disable", "--silent", "--show-error", "--fail", *options, *what], cwd=self.folder,
                                stdout=subprocess.DEVNULL)


class Candidate:
    """Where files are moved to and from, and whose processor time that takes."""

    def __init__(self, name, url, options=("--user", "tester:secret"), **processes):
        self.name, self.url, self.options, self.processes = name, url, options, processes
        self.rates = collections.defaultdict(list)  # by kind, of each round
        self.costs = collections.defaultdict(lambda: collections.defaultdict(list))  # and by whose

    def go(self, load, what):
        before = {whose: sum(one.seconds() for one in some) for whose, some in self.processes.items()}
        took = load.move(what, self.url, self.options)
        amount = load.amount(what)
        self.rates[what].append(amount / took)
        for whose, some in self.processes.items():
            self.costs[what][whose].append((sum(one.seconds() for one in some) - before[whose]) / amount)

    def stop(self):
        for some in self.processes.values():
            for process in some:
                process.stop()


def rounds(given, load, candidates):
    rng = random.Random(1)
    for number in range(given.rounds + 1):
        for what in KINDS:
            for candidate in rng.sample(candidates, len(candidates)):
                candidate.go(load, what)
        if number == 0:  # the first warms up
            for candidate in candidates:
                candidate.rates.clear()
                candidate.costs.clear()


def spread(values, digits=2):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def behind(given, folder, root, count):
    """HAProxy before so many servers, as docs/fleet.md has it."""
    firsts = ranges_of_ports(count)
    servers = [our_server(given.server, str(root), ["--trusted-proxy", "127.0.0.1/32", "--public-address", "127.0.0.2",
                                                    "--data-ports", f"{first}-{first + PORTS - 1}"]) for first in firsts]
    port = swift_module.free_port("127.0.0.2")
    lines = ["global", "  maxconn 2000", "  nbthread 1", "defaults", "  mode tcp", "  timeout connect 5s", "  timeout client 1h",
             "  timeout server 1h", "frontend control", f"  bind 127.0.0.2:{port}", "  default_backend servers",
             "backend servers", "  balance roundrobin"]
    lines += [f"  server s{number} 127.0.0.1:{server.port} send-proxy-v2" for number, server in enumerate(servers)]
    for number, first in enumerate(firsts):
        lines += [f"listen data{number}", f"  bind 127.0.0.2:{first}-{first + PORTS - 1}", f"  server s{number} 127.0.0.1 send-proxy-v2"]
    configuration = folder / f"haproxy{count}"
    configuration.write_text("\n".join(lines) + "\n")
    unpacked = pathlib.Path(__file__).parents[2] / "build/servers/usr/sbin/haproxy"
    haproxy = Process([str(unpacked) if unpacked.exists() else "haproxy", "-db", "-f", str(configuration)])
    wait_for("127.0.0.2", port)
    return Candidate(f"HAProxy, {count}", f"ftp://127.0.0.2:{port}/", servers=servers, haproxy=[haproxy])


def balancer(given, folder, load):
    root = folder / "root"
    root.mkdir()
    server = our_server(given.server, str(root))
    direct = Candidate("directly", f"ftp://127.0.0.1:{server.port}/", servers=[server])
    candidates = [direct]
    try:
        for count in (1, 2, 3):
            candidates.append(behind(given, folder, root, count))
        rounds(given, load, candidates)
    finally:
        for candidate in candidates:
            candidate.stop()
    print("| | rate, of the direct one | processor time of the servers | of HAProxy |")
    for what in KINDS:
        unit, scale = ("ms a file", 1000) if what.endswith("small") else ("s a GiB", 1)
        for one in candidates:
            ratios = [a / b for a, b in zip(one.rates[what], direct.rates[what])]
            costs = [spread([cost * scale for cost in one.costs[what][whose]]) + " " + unit for whose in one.processes]
            print(f"| {what}, {one.name} | {spread(ratios)} | {' | '.join(costs)} |")


class Counter:
    """A relay before an HTTP server that counts the requests that go through it, by their methods."""

    def __init__(self, port):
        self.behind, self.seen, self.lock = port, collections.Counter(), threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            store = socket.create_connection(("127.0.0.1", self.behind))
            threading.Thread(target=self.pass_on, args=(client, store, True), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(store, client, False), daemon=True).start()

    def pass_on(self, source, sink, counts):
        try:
            while piece := source.recv(1 << 16):
                if counts:
                    with self.lock:
                        self.seen.update(word.decode() for word in re.findall(rb"(?m)^([A-Z]{3,6}) /[^\r]* HTTP/1.1\r$", piece))
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def bare_requests(swift):
    """One PUT or GET of S3 a file. curl 7.88 signs, but tells the hash of no body, which every request of S3 has to; told that
    there is none, Swift takes it. `Expect:`, to leave that out, is no choice: this curl signs it, and then does not send it."""
    keys = f"{swift_module.ACCESS_KEY.replace(':', '%3A')}:{swift_module.SECRET_KEY}"
    return Candidate("bare", f"http://{keys}@127.0.0.1:{swift.port}/{swift_module.BUCKET}/bare/",
                     ["--aws-sigv4", "aws:amz:us-east-1:s3", "--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD"])


def store(given, folder, load):
    swift = swift_module.Swift(folder / "swift", given.nodes)
    environment = dict(os.environ, AWS_ACCESS_KEY_ID=swift_module.ACCESS_KEY, AWS_SECRET_ACCESS_KEY=swift_module.SECRET_KEY)
    environment.pop("AWS_CA_BUNDLE", None)  # which this rclone cannot take

    def serve(endpoint, place):
        server = our_server(given.server, f"s3://{swift_module.BUCKET}/ours{place}", ["--s3-endpoint", endpoint], environment)
        yield Candidate("ours", f"ftp://127.0.0.1:{server.port}/", servers=[server])
        server = rclone_server(given.rclone, endpoint, f"{swift_module.BUCKET}/rclone{place}", environment)
        yield Candidate("rclone", f"{server.scheme}://127.0.0.1:{server.port}/", servers=[server])

    candidates = []
    try:
        swift.start()
        candidates += serve(swift.endpoint, "")
        candidates.append(bare_requests(swift))
        ours, theirs, bare = candidates
        rounds(given, load, candidates)
        print("| | ours, of rclone's | of bare requests | rclone's, of bare requests | processor time: ours | rclone's | files, or GiB, a second")
        for what in KINDS:
            unit, scale = ("ms", 1000) if what.endswith("small") else ("s", 1)
            ratios = [[a / b for a, b in zip(one.rates[what], other.rates[what])]
                      for one, other in ((ours, theirs), (ours, bare), (theirs, bare))]
            costs = [spread([cost * scale for cost in one.costs[what]["servers"]]) + " " + unit for one in (ours, theirs)]
            rates = "; ".join(f"{one.name} {spread(one.rates[what])}" for one in candidates)
            print(f"| {what} | {' | '.join([*map(spread, ratios), *costs, rates])} |")
        print("| requests for each file | ours | rclone's |")
        counter = Counter(swift.port)
        counted = [*serve(counter.endpoint, "-counted")]
        candidates += counted
        for what, name in COUNTED.items():
            cells = []
            for one in counted:
                counter.seen.clear()
                load.move(what, one.url, one.options)
                files = load.each * load.clients if what.split()[1] == "small" else load.clients
                cells.append(", ".join(f"{count / files:.2f} {method}" for method, count in sorted(counter.seen.items())) or "none")
            print(f"| {name} | {' | '.join(cells)} |")
    finally:
        for candidate in candidates:
            candidate.stop()
        swift.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["balancer", "store"])
    parser.add_argument("--server", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, help=f"of {SMALL} bytes (balancer: 1000, store: 100)")
    parser.add_argument("--mib", type=int, help="of a large file (balancer: 256, store: 16)")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--nodes", type=int, default=3, help="of Swift")
    parser.add_argument("--rclone", default="rclone", help="the program beside which ours is seen")
    given = parser.parse_args()
    given.server = os.path.abspath(given.server)
    given.files = given.files or {"balancer": 1000, "store": 100}[given.what]
    given.mib = given.mib or {"balancer": 256, "store": 16}[given.what]
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ftplike-throughput-"))
    try:
        {"balancer": balancer, "store": store}[given.what](given, folder, Load(given, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
