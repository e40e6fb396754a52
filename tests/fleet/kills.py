#!/usr/bin/python3
"""kills.py --server PROGRAM --client PROGRAM [--kills N] [--seed S] [--clients N] [--largest BYTES] [--store folder|moosefs|swift]
[--victim server|object|chunkserver] [--at-once]: kill -9 during uploads and downloads, and what is left then.

Two servers have one store: a folder; or a MooseFS, each by a mount of its own; or a bucket of OpenStack Swift. These two this
starts (tests/fleet/moosefs.py, swift.py). Clients of ours put, replace and get files through either, and go on at the other one when
theirs is gone; meanwhile one server, or one object node of Swift, or one chunkserver of MooseFS, is killed after the other and
started again. In the end every file has to be whole: what it was, or what was sent last, and nothing may be left but partial
files, which expire. What is killed when, and who does what, is dealt by the seed; how far all are by then, by the machine.
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import moosefs as moosefs_module  # noqa: E402
import swift as swift_module  # noqa: E402

BLOCK = 65521  # a prime number, so that no buffer's size is a multiple of it
SLOTS, SHARED = 6, 4


def content(identity, size):
    """The bytes of a file, which tell their identity and size; any two differ in each block, as two blocks do."""
    head = f"{identity} {size}\n".encode()
    base = random.Random(identity).randbytes(BLOCK - 8)
    pieces, length, number = [head], len(head), 0
    while length < size:
        piece = struct.pack(">Q", number) + base
        pieces.append(piece)
        length += len(piece)
        number += 1
    return b"".join(pieces)[:size]


def is_whole(data):
    head = data[:100].split(b"\n")[0].split(b" ")
    if len(head) != 2 or not head[1].isdigit():
        return False
    return data == content(head[0].decode(), int(head[1]))


class Server:
    """One of our servers: at one port for good, however often it is killed."""

    def __init__(self, program, root, options, environment, folder, number):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.command = [program, "--root", root, "--listen", f"127.0.0.1:{self.port}", "--user", "tester:secret",
                        "--log", str(folder / f"server{number}.log"), *options]
        self.environment = environment
        self.output = folder / f"server{number}.output"
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=open(self.output, "ab"), env=self.environment)
        line = self.process.stdout.readline()
        if not line.startswith(b"listening on "):
            raise RuntimeError(f"the server did not start: {line} {self.output.read_text()}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def url(self, name=""):
        return f"ftp://tester:secret@127.0.0.1:{self.port}/{name}"


class Trouble(Exception):
    pass


class Client(threading.Thread):
    """One after the other: files of its own in a few slots, and now and then one that all have."""

    def __init__(self, test, number):
        super().__init__()
        self.test, self.number = test, number
        self.rng = random.Random(f"{test.given.seed}/{number}")
        self.folder = test.folder / f"client{number}"
        self.folder.mkdir()
        self.files = {}  # by slot: the identity and size that it has to have
        self.sent = {}  # by slot: all that were sent to it
        self.done = {"put": 0, "resumed": 0, "replace": 0, "get": 0, "share": 0}
        self.failures = self.bytes = 0
        self.trouble = None

    def run(self):
        try:
            while not self.test.ends.is_set():
                self.act()
        except Exception as error:  # any is the test's failure
            self.trouble = error
            self.test.ends.set()

    def act(self):
        if self.rng.random() < 0.1:
            return self.share(f"shared{self.rng.randrange(SHARED)}")
        slot = self.rng.randrange(SLOTS)
        if slot not in self.files:
            self.put(slot, True)
        elif self.rng.random() < 0.5:
            self.get(slot)
        else:
            self.put(slot, False)

    def size(self):
        return int(2 ** self.rng.uniform(10, self.test.given.largest.bit_length() - 1))

    def name(self, slot):
        return f"file{self.number}-{slot}"

    def write(self, kind):
        size = self.size()
        identity = f"{self.test.given.seed}/{self.number}/{kind}/{sum(self.done.values())}"
        path = self.folder / "out"
        path.write_bytes(content(identity, size))
        return path, (identity, size)

    def put(self, slot, is_new):
        path, new = self.write("own")
        old = self.files.get(slot)
        self.sent.setdefault(slot, []).append(new)
        tries = 0

        def command(server):
            nonlocal tries
            tries += 1
            if tries > 1 and self.test.root_folder:
                self.check_one_of(slot, old, new)
            return ["put", *(["--resume"] if is_new else []), str(path), server.url(self.name(slot))]

        self.until_it_works(command)
        self.files[slot] = new
        self.done["put" if is_new else "replace"] += 1
        self.done["resumed"] += is_new and tries > 1
        self.bytes += new[1]

    def check_one_of(self, slot, old, new):
        """On a folder: the old whole file or the new whole file, at once."""
        try:
            data = (self.test.root_folder / self.name(slot)).read_bytes()
        except FileNotFoundError:
            if old is None:
                return
            raise Trouble(f"{self.name(slot)} is gone: neither {old} nor {new}") from None
        if data not in (content(*new), content(*old) if old else b""):
            raise Trouble(f"{self.name(slot)} has {len(data)} bytes, neither {old} nor {new}")

    def get(self, slot):
        path = self.folder / "in"
        path.unlink(missing_ok=True)
        self.until_it_works(lambda server: ["get", "--resume", server.url(self.name(slot)), str(path)])
        self.test.check(self.name(slot), path.read_bytes(), self.files[slot], self.sent[slot])
        self.done["get"] += 1
        self.bytes += self.files[slot][1]

    def share(self, name):
        path, new = self.write("shared")
        self.until_it_works(lambda server: ["put", str(path), server.url(name)])
        self.done["share"] += 1
        self.bytes += new[1]

    def until_it_works(self, command):
        said = []
        for attempt in range(self.test.given.attempts):
            server = self.test.servers[self.rng.randrange(len(self.test.servers))]
            ran = subprocess.run([self.test.given.client, "--quiet", "--dialect", "standard", "--timeout", "60",
                                  *command(server)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, cwd=self.folder, timeout=600,
                                 env=dict(os.environ, HOME=str(self.folder)))
            if ran.returncode == 0:
                return
            self.failures += 1
            said.append(f"{ran.returncode}: {ran.stdout.strip()}")
            self.test.saw(ran.returncode, ran.stdout)
            time.sleep(0.05)
        raise Trouble("never ended well: " + "; ".join(said[-5:]))


class Test:
    def __init__(self, given, folder):
        self.given, self.folder = given, folder
        self.ends = threading.Event()
        self.lock = threading.Lock()
        self.seen = {}
        self.stale = 0
        self.store = self.root_folder = None  # of processes, which can be killed
        self.servers = []

    def start(self):
        options, environment = [], dict(os.environ)
        if self.given.store == "swift":
            self.store = swift_module.Swift(self.folder / "swift")
            self.store.start()
            roots = [f"s3://{swift_module.BUCKET}/kills"] * 2
            options = ["--s3-endpoint", self.store.endpoint]
            environment.update(AWS_ACCESS_KEY_ID=swift_module.ACCESS_KEY, AWS_SECRET_ACCESS_KEY=swift_module.SECRET_KEY)
        else:
            roots = [self.folder / "root"] * 2
            if self.given.store == "moosefs":
                (self.folder / "moosefs").mkdir()
                self.store = moosefs_module.MooseFs(self.folder / "moosefs")
                self.store.start()
                roots = [mount / "root" for mount in self.store.mounts]
            self.root_folder = roots[0]
            self.root_folder.mkdir()
        self.serving = options, environment
        for number, root in enumerate(roots):
            self.servers.append(Server(self.given.server, str(root), options, environment, self.folder, number))

    def saw(self, status, words):
        words = words.strip().split("\n")[-1].replace("ftplike-client: ", "")
        with self.lock:
            self.seen[f"{status} {words[:100]}"] = self.seen.get(f"{status} {words[:100]}", 0) + 1

    def kill_all_along(self):
        rng = random.Random(self.given.seed)
        for _ in range(self.given.kills):
            time.sleep(rng.uniform(*self.given.pause))
            if self.ends.is_set():
                return
            if self.given.victim == "server":
                server = rng.choice(self.servers)
                server.kill()
                time.sleep(rng.uniform(0, 0.2))
                server.start()
            else:
                name = f"{self.given.victim}{rng.randrange(1, self.store.nodes + 1)}"
                self.store.kill(name)
                time.sleep(rng.uniform(0, 1))
                self.store.start_process(name)
                if not self.given.at_once:
                    self.store.wait_until_recovered(name)

    def check(self, name, data, last, sent):
        """It has to be what was sent last. Of Swift, where a node was killed, anything whole that was sent to the name: a
        node that missed a PUT has the object from before, until Swift's replicator comes by, which is not run here."""
        if data == content(*last):
            return
        if self.given.victim == "object" and any(data == content(*of) for of in sent):
            with self.lock:
                self.stale += 1
            return
        raise Trouble(f"{name} has {len(data)} bytes, which are not what was sent last, {last}")

    def names(self):
        if self.root_folder:
            return sorted(os.listdir(self.root_folder))
        listed = subprocess.run([self.given.client, "--quiet", "--json", "ls", self.servers[0].url()], check=True,
                                stdout=subprocess.PIPE, text=True, env=dict(os.environ, HOME=str(self.folder)))
        import json
        return sorted(json.loads(line)["name"] for line in listed.stdout.splitlines() if '"name"' in line)

    def data(self, name):
        if self.root_folder:
            return (self.root_folder / name).read_bytes()
        path = self.folder / "looked"
        for attempt in range(20):
            path.unlink(missing_ok=True)
            done = subprocess.run([self.given.client, "--quiet", "get", self.servers[attempt % 2].url(name), str(path)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  env=dict(os.environ, HOME=str(self.folder)))
            if done.returncode == 0:
                return path.read_bytes()
        raise Trouble(f"{name} cannot be fetched: {done.stdout}")

    def run(self):
        clients = [Client(self, number) for number in range(self.given.clients)]
        begin = time.monotonic()
        for client in clients:
            client.start()
        try:
            self.kill_all_along()
        finally:
            self.ends.set()
            for client in clients:
                client.join()
        took = time.monotonic() - begin
        faults = [f"client {client.number}: {client.trouble}" for client in clients if client.trouble]
        faults += self.look_at_what_is_left(clients)
        self.tell(clients, took)
        for fault in faults:
            print("FAULT:", fault)
        return 1 if faults else 0

    def look_at_what_is_left(self, clients):
        expected = {client.name(slot): (of, client.sent[slot]) for client in clients
                    for slot, of in client.files.items()}
        faults, partials = [], []

        def look(name):
            try:
                self.check(name, self.data(name), *expected.pop(name))
            except (Trouble, OSError) as error:
                faults.append(f"{name}: {error}{self.what_the_store_says(name)}")

        for name in self.names():
            if name.startswith(".ftplike-partial"):
                partials.append(name)
            elif name.startswith("shared"):
                if not is_whole(self.data(name)):
                    faults.append(f"{name} is a mix")
            elif name not in expected:
                faults.append(f"{name} is left over")
            else:
                look(name)
        unlisted = list(expected)
        for name in unlisted:
            look(name)
        if unlisted and self.root_folder:
            faults.append(f"{unlisted} are in no listing")
        elif unlisted:  # Swift's listings have a name later than its bytes, and the process that sees to it is not run
            print(f"{len(unlisted)} files are there, but not yet in the listing")
        if self.stale:
            print(f"{self.stale} times what was fetched was the whole file from before")
        if not self.root_folder:
            partials = self.partials_of_bucket()
        print(f"left besides: {len(partials)} partial files")
        return faults + (self.expire(partials) if self.root_folder else self.expire_in_bucket())

    def what_the_store_says(self, name):
        return "\n" + self.store.about(self.root_folder / name) if self.given.store == "moosefs" else ""

    def partials_of_bucket(self):
        """What another client of the store finds of uploads that did not end: parts, and tails that are less than a part."""
        keys = self.store.s3cmd("ls", "--recursive", f"s3://{swift_module.BUCKET}/kills/")
        uploads = self.store.s3cmd("multipart", f"s3://{swift_module.BUCKET}")
        return [line for line in keys.splitlines() if "/.ftplike-partial/" in line] + \
            [line for line in uploads.splitlines() if f"s3://{swift_module.BUCKET}/kills/" in line]

    def expire_in_bucket(self):
        """What is left of uploads past its time goes with the first upload to a server."""
        for server in self.servers:
            server.kill()
        options, environment = self.serving
        time.sleep(3)  # dates are of seconds, rounded up
        self.servers = [Server(self.given.server, f"s3://{swift_module.BUCKET}/kills", [*options, "--partial-lifetime", "1"],
                               environment, self.folder, len(self.servers))]
        path = self.folder / "last"
        path.write_bytes(b"")
        subprocess.run([self.given.client, "--quiet", "put", str(path), self.servers[0].url("last")], check=True,
                       env=dict(os.environ, HOME=str(self.folder)))
        end = time.monotonic() + 60
        while left := self.partials_of_bucket():
            if time.monotonic() > end:
                return [f"did not expire: {line}" for line in left]
            time.sleep(1)
        return []

    def expire(self, partials):
        """Partial files past their time go when the folder is listed."""
        long_ago = time.time() - 8 * 24 * 3600
        for name in partials:
            os.utime(self.root_folder / name, (long_ago, long_ago))
        end = time.monotonic() + 120
        while True:
            subprocess.run([self.given.client, "--quiet", "ls", self.servers[0].url()], stdout=subprocess.DEVNULL,
                           env=dict(os.environ, HOME=str(self.folder)))
            left = [name for name in os.listdir(self.root_folder) if name.startswith(".ftplike-partial")]
            if not left:
                return []
            if time.monotonic() > end:
                return [f"{name} did not expire" for name in left]
            time.sleep(0.1)

    def tell(self, clients, took):
        done = {word: sum(client.done[word] for client in clients) for word in clients[0].done}
        total = sum(client.bytes for client in clients)
        print(f"{self.given.kills} kills of one {self.given.victim} in {took:.0f} s, seed {self.given.seed}: "
              f"{done['put']} files put, {done['resumed']} of them after a failure, {done['replace']} replaced, "
              f"{done['get']} fetched, {done['share']} put under a name that all have; {total / 2**20:.0f} MiB; "
              f"{sum(client.failures for client in clients)} tries failed")
        for words, count in sorted(self.seen.items(), key=lambda entry: -entry[1])[:12]:
            print(f"  {count} × {words}")

    def stop(self):
        for server in self.servers:
            server.kill()
        if self.store:
            self.store.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--client", required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--largest", type=int, default=64 * 1024 * 1024)
    parser.add_argument("--attempts", type=int, default=300, help="of one transfer, then the client has not ended well")
    parser.add_argument("--pause", type=float, nargs=2, default=(0.1, 1.5), help="seconds between two kills")
    parser.add_argument("--store", choices=["folder", "moosefs", "swift"], default="folder")
    parser.add_argument("--at-once", action="store_true",
                        help="kill the next chunkserver though files have one copy yet: MooseFS loses some then")
    parser.add_argument("--victim", choices=["server", "object", "chunkserver"], default="server")
    given = parser.parse_args()
    if given.victim != "server" and given.store != {"object": "swift", "chunkserver": "moosefs"}[given.victim]:
        parser.error(f"a {given.store} has no {given.victim}")
    if given.store == "moosefs":
        moosefs_module.enter_network()
    given.server, given.client = os.path.abspath(given.server), os.path.abspath(given.client)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ftplike-kills-"))
    test = Test(given, folder)
    try:
        test.start()
        status = test.run()
    except RuntimeError as error:
        print(f"kills.py: {error}", file=sys.stderr)
        status = 1
    finally:
        test.stop()
    if status == 0:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print("kept:", folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
