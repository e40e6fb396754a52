#include <ftplike/io/sources_and_sinks.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;

// What is no file is sent, gone on with and tried again as a file is.

namespace {

TransferOptions gone_on_with() {
  TransferOptions options;
  options.resume = true;
  return options;
}

/// A network that holds so little that the server has got most of what was sent.
constexpr NetworkConditions narrow{.window = 8192};

/// Sends half of a text, and breaks off.
void leave_upload(TestNetwork& network, TestClient& client, const std::string& text, const std::string& remote) {
  TextSource source{text};
  TransferOptions options;
  options.progress = [](const Progress& now) { return now.transferred > now.size / 2 ? Go::stop : Go::on; };
  EXPECT_EQ(error_of(network, client.upload(source, remote, options)).code(), Errc::aborted);
}

/// A source that cannot seek.
auto generated(std::string text) {
  return GeneratorSource{[text = std::move(text)]() mutable { return std::exchange(text, {}); }};
}

}  // namespace

TEST(ClientSources, AreGoneOnWithWhereTheUploadOfTheSameWasBrokenOff) {
  TestNetwork network{1, narrow};
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  const std::string text(400'000, 'x');
  const auto send = [&](auto& source, const std::string& remote) {
    leave_upload(network, client, text, remote);
    const TransferResult result = network.run(client.upload(source, remote, gone_on_with()));
    EXPECT_GT(result.offset, 0u) << remote;
    EXPECT_EQ(result.offset + result.transferred, text.size()) << remote;
    EXPECT_TRUE(network.run(text_of(client, remote)) == text) << remote;
  };
  TextSource own{text};
  send(own, "text");
  BytesSource memory{as_bytes(text)};
  send(memory, "memory");
  std::istringstream stream{text};
  StreamSource streamed{stream};
  send(streamed, "stream");
}

TEST(ClientSources, AreSentFromTheirBeginningEachTime) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  TextSource source{"hello"};
  network.run(client.upload(source, "a"));
  network.run(client.append(source, "a"));
  EXPECT_EQ(network.run(text_of(client, "a")), "hellohello");
}

TEST(ClientSources, AreNotSentWhereTheServerHasThemWhole) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client = log_in(network);
  TextSource source{"hello"};
  const TransferResult result = network.run(client.upload(source, "a", gone_on_with()));
  EXPECT_EQ(result.offset, 5u);
  EXPECT_EQ(result.transferred, 0u);
}

TEST(ClientSources, SayThatTheyCannotBeResumedWhereTheyCannotSeek) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hel"}}, some_users());
  TestClient client = log_in(network);
  TestPool pool{network, anna()};
  auto source = generated("hello");
  const ClientError error = error_of(network, client.upload(source, "a", gone_on_with()));
  EXPECT_EQ(error.code(), std::errc::invalid_seek);
  EXPECT_EQ(error.channel(), Channel::local);
  EXPECT_EQ(error_of(network, pool.upload(source, "a", gone_on_with())).code(), std::errc::invalid_seek);
  CallbackSink sink{[](std::span<const std::byte>) {}};
  EXPECT_EQ(error_of(network, client.download("a", sink, gone_on_with())).code(), std::errc::invalid_seek);
  EXPECT_EQ(error_of(network, pool.download("a", sink, gone_on_with())).code(), std::errc::invalid_seek);
  EXPECT_EQ(network.run(text_of(client, "a")), "hel");
}

TEST(ClientSources, TellHowLargeTheyAre) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  TextSource source{std::string(1000, 'x')};
  Progress last;
  TransferOptions options;
  options.progress = [&last](const Progress& progress) { last = progress; };
  network.run(client.upload(source, "a", options));
  EXPECT_EQ(last.size, 1000u);
  EXPECT_EQ(last.transferred, 1000u);
}

TEST(ClientSources, SurviveInAPoolTheLossOfTheirConnections) {
  TestNetwork network{1, narrow};
  auto server = serve(network, {}, some_users());
  const std::string text(2'000'000, 'x');
  std::istringstream stream{text};
  StreamSource source{stream};
  TestPool pool{network, anna()};
  for (const std::size_t operation : {100u, 200u}) network.fail({.operation = operation}, Fault::reset);
  const TransferResult result = network.run(pool.upload(source, "a"));
  EXPECT_GT(network.operations(), 200u);
  EXPECT_GT(result.offset, 0u);
  TestClient client = log_in(network);
  EXPECT_TRUE(network.run(text_of(client, "a")) == text);
}

TEST(ClientSources, AreBegunAnewInAPoolWhereTheyAreSmallerThanItResumes) {
  const std::string text(200'000, 'x');
  for (const std::uint64_t smallest : {100'000u, 300'000u}) {
    TestNetwork network{1, narrow};
    auto server = serve(network, {}, some_users());
    PoolOptions options;
    options.smallest_resumed = smallest;
    TestPool pool{network, anna(), options};
    TextSource source{text};
    network.run(pool.list());
    const std::uint64_t in_the_middle = network.operations() + 40;
    network.fail({.operation = 40}, Fault::reset);
    const TransferResult result = network.run(pool.upload(source, "a"));
    EXPECT_GT(network.operations(), in_the_middle + 20) << "the fault came too late";
    EXPECT_EQ(result.offset > 0, smallest < text.size());
    TestClient client = log_in(network);
    EXPECT_TRUE(network.run(text_of(client, "a")) == text);
  }
}

TEST(ClientSources, AreNotTriedAgainInAPoolOnceSomethingIsGoneThatCannotBeReadTwice) {
  TestNetwork network{1, narrow};
  auto server = serve(network, {}, some_users());
  TestPool pool{network, anna()};
  auto source = generated(std::string(500'000, 'x'));
  network.fail({.operation = 100}, Fault::reset);
  EXPECT_NE(error_of(network, pool.upload(source, "a")).code(), std::errc::invalid_seek) << "that is not why";
  EXPECT_GE(network.operations(), 100u);
  auto other = generated("hello");
  network.fail({.operation = 1}, Fault::reset);  // before anything of it was read
  network.run(pool.upload(other, "b"));
  TestClient client = log_in(network);
  EXPECT_EQ(network.run(text_of(client, "b")), "hello");
}

TEST(ClientSources, ThatWereCutOffAreThereForNobodyButTheirResumption) {
  TestNetwork network{1, narrow};
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  leave_upload(network, client, std::string(400'000, 'x'), "a");
  EXPECT_FALSE(network.run(client.exists("a")));
  EXPECT_EQ(error_of(network, client.size("a")).code(), std::errc::no_such_file_or_directory);
  const std::uint64_t there = network.run(client.stored_size("a"));
  EXPECT_GT(there, 0u);
  EXPECT_LT(there, 400'000u);
  EXPECT_EQ(network.run(client.stored_size("nothing")), 0u);
}

TEST(ClientSources, ThatAreGivenAsTemporariesLiveAsLongAsTheOperation) {
  TestNetwork network{1, narrow};
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  TestPool pool{network, anna()};
  const std::string text(100'000, 'x');
  awaitable<TransferResult> later = client.upload(TextSource{text}, "a");
  network.run(std::move(later));
  network.run(client.append(TextSource{"!"}, "a"));
  network.run(client.transfer("APPE a", TextSource{"!"}));
  EXPECT_TRUE(network.run(text_of(client, "a")) == text + "!!");
  const TransferResult unique = network.run(client.upload_unique(TextSource{"hello"}, "a"));
  EXPECT_EQ(network.run(text_of(client, unique.name)), "hello");
  network.fail({.connection = Link::data, .write = 3}, Fault::reset);
  network.run(pool.upload(TextSource{text}, "b"));
  EXPECT_EQ(network.faults_left(), 0u);
  EXPECT_TRUE(network.run(text_of(client, "b")) == text);
}

TEST(ClientSources, ThatAreGivenAsTemporariesGoWithTheOperation) {
  const auto is_there = std::make_shared<int>(3);
  long most = 0;
  const auto source = [is_there, &most] {
    return GeneratorSource{[is_there, &most] {
      most = std::max(most, is_there.use_count());
      return std::string((*is_there)-- > 0 ? "more" : "");
    }};
  };
  TestNetwork network{1, narrow};
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  {
    [[maybe_unused]] const awaitable<TransferResult> nobody_awaits_it = client.upload(source(), "a");
    EXPECT_EQ(is_there.use_count(), 3);
  }
  EXPECT_EQ(is_there.use_count(), 2);
  network.run(client.upload(source(), "a"));
  EXPECT_GT(most, 2) << "it is there while it is read";
  EXPECT_EQ(is_there.use_count(), 2);
  EXPECT_EQ(network.run(text_of(client, "a")), "moremoremore");
}
