#!/usr/bin/python3
"""swift.py [--nodes N] [--folder F] [--port P] [-- COMMAND...]: OpenStack Swift with its S3 interface, from Debian's packages.

One proxy and N storage nodes (3) as processes on loopback addresses, each with a folder of its own; as many replicas as
nodes. No service of the system is touched. Prints FTPLIKE_S3_ENDPOINT=… and so on once a bucket, "inbox", is there, and
ends all when its input ends, at SIGTERM or SIGINT. With a COMMAND runs that instead, which has the lines as its
environment, and gives its status.
packages: swift-proxy swift-account swift-container swift-object s3cmd
"""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PROGRAMS = ("swift-proxy-server", "swift-account-server", "swift-container-server", "swift-object-server",
            "swift-ring-builder", "s3cmd")
ACCESS_KEY, SECRET_KEY, BUCKET = "test:tester", "testing", "inbox"


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Swift:
    def __init__(self, folder, nodes=3, port=None):
        self.folder = pathlib.Path(folder)
        self.nodes = nodes
        self.port = port or free_port("127.0.0.1")
        self.processes = {}
        self.commands = {}
        self.ports = {}
        self.environment = dict(os.environ, PYTHONWARNINGS="ignore", EVENTLET_NO_GREENDNS="yes")

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def variables(self):
        return {"FTPLIKE_S3_ENDPOINT": self.endpoint, "FTPLIKE_S3_BUCKET": BUCKET,
                "FTPLIKE_S3_ACCESS_KEY": ACCESS_KEY, "FTPLIKE_S3_SECRET_KEY": SECRET_KEY}

    def start(self):
        for program in PROGRAMS:
            if not shutil.which(program):
                raise RuntimeError(f"no {program} here, which ./setup fleet installs")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.configure()
        for name in self.commands:
            self.start_process(name)
        for address, port in self.ports.values():
            self.wait_for_port(address, port)
        self.wait_until_healthy()
        self.make_bucket()

    def configure(self):
        (self.folder / "swift.conf").write_text(
            "[swift-hash]\nswift_hash_path_suffix = ftplike\nswift_hash_path_prefix = ftplike\n")
        rings = {kind: [] for kind in ("account", "container", "object")}
        for node in range(1, self.nodes + 1):
            address = f"127.0.0.{node}"
            (self.folder / f"node{node}" / "disk").mkdir(parents=True)
            for kind in rings:
                port = free_port(address)
                rings[kind].append(f"r1z{node}-{address}:{port}/disk")
                name = f"{kind}{node}"
                self.ports[name] = address, port
                configuration = self.folder / f"{name}.conf"
                configuration.write_text(
                    f"[DEFAULT]\nswift_dir = {self.folder}\ndevices = {self.folder}/node{node}\nmount_check = false\n"
                    f"bind_ip = {address}\nbind_port = {port}\nworkers = 0\nuser = {self.user()}\n"
                    f"log_address = {self.folder}/log\nlog_level = ERROR\ndisable_fallocate = true\n"
                    f"recon_cache_path = {self.folder}/node{node}\n"
                    f"[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}\n")
                self.commands[name] = [f"swift-{kind}-server", str(configuration)]
        for kind, devices in rings.items():
            builder = str(self.folder / f"{kind}.builder")
            self.run("swift-ring-builder", builder, "create", "6", str(self.nodes), "0")
            for device in devices:
                self.run("swift-ring-builder", builder, "add", device, "1")
            self.run("swift-ring-builder", builder, "rebalance")
        proxy = self.folder / "proxy.conf"
        proxy.write_text(
            f"[DEFAULT]\nswift_dir = {self.folder}\nbind_ip = 127.0.0.1\nbind_port = {self.port}\nworkers = 0\n"
            f"user = {self.user()}\nlog_address = {self.folder}/log\nlog_level = ERROR\n"
            "[pipeline:main]\npipeline = catch_errors gatekeeper healthcheck listing_formats cache bulk s3api tempauth"
            " copy slo dlo proxy-server\n"
            "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
            "error_suppression_interval = 1\n"  # a node that was killed and is there again counts at once
            "[filter:catch_errors]\nuse = egg:swift#catch_errors\n[filter:gatekeeper]\nuse = egg:swift#gatekeeper\n"
            "[filter:healthcheck]\nuse = egg:swift#healthcheck\n"
            "[filter:listing_formats]\nuse = egg:swift#listing_formats\n"
            "[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:1\n"  # nobody there: nothing is cached
            "[filter:bulk]\nuse = egg:swift#bulk\n"
            "[filter:s3api]\nuse = egg:swift#s3api\ns3_acl = false\nlocation = us-east-1\nmax_upload_part_num = 10000\n"
            "[filter:tempauth]\nuse = egg:swift#tempauth\nuser_test_tester = testing .admin\n"
            "[filter:copy]\nuse = egg:swift#copy\n[filter:slo]\nuse = egg:swift#slo\n[filter:dlo]\nuse = egg:swift#dlo\n")
        self.commands["proxy"] = ["swift-proxy-server", str(proxy)]
        self.ports["proxy"] = "127.0.0.1", self.port

    @staticmethod
    def user():
        import pwd
        return pwd.getpwuid(os.getuid()).pw_name

    def run(self, *command):
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode not in (0, 1):  # 1: a warning of the ring's builder
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}")

    def start_process(self, name):
        output = open(self.folder / f"{name}.output", "ab")
        self.processes[name] = subprocess.Popen(self.commands[name], env=self.environment, stdin=subprocess.DEVNULL,
                                                stdout=output, stderr=output, start_new_session=True)

    def kill(self, name):
        """Ends one process at once, as a power failure would."""
        self.processes[name].kill()
        self.processes.pop(name).wait()

    def wait_until_recovered(self, name):
        """Until a process that was started again listens."""
        self.wait_for_port(*self.ports[name])

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_for_port(self, address, port, patience=60):
        end = time.monotonic() + patience
        while True:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended: {(self.folder / f'{name}.output').read_text()[-2000:]}")
            try:
                socket.create_connection((address, port), 1).close()
                return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def wait_until_healthy(self):
        with urllib.request.urlopen(self.endpoint + "/healthcheck", timeout=60) as answer:
            answer.read()

    def make_bucket(self):
        self.s3cmd("mb", f"s3://{BUCKET}")

    def s3cmd(self, *arguments):
        """What another client of the store says."""
        place = f"127.0.0.1:{self.port}"
        return subprocess.run(["s3cmd", "--config=/dev/null", f"--access_key={ACCESS_KEY}", f"--secret_key={SECRET_KEY}",
                               "--no-ssl", f"--host={place}", f"--host-bucket={place}", *arguments],
                              check=True, stdout=subprocess.PIPE, text=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--folder", help="keep what it writes here")
    parser.add_argument("--port", type=int)
    parser.add_argument("command", nargs="*")
    given = parser.parse_args()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: sys.exit(1))
    folder = given.folder or tempfile.mkdtemp(prefix="ftplike-swift-")
    swift = Swift(folder, given.nodes, given.port)
    try:
        swift.start()
        if given.command:
            return subprocess.run(given.command, env=dict(os.environ, **swift.variables())).returncode
        for name, value in swift.variables().items():
            print(f"{name}={value}", flush=True)
        sys.stdin.read()
        return 0
    except RuntimeError as error:
        print(f"swift.py: {error}", file=sys.stderr)
        return 1
    finally:
        swift.stop()
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
