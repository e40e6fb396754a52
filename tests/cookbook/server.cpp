// The recipes for servers of docs/cookbook.md, each run on the simulated network.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/client/blocking.hpp>
#include <ftplike/observers/log.hpp>
#include <ftplike/observers/on.hpp>
#include <ftplike/server.hpp>
#include <ftplike/simulated/gtest.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/composed.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/storage/quota.hpp>
#include <ftplike/users/user_table.hpp>

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

/// A network and some files; who serves them says each recipe.
class ServerRecipe : public testing::Test {
 protected:
  using Guest = BasicBlockingClient<SimulatedNetwork>;

  /// What the server says to a command.
  static int code_of(Guest& client, const std::string& command) { return client.command(command).code(); }
  /// The reply to an upload; 226 if all went well.
  static int upload(Guest& client, const std::string& name, const std::string& text = "text") {
    try {
      TextSource source{text};
      return client.upload(source, name).reply.code();
    } catch (const ReplyError& error) { return error.reply().code(); }
  }

  SimulatedNetwork network{7};
  MemoryStorage files{{"/notes.txt", "hello"}};
  const Url anyone{"ftp://anonymous@127.0.0.1"}, anna{"ftp://anna:secret@127.0.0.1"};
};

TEST_F(ServerRecipe, LetsEverybodyRead) {
  // [public]
  Server server{network, files, Anonymous{.logins = "read"}};
  server.listen("127.0.0.1", 21);
  // [/public]
  Guest client{network, anyone};
  EXPECT_TRUE(client.exists("notes.txt"));
  EXPECT_EQ(upload(client, "a"), 550);
}

TEST_F(ServerRecipe, HasUsers) {
  // [users]
  UserTable users;
  users.add(UserEntry{Account{"anna", Path{"/"}, "write"}, Password::plain("secret")});
  Server server{network, files, users};
  // [/users]
  server.listen("127.0.0.1", 21);
  Guest client{network, anna};
  EXPECT_EQ(upload(client, "a"), 226);
  EXPECT_THROW((Guest{network, anyone}), ClientError);
}

TEST_F(ServerRecipe, IsALetterBox) {
  // [letterbox]
  const Rights posting{Right::list, Right::write};
  Server server{network, files, Anonymous{.logins = posting}};
  // [/letterbox]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_EQ(upload(client, "letter"), 226);
  TextSink sink;
  EXPECT_THROW(client.download("letter", sink), ReplyError);
}

TEST_F(ServerRecipe, BoundsAUser) {
  // [bounds]
  Account anna_s{"anna", Path{"/"}, "read"};
  anna_s.bytes_per_second = 1'000'000;
  anna_s.max_sessions = 1;
  UserTable users;
  users.add(UserEntry{anna_s, Password::plain("secret")});
  // [/bounds]
  Server server{network, files, users};
  server.listen("127.0.0.1", 21);
  Guest first{network, anna};
  EXPECT_THROW((Guest{network, anna}), ClientError);
}

TEST_F(ServerRecipe, GivesEachUserAFolder) {
  files.put("/people/anna/mine.txt", "hers");
  // [homes]
  UserTable users;
  for (const std::string name : {"anna", "bert"}) {
    Account account{name, Path{"/people/" + name}, "write"};
    account.makes_root = true;
    users.add(UserEntry{account, Password::plain("secret")});
  }
  // [/homes]
  Server server{network, files, users};
  server.listen("127.0.0.1", 21);
  Guest client{network, anna};
  EXPECT_TRUE(client.exists("/mine.txt"));
  EXPECT_FALSE(client.exists("/notes.txt"));
}

TEST_F(ServerRecipe, HearsOfUploads) {
  std::vector<std::string> queue;
  // [arrival]
  const auto arrived = on_upload([&](const TransferEnded& upload) { queue.push_back(upload.path.string()); });
  Server server{network, files, Anonymous{.logins = "write"}, arrived};
  // [/arrival]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  upload(client, "picture.jpg");
  EXPECT_EQ(queue, std::vector<std::string>{"/picture.jpg"});
}

TEST_F(ServerRecipe, RefusesNames) {
  // [rules]
  UploadRules rules;
  rules.refused_names = {"*.exe", ".*"};
  rules.largest = 10'000'000;
  Server server{network, files, Anonymous{.logins = "write"}, rules};
  // [/rules]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_EQ(upload(client, "A.EXE"), 553);
  EXPECT_EQ(upload(client, "a.txt"), 226);
}

TEST_F(ServerRecipe, CanBeReadOnly) {
  // [readonly]
  Server server{network, ReadOnlyStorage{files}, Anonymous{.logins = "write"}};
  // [/readonly]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_EQ(code_of(client, "DELE notes.txt"), 502);
}

TEST_F(ServerRecipe, HasAQuota) {
  // [quota]
  const Quota quota{{.bytes = 1'000'000'000, .files = 10'000}};
  Server server{network, QuotaStorage{files, quota}, Anonymous{.logins = "write"}};
  // [/quota]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_EQ(upload(client, "a"), 226);
  EXPECT_EQ(quota.used().bytes, 9u);
}

TEST_F(ServerRecipe, HasAQuotaForEachUser) {
  // [quotas]
  Account anna_s{"anna", Path{"/anna"}, "write"};
  anna_s.quota_bytes = 10'000;
  UserTable users;
  users.add(UserEntry{anna_s, Password::plain("secret")});
  Server server{network, QuotaPerAccount{files}, users};
  // [/quotas]
  files.put("/anna/a", std::string(9'998, 'x'));
  server.listen("127.0.0.1", 21);
  Guest client{network, anna};
  EXPECT_EQ(upload(client, "b", "123"), 552);
  EXPECT_EQ(upload(client, "b", "12"), 226);
}

TEST_F(ServerRecipe, ShowsTwoStoragesAsOne) {
  MemoryStorage uploads;
  // [mounted]
  Server server{network, MountedStorage{ReadOnlyStorage{files}, "/incoming", uploads}, Anonymous{.logins = "write"}};
  // [/mounted]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_EQ(upload(client, "/incoming/a.txt"), 226);
  EXPECT_EQ(uploads.text("/a.txt"), "text");
}

TEST_F(ServerRecipe, GreetsAsItLikes) {
  // [greeting]
  Server server{network, files, Anonymous{.logins = "read"}, Greeting{"The archive. Mail anna@example.org"}};
  // [/greeting]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_EQ(client.greeting().text(), "The archive. Mail anna@example.org");
}

TEST_F(ServerRecipe, StandsBehindNat) {
  // [nat]
  const PublicAddress outside{asio::ip::make_address("203.0.113.5")};
  Server server{network, files, Anonymous{.logins = "read"}, DataPorts{50000, 50999}, outside};
  // [/nat]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_NE(client.command("PASV").text().find("203,0,113,5,"), std::string::npos);
}

TEST_F(ServerRecipe, TakesAnyPort) {
  // [port]
  Server server{network, files, Anonymous{.logins = "read"}};
  const Endpoint where = server.listen("127.0.0.1", 0);
  const std::uint16_t port = where.port();
  // [/port]
  Guest client{network, Url{"127.0.0.1", port}};
  EXPECT_TRUE(client.is_open());
}

TEST_F(ServerRecipe, SendsTheIdleAway) {
  // [limits]
  Limits limits;
  limits.idle = 30s;
  limits.sessions = 100;
  limits.sessions_per_address = 5;
  Server server{network, files, Anonymous{.logins = "read"}, limits};
  // [/limits]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_EQ(server.sessions(), 1u);
  network.advance(1min);
  EXPECT_EQ(server.sessions(), 0u);
}

TEST_F(ServerRecipe, EndsInOrder) {
  Server server{network, files, Anonymous{.logins = "read"}};
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  // [end]
  server.stop();
  const StopReport report = network.run(server.stopped());
  // [/end]
  EXPECT_TRUE(report.stuck.empty());
  EXPECT_EQ(server.sessions(), 0u);
}

TEST_F(ServerRecipe, WritesALog) {
  std::string text;
  // [log]
  const Log log{[&](std::string_view line) { text.append(line) += '\n'; }};
  Server server{network, files, Anonymous{.logins = "read"}, log};
  // [/log]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_NE(text.find("anonymous"), std::string::npos) << text;
}

TEST_F(ServerRecipe, AnswersInItsOwnWords) {
  // [hook]
  const auto no_deleting = [](const CommandSeen& command) -> std::optional<Reply> {
    if (command.verb == "DELE") return Reply{550, "Nothing is deleted here"};
    return std::nullopt;
  };
  Server server{network, files, Anonymous{.logins = "write"}, no_deleting};
  // [/hook]
  server.listen("127.0.0.1", 21);
  Guest client{network, anyone};
  EXPECT_EQ(code_of(client, "DELE notes.txt"), 550);
  EXPECT_EQ(code_of(client, "NOOP"), 200);
}

}  // namespace
