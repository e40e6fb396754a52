"""What Python's ftplib can do with the server at HOST PORT; says what went otherwise, and ends with 1."""
import ftplib
import io
import sys

host, port = sys.argv[1], int(sys.argv[2])
SIZES = [0, 1, 4095, 4096, 4097, 16383, 16384, 16385, 65535, 65536, 65537,
         512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, 1024 * 1024 + 1]
NAMES = ["with space", " blanks around ", '"quoted"', "it's", "-rf", "--help", "100%41", "semi;colon", "back\\slash",
         "star*[a-z]?", "grün-日本語", "a;size=3; b", "=", "caf\udce9"]


def noise(size):
    state, out = size + 1, bytearray()
    while len(out) < size:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out += state.to_bytes(8, "big") * 64
    return bytes(out[:size])


class Ftp(ftplib.FTP):
    """With names that may have any bytes, as Python has them for files."""
    def __init__(self, passive):
        super().__init__(timeout=20)
        self.connect(host, port)
        self.file = self.sock.makefile("r", encoding="utf-8", errors="surrogateescape")
        self.login("tester", "secret")
        self.set_pasv(passive)

    def putline(self, line):
        self.sock.sendall(line.encode("utf-8", "surrogateescape") + b"\r\n")


def expect(got, wanted, what):
    if got != wanted:
        sys.exit(f"{what}: got {got!r:.300}, wanted {wanted!r:.300}")


def fetch(ftp, name, rest=None):
    got = bytearray()
    ftp.retrbinary("RETR " + name, got.extend, rest=rest)
    return bytes(got)


def refused(code, action):
    try:
        action()
    except ftplib.all_errors as error:
        expect(str(error)[:3], code, "refusal")
    else:
        sys.exit(f"was not refused with {code}")


def names_in(ftp, folder=""):
    """ftplib decodes listings strictly, so this one is taken as bytes."""
    got = bytearray()
    ftp.retrbinary(f"NLST {folder}".strip(), got.extend)
    return sorted(line.decode("utf-8", "surrogateescape") for line in bytes(got).split(b"\r\n") if line)


for passive in (True, False):
    ftp = Ftp(passive)
    for size in SIZES:
        ftp.storbinary(f"STOR {size}", io.BytesIO(noise(size)))
        expect(ftp.size(str(size)), size, "SIZE")
        expect(fetch(ftp, str(size)) == noise(size), True, f"the bytes of {size}")
    expect(names_in(ftp), sorted(map(str, SIZES)), "NLST")
    for size in SIZES:
        ftp.delete(str(size))

    # Names.
    for name in NAMES:
        ftp.storbinary("STOR " + name, io.BytesIO(name.encode("utf-8", "surrogateescape")))
        expect(fetch(ftp, name), name.encode("utf-8", "surrogateescape"), name)
        expect(ftp.size(name), len(name.encode("utf-8", "surrogateescape")), name)
    expect(names_in(ftp), sorted(NAMES), "NLST")
    machine = bytearray()
    ftp.retrbinary("MLSD", machine.extend)
    entries = [line.split(b" ", 1) for line in bytes(machine).split(b"\r\n") if line]
    files = [name.decode("utf-8", "surrogateescape") for facts, name in entries if b"type=file" in facts.lower()]
    expect(sorted(files), sorted(NAMES), "MLSD")
    for name in NAMES:
        ftp.rename(name, "renamed " + name)
        ftp.delete("renamed " + name)
    expect(names_in(ftp), [], "NLST of nothing")

    # Directories.
    for name in NAMES[:-1]:
        expect(ftp.mkd(name), "/" + name, "MKD")
        ftp.cwd(name)
        expect(ftp.pwd(), "/" + name, "PWD")
        ftp.storbinary("STOR inner", io.BytesIO(b"1"))
        refused("550", lambda: ftp.rmd("../" + name))
        ftp.delete("inner")
        ftp.cwd("..")
        ftp.rmd(name)

    # Resuming both ways.
    whole = noise(100_000)
    ftp.storbinary("STOR big", io.BytesIO(whole))
    expect(fetch(ftp, "big", rest=33_333) == whole[33_333:], True, "RETR after REST")
    ftp.storbinary("STOR big", io.BytesIO(whole[50_000:]), rest=50_000)
    expect(fetch(ftp, "big") == whole, True, "STOR after REST")
    ftp.storbinary("APPE big", io.BytesIO(b"more"))
    expect(fetch(ftp, "big") == whole + b"more", True, "APPE")

    # Lines.
    ftp.storlines("STOR text", io.BytesIO(b"one\ntwo\n\nlast\n"))
    lines = []
    ftp.retrlines("RETR text", lines.append)
    expect(lines, ["one", "two", "", "last"], "RETR in ASCII")
    expect(fetch(ftp, "text"), b"one\ntwo\n\nlast\n", "the bytes of a text")
    listed = []
    ftp.dir(listed.append)
    expect(len(listed), 2, "LIST")
    expect(sorted(facts["size"] for _, facts in ftp.mlsd() if facts["type"] == "file"), ["100004", "14"], "MLSD")
    ftp.delete("text")
    ftp.delete("big")

    # What is refused leaves the session in step.
    refused("550", lambda: fetch(ftp, "none"))
    refused("550", lambda: ftp.delete("none"))
    refused("550", lambda: ftp.cwd("none"))
    refused("502", lambda: ftp.sendcmd("XYZZY"))
    expect(ftp.sendcmd("NOOP")[:3], "200", "NOOP")

    # A download that its client has enough of, more than sockets hold.
    ftp.storbinary("STOR long", io.BytesIO(bytes(30_000_000)))
    ftp.voidcmd("TYPE I")
    data = ftp.transfercmd("RETR long")
    data.recv(1000)
    expect(ftp.abort()[:3], "426", "the transfer after ABOR")
    expect(ftp.getmultiline()[:3], "226", "ABOR")
    data.close()
    expect(ftp.sendcmd("NOOP")[:3], "200", "NOOP after ABOR")
    ftp.delete("long")
    expect(ftp.quit()[:3], "221", "QUIT")
