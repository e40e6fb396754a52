#pragma once
#include <cstddef>
#include <memory>
#include <span>

#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/blocking.hpp>

namespace ftplike::inline v0_2 {

/// The bytes of a data connection that carries them compressed: as they were before, or will be afterwards. It is used
/// in one direction.
///
/// **Threads:** on one executor; what it computes is done by the workers of `blocking`.
class CompressedStream {
 public:
  CompressedStream() = default;
  CompressedStream(const CompressedStream&) = delete;
  CompressedStream& operator=(const CompressedStream&) = delete;
  virtual ~CompressedStream() = default;

  /// As of a `ByteSource`.
  ///
  /// **Errors:** `Errc::bad_compression`; `Errc::too_short` if it ends before its end; `Errc::refused_by_rule` if it grows
  /// more than `Compression::largest_ratio` allows.
  virtual awaitable<std::size_t> read_some(std::span<std::byte> room) = 0;
  /// As of a `ByteSink`.
  virtual awaitable<void> write(std::span<const std::byte> bytes) = 0;
  /// Writes the end of what is compressed. The connection beneath can still be written to.
  virtual awaitable<void> finish() = 0;
};

/// How a data connection in MODE Z is compressed. Without one there is no MODE Z; `deflate()` of `<ftplike/deflate.hpp>`
/// makes one. (draft-preston-ftpext-deflate)
///
/// Given to a server as a part, or in `ClientOptions`. What a limit of bandwidth, progress and REST count are the bytes
/// of the file, not those that go over the connection.
struct Compression {
  /// Reads from, or writes to, a connection that outlives what it gives.
  using Begin = std::unique_ptr<CompressedStream>(const Compression& how, AnySource from, AnySink to, Workload load);

  /// What does it; none if null.
  Begin* begin = nullptr;
  /// From 1, the quickest, to 9, the smallest. A client asks the server for the same.
  int level = 6;
  /// Beyond its first MiB nothing may become more than so many times as large as it came, lest a few bytes fill a disk;
  /// 0: no limit. Text seldom becomes twenty times as large, nothing more than 1032 times.
  unsigned largest_ratio = 200;

  explicit operator bool() const noexcept { return begin != nullptr; }
};

}  // namespace ftplike
