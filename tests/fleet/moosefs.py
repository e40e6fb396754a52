#!/usr/bin/python3
"""moosefs.py [--folder F] [-- COMMAND...]: a MooseFS of Debian's packages, mounted twice.

A master and three chunkservers as processes on loopback, each with a folder of its own, two copies of each file (goal 2),
and two mounts by FUSE, as of two machines. No service of the system is touched. Prints FTPLIKE_CLUSTER=… and
FTPLIKE_CLUSTER_ELSEWHERE=…, the two mounts, and ends all when its input ends, at SIGTERM or SIGINT. With a COMMAND runs
that instead, which has the lines as its environment, and gives its status. MooseFS takes no 127.0.0.1 between master and
chunkservers: all of it, the command too, is in a network of its own, whose loopback has one address more.
packages: moosefs-master moosefs-chunkserver moosefs-client fuse3
"""
import argparse
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

CHUNKSERVERS, MOUNTS = 3, 2
PROGRAMS = "mfsmaster", "mfschunkserver", "mfsmount", "mfssetgoal", "fusermount"
ADDRESS = "10.77.0.1"  # of the loopback in that network
INSIDE = "FTPLIKE_MOOSEFS_INSIDE"


def enter_network():
    """Starts the program anew in a network of its own; there, does nothing but set that up."""
    if INSIDE in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "address", "add", ADDRESS + "/32", "dev", "lo"], check=True)
        return
    alone = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--net", "--mount"]
    os.execvpe(alone[0], [*alone, sys.executable, *sys.argv], dict(os.environ, **{INSIDE: "yes"}))


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((ADDRESS, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class MooseFs:
    nodes = CHUNKSERVERS

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.processes, self.commands = {}, {}
        self.mounts = [self.folder / f"mount{number}" for number in range(MOUNTS)]
        self.mounted = []

    def variables(self):
        return {"FTPLIKE_CLUSTER": str(self.mounts[0]), "FTPLIKE_CLUSTER_ELSEWHERE": str(self.mounts[1])}

    def start(self):
        for program in PROGRAMS:
            if not shutil.which(program):
                raise RuntimeError(f"no {program} here, which ./setup fleet installs; ./test fleet --without moosefs does without")
        if not os.access("/dev/fuse", os.R_OK | os.W_OK):
            raise RuntimeError("no FUSE here: /dev/fuse cannot be opened; ./test fleet --without moosefs does without")
        self.configure()
        for name in self.commands:
            self.start_process(name)
        self.until("the master", lambda: socket.create_connection((ADDRESS, self.to_clients), 1).close() is None)
        for mount in self.mounts:
            mount.mkdir()
            self.until("a mount", lambda: self.mount(mount))
        self.until("two chunkservers", self.can_write)
        self.run("mfssetgoal", "2", str(self.mounts[0]))
        self.run("mfssettrashtime", "0", str(self.mounts[0]))  # what was removed or replaced is not copied any more

    def configure(self):
        self.to_servers, to_loggers, self.to_clients, *ports = free_ports(3 + CHUNKSERVERS)
        user = pwd.getpwuid(os.getuid()).pw_name
        common = f"WORKING_USER = {user}\nWORKING_GROUP =\nLOCK_MEMORY = 0\nNICE_LEVEL = 0\n"
        master = self.folder / "master"
        master.mkdir()
        (master / "metadata.mfs").write_bytes(b"MFSM NEW")
        (master / "exports").write_text(f"{ADDRESS} / rw,alldirs,admin,maproot=0:0\n")
        (master / "topology").write_text("")
        (self.folder / "master.cfg").write_text(
            common + f"DATA_PATH = {master}\nEXPORTS_FILENAME = {master}/exports\nTOPOLOGY_FILENAME = {master}/topology\n"
            f"MATOML_LISTEN_HOST = {ADDRESS}\nMATOML_LISTEN_PORT = {to_loggers}\n"
            f"MATOCS_LISTEN_HOST = {ADDRESS}\nMATOCS_LISTEN_PORT = {self.to_servers}\n"
            f"MATOCL_LISTEN_HOST = {ADDRESS}\nMATOCL_LISTEN_PORT = {self.to_clients}\nREPLICATIONS_DELAY_INIT = 0\n")
        self.commands["master"] = ["mfsmaster", "-f", "-c", str(self.folder / "master.cfg"), "start"]
        for number, port in enumerate(ports, 1):
            data, disk = self.folder / f"chunkserver{number}", self.folder / f"disk{number}"
            data.mkdir()
            disk.mkdir()
            (data / "hdd").write_text(f"{disk}\n")
            (self.folder / f"chunkserver{number}.cfg").write_text(
                common + f"DATA_PATH = {data}\nHDD_CONF_FILENAME = {data}/hdd\nHDD_LEAVE_SPACE_DEFAULT = 256MiB\n"
                f"MASTER_HOST = {ADDRESS}\nMASTER_PORT = {self.to_servers}\nMASTER_RECONNECTION_DELAY = 1\n"
                f"CSSERV_LISTEN_HOST = {ADDRESS}\nCSSERV_LISTEN_PORT = {port}\n")
            self.commands[f"chunkserver{number}"] = ["mfschunkserver", "-f", "-c",
                                                     str(self.folder / f"chunkserver{number}.cfg"), "start"]

    def start_process(self, name):
        output = open(self.folder / f"{name}.output", "ab")
        self.processes[name] = subprocess.Popen(self.commands[name], stdin=subprocess.DEVNULL, stdout=output,
                                                stderr=output, start_new_session=True)

    def kill(self, name):
        """Ends one process at once, as a power failure would."""
        self.processes[name].kill()
        self.processes.pop(name).wait()

    def wait_until_recovered(self, _, patience=120):
        """Until all files have two copies again. Who kills another one before loses files: nobody has the copies that both had."""
        files = [str(path) for path in self.mounts[0].rglob("*") if path.is_file()]

        def have_copies():
            self.said = subprocess.run(["mfscheckfile", *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
            return not re.search("with (0 copies|1 copy)", self.said)
        if files:
            self.until("the second copies", have_copies, patience)

    def about(self, path):
        """Where the copies of a file are, and which blocks of copies the chunkservers found to be damaged."""
        told = subprocess.run(["mfsfileinfo", str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        damaged = [f"{name}: {line}" for name in self.processes for line in
                   (self.folder / f"{name}.output").read_text(errors="replace").splitlines() if "crc error" in line]
        return "\n".join([told.rstrip(), *damaged[-10:]])

    def mount(self, where):
        """What one mount does, the other sees at once: nothing of names and attributes is cached."""
        done = subprocess.run(["mfsmount", str(where), "-H", ADDRESS, "-P", str(self.to_clients), "-o",
                               "mfsattrcacheto=0,mfsentrycacheto=0,mfsdirentrycacheto=0,mfsnegentrycacheto=0"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode == 0:
            self.mounted.append(where)
            return True
        self.said = done.stdout
        return False

    def can_write(self):
        probe = self.mounts[0] / "probe"
        probe.write_bytes(b"x")
        probe.unlink()
        chunks = sum(1 for number in range(1, CHUNKSERVERS + 1) if (self.folder / f"chunkserver{number}" / "chunkserverid.mfs").exists())
        return chunks >= 2

    @staticmethod
    def run(*command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def until(self, what, works, patience=60):
        end = time.monotonic() + patience
        while True:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended: {(self.folder / f'{name}.output').read_text()[-2000:]}")
            try:
                if works():
                    return
            except OSError as error:
                self.said = str(error)
            if time.monotonic() > end:
                raise RuntimeError(f"{what} did not come: {self.said}")
            time.sleep(0.1)

    def stop(self):
        for mount in self.mounted:
            subprocess.run(["fusermount", "-u", "-z", str(mount)], stderr=subprocess.DEVNULL)
        for process in reversed(self.processes.values()):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", help="keep what it writes here")
    parser.add_argument("command", nargs="*")
    given = parser.parse_args()
    enter_network()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: sys.exit(1))
    folder = given.folder or tempfile.mkdtemp(prefix="ftplike-moosefs-")
    moosefs = MooseFs(folder)
    try:
        moosefs.start()
        if given.command:
            return subprocess.run(given.command, env=dict(os.environ, **moosefs.variables())).returncode
        for name, value in moosefs.variables().items():
            print(f"{name}={value}", flush=True)
        sys.stdin.read()
        return 0
    except RuntimeError as error:
        print(f"moosefs.py: {error}", file=sys.stderr)
        return 1
    finally:
        moosefs.stop()
        if not given.folder and not any(os.path.ismount(mount) for mount in moosefs.mounts):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
