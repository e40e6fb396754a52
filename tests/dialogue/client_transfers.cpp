#include "support/client.hpp"

#include <gtest/gtest.h>
#include <type_traits>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// The client against our own server, in one process.

namespace {

TestClient visit(TestNetwork& network) { return network.run(connect(network, Url{"127.0.0.1", TestServer::port})); }

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::uint32_t state = 7;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

}  // namespace

TEST(ClientTransfers, GoBothWaysByteForByteWhateverTheSizeAndTheWay) {
  for (const bool active : {false, true}) {
    for (const std::string host : {"127.0.0.1", "::1"}) {
      TestNetwork network{1};
      const TestFolder folder;
      auto server = serve(network, {}, some_users());
      ClientOptions options;
      options.active = active;
      TestClient client = log_in(network, options, host);
      for (const std::size_t size : {0u, 1u, 16383u, 16384u, 16385u, 700'000u}) {
        const std::string bytes = random_bytes(size);
        folder.write("here", bytes);
        EXPECT_EQ(network.run(client.upload(folder / "here", "there")).transferred, size);
        const TransferResult result = network.run(client.download("there", folder / "back"));
        EXPECT_EQ(result.transferred, size);
        EXPECT_EQ(result.name, folder / "back");
        EXPECT_TRUE(folder.read("back") == bytes) << size << (active ? " active " : " passive ") << host;
      }
      network.run(client.quit());
    }
  }
}

TEST(ClientTransfers, GoBothWaysInTheFtpLikeDialect) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/images/photo.jpg", "a photo"}});
  TestClient client = visit(network);
  EXPECT_EQ(client.dialect(), Dialect::ftplike);
  EXPECT_EQ(network.run(client.pwd()), "server/server_storage");
  folder.write("here", std::string(100'000, '\n'));
  network.run(client.upload(folder / "here"));
  network.run(client.cwd("images"));
  network.run(client.download("photo.jpg", folder.string()));
  EXPECT_EQ(folder.read("photo.jpg"), "a photo");
  network.run(client.cwd(".."));
  EXPECT_EQ(network.run(text_of(client, "here")), std::string(100'000, '\n'));
  std::vector<std::string> names;
  for (const Entry& entry : network.run(client.list())) names.push_back(entry.name);
  EXPECT_EQ(names, (std::vector<std::string>{"here", "images"}));
  EXPECT_EQ(network.run(client.list("images")).at(0).name, "photo.jpg");
}

TEST(ClientTransfers, SurviveSplitsDelaysAndDisorder) {
  with_seeds(12, [](std::uint64_t seed) {
    TestNetwork network{seed,
                        {.split = seed % 3 == 0 ? Split::every_byte : Split::somewhere,
                         .delay = seed % 2 == 0 ? 20ms : 0ms,
                         .jitter = seed % 5 == 0 ? 30ms : 0ms,
                         .interleave = true}};
    auto server = serve(network, {}, some_users());
    TestClient client = log_in(network);
    const std::string text = random_bytes(static_cast<std::size_t>(1000 * seed));
    network.run(send_text(client, text, "a"));
    EXPECT_TRUE(network.run(text_of(client, "a")) == text);
    EXPECT_EQ(network.run(client.list()).size(), 1u);
  });
}

TEST(ClientTransfers, ConvertTextWhenAskedTo) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  TransferOptions text;
  text.ascii = true;
  network.run(send_text(client, "one\ntwo\r", "a", text));
  EXPECT_EQ(network.run(text_of(client, "a")), "one\ntwo\r");
  EXPECT_EQ(network.run(text_of(client, "a", text)), "one\ntwo\r");
}

TEST(ClientTransfers, AppendAndFindNamesThatNobodyHas) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "one"}}, some_users());
  TestClient client = log_in(network);
  TextSource more{" two"}, other{"other"};
  network.run(client.append(more, "a"));
  EXPECT_EQ(network.run(text_of(client, "a")), "one two");
  EXPECT_EQ(network.run(client.upload_unique(other, "a")).name, "a.1");
  EXPECT_EQ(network.run(text_of(client, "a.1")), "other");
}

TEST(ClientTransfers, LeaveNothingBehindWhenThereIsNoSuchFile) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  EXPECT_STREQ(error_of(network, client.download("a", folder.string())).what(), "RETR: 550 File not found");
  EXPECT_EQ(folder.count(), 0u);
  network.run(client.noop());
}

TEST(ClientTransfers, BeginNothingForALocalFileThatIsNotThere) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  const auto before = server.diary().of("command").size();
  const auto error = error_of(network, client.upload(folder / "nothing"));
  EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error.channel(), Channel::local);
  EXPECT_EQ(std::string{error.what()}, "STOR: " + (folder / "nothing") + ": No such file or directory");
  EXPECT_EQ(server.diary().of("command").size(), before);
  EXPECT_EQ(error_of(network, client.upload(folder.string(), "a")).channel(), Channel::local);
  EXPECT_EQ(error_of(network, client.download("a", folder / "no/such/folder/a")).channel(), Channel::local);
}

TEST(ClientTransfers, NeverWriteOutsideOfTheFolder) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "one"}}, some_users());
  TestClient client = log_in(network);
  for (const char* name : {"..", "/", ".", "", "x/.."}) {
    EXPECT_EQ(error_of(network, client.download(name, folder.string())).code(), Errc::refused_by_rule) << name;
  }
  EXPECT_EQ(folder.count(), 0u);
}

TEST(ClientTransfers, LetNoCommandInThroughAName) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "one"}}, some_users());
  TestClient client = log_in(network);
  for (const std::string& name : {std::string{"a\r\nDELE a"}, std::string{"a\nDELE a"}, std::string{"a\0b", 3}}) {
    EXPECT_EQ(error_of(network, client.cwd(name)).code(), Errc::bad_name);
    EXPECT_EQ(error_of(network, text_of(client, name)).code(), Errc::bad_name);
    EXPECT_EQ(error_of(network, client.command("SITE " + name)).code(), Errc::bad_name);
  }
  EXPECT_EQ(error_of(network, client.command("")).code(), Errc::bad_name);
  EXPECT_EQ(network.run(text_of(client, "a")), "one");
}

TEST(ClientTransfers, TellHowFarTheyAre) {
  TestNetwork network{1, {.window = 1000, .delay = 100ms}};
  auto server = serve(network, {{"/a", std::string(50'000, 'x')}}, some_users());
  TestClient client = log_in(network);
  std::vector<Progress> seen;
  TransferOptions options;
  options.progress = [&seen](const Progress& progress) { seen.push_back(progress); };
  network.run(text_of(client, "a", options));
  ASSERT_GT(seen.size(), 10u);
  EXPECT_EQ(seen.back().transferred, 50'000u);
  for (const Progress& progress : seen) EXPECT_EQ(progress.size, 50'000u);
  const Progress& middle = seen[seen.size() / 2];
  EXPECT_NEAR(middle.rate.value(), 10'000, 1'500);  // 1000 bytes in 100 ms
  EXPECT_NEAR(std::chrono::duration<double>(middle.remaining.value()).count(), 2.5, 0.6);
  EXPECT_EQ(seen.back().remaining, Duration{});
  EXPECT_EQ(seen.front().rate, std::nullopt);
  EXPECT_EQ(seen.front().remaining, std::nullopt);
}

TEST(ClientTransfers, KeepToABoundOnTheBandwidth) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", std::string(100'000, 'x')}}, some_users());
  TestClient client = log_in(network);
  TransferOptions options;
  options.bandwidth = std::make_shared<Meter>(10'000);
  const Time before = network.now();
  network.run(text_of(client, "a", options));
  network.run(send_text(client, std::string(100'000, 'y'), "b", options));
  const double took = std::chrono::duration<double>(network.now() - before).count();
  EXPECT_NEAR(took, 20, 0.5);
}

TEST(ClientTransfers, AreNotChangedByAnObserverThatThrowsWhenSomethingHasHappened) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  const auto broken = []<class Event>(const Event&)
    requires std::is_same_v<Event, ReplySeen> || std::is_same_v<Event, TransferEnded>
  { throw std::runtime_error("a defect"); };
  auto client = network.run(connect<AnyChannel>(network, anna(), ClientOptions{}, broken));
  TextSink sink;
  EXPECT_EQ(network.run(client.download("a", sink)).transferred, 5u);
  EXPECT_EQ(sink.text(), "hello");
}

TEST(ClientTransfers, SayThatAPortWaitsBeforeTheServerIsToldOfIt) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  std::string seen;
  const auto ports = [&seen](const DataListening&) { seen += "listening "; };
  const auto commands = [&seen](const CommandSeen& command) { (seen += command.verb) += ' '; };
  ClientOptions options;
  options.active = true;
  auto client = network.run(connect<AnyChannel>(network, anna(), options, Observers{ports, commands}));
  TextSink sink;
  network.run(client.download("a", sink));
  EXPECT_NE(seen.find("listening PORT RETR "), seen.npos) << seen;
  EXPECT_EQ(sink.text(), "hello");
}

TEST(ClientTransfers, SayHowManyBytesThereAreWhenTheyBegin) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "12345678"}}, some_users());
  std::vector<std::string> seen;
  const auto watch = [&seen](const TransferBegun& event) {
    seen.push_back(std::string{event.verb} + ' ' + event.path.string() + ' ' +
                   (event.expected ? std::to_string(*event.expected) : "-"));
  };
  auto client = network.run(connect<AnyChannel>(network, anna(), ClientOptions{}, watch));
  TextSink sink;
  network.run(client.download("a", sink));
  network.run(client.list());
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0], "RETR /a 8");
  EXPECT_EQ(seen[1].substr(seen[1].size() - 2), " -") << seen[1];
}

TEST(ClientTransfers, GiveWhatASinkOfTheCallerThrows) {
  class BadSink {
   public:
    awaitable<void> write(std::span<const std::byte>) {
      throw std::runtime_error("mine");
      co_return;
    }
    awaitable<void> finish() { co_return; }
  } sink;
  TestNetwork network{1};
  auto server = serve(network, {{"/a", std::string(1'000'000, 'x')}}, some_users());
  TestClient client = log_in(network);
  EXPECT_THROW(network.run(client.download("a", sink)), std::runtime_error);
  EXPECT_EQ(network.run(client.size("a")), 1'000'000u);
}

TEST(ClientTransfers, SayThatTheLocalEndFailed) {
  class FullSink {
   public:
    awaitable<void> write(std::span<const std::byte>) {
      throw std::system_error(std::make_error_code(std::errc::no_space_on_device));
      co_return;
    }
    awaitable<void> finish() { co_return; }
  } sink;
  TestNetwork network{1};
  auto server = serve(network, {{"/a", std::string(1'000'000, 'x')}}, some_users());
  TestClient client = log_in(network);
  const auto error = error_of(network, client.download("a", sink));
  EXPECT_EQ(error.code(), std::errc::no_space_on_device);
  EXPECT_EQ(error.channel(), Channel::local);
  EXPECT_EQ(network.run(client.size("a")), 1'000'000u);
}

TEST(ClientTransfers, EndWithNothingLeftOpen) {
  TestNetwork network{1};
  {
    auto server = serve(network, {{"/a", "one"}}, some_users());
    TestClient client = log_in(network);
    network.run(text_of(client, "a"));
    network.run(client.quit());
    EXPECT_FALSE(client.is_open());
    EXPECT_THROW(network.run(client.noop()), ClientError);
  }
  network.settle();
  EXPECT_EQ(network.open_streams(), 0u);
  EXPECT_EQ(network.open_acceptors(), 0u);
  EXPECT_EQ(network.pending_timers(), 0u);
}
