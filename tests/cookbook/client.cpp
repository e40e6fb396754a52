// The recipes for clients of docs/cookbook.md, each run on the simulated network.
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <ftplike/client/blocking.hpp>
#include <ftplike/client/mirror.hpp>
#include <ftplike/client/pool.hpp>
#include <ftplike/server.hpp>
#include <ftplike/simulated/gtest.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/user_table.hpp>

#include "support/folder.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

/// A server with some files, and a client that is logged in there.
class ClientRecipe : public testing::Test {
 protected:
  static UserTable users() {
    UserTable table{Anonymous{.logins = Rights::all()}};
    table.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
    return table;
  }

  SimulatedNetwork network{7};
  MemoryStorage files{{"/notes.txt", "one\ntwo\nthree\n"}, {"/photos/a.jpg", "aaaa"}, {"/photos/old/b.jpg", "bb"}};
  ServerOf<SimulatedNetwork, MemoryStorage, UserTable> server{network, files, users()};
  Endpoint control = server.listen("127.0.0.1", 21);
  const Url url{"ftp://anonymous@127.0.0.1"};
  BasicBlockingClient<SimulatedNetwork> client{network, url};
  TestFolder folder;
};

TEST_F(ClientRecipe, FetchesAFileIntoMemory) {
  // [memory]
  TextSink text{1'000'000};
  client.download("notes.txt", text);
  const std::string notes = text.text();
  // [/memory]
  EXPECT_EQ(notes, "one\ntwo\nthree\n");
}

TEST_F(ClientRecipe, SendsWhatIsInMemory) {
  // [send]
  client.upload(TextSource{"all is well\n"}, "report.txt");
  // [/send]
  EXPECT_EQ(files.text("/report.txt"), "all is well\n");
}

TEST_F(ClientRecipe, ReadsWhileItComes) {
  // [piecewise]
  std::size_t lines = 0;
  const auto count = [&](std::span<const std::byte> piece) {
    for (const std::byte one : piece) lines += one == std::byte{'\n'};
  };
  client.download("notes.txt", CallbackSink{count});
  // [/piecewise]
  EXPECT_EQ(lines, 3u);
}

TEST_F(ClientRecipe, FetchesTheBeginningAlone) {
  // [part]
  TextSink beginning;
  client.download_range("notes.txt", beginning, 0, 3);
  // [/part]
  EXPECT_EQ(beginning.text(), "one");
}

TEST_F(ClientRecipe, ShowsHowFarItIs) {
  std::vector<std::uint64_t> shown;
  const auto show = [&](std::uint64_t now, std::uint64_t) { shown.push_back(now); };
  TextSink sink;
  // [progress]
  TransferOptions options;
  options.progress = [&](const Progress& now) { show(now.offset + now.transferred, now.size); };
  client.download("notes.txt", sink, options);
  // [/progress]
  ASSERT_FALSE(shown.empty());
  EXPECT_EQ(shown.back(), 14u);
}

TEST_F(ClientRecipe, MirrorsAFolder) {
  std::vector<std::uint64_t> shown;
  const auto show = [&](std::uint64_t now, std::uint64_t all) { shown.push_back(all - now); };
  files.put("/photos/c.tmp", "c");
  const std::string local = folder / "photos";
  // [mirror]
  ClientPool pool{network, url};
  MirrorOptions options;
  options.exclude = {"*.tmp"};
  options.transfer.progress = [&](const Progress& now) { show(now.transferred, now.size); };
  const MirrorResult result = network.run(mirror(pool, "photos", local, options));
  // [/mirror]
  EXPECT_EQ(result.transferred, 2u);
  ASSERT_FALSE(shown.empty());
  EXPECT_EQ(shown.back(), 0u);  // of all six bytes
  EXPECT_TRUE(std::filesystem::exists(local + "/a.jpg"));
  EXPECT_FALSE(std::filesystem::exists(local + "/c.tmp"));
}

TEST_F(ClientRecipe, StopsATransfer) {
  const bool leaving = true;
  TextSink sink;
  std::string seen;
  const auto note = [&](const char* what) { seen = what; };
  // [stop]
  TransferOptions options;
  options.progress = [&](const Progress&) { return leaving ? Go::stop : Go::on; };
  try {
    client.download("notes.txt", sink, options);
  } catch (const ClientError& error) {
    if (error.code() != Errc::aborted) throw;
    note("stopped");
  }
  // [/stop]
  EXPECT_EQ(seen, "stopped");
  EXPECT_TRUE(client.is_open());
}

TEST_F(ClientRecipe, GoesOnWithAnUpload) {
  files.put("/report.txt", "all is");
  // [resume]
  TextSource report{"all is well\n"};
  TransferOptions options;
  options.resume = true;
  const TransferResult result = client.upload(report, "report.txt", options);
  // [/resume]
  EXPECT_EQ(result.transferred, 6u);
  EXPECT_EQ(files.text("/report.txt"), "all is well\n");
}

TEST_F(ClientRecipe, HoldsABandwidth) {
  files.put("/big", std::string(50'000, 'x'));
  TextSink sink;
  // [bandwidth]
  TransferOptions options;
  options.bandwidth = std::make_shared<Meter>(10'000);  // bytes a second
  const TransferResult result = client.download("big", sink, options);
  // [/bandwidth]
  EXPECT_GT(result.took, 4s);
}

TEST_F(ClientRecipe, AsksWhetherAFileIsThere) {
  // [exists]
  const bool is_there = client.exists("notes.txt");
  const std::uint64_t bytes = is_there ? client.size("notes.txt") : 0;
  // [/exists]
  EXPECT_EQ(bytes, 14u);
}

TEST_F(ClientRecipe, ListsAFolder) {
  // [list]
  std::vector<std::string> pictures;
  for (const Entry& entry : client.list("photos")) {
    if (!entry.is_directory()) pictures.push_back(entry.name);
  }
  // [/list]
  EXPECT_EQ(pictures, std::vector<std::string>{"a.jpg"});
}

TEST_F(ClientRecipe, WalksATree) {
  // [walk]
  std::vector<std::string> found;
  client.walk("photos", [&](const std::string& path, const Entry& entry) {
    if (path.ends_with(".jpg")) found.push_back(path);
    return entry.name != "lost+found";  // of a directory: whether to go in
  });
  // [/walk]
  EXPECT_EQ(found.size(), 2u);
}

TEST_F(ClientRecipe, TellsANoFromALostConnection) {
  TextSink sink;
  int code = 0;
  bool lost = false;
  const auto give_up = [&](const Reply& reply) { code = reply.code(); };
  const auto try_later = [&](const std::error_code&) { lost = true; };
  // [errors]
  try {
    client.download("nothing.txt", sink);
  } catch (const ReplyError& no) {
    give_up(no.reply());  // the server said no, as "550 No such file"
  } catch (const ClientError& error) {
    try_later(error.code());  // the way there is bad, or something here is
  }
  // [/errors]
  EXPECT_EQ(code, 550);
  EXPECT_FALSE(lost);
}

TEST_F(ClientRecipe, SaysACommandOfItsOwn) {
  // [command]
  const Reply reply = client.command("SITE HELP");
  const bool good = reply.code() / 100 == 2;
  // [/command]
  EXPECT_TRUE(good);
}

TEST_F(ClientRecipe, RenamesWhenAllIsThere) {
  // [rename]
  client.upload(TextSource{"1;2;3\n"}, "rows.csv.part");
  client.rename("rows.csv.part", "rows.csv");
  // [/rename]
  EXPECT_EQ(files.text("/rows.csv"), "1;2;3\n");
  EXPECT_FALSE(files.text("/rows.csv.part"));
}

TEST_F(ClientRecipe, TakesANameThatNobodyHas) {
  // [unique]
  const TransferResult result = client.upload_unique(TextSource{"hello"}, "message.txt");
  const std::string name = result.name;
  // [/unique]
  EXPECT_EQ(files.text('/' + name), "hello");
}

TEST_F(ClientRecipe, LogsInByAUserAndAPassword) {
  const std::string asked = "secret";
  // [login]
  Url where{"127.0.0.1", 21};
  where.user = "anna";
  where.password = asked;  // nothing in it has to be escaped here
  BasicBlockingClient anna{network, where};
  // [/login]
  EXPECT_EQ(anna.pwd(), "/");
}

TEST_F(ClientRecipe, IsPatient) {
  // [patience]
  ClientOptions options;
  options.limits.connect = 5s;
  options.limits.reply = 10s;
  options.limits.stall = 20s;
  BasicBlockingClient impatient{network, url, options};
  // [/patience]
  network.fail({.connection = Link::control, .read = 1}, Fault::stall);
  EXPECT_THROW(impatient.noop(), ClientError);
}

TEST_F(ClientRecipe, LetsTheServerConnect) {
  TextSink sink;
  // [active]
  ClientOptions options;
  options.active = true;
  BasicBlockingClient active{network, url, options};
  active.download("notes.txt", sink);
  // [/active]
  EXPECT_EQ(sink.text().size(), 14u);
}

TEST_F(ClientRecipe, TriesAgain) {
  network.fail({.connection = Link::data, .write = 1}, Fault::reset);
  const std::string local = folder / "notes.txt";
  // [retry]
  PoolOptions options;
  options.retry.attempts = 10;
  ClientPool pool{network, url, options};
  network.run(pool.download("notes.txt", local));
  // [/retry]
  EXPECT_EQ(network.faults_left(), 0u);
}

TEST_F(ClientRecipe, HearsOfRetries) {
  network.fail({.connection = Link::data, .write = 1}, Fault::reset);
  const std::string local = folder / "notes.txt";
  std::ostringstream log;
  // [retries]
  PoolOptions options;
  options.retry.on_retry = [&](const Retry& retry) { log << retry.text() << '\n'; };
  ClientPool pool{network, url, options};
  // [/retries]
  network.run(pool.download("notes.txt", local));
  EXPECT_TRUE(log.str().starts_with("download of notes.txt: ")) << log.str();
  EXPECT_TRUE(log.str().ends_with("; try 2 of 5 in 1 s\n")) << log.str();
}

TEST_F(ClientRecipe, SendsAWholeFolder) {
  const std::string local = folder / "holiday";
  std::filesystem::create_directories(local + "/beach");
  folder.write("holiday/a.jpg", "aaaa");
  folder.write("holiday/beach/b.jpg", "bb");
  folder.write("holiday/c.exe", "cc");
  std::ostringstream log;
  Server strict{network, files, users(), UploadRules{.refused_names = {"*.exe"}}};
  strict.listen("127.0.0.1", 2121);
  ClientPool pool{network, Url{"ftp://anonymous@127.0.0.1:2121"}};
  // [folder]
  MirrorOptions options;
  options.direction = Direction::sent;
  const MirrorResult result = network.run(mirror(pool, "photos/holiday", local, options));
  for (const auto& failure : result.failures) log << "not done: " << failure.action.text() << '\n';
  // [/folder]
  EXPECT_EQ(log.str(), "not done: transfer c.exe, 2 bytes: is missing\n");
  EXPECT_EQ(result.transferred, 2u);
  EXPECT_EQ(files.text("/photos/holiday/beach/b.jpg"), "bb");
}

}  // namespace
