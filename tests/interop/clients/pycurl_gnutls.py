# packages: python3-pycurl
# tls
import os
import sys
import urllib.parse

import pycurl

operation, host, port, user, password, remote, local = sys.argv[1:]
curl = pycurl.Curl()
curl.setopt(pycurl.URL, f"ftp://{host}:{port}/{urllib.parse.quote(remote)}" + ("/" if operation == "list" else ""))
curl.setopt(pycurl.USERPWD, f"{user}:{password}")
curl.setopt(pycurl.TIMEOUT, 20)
if os.environ.get("TLS"):
    curl.setopt(pycurl.USE_SSL, pycurl.USESSL_ALL)
    curl.setopt(pycurl.SSL_VERIFYPEER, 0)
    curl.setopt(pycurl.SSL_VERIFYHOST, 0)
if operation == "list":
    curl.setopt(pycurl.DIRLISTONLY, 1)
    curl.setopt(pycurl.WRITEDATA, sys.stdout.buffer)
elif operation.endswith("get"):
    file = open(local, "ab" if operation == "reget" else "wb")
    curl.setopt(pycurl.RESUME_FROM, file.tell())
    curl.setopt(pycurl.WRITEDATA, file)
else:
    curl.setopt(pycurl.UPLOAD, 1)
    file = open(local, "rb")
    curl.setopt(pycurl.READDATA, file)
    curl.setopt(pycurl.SEEKFUNCTION, lambda place, origin: file.seek(place, origin) and pycurl.SEEKFUNC_OK)
    if operation == "reput":
        curl.setopt(pycurl.RESUME_FROM, -1)
curl.perform()
