# packages: python3
# tls
import ftplib
import os
import sys

operation, host, port, user, password, remote, local = sys.argv[1:]
tls = os.environ.get("TLS")
with (ftplib.FTP_TLS if tls else ftplib.FTP)(timeout=20) as ftp:
    ftp.connect(host, int(port))
    ftp.login(user, password)
    if tls:
        ftp.prot_p()
    if operation == "list":
        print("\n".join(name for name, _ in ftp.mlsd(remote)))
    elif operation.endswith("get"):
        begun = os.path.getsize(local) if operation == "reget" else None
        with open(local, "ab" if begun else "wb") as file:
            ftp.retrbinary("RETR " + remote, file.write, rest=begun)
    else:
        with open(local, "rb") as file:
            ftp.voidcmd("TYPE I")  # of which SIZE is the length
            begun = ftp.size(remote) if operation == "reput" else None
            file.seek(begun or 0)
            ftp.storbinary("STOR " + remote, file, rest=begun)
