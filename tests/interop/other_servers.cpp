// Our client library with the servers that people run: each of its operations with each of them.
#include <crypt.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>

#include <ftplike/client/blocking.hpp>
#include <ftplike/client/mirror.hpp>
#include <ftplike/deflate.hpp>

#include "connection.hpp"
#include "running_server.hpp"
#include "tree.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

/// A program of those that ./setup unpacks, or else of the system.
std::string server_program(const std::string& path) {
  const auto unpacked = std::string{FTPLIKE_EXAMPLES} + "/../build/servers/usr/" + path;
  return std::filesystem::exists(unpacked) ? unpacked : path.substr(path.rfind('/') + 1);
}

/// Where a server is to run, and what it needs for that.
class Place {
 public:
  explicit Place(const TestFolder& its_files) : files{its_files} {
    const Listener free;
    port = std::to_string(free.port());
    setup.write("empty/.keep", "");
  }
  std::string line(const std::string& name, const std::string& value) const { return name + value + '\n'; }
  /// An entry as passwd(5) has it, with the files' folder as its home.
  void write_user(const std::string& name, uid_t user, gid_t group, const std::string& rest) const {
    setup.write(name, "tester:" + std::string{::crypt("secret", "$6$salt")} + ':' + std::to_string(user) + ':' +
                          std::to_string(group) + "::" + files.string() + rest + '\n');
    std::filesystem::permissions(setup / name, std::filesystem::perms{0600});
  }

  const TestFolder& files;
  TestFolder setup;
  std::string port;
};

std::vector<std::string> start_vsftpd(const Place& place) {
  place.setup.write("conf",
                    "listen=YES\nlisten_address=127.0.0.1\nbackground=NO\nrun_as_launching_user=YES\n"
                    "anonymous_enable=YES\nlocal_enable=NO\nwrite_enable=YES\nanon_upload_enable=YES\n"
                    "anon_mkdir_write_enable=YES\nanon_other_write_enable=YES\nanon_world_readable_only=NO\n"
                    "anon_umask=022\nseccomp_sandbox=NO\nxferlog_enable=NO\nlisten_port=" +
                        place.port + "\nftp_username=" + ::getpwuid(::getuid())->pw_name + "\nanon_root=" +
                        place.files.string() + "\nsecure_chroot_dir=" + (place.setup / "empty") + '\n');
  std::filesystem::remove(place.setup / "empty/.keep");
  return {server_program("sbin/vsftpd"), place.setup / "conf"};
}

std::vector<std::string> start_proftpd(const Place& place) {
  place.write_user("users", ::getuid(), ::getgid(), ":/bin/false");
  place.setup.write("groups", "tester:x:" + std::to_string(::getgid()) + ":\n");
  std::filesystem::permissions(place.setup / "groups", std::filesystem::perms{0600});
  place.setup.write("conf",
                    place.line("ModulePath ", server_program("lib/proftpd")) +
                        "LoadModule mod_deflate.c\nDeflateEngine on\nServerType standalone\nDefaultServer on\nDefaultAddress 127.0.0.1\nUseIPv6 off\n"
                    "UseReverseDNS off\nDelayEngine off\nAuthOrder mod_auth_file.c\nAuthPAM off\n"
                    "RequireValidShell off\nUseFtpUsers off\nRootLogin on\nAllowOverwrite on\nAllowStoreRestart on\n"
                    "WtmpLog off\nTransferLog none\nSystemLog none\nScoreboardFile none\nPort " +
                        place.port + "\nUser " + ::getpwuid(::getuid())->pw_name + "\nGroup " +
                        ::getgrgid(::getgid())->gr_name + "\nDefaultRoot " + place.files.string() + "\nAuthUserFile " +
                        (place.setup / "users") + "\nAuthGroupFile " + (place.setup / "groups") + "\nPidFile " +
                        (place.setup / "pid") + '\n');
  return {server_program("sbin/proftpd"), "--nodaemon", "--quiet", "--config", place.setup / "conf"};
}

std::vector<std::string> start_pure_ftpd(const Place& place) {
  constexpr uid_t nobody = 65534;
  place.write_user("users", nobody, nobody, "/./::::::::::::");
  const auto made = outcome_of(
      Program{{server_program("bin/pure-pw"), "mkdb", place.setup / "users.pdb", "-f", place.setup / "users"}});
  EXPECT_TRUE(ended_well(made));
  EXPECT_EQ(::chown(place.files.string().c_str(), nobody, nobody), 0);
  return {server_program("sbin/pure-ftpd"),
          "-4",
          "-S",
          "127.0.0.1," + place.port,
          "-l",
          "puredb:" + (place.setup / "users.pdb"),
          "-H",
          "-A",
          "-u",
          "1",
          "-f",
          "none",
          "-g",
          place.setup / "pid"};
}

std::vector<std::string> start_pyftpdlib(const Place& place) {
  // Debian's packages are for Debian's own Python.
  return {"/usr/bin/python3",   "-W", "ignore", "-m", "pyftpdlib", "-i", "127.0.0.1", "-p", place.port, "-w", "-d",
          place.files.string(), "-u", "tester", "-P", "secret"};
}

struct Kind {
  const char* name;
  std::vector<std::string> (*start)(const Place&);
  const char* login;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

std::vector<Kind> kinds() {
  std::vector<Kind> all{{"Vsftpd", start_vsftpd, "anonymous:me@"},
                        {"ProFTPD", start_proftpd, "tester:secret"},
                        {"Pyftpdlib", start_pyftpdlib, "tester:secret"}};
  // It insists on changing its user, which only root can.
  if (::geteuid() == 0) all.push_back({"PureFTPd", start_pure_ftpd, "tester:secret"});
  return all;
}

class OtherServer : public testing::TestWithParam<Kind> {
 protected:
  OtherServer() {
    // It takes a while until a server listens. What it takes the library to wait for that, it has.
    PoolOptions options;
    options.retry.attempts = 500;
    options.retry.first = options.retry.longest = 20ms;
    options.retry.waits_for_server = true;
    ClientPool<TcpTransport> pool{network, url(), options};
    const auto say = [](Client<TcpTransport>& session) { return session.noop(); };
    run(pool.use(say));
    run(pool.quit());
  }
  Url url() const { return Url{std::string{"ftp://"} + GetParam().login + "@127.0.0.1:" + place.port}; }

  template <class R> R run(awaitable<R> operation) {
    Settled<R> result;
    start_on(network.executor(), settle(std::move(operation), result), {},
             [this](std::exception_ptr) { network.stop(); });
    network.run();
    return result.get();
  }
  std::vector<std::string> names(BlockingClient& client, const std::string& path = {}) const {
    std::vector<std::string> all;
    for (const auto& entry : client.list(path)) all.push_back(entry.name);
    std::sort(all.begin(), all.end());
    return all;
  }

  TestFolder theirs, ours;
  Place place{theirs};
  Process process{GetParam().start(place)};
  TcpTransport network;
};

TEST_P(OtherServer, ListsAndTellsOfFiles) {
  BlockingClient client{url()};
  EXPECT_EQ(client.dialect(), Dialect::standard);
  const std::string home = client.pwd();
  EXPECT_TRUE(home == "/" || home == theirs.string()) << home;
  EXPECT_TRUE(client.list().empty());
  TextSource text{"hello"};
  client.mkdir("d");
  client.upload(text, "d/a file");
  const auto entries = client.list("d");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].name, "a file");
  EXPECT_EQ(entries[0].size, 5u);
  EXPECT_TRUE(entries[0].is_file());
  EXPECT_TRUE(client.list()[0].is_directory());
  const Entry entry = client.stat("d/a file");
  EXPECT_EQ(entry.size, 5u);
  const auto age = std::chrono::system_clock::now() - entry.modified;
  EXPECT_LT(std::chrono::abs(age), 1h);
  EXPECT_EQ(client.size("d/a file"), 5u);
  EXPECT_EQ(client.modified("d/a file"), std::chrono::floor<std::chrono::seconds>(entry.modified));
  EXPECT_TRUE(client.exists("d"));
  EXPECT_FALSE(client.exists("d/b"));
  client.cwd("d");
  EXPECT_EQ(client.pwd(), home == "/" ? "/d" : home + "/d");
  EXPECT_EQ(names(client), std::vector<std::string>{"a file"});
}

TEST_P(OtherServer, ListsDirectoriesOfAnyNameAndComesBack) {
  BlockingClient client{url()};
  const std::string home = client.pwd();
  for (const std::string name : {"[abc]", "a b", " blank", "-x", "-al", "*", "a?", "{a,b}", "~b", "d\"q"}) {
    theirs.write(name + "/" + name, "1");
    EXPECT_EQ(names(client, name), std::vector<std::string>{name});
    EXPECT_EQ(names(client, home + (home == "/" ? "" : "/") + name), std::vector<std::string>{name});
    EXPECT_EQ(client.pwd(), home) << name;
  }
  EXPECT_EQ(names(client).size(), 10u);
  EXPECT_THROW(client.list("none"), ReplyError);
  EXPECT_EQ(client.pwd(), home);
  // All of it again, as a mirror sees it.
  ClientPool<TcpTransport> pool{network, url()};
  MirrorOptions options;
  options.delete_others = true;
  EXPECT_TRUE(run(mirror(pool, "", ours / "copy", options)).failures.empty());
  EXPECT_EQ(run(plan_mirror(pool, "", ours / "copy", options)).text(), "");
  EXPECT_EQ(ours.read("copy/[abc]/[abc]"), "1");
  run(pool.quit());
}

TEST_P(OtherServer, MovesFilesOfAnySizeBothWays) {
  for (const bool active : {false, true}) {
    ClientOptions options;
    options.active = active;
    BlockingClient client{url(), options};
    for (const std::size_t size : {0u, 1u, 65'537u, 3'000'000u}) {
      const std::string name = std::to_string(size) + (active ? "-active" : "");
      ours.write(name, noise(size));
      EXPECT_EQ(client.upload(ours / name).transferred, size);
      EXPECT_TRUE(theirs.read(name) == noise(size)) << name;
      EXPECT_EQ(client.download(name, ours / "back").transferred, size);
      EXPECT_TRUE(ours.read("back") == noise(size)) << name;
    }
    client.quit();
  }
}

TEST_P(OtherServer, GoesOnWithTransfersAndAppends) {
  BlockingClient client{url()};
  TransferOptions options;
  options.resume = true;
  ours.write("up", noise(100'000).substr(0, 40'000));
  client.upload(ours / "up");
  ours.write("up", noise(100'000));
  // A newer one would be another file.
  std::filesystem::last_write_time(ours / "up", std::filesystem::file_time_type::clock::now() - 1h);
  EXPECT_EQ(client.upload(ours / "up", {}, options).offset, 40'000u);
  EXPECT_TRUE(theirs.read("up") == noise(100'000));
  ours.write("down", noise(100'000).substr(0, 70'000));
  const auto result = client.download("up", ours / "down", options);
  EXPECT_EQ(result.offset, 70'000u);
  EXPECT_EQ(result.transferred, 30'000u);
  EXPECT_TRUE(ours.read("down") == noise(100'000));
  ours.write("more", "the end");
  client.append(ours / "more", "up");
  EXPECT_TRUE(theirs.read("up") == noise(100'000) + "the end");
}

TEST_P(OtherServer, ExchangesCompressedFilesWhereItOffersThat) {
  ClientOptions options;
  options.compression = deflate();
  BlockingClient client{url(), options};
  EXPECT_EQ(client.features().has("MODE Z"), GetParam().start == start_proftpd);
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "line " + std::to_string(i) + '\n';
  for (const std::string& bytes : {std::string{}, std::string{"1"}, text, noise(300'000)}) {
    ours.write("file", bytes);
    EXPECT_EQ(client.upload(ours / "file").transferred, bytes.size());
    EXPECT_TRUE(theirs.read("file") == bytes);
    EXPECT_EQ(client.download("file", ours / "back").transferred, bytes.size());
    EXPECT_TRUE(ours.read("back") == bytes);
  }
  EXPECT_EQ(names(client), std::vector<std::string>{"file"});
  TransferOptions resuming;
  resuming.resume = true;
  ours.write("rest", noise(300'000).substr(0, 100'000));
  EXPECT_EQ(client.download("file", ours / "rest", resuming).offset, 100'000u);
  EXPECT_TRUE(ours.read("rest") == noise(300'000));
}

TEST_P(OtherServer, ConvertsText) {
  BlockingClient client{url()};
  TransferOptions options;
  options.ascii = true;
  TextSource text{"one\ntwo\n"};
  client.upload(text, "text", options);
  TextSink back;
  client.download("text", back, options);
  EXPECT_EQ(back.text(), "one\ntwo\n");
}

TEST_P(OtherServer, RenamesRemovesAndMakesDirectories) {
  BlockingClient client{url()};
  client.mkdir("one");
  client.mkdir("one/two");
  TextSource text{"hello"};
  client.upload(text, "one/a");
  client.rename("one/a", "one/two/b");
  EXPECT_EQ(theirs.read("one/two/b"), "hello");
  client.remove("one/two/b");
  client.rmdir("one/two");
  EXPECT_TRUE(names(client, "one").empty());
  client.rmdir("one");
  EXPECT_TRUE(names(client).empty());
}

TEST_P(OtherServer, SaysWhatItRefusesAndGoesOn) {
  BlockingClient client{url()};
  const std::string home = client.pwd();
  TextSink nowhere;
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(client.download("none", nowhere), ReplyError);
    EXPECT_THROW(client.cwd("none"), ReplyError);
    EXPECT_THROW(client.remove("none"), ReplyError);
    EXPECT_THROW(client.rename("none", "some"), ReplyError);
  }
  EXPECT_EQ(client.pwd(), home);
}

TEST_P(OtherServer, IsUsableAfterADownloadThatWasStoppedHalfway) {
  BlockingClient client{url()};
  const std::string home = client.pwd();
  ours.write("big", noise(5'000'000));
  client.upload(ours / "big");
  TransferOptions options;
  options.progress = [](const Progress& progress) {
    if (progress.transferred > 1'000'000) throw std::runtime_error("enough");
  };
  EXPECT_THROW(client.download("big", ours / "part", options), std::exception);
  if (client.is_open()) {
    EXPECT_EQ(client.pwd(), home);
    EXPECT_EQ(client.size("big"), 5'000'000u);
  }
  BlockingClient another{url()};
  TransferOptions rest;
  rest.resume = true;
  EXPECT_GT(another.download("big", ours / "part", rest).offset, 0u);
  EXPECT_TRUE(ours.read("part") == noise(5'000'000));
}

TEST_P(OtherServer, IsMirroredBothWays) {
  ours.write("tree/a b", "1");
  ours.write("tree/sub/deep/c", noise(200'000));
  ours.write("tree/sub/d", "");
  for (int i = 0; i < 20; ++i) ours.write("tree/many/" + std::to_string(i), std::to_string(i));
  PoolOptions sessions;
  sessions.sessions = 3;
  ClientPool<TcpTransport> pool{network, url(), sessions};
  MirrorOptions up;
  up.direction = Direction::sent;
  const auto sent = run(mirror(pool, "copy", ours / "tree", up));
  EXPECT_TRUE(sent.failures.empty());
  EXPECT_EQ(sent.transferred, 23u);
  EXPECT_EQ(run(plan_mirror(pool, "copy", ours / "tree", up)).text(), "");
  const auto fetched = run(mirror(pool, "copy", ours / "back"));
  EXPECT_TRUE(fetched.failures.empty());
  EXPECT_EQ(run(plan_mirror(pool, "copy", ours / "back")).text(), "");
  EXPECT_EQ(ours.read("back/a b"), "1");
  EXPECT_TRUE(ours.read("back/sub/deep/c") == noise(200'000));

  std::filesystem::remove_all(ours / "tree/sub");
  up.delete_others = true;
  EXPECT_TRUE(run(mirror(pool, "copy", ours / "tree", up)).failures.empty());
  EXPECT_FALSE(theirs.has("copy/sub"));
  EXPECT_TRUE(theirs.has("copy/many/19"));
  run(pool.quit());
}

TEST_P(OtherServer, SendsAFileInParts) {
  ours.write("big", noise(4'000'000));
  ClientPool<TcpTransport> pool{network, url()};
  run(pool.upload(ours / "big"));
  EXPECT_EQ(run(download_in_segments(pool, "big", ours / "back", 3)).transferred, 4'000'000u);
  EXPECT_TRUE(ours.read("back") == noise(4'000'000));
  run(pool.quit());
}

TEST_P(OtherServer, HearsEveryWordOfTheProgram) {
  ours.write("one", "1");
  ours.write("two", "22");
  ours.write("big", noise(300'000));
  ours.write("tree/a", "of a tree");
  const std::string address = std::string{"ftp://"} + GetParam().login + "@127.0.0.1:" + place.port;
  const auto program = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), FTPLIKE_CLIENT_PROGRAM);
    return outcome_of(Program{std::move(arguments)}.in(ours.string()).with("PAGER", "cat"));
  };
  const auto session = [&](const std::string& commands) {
    return program({"--files", ours.string(), address, "-c", commands});
  };
  const auto held = session(
      "pwd; mkdir d; cd d; put one; put one uno; mput t*; mv uno eins; ls; cat two; less two; lcd tree; get eins;"
      " mget tw*; reget two; put a; reput a; rm two; mirror --reverse . sub; mirror sub back; cd ..; mkdir e;"
      " rmdir e; close; open " +
      address + "; ls d; !echo mine; ?; bye");
  ASSERT_TRUE(ended_well(held));
  EXPECT_EQ(theirs.read("d/eins"), "1");
  EXPECT_EQ(theirs.read("d/a"), "of a tree");
  EXPECT_FALSE(theirs.has("d/two"));
  EXPECT_FALSE(theirs.has("e"));
  EXPECT_EQ(ours.read("tree/two"), "22");
  EXPECT_EQ(ours.read("tree/back/a"), "of a tree");
  ASSERT_TRUE(ended_well(program({"put", "big", address + "/d/"})));
  ASSERT_TRUE(ended_well(program({"get", address + "/d/big", "copy"})));
  EXPECT_TRUE(ours.read("copy") == noise(300'000));
  EXPECT_NE(program({"ls", address + "/d"}).output.find("big"), std::string::npos);
  ASSERT_TRUE(ended_well(program({"mirror", address + "/d", "whole"})));
  EXPECT_EQ(ours.read("whole/sub/a"), "of a tree");
}

std::string server_of(const testing::TestParamInfo<Kind>& test) { return test.param.name; }

INSTANTIATE_TEST_SUITE_P(Real, OtherServer, testing::ValuesIn(kinds()), server_of);

}  // namespace
