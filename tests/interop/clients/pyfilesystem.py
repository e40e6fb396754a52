# packages: python3-fs
import sys

import fs.ftpfs

operation, host, port, user, password, remote, local = sys.argv[1:]
with fs.ftpfs.FTPFS(host, user, password, port=int(port), timeout=20) as ftp:
    if operation == "list":
        print("\n".join(ftp.listdir(remote)))
    elif operation == "get":
        with open(local, "wb") as file:
            ftp.download(remote, file)
    elif operation == "put":
        with open(local, "rb") as file:
            ftp.upload(remote, file)
    elif operation == "reget":
        with open(local, "ab") as file, ftp.openbin(remote) as source:
            source.seek(file.tell())
            file.write(source.read())
    else:
        with open(local, "rb") as file, ftp.openbin(remote, "a") as target:
            file.seek(ftp.getsize(remote))
            target.write(file.read())
