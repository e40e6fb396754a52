#include <ftplike/io/sources_and_sinks.hpp>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/file.hpp>

#include "support/folder.hpp"
#include "support/started.hpp"

namespace {

using namespace ftplike;

static_assert(ByteSource<TextSource> && !ByteSink<TextSource>);
static_assert(ByteSink<TextSink> && !ByteSource<TextSink>);
static_assert(SeekableByteSource<FileReader>);
static_assert(!std::is_constructible_v<StreamSource, std::istringstream>, "a stream that is gone at once");

awaitable<std::string> everything(AnySource source) {
  std::string text;
  std::array<std::byte, 7> room;
  for (;;) {
    const std::size_t n = co_await source.read_some(room);
    if (n == 0) co_return text;
    text += as_text(std::span{room}.first(n));
  }
}
template <ByteSource Source> std::string all_of(SimulatedNetwork& network, Source& source) {
  return network.run(everything(AnySource{source}));
}
/// Reads it all, and again from its fourth byte on.
template <SeekableByteSource Source> void reads_twice(Source& source, const std::string& text) {
  SimulatedNetwork network{1};
  AnySource any{source};
  EXPECT_EQ(any.size(), text.size());
  EXPECT_EQ(all_of(network, source), text);
  any.seek(3);
  EXPECT_EQ(all_of(network, source), text.substr(3));
  any.seek(text.size());
  EXPECT_EQ(all_of(network, source), "");
  any.seek(0);
  EXPECT_EQ(all_of(network, source), text);
  EXPECT_THROW(any.seek(text.size() + 1), std::system_error);
}
template <ByteSink Sink> void writes(Sink& sink, const std::string& first, const std::string& second) {
  SimulatedNetwork network{1};
  network.run(sink.write(as_bytes(first)));
  network.run(sink.write(as_bytes(second)));
  network.run(sink.finish());
}
std::error_code code_thrown(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::system_error& error) { return error.code(); }
  return {};
}

TEST(TextSource, GivesAsMuchAsThereIsRoomForAndThenTheEnd) {
  SimulatedNetwork network{1};
  TextSource source{"abcde"};
  std::vector<std::byte> room(3);
  EXPECT_EQ(network.run(source.read_some(room)), 3u);
  EXPECT_EQ(as_text(room), "abc");
  EXPECT_EQ(network.run(source.read_some(room)), 2u);
  EXPECT_EQ(as_text(room).substr(0, 2), "de");
  EXPECT_EQ(network.run(source.read_some(room)), 0u);
  EXPECT_EQ(network.run(source.read_some(room)), 0u);
}

TEST(TextSink, KeepsWhatItIsGiven) {
  SimulatedNetwork network{1};
  TextSink sink;
  network.run(sink.write(as_bytes("ab")));
  network.run(sink.write(as_bytes("")));
  network.run(sink.write(as_bytes("cd")));
  network.run(sink.finish());
  EXPECT_EQ(sink.text(), "abcd");
  EXPECT_EQ(std::move(sink).text(), "abcd");
}

TEST(TextSink, TakesExactlyItsLimitAndRefusesOneByteMore) {
  SimulatedNetwork network{1};
  TextSink sink{4};
  network.run(sink.write(as_bytes("abc")));
  try {
    network.run(sink.write(as_bytes("de")));
    FAIL() << "took more than its limit";
  } catch (const std::system_error& error) { EXPECT_EQ(error.code(), std::errc::file_too_large); }
  EXPECT_EQ(sink.text(), "abc");
  network.run(sink.write(as_bytes("d")));
  EXPECT_EQ(sink.text(), "abcd");
}

TEST(TextSource, BeginsAnywhereButNotBehindItsEnd) {
  SimulatedNetwork network{1};
  TextSource source{"abcde", 3};
  EXPECT_EQ(source.size(), 5u);
  EXPECT_EQ(all_of(network, source), "de");
  EXPECT_EQ(code_thrown([] { TextSource{"abcde", 6}; }), Errc::bad_restart);
}

TEST(SeekableSources, GiveTheSameAgainFromWhereverTheyAreToldTo) {
  const std::string text = "hello, world of bytes";
  TextSource own{text};
  reads_twice(own, text);
  BytesSource memory{as_bytes(text)};
  reads_twice(memory, text);
  std::istringstream stream{text};
  StreamSource streamed{stream};
  reads_twice(streamed, text);
  const TestFolder folder;
  folder.write("a", text);
  std::ifstream file{folder / "a"};
  StreamSource from_file{file};
  reads_twice(from_file, text);
  std::FILE* const stdio = std::fopen((folder / "a").c_str(), "r");
  StdioSource from_stdio{stdio};
  reads_twice(from_stdio, text);
  std::fclose(stdio);
  const detail::Descriptor descriptor{::open((folder / "a").c_str(), O_RDONLY)};
  DescriptorSource from_descriptor{descriptor.get()};
  reads_twice(from_descriptor, text);
}

TEST(SeekableSources, BeginWhereTheirStreamStands) {
  SimulatedNetwork network{1};
  std::istringstream stream{"header\nbody"};
  std::string header;
  std::getline(stream, header);
  StreamSource body{stream};
  EXPECT_EQ(body.size(), 4u);
  EXPECT_EQ(all_of(network, body), "body");
  body.seek(0);
  EXPECT_EQ(all_of(network, body), "body");
}

TEST(FileReader, SeeksAndTellsWhenItWasModified) {
  SimulatedNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  FileReader file = network.run(FileReader::open(folder / "a"));
  AnySource any{file};
  EXPECT_EQ(any.size(), 5u);
  EXPECT_EQ(any.modified(), file.entry().modified);
  EXPECT_EQ(network.run(everything(any)), "hello");
  any.seek(2);
  EXPECT_EQ(network.run(everything(any)), "llo");
  EXPECT_EQ(code_thrown([&] { any.seek(6); }), Errc::bad_restart);
}

TEST(StreamSource, RefusesAStreamThatWasNotOpened) {
  std::ifstream nothing{"/there/is/no/such/file"};
  EXPECT_EQ(code_thrown([&] { StreamSource{nothing}; }), std::errc::bad_file_descriptor);
  std::ofstream nowhere{"/there/is/no/such/file"};
  EXPECT_EQ(code_thrown([&] { StreamSink{nowhere}; }), std::errc::bad_file_descriptor);
}

TEST(StreamSource, SaysThatItsFileWasCutMeanwhile) {
  SimulatedNetwork network{1};
  const TestFolder folder;
  folder.write("a", std::string(100'000, 'x'));
  std::ifstream file{folder / "a"};
  StreamSource source{file};
  std::filesystem::resize_file(folder / "a", 10);
  EXPECT_EQ(code_thrown([&] { (void)all_of(network, source); }), std::errc::io_error);
}

TEST(DescriptorSource, ReadsAPipeThatCannotSeek) {
  SimulatedNetwork network{1};
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const detail::Descriptor from{ends[0]};
  detail::Descriptor to{ends[1]};
  ASSERT_EQ(::write(to.get(), "hello", 5), 5);
  to.close();
  DescriptorSource source{from.get()};
  EXPECT_EQ(source.size(), std::nullopt);
  EXPECT_EQ(code_thrown([&] { source.seek(0); }), std::errc::invalid_seek);
  EXPECT_EQ(all_of(network, source), "hello");
}

TEST(DescriptorSource, ReadsADeviceThatSaysItIsEmpty) {
  SimulatedNetwork network{1};
  const detail::Descriptor zero{::open("/dev/zero", O_RDONLY)};
  DescriptorSource source{zero.get()};
  std::array<std::byte, 5> room;
  EXPECT_EQ(network.run(source.read_some(room)), 5u);
}

TEST(GeneratorSource, GivesPieceAfterPieceUntilOneIsEmpty) {
  SimulatedNetwork network{1};
  int n = 0;
  GeneratorSource texts{[&n] { return n < 3 ? "a long piece " + std::to_string(n++) : std::string{}; }};
  EXPECT_EQ(all_of(network, texts), "a long piece 0a long piece 1a long piece 2");
  std::vector<std::vector<std::byte>> pieces{{std::byte{'x'}}, {}};
  GeneratorSource bytes{[&, at = 0u]() mutable { return pieces[at++]; }};
  EXPECT_EQ(all_of(network, bytes), "x");
  static_assert(!SeekableByteSource<decltype(texts)>);
}

TEST(Sinks, TakeWhatTheyAreGiven) {
  std::array<std::byte, 10> room{};
  BytesSink memory{room};
  writes(memory, "hel", "lo");
  EXPECT_EQ(as_text(memory.bytes()), "hello");
  std::ostringstream stream;
  StreamSink streamed{stream};
  writes(streamed, "hel", "lo");
  EXPECT_EQ(stream.str(), "hello");
  std::string called;
  CallbackSink callback{[&called](std::span<const std::byte> piece) { called += as_text(piece); }};
  writes(callback, "hel", "lo");
  EXPECT_EQ(called, "hello");
  const TestFolder folder;
  std::FILE* const stdio = std::fopen((folder / "a").c_str(), "w");
  StdioSink to_stdio{stdio};
  writes(to_stdio, "hel", "lo");
  EXPECT_EQ(folder.read("a"), "hello") << "it was not flushed";
  std::fclose(stdio);
  const detail::Descriptor descriptor{::open((folder / "b").c_str(), O_WRONLY | O_CREAT, 0600)};
  DescriptorSink to_descriptor{descriptor.get()};
  writes(to_descriptor, "hel", "lo");
  EXPECT_EQ(folder.read("b"), "hello");
}

TEST(Sinks, SayThatTheyAreFullOrBroken) {
  SimulatedNetwork network{1};
  std::array<std::byte, 4> room{};
  BytesSink memory{room};
  EXPECT_EQ(code_thrown([&] { writes(memory, "hel", "lo"); }), std::errc::file_too_large);
  EXPECT_EQ(as_text(memory.bytes()), "hel");
  std::FILE* const stdio = std::fopen("/dev/full", "w");
  StdioSink to_stdio{stdio};
  EXPECT_EQ(code_thrown([&] { writes(to_stdio, "hel", "lo"); }), std::errc::no_space_on_device);
  std::fclose(stdio);
  std::ofstream full{"/dev/full"};
  StreamSink to_full{full};
  EXPECT_EQ(code_thrown([&] { writes(to_full, "hel", "lo"); }), std::errc::io_error);
}

/// A stream whose reads wait until the test lets them go, and which knows whether one is under way.
class GatedBuffer : public std::streambuf {
 public:
  void await_read() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return reading_; });
  }
  void let_go() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }
  bool is_read() {
    const std::lock_guard lock{mutex_};
    return reading_;
  }

 private:
  std::streamsize xsgetn(char*, std::streamsize) override {
    std::unique_lock lock{mutex_};
    reading_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    reading_ = false;
    return 0;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false, reading_ = false;
};

TEST(StreamSource, IsReadAwayFromTheLoopAndNotLeftBehindByACancellation) {
  asio::io_context loop;
  TcpTransport network{loop};
  GatedBuffer buffer;
  std::istream stream{&buffer};
  StreamSource source{stream};
  std::array<std::byte, 10> room;
  Started reading{network.main_executor(), source.read_some(room)};
  std::thread test{[&] {
    buffer.await_read();  // while the loop runs
    asio::post(loop, [&] {
      reading.cancel();
      asio::post(loop, [&] {
        EXPECT_FALSE(reading.done()) << "nobody may touch the stream's reader yet";
        buffer.let_go();
      });
    });
  }};
  loop.run();
  test.join();
  EXPECT_TRUE(reading.done());
  EXPECT_FALSE(buffer.is_read());
}

TEST(StreamSource, IsNotReadAnyMoreWhenItsLoopHasBeenDestroyed) {
  GatedBuffer buffer;
  std::istream stream{&buffer};
  StreamSource source{stream};
  std::array<std::byte, 10> room;
  std::thread test;
  {
    asio::io_context loop;
    TcpTransport network{loop};
    start_on(network.main_executor(), [](StreamSource& from, std::span<std::byte> to) -> awaitable<void> {
      (void)co_await from.read_some(to);
    }(source, room));
    test = std::thread{[&] {
      buffer.await_read();
      asio::post(loop, [&] {
        loop.stop();
        buffer.let_go();
      });
    }};
    loop.run();
    test.join();
  }
  EXPECT_FALSE(buffer.is_read());
}

TEST(StreamSource, IsCancelledAtOnceWhereItsReadHasNotBegun) {
  SimulatedNetwork network{1};
  network.hold_blocking_work();
  std::istringstream stream{"hello"};
  StreamSource source{stream};
  std::array<std::byte, 10> room;
  Started reading{network, source.read_some(room)};
  EXPECT_FALSE(reading.done());
  reading.cancel(network);
  EXPECT_TRUE(reading.done());
  network.release_blocking_work();
  network.settle();
  EXPECT_EQ(stream.tellg(), 0) << "it was read for nobody";
}

}  // namespace
