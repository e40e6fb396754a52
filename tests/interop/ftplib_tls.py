"""What Python's FTP_TLS can do with the server at HOST PORT whose authority's certificate is in CAFILE."""
import ftplib
import io
import ssl
import sys

host, port, authority = sys.argv[1], int(sys.argv[2]), sys.argv[3]
context = ssl.create_default_context(cafile=authority)


class Ftp(ftplib.FTP_TLS):
    """Resumes the control connection's session for data, which Python does not do by itself."""

    def ntransfercmd(self, cmd, rest=None):
        data, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            data = self.context.wrap_socket(data, server_hostname=self.host, session=self.sock.session)
        return data, size


def expect(got, wanted, what):
    if got != wanted:
        sys.exit(f"{what}: got {got!r:.300}, wanted {wanted!r:.300}")


ftp = Ftp(context=context, timeout=20)
ftp.connect(host, port)
try:
    ftp.sendcmd("USER tester")
    sys.exit("a login in clear was not refused")
except ftplib.error_perm as error:
    expect(str(error)[:3], "530", "a login in clear")
ftp.login("tester", "secret")
ftp.prot_p()
for size in (0, 1, 16384, 16385, 524288, 1048577):
    content = bytes(i * 7 % 251 for i in range(size))
    ftp.storbinary(f"STOR {size}", io.BytesIO(content))
    got = bytearray()
    ftp.retrbinary(f"RETR {size}", got.extend)
    expect(bytes(got) == content, True, f"the bytes of {size}")
expect(len(ftp.nlst()), 6, "NLST")
ftp.quit()
