#!/usr/bin/env python3
"""The ftp-like dialect: ftplike-server beside a server as the teaching program has it, in one run on loopback.

    bench/dialect.py [--server PROGRAM] [--original server.py | --bare] [--rounds N] [--mib N]

The client talks as the teaching program's does: each command in one send() without a line ending, each reply by one recv().
The other server is a model of that program, below: a thread a client, one recv() a command, a data port a transfer, the file
in pieces of a kilobyte; with --bare by sendfile and in large pieces, which is about all that the machine gives. --original
runs the program itself instead, of which a copy serves the server_storage beside it on port 3456. Medians of the rounds, and
how many times ours is as fast.
"""
import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

PIECE, LARGE = 1024, 256 * 1024


class Model:
    """PWD, RETR and STOR, as plainly as they can be served."""

    def __init__(self, root, bare):
        self.root, self.bare, self.piece = root, bare, LARGE if bare else PIECE
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        print(self.port, flush=True)
        while True:
            threading.Thread(target=self.converse, args=(listener.accept()[0],), daemon=True).start()

    def converse(self, control):
        control.sendall(b"220 Ready\n")
        while words := control.recv(1024).decode().split(maxsplit=1):
            if words[0] == "PWD":
                control.sendall(b'257 "/"\n')
            else:
                with socket.create_server(("127.0.0.1", 0)) as listener:
                    control.sendall(b"150 %d\n" % listener.getsockname()[1])
                    data = listener.accept()[0]
                with data, open(os.path.join(self.root, words[1]), "rb" if words[0] == "RETR" else "wb") as file:
                    if words[0] == "STOR":
                        while piece := data.recv(self.piece):
                            file.write(piece)
                    elif self.bare:
                        data.sendfile(file)
                    else:
                        while piece := file.read(self.piece):
                            data.sendall(piece)
                control.sendall(b"226 Done\n")


class Client:
    def __init__(self, port):
        self.control = socket.create_connection(("127.0.0.1", port), 60)
        self.control.recv(1024)

    def ask(self, command):
        self.control.sendall(command.encode())
        return self.control.recv(1024)

    def data(self, command):
        return socket.create_connection(("127.0.0.1", int(self.ask(command).split()[-1])), 60)

    def fetch(self, name):
        room, size = bytearray(1 << 20), 0
        with self.data("RETR " + name) as data:
            while n := data.recv_into(room):
                size += n
        self.control.recv(1024)
        return size

    def store(self, name, content):
        with self.data("STOR " + name) as data:
            data.sendall(content)
        self.control.recv(1024)


def per_second(amount, work):
    began = time.monotonic()
    work()
    return amount / (time.monotonic() - began)


def measure(port, content):
    client = Client(port)
    size = len(content)

    def fetch_small(count):
        for _ in range(count):
            client.fetch("small.bin")

    def ask(count):
        for _ in range(count):
            client.ask("PWD")

    client.fetch("big.bin")
    figures = {"download, MB": per_second(size / 1e6, lambda: client.fetch("big.bin")),
               "upload, MB": per_second(size / 1e6, lambda: client.store("up.bin", content)),
               "small files": per_second(200, lambda: fetch_small(200)),
               "PWD": per_second(20000, lambda: ask(20000))}
    client.control.close()
    return figures


def port_of(line):
    return int(line.rsplit(":", 1)[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="build/release/bin/ftplike-server")
    parser.add_argument("--original", help="the teaching program's server")
    parser.add_argument("--bare", action="store_true", help="a model without the teaching program's small pieces")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=256, help="the size of the big file")
    parser.add_argument("--model", metavar="ROOT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.model:
        Model(options.model, options.bare)
    content = os.urandom(1 << 20) * options.mib
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        root = os.path.join(folder, "server", "server_storage")
        os.makedirs(root)
        for name, data in (("big.bin", content), ("small.bin", content[:1024])):
            with open(os.path.join(root, name), "wb") as file:
                file.write(data)
        running = []

        def start(command, **more):
            running.append(subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True, text=True, **more))
            return running[-1]

        try:
            ours = port_of(start([options.server, "--root", root, "--listen", "127.0.0.1:0"]).stdout.readline())
            if options.original:
                copy = shutil.copy(options.original, os.path.dirname(root))
                start([sys.executable, copy], stderr=subprocess.DEVNULL)
                theirs = 3456
                time.sleep(2)
            else:
                theirs = port_of(start([sys.executable, __file__, "--model", root] + ["--bare"] * options.bare).stdout.readline())
            rounds = [(measure(ours, content), measure(theirs, content)) for _ in range(options.rounds)]
        finally:
            for process in running:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    print("%-14s %10s %10s %8s" % ("a second", "ours", "other", "ratio"))
    for what in rounds[0][0]:
        mine, other = (statistics.median(one[i][what] for one in rounds) for i in (0, 1))
        print("%-14s %10.0f %10.0f %8.2f" % (what, mine, other, mine / other))


main()
