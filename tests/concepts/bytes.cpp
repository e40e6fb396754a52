#include <cstring>
#include <gtest/gtest.h>

#include <ftplike/io/bytes.hpp>
#include <ftplike/io/sources_and_sinks.hpp>

#include "support/run.hpp"

namespace {
using namespace ftplike;

/// The least that is a source: five bytes.
class Source {
 public:
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto n = std::min<std::size_t>(left_, room.size());
    std::memset(room.data(), 'x', n);
    left_ -= n;
    co_return n;
  }

 private:
  std::size_t left_ = 5;
};

/// The least that is a sink: it counts.
class Sink {
 public:
  awaitable<void> write(std::span<const std::byte> bytes) {
    count += bytes.size();
    co_return;
  }
  awaitable<void> finish() { co_return; }
  std::size_t count = 0;
};

/// The least that is a stream: what is written comes back.
class Echo : public Source, public Sink {
 public:
  awaitable<std::size_t> write_some(std::span<const std::byte> bytes) {
    count += bytes.size();
    co_return bytes.size();
  }
  bool has_ended() const { return false; }
  void cancel() {}
  void close() {}
  Endpoint local() const { return {}; }
  Endpoint remote() const { return {}; }
};

static_assert(ByteSource<Source> && !ByteSink<Source>);
static_assert(ByteSink<Sink> && !ByteSource<Sink>);
static_assert(Stream<Echo> && ByteSource<TextSource> && ByteSink<TextSink>);

struct GivesItsBytesAtOnce {
  std::size_t read_some(std::span<std::byte>);
};
static_assert(!ByteSource<GivesItsBytesAtOnce>);

struct HasNoEnd {
  awaitable<void> write(std::span<const std::byte>);
};
static_assert(!ByteSink<HasNoEnd>);

struct CannotMove : Echo {
  CannotMove(const CannotMove&) = delete;
};
static_assert(!Stream<CannotMove>);

TEST(ByteConcepts, CopyAsksForNothingElse) {
  Source source;
  Sink sink;
  std::size_t told = 0;
  run(copy(source, sink, [&told](std::size_t n) { told += n; }));
  EXPECT_EQ(sink.count, 5U);
  EXPECT_EQ(told, 5U);
}

}  // namespace
