// npm: ftp-srv@4.6.3
const {FtpSrv} = require("ftp-srv");
const [port, root] = process.argv.slice(2);
const server = new FtpSrv({url: `ftp://127.0.0.1:${port}`, pasv_url: "127.0.0.1"});
server.on("login", ({username, password}, resolve, reject) =>
  username === "tester" && password === "secret" ? resolve({root}) : reject(new Error("no")));
server.listen();
