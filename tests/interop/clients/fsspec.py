# packages: python3-fsspec
import sys

import fsspec

operation, host, port, user, password, remote, local = sys.argv[1:]
ftp = fsspec.filesystem("ftp", host=host, port=int(port), username=user, password=password, timeout=20)
if operation == "list":
    print("\n".join(ftp.ls("/" + remote, detail=False)))
elif operation == "get":
    ftp.get_file("/" + remote, local)
elif operation == "put":
    ftp.put_file(local, "/" + remote)
else:
    sys.exit(64)
