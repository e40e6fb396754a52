# packages: python3
import sys
import urllib.parse
import urllib.request

operation, host, port, user, password, remote, local = sys.argv[1:]
if operation not in ("list", "get"):
    sys.exit(64)
with urllib.request.urlopen(f"ftp://{user}:{password}@{host}:{port}/{urllib.parse.quote(remote)}", timeout=20) as answer:
    data = answer.read()
if operation == "list":
    print(data.decode())
else:
    with open(local, "wb") as file:
        file.write(data)
