#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/bytes.hpp>
#include <ftplike/io/sources_and_sinks.hpp>
#include <ftplike/simulated/network.hpp>

namespace {

using namespace ftplike;

static_assert(Stream<SimulatedStream> && !Stream<TextSource> && !Stream<TextSink>);

/// A text in which no piece looks like another.
std::string numbers(int last) {
  std::string text;
  for (int i = 0; i < last; ++i) text += std::to_string(i) + ' ';
  return text;
}

/// Notes the size of each write and whether it was finished.
struct NotingSink {
  awaitable<void> write(std::span<const std::byte> bytes) {
    sizes.push_back(bytes.size());
    co_return;
  }
  awaitable<void> finish() {
    finished = true;
    co_return;
  }
  std::vector<std::size_t> sizes;
  bool finished = false;
};

/// A source that fails after its first piece.
struct BrokenSource {
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (std::exchange(begun, true)) throw std::system_error(std::make_error_code(std::errc::io_error));
    room.front() = std::byte{'a'};
    co_return 1;
  }
  bool begun = false;
};

const auto no_progress = [](std::size_t) {};

TEST(Text, BecomesBytesAndTextAgain) {
  const std::string text{"a\0\xFFz", 4};
  EXPECT_EQ(as_bytes(text).size(), 4u);
  EXPECT_EQ(as_bytes(text)[2], std::byte{0xFF});
  EXPECT_EQ(as_text(as_bytes(text)), text);
  EXPECT_EQ(as_text({}), "");
}

TEST(Copy, MovesEverythingAndTellsHowFarItIs) {
  SimulatedNetwork network{1};
  const std::string text = numbers(50000);
  TextSource source{text};
  TextSink sink;
  std::size_t told = 0;
  network.run(copy(source, sink, [&](std::size_t n) {
    told += n;
    EXPECT_EQ(told, sink.text().size());
  }));
  EXPECT_EQ(sink.text(), text);
  EXPECT_EQ(told, text.size());
}

TEST(Copy, OfNothingWritesNothingAndTellsNothing) {
  SimulatedNetwork network{1};
  TextSource source{""};
  NotingSink sink;
  bool told = false;
  network.run(copy(source, sink, [&](std::size_t) { told = true; }));
  EXPECT_TRUE(sink.sizes.empty());
  EXPECT_FALSE(told);
}

TEST(Copy, AwaitsWhatProgressGives) {
  SimulatedNetwork network{1};
  const Time begin = network.now();
  TextSource source{std::string(100, 'x')};
  NotingSink sink;
  const auto slowly = [&](std::size_t n) { return network.sleep_until(network.now() + std::chrono::seconds{n}); };
  network.run(copy(source, sink, slowly, 40));
  EXPECT_EQ(sink.sizes, (std::vector<std::size_t>{40, 40, 20}));
  EXPECT_EQ(network.now() - begin, std::chrono::seconds{100});
}

TEST(Copy, BeginsWithSmallPiecesAndNeverPassesTheLargest) {
  SimulatedNetwork network{1};
  TextSource source{std::string(2'000'000, 'x')};
  NotingSink sink;
  network.run(copy(source, sink, no_progress));
  ASSERT_GT(sink.sizes.size(), 3u);
  EXPECT_EQ(sink.sizes.front(), 16u * 1024);
  EXPECT_EQ(sink.sizes[1], 64u * 1024);
  for (const auto size : sink.sizes) EXPECT_LE(size, 512u * 1024);
}

/// A source that has the next piece at once, until it has given all.
struct ReadySource {
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const std::size_t n = std::min({room.size(), largest, left});
    left -= n;
    co_return n;
  }
  std::size_t left, largest;
};
/// The same, as of a file that goes from descriptor to descriptor.
struct ReadyFile : ReadySource {
  int descriptor() const { return 0; }
  std::uint64_t position() const { return 0; }
  awaitable<std::size_t> fetch(std::size_t most) { co_return std::min({most, largest, left}); }
  void advance(std::size_t n) { left -= n; }
};
struct ReadySender : NotingSink {
  awaitable<std::size_t> send_file(int, std::uint64_t, std::size_t most) {
    sizes.push_back(most);
    co_return most;
  }
};
static_assert(ftplike::detail::FileSource<ReadyFile> && ftplike::detail::FileSender<ReadySender>);

/// Of whom else runs on the loop: how many pieces there are at each of its turns, until there are as many as that.
awaitable<void> look_on(const std::vector<std::size_t>& pieces, std::size_t all, std::vector<std::size_t>& seen) {
  const Executor executor = co_await asio::this_coro::executor;
  while (pieces.size() < all) {
    seen.push_back(pieces.size());
    co_await give_way(executor);
  }
}
template <class Source, class Sink> void expect_turns(Source source, Sink sink, std::size_t all, std::size_t most) {
  SimulatedNetwork network{1};
  std::vector<std::size_t> seen;
  start_on(network.executor(), look_on(sink.sizes, all, seen));
  network.run(copy(source, sink, no_progress));
  EXPECT_EQ(sink.sizes.size(), all);
  std::size_t longest = 0, last = 0;
  for (const std::size_t pieces : seen) longest = std::max(longest, pieces - std::exchange(last, pieces));
  EXPECT_GT(longest, 0u);
  EXPECT_LE(longest, most) << "pieces at a time";
  EXPECT_LE(all - last, most) << "at the end";
}

TEST(Copy, LetsOthersHaveTheirTurnThoughNeitherEndEverWaits) {
  constexpr std::size_t large = 512 * 1024, small = 100;
  expect_turns(ReadyFile{{200 * large, large}}, ReadySender{}, 200, 4);
  expect_turns(ReadyFile{{2000 * small, small}}, ReadySender{}, 2000, 256);
  expect_turns(ReadySource{2000 * small, small}, NotingSink{}, 2000, 256);
}

TEST(Copy, LeavesTheVerdictToItsCaller) {
  SimulatedNetwork network{1};
  TextSource source{"abc"};
  NotingSink sink;
  network.run(copy(source, sink, no_progress));
  EXPECT_FALSE(sink.finished);
}

TEST(Copy, ThrowsWhatItsSourceThrewAfterWritingWhatCameBefore) {
  SimulatedNetwork network{1};
  BrokenSource source;
  TextSink sink;
  EXPECT_THROW(network.run(copy(source, sink, no_progress)), std::system_error);
  EXPECT_EQ(sink.text(), "a");
}

TEST(Copy, ThrowsWhatItsSinkThrewAndDoesNotCallThatProgress) {
  SimulatedNetwork network{1};
  TextSource source{"abcd"};
  TextSink sink{3};
  std::size_t told = 0;
  EXPECT_THROW(network.run(copy(
                   source, sink, [&](std::size_t n) { told += n; }, 2)),
               std::system_error);
  EXPECT_EQ(sink.text(), "ab");
  EXPECT_EQ(told, 2u);
}

TEST(Copy, EndsWithWhatProgressThrew) {
  SimulatedNetwork network{1};
  TextSource source{"abcd"};
  TextSink sink;
  const auto refuse = [](std::size_t) { throw std::logic_error("enough"); };
  EXPECT_THROW(network.run(copy(source, sink, refuse, 2)), std::logic_error);
  EXPECT_EQ(sink.text(), "ab");
}

awaitable<void> upload(SimulatedNetwork& network, Endpoint where, std::string text) {
  auto stream = co_await network.connect(where);
  TextSource source{std::move(text)};
  co_await copy(source, stream, no_progress);
  co_await stream.finish();
}

awaitable<std::string> take_upload(SimulatedNetwork& network, SimulatedAcceptor acceptor) {
  const auto executor = network.executor();
  auto stream = co_await acceptor.accept(executor);
  TextSink sink;
  co_await copy(stream, sink, no_progress);
  co_return std::move(sink).text();
}

TEST(Copy, GoesThroughAConnectionThatHoldsLittleAndCutsWhatItLikes) {
  const std::string text = numbers(5000);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SimulatedNetwork network{seed, {.window = 1000, .split = Split::somewhere, .interleave = true}};
    auto acceptor = network.listen(network.executor(), {asio::ip::address_v4::loopback(), 20});
    const Endpoint where = acceptor.endpoint();
    start_on(network.executor(), upload(network, where, text));
    EXPECT_EQ(network.run(take_upload(network, std::move(acceptor))), text);
  }
}

}  // namespace
