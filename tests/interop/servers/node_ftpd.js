// npm: ftpd@0.2.16
const {FtpServer} = require("ftpd");
const [port, root] = process.argv.slice(2);
const server = new FtpServer("127.0.0.1", {getInitialCwd: () => "/", getRoot: () => root, pasvPortRangeStart: 20000,
                                           pasvPortRangeEnd: 29999});
server.on("client:connected", connection => {
  connection.on("command:user", (user, success) => success());
  connection.on("command:pass", (password, success, failure) => password === "secret" ? success("tester") : failure());
});
server.listen(+port);
