# packages: python3-aioftp
# implicit tls
import asyncio
import os
import ssl
import sys

import aioftp

operation, host, port, user, password, remote, local = sys.argv[1:]
secured = None
if os.environ.get("TLS"):
    secured = ssl.create_default_context()
    secured.check_hostname, secured.verify_mode = False, ssl.CERT_NONE


async def main():
    async with aioftp.Client.context(host, int(port), user, password, socket_timeout=20, ssl=secured) as ftp:
        if operation == "list":
            async for path, _ in ftp.list(remote):
                print(path)
        elif operation == "get":
            await ftp.download(remote, local, write_into=True)
        elif operation == "put":
            await ftp.upload(local, remote, write_into=True)
        elif operation == "reget":
            async with ftp.download_stream(remote, offset=os.path.getsize(local)) as stream:
                with open(local, "ab") as file:
                    async for block in stream.iter_by_block():
                        file.write(block)
        else:
            begun = int((await ftp.stat(remote))["size"])
            with open(local, "rb") as file:
                file.seek(begun)
                async with ftp.upload_stream(remote, offset=begun) as stream:
                    while block := file.read(65536):
                        await stream.write(block)

asyncio.run(main())
