# packages: python3-ftputil
import ftplib
import sys

import ftputil
import ftputil.session

operation, host, port, user, password, remote, local = sys.argv[1:]
session = ftputil.session.session_factory(base_class=ftplib.FTP, port=int(port))
with ftputil.FTPHost(host, user, password, session_factory=session) as ftp:
    if operation == "list":
        print("\n".join(ftp.listdir(remote)))
    elif operation == "get":
        ftp.download(remote, local)
    elif operation == "put":
        ftp.upload(local, remote)
    elif operation == "reget":
        with open(local, "ab") as file, ftp.open(remote, "rb", rest=file.tell()) as source:
            ftputil.file_transfer.copyfileobj(source, file)
    else:
        sys.exit(64)
