// npm: ftpd@0.2.16
const {FtpServer} = require("ftpd");
// Its MDTM tells hours from 1 to 12 alone, so from one o'clock on all files seem half a day old. Here it is always
// morning, of the day that has begun further east.
const hour = new Date().getUTCHours();
const ahead = hour > 0 && hour < 11 ? 0 : Math.min(14, (30 - hour) % 24);
process.env.TZ = ahead ? "Etc/GMT-" + ahead : "Etc/UTC";
const [port, root] = process.argv.slice(2);
const server = new FtpServer("127.0.0.1", {getInitialCwd: () => "/", getRoot: () => root, pasvPortRangeStart: 20000,
                                           pasvPortRangeEnd: 29999});
server.on("client:connected", connection => {
  connection.on("command:user", (user, success) => success());
  connection.on("command:pass", (password, success, failure) => password === "secret" ? success("tester") : failure());
});
server.listen(+port);
