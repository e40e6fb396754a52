-- packages: lua-socket lua5.3
local operation, host, port, user, password, remote, path = table.unpack(arg)
local ftp = require("socket.ftp")
local ltn12 = require("ltn12")
local what = {host = host, port = tonumber(port), user = user, password = password, path = remote, type = "i"}
local done, wrong
if operation == "list" then
  what.command, what.type, what.sink = "nlst", "a", ltn12.sink.file(io.stdout)
  done, wrong = ftp.get(what)
elseif operation == "get" then
  what.sink = ltn12.sink.file(io.open(path, "wb"))
  done, wrong = ftp.get(what)
elseif operation == "put" then
  what.source = ltn12.source.file(io.open(path, "rb"))
  done, wrong = ftp.put(what)
else
  os.exit(64)
end
if not done then print(wrong) os.exit(1) end
