#!/usr/bin/env python3
"""What a distance costs: real clients and ours with ftplike-server and with vsftpd, 25 ms away each way.

    bench/distant.py [--server PROGRAM] [--client PROGRAM] [--before PROGRAM] [--delay MS] [--rounds N]

Servers and clients are in two network namespaces. Between these lies a wire made of two TUN devices: this program carries
each packet from one to the other after the delay, as netem does in kernels that have it. Told are the seconds of whole runs,
login and all: a list of a folder of 7, a get and a put of 300 kB, in clear and under TLS 1.3; and the round trips that our
client, and --before, an older build of it, needs for each more file of 1 KiB in one session. Medians; in parentheses the
least and the most. As root, with what ./setup installs.
"""
import argparse
import collections
import fcntl
import os
import pathlib
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/interop"))
import table  # noqa: E402

FAR, NEAR, PORT = "10.99.0.1", "10.99.0.2", 2121  # servers, clients
CLIENTS = ["curl", "lftp", "wget", "basic_ftp"]
FEW, MANY = 5, 25
SMALL = [(f"small-{number:02}", table.noise(1024, number)) for number in range(MANY)]


def tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1001))  # TUNSETIFF: IFF_TUN, IFF_NO_PI
    return device


def carry(one, other, delay):
    """Takes each packet to the other device after the delay, for ever."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    under_way = collections.deque()
    while True:
        wait = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        for device in select.select([one, other], [], [], wait)[0]:
            try:
                while packet := os.read(device, 65536):
                    under_way.append((time.monotonic() + delay, other if device == one else one, packet))
            except BlockingIOError:
                pass
        while under_way and under_way[0][0] <= time.monotonic():
            _, device, packet = under_way.popleft()
            try:
                os.write(device, packet)
            except OSError:  # full or down: packets are lost, as on any wire
                pass


def lay_wire(delay):
    """Gives what a command begins with to run at the other end of the wire."""
    far, near = tun("far"), tun("near")
    if os.fork() == 0:
        carry(far, near, delay)
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    there = pathlib.Path(f"/proc/{holder.pid}/ns/net")
    while os.readlink(there) == os.readlink("/proc/self/ns/net"):
        time.sleep(0.01)
    at_the_end = ["nsenter", f"--net={there}"]
    subprocess.run(["ip", "link", "set", "near", "netns", str(holder.pid)], check=True)
    for begin, name, here, peer in ([], "far", FAR, NEAR), (at_the_end, "near", NEAR, FAR):
        for words in (["link", "set", "lo", "up"], ["address", "add", here, "peer", peer, "dev", name],
                      ["link", "set", name, "up"]):
            subprocess.run([*begin, "ip", *words], check=True)
    return at_the_end


def url(tls, path=""):
    return f"{'ftpes' if tls else 'ftp'}://{table.USER}:{table.PASSWORD}@{FAR}:{PORT}/{path}"


def our_client(program, tls, operation, remote, local):
    return [program, "--quiet", *["--insecure"] * tls, *{"list": ["ls", url(tls, remote)],
            "get": ["get", url(tls, remote), local], "put": ["put", local, url(tls, remote)]}[operation]]


def seconds_of(begin, arguments, place, tls):
    began = time.monotonic()
    status, text = table.run([*begin, *arguments], place.ours, **({"TLS": "yes"} if tls else {}))
    if status not in (0, table.CANNOT):
        raise table.Wrong(f"{' '.join(map(str, arguments))}: status {status}\n{text}")
    return time.monotonic() - began if status == 0 else None


def run_client(begin, name, program, place, tls, operation):
    """Seconds of one run; None if the client has no such operation."""
    remote, local = {"list": ("folder", "-"), "get": ("folder/data.bin", "got"),
                     "put": ("folder/new-data.bin", "data.bin")}[operation]
    for path in (place.ours / "got", place.theirs / "folder/new-data.bin"):
        path.unlink(missing_ok=True)
    if name == "ftplike":
        arguments = our_client(program, tls, operation, remote, local)
    else:
        script = table.scripts("clients")[name]
        arguments = [*table.RUNNERS[script.suffix], script, operation, FAR, str(PORT), table.USER, table.PASSWORD,
                     remote, local]
    seconds = seconds_of(begin, arguments, place, tls)
    if seconds is not None and operation != "list":
        table.same(place.ours / "got" if operation == "get" else place.theirs / remote, table.DATA, name)
    return seconds


def round_trips(begin, program, place, tls, operation, rtt):
    """Of each more file, in one session."""
    def seconds(count):
        commands = [f"get /small/{name}" if operation == "get" else f"put {name} /small/new-{name}"
                    for name, _ in SMALL[:count]]
        # Both builds know commands from a pipe.
        (place.ours / "commands").write_text("\n".join([*commands, "quit", ""]))
        began = time.monotonic()
        with open(place.ours / "commands") as given:
            subprocess.run([*begin, program, "--quiet", *["--insecure"] * tls, "--files", place.ours, url(tls)],
                           stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=120)
        return time.monotonic() - began
    return (seconds(MANY) - seconds(FEW)) / (MANY - FEW) / rtt


def words_of(samples, digits):
    return "{:.{d}f} ({:.{d}f}–{:.{d}f})".format(statistics.median(samples), min(samples), max(samples), d=digits)


def measure(said):
    at_the_end = lay_wire(said.delay / 1000)
    runs = collections.defaultdict(list)
    trips = collections.defaultdict(list)

    def ours(place):
        return table.ours(said.server, place, PORT, "--listen", f"{FAR}:{PORT}", "--cert", place.own / "cert.pem",
                          "--key", place.own / "key.pem")

    def vsftpd(place):
        return table.others(table.scripts("servers")["vsftpd"], place, PORT, TLS="yes", ADDRESS=FAR)
    builds = {"now": said.client, **({"before": said.before} if said.before else {})}
    for number in range(said.rounds):
        for server in (ours, vsftpd)[::1 if number % 2 else -1]:
            with tempfile.TemporaryDirectory() as folder:
                place = table.Place(pathlib.Path(folder))
                table.certify(place.own)
                (place.theirs / "small").mkdir()
                (place.theirs / "small").chmod(0o777)
                for name, data in SMALL:
                    (place.theirs / "small" / name).write_bytes(data)
                    (place.ours / name).write_bytes(data)
                with server(place):
                    for name in ["ftplike", *CLIENTS]:
                        for tls in (True, False):
                            for operation in ("list", "get", "put"):
                                seconds = run_client(at_the_end, name, said.client, place, tls, operation)
                                runs[name, operation, server.__name__, tls].append(seconds)
                    for build, program in builds.items():
                        for tls in (True, False):
                            for operation in ("get", "put"):
                                trips[build, operation, server.__name__, tls].append(
                                    round_trips(at_the_end, program, place, tls, operation, said.delay / 500))
        print(f"round {number + 1} of {said.rounds}", file=sys.stderr, flush=True)
    places = [("ours", True), ("vsftpd", True), ("ours", False), ("vsftpd", False)]
    heads = [f"{'ftplike' if server == 'ours' else server}, {'TLS 1.3' if tls else 'in clear'}" for server, tls in places]
    print(f"{said.delay} ms each way, {said.rounds} rounds, seconds\n")
    print("| client | | " + " | ".join(heads) + " |\n|---" * 1 + "|---" * (len(heads) + 1) + "|")
    for name in ["ftplike", *CLIENTS]:
        for operation in ("list", "get", "put"):
            found = [runs[name, operation, server, tls] for server, tls in places]
            if None not in found[0]:
                print(f"| {name} | {operation} | " + " | ".join(words_of(one, 2) for one in found) + " |")
    print("\nRound trips of our client for each more file of 1 KiB\n")
    print("| build | | " + " | ".join(heads) + " |\n|---" * 1 + "|---" * (len(heads) + 1) + "|")
    for build in builds:
        for operation in ("get", "put"):
            print(f"| {build} | {operation} | " + " | ".join(words_of(trips[build, operation, server, tls], 1)
                                                           for server, tls in places) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="build/release/bin/ftplike-server", type=os.path.abspath)
    parser.add_argument("--client", default="build/release/bin/ftplike-client", type=os.path.abspath)
    parser.add_argument("--before", type=os.path.abspath, help="an older ftplike-client")
    parser.add_argument("--delay", type=int, default=25, help="milliseconds, each way")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.inside:
        return measure(said)
    os.execvp("unshare", ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable,
                          os.path.abspath(__file__), *sys.argv[1:], "--inside"])


main()
