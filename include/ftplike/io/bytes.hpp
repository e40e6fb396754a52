#pragma once
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// Where bytes come from. `read_some` fills the beginning of the room (never empty) and gives how much: 0 is the end.
template <class T>
concept ByteSource = requires(T& source, std::span<std::byte> room) {
  { source.read_some(room) } -> std::same_as<awaitable<std::size_t>>;
};

/// A source that can begin anywhere, so that what was interrupted can be gone on with. `size` is that of all it has,
/// from its beginning on, as a number or an optional one: nothing, if it cannot seek after all, as a pipe cannot.
/// `seek` moves to an offset of at most that (`Errc::bad_restart`), without waiting for anything.
///
/// It may tell by `modified()` when that was last changed, a `Timestamp`: what a server has of it is only gone on with
/// if it is not older.
template <class T>
concept SeekableByteSource = ByteSource<T> && requires(T& source, const T& constant, std::uint64_t offset) {
  { constant.size() } -> std::convertible_to<std::optional<std::uint64_t>>;
  { source.seek(offset) } -> std::same_as<void>;
};

/// Where bytes go. `write` takes them all; `finish` says that no more come: a stream is closed that way, a file
/// committed.
template <class T>
concept ByteSink = requires(T& sink, std::span<const std::byte> bytes) {
  { sink.write(bytes) } -> std::same_as<awaitable<void>>;
  { sink.finish() } -> std::same_as<awaitable<void>>;
};

/// A sink that can take back what it was given, so that what was interrupted can be gone on with or begun anew. `size`
/// is that of all it has, as a number or an optional one: nothing, if it cannot seek after all. `seek` moves to an
/// offset of at most that (`Errc::bad_restart`) and drops what it had from there on, without waiting for anything.
///
/// It may tell by `modified()` when that was last written, a `Timestamp`: it is only gone on with if the file on the
/// server is not newer.
template <class T>
concept SeekableByteSink = ByteSink<T> && requires(T& sink, const T& constant, std::uint64_t offset) {
  { constant.size() } -> std::convertible_to<std::optional<std::uint64_t>>;
  { sink.seek(offset) } -> std::same_as<void>;
};

/// A connection. `write_some` takes as much as goes without waiting for the peer any more than once, so that a slow one
/// is seen to move. `finish` closes our direction; what the peer still sends can be read. `has_ended` says whether
/// nothing more can be read, as far as is known without waiting. `cancel` ends the operations under way with
/// `operation_aborted` and loses nothing: the stream goes on. Its destructor closes it. One read and one write may be
/// under way at a time, all on one executor.
template <class T>
concept Stream = std::movable<T> && ByteSource<T> && ByteSink<T> &&
    requires(T& stream, const T& constant, std::span<const std::byte> bytes) {
  { stream.write_some(bytes) } -> std::same_as<awaitable<std::size_t>>;
  { stream.has_ended() } -> std::same_as<bool>;
  { stream.cancel() } -> std::same_as<void>;
  { stream.close() } -> std::same_as<void>;  // at once, without a farewell
  { constant.local() } -> std::same_as<Endpoint>;
  { constant.remote() } -> std::same_as<Endpoint>;
};

/// Tells a stream, before anything is read or written, that it is the control connection of a session: it carries
/// commands and replies. Servers and clients do, at both ends; code of your own that speaks over bare streams may. Those
/// of a simulated network know by this what `Link::control` is.
template <Stream S> void mark_as_control(S& stream) {
  if constexpr (requires { stream.mark_as_control(); }) stream.mark_as_control();
}

/// The bytes of a text. **Lifetime:** the text outlives them.
inline std::span<const std::byte> as_bytes(std::string_view text) noexcept { return std::as_bytes(std::span{text}); }
/// Bytes as a text. **Lifetime:** the bytes outlive it.
inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace detail {

/// A source whose next bytes the kernel can move by itself, from `position()` of its descriptor on. `fetch` makes up to
/// `most` of them ready, so that taking them does not wait for a disk, and gives how many there are; 0 at the end. A
/// descriptor of -1 says that it has none after all.
template <class T>
concept FileSource = ByteSource<T> && requires(T& source, std::size_t count) {
  { source.fetch(count) } -> std::same_as<awaitable<std::size_t>>;
  { source.descriptor() } -> std::same_as<int>;
  { source.position() } -> std::same_as<std::uint64_t>;
  { source.advance(count) } -> std::same_as<void>;
};

/// A sink that sends from a descriptor without a buffer of ours: up to `most` bytes; 0 if the file ends before them.
template <class T>
concept FileSender = ByteSink<T> && requires(T& sink, int descriptor, std::uint64_t position, std::size_t most) {
  { sink.send_file(descriptor, position, most) } -> std::same_as<awaitable<std::size_t>>;
};

/// A coroutine's turn on its thread, which is over after a millisecond's worth of bytes or of small pieces. It counts
/// and looks at no clock, so that a simulated network sees the same each time.
class Turn {
 public:
  explicit Turn(Executor executor) : executor_{std::move(executor)} {}
  const Executor& executor() const noexcept { return executor_; }
  /// Counts a piece.
  bool is_over(std::size_t bytes) noexcept {
    constexpr std::size_t most_bytes = 2 * 1024 * 1024;
    constexpr unsigned most_pieces = 256;
    bytes_ += bytes;
    if (bytes_ < most_bytes && ++pieces_ < most_pieces) return false;
    bytes_ = pieces_ = 0;
    return true;
  }

 private:
  Executor executor_;
  std::size_t bytes_ = 0, pieces_ = 0;
};

}  // namespace detail

/// Moves everything from `source` to `sink` and calls `progress(n)` after each piece, awaiting what it gives. Does not
/// finish the sink: whether all is well is the caller's verdict.
///
/// The kernel's way (sendfile) is taken where both ends have descriptors. The buffer starts small and grows only for
/// transfers that fill it. Pieces are at most `largest_piece` bytes, and others get their turn now and then also where
/// neither end ever waits.
template <ByteSource Source, ByteSink Sink, class Progress>
awaitable<void> copy(Source& source, Sink& sink, Progress progress, std::size_t largest_piece = 512 * 1024) {
  constexpr bool waits = !std::is_void_v<std::invoke_result_t<Progress&, std::size_t>>;
  const Executor executor = co_await asio::this_coro::executor;
  detail::Turn turn{executor};
  if constexpr (detail::FileSource<Source> && detail::FileSender<Sink>) {
    while (source.descriptor() >= 0) {
      const std::size_t ready = co_await source.fetch(largest_piece);
      if (ready == 0) co_return;
      const std::size_t n = co_await sink.send_file(source.descriptor(), source.position(), ready);
      if (n == 0) throw std::system_error(std::make_error_code(std::errc::io_error));  // the file was cut meanwhile
      source.advance(n);
      if constexpr (waits) {
        co_await progress(n);
      } else {
        progress(n);
      }
      if (turn.is_over(n)) co_await give_way(turn.executor());
    }
  }
  std::size_t size = std::min<std::size_t>(16 * 1024, largest_piece);
  auto memory = std::make_unique_for_overwrite<std::byte[]>(size);
  for (;;) {
    const std::span<std::byte> room{memory.get(), size};
    const std::size_t n = co_await source.read_some(room);
    if (n == 0) break;
    std::span<const std::byte> piece = room.first(n);
    while (!piece.empty()) {
      std::size_t moved = piece.size();
      if constexpr (Stream<Sink>) {  // as much as it takes at once
        const std::size_t some = co_await sink.write_some(piece);
        moved = some;
      } else {
        co_await sink.write(piece);
      }
      piece = piece.subspan(moved);
      if constexpr (waits) {
        co_await progress(moved);
      } else {
        progress(moved);
      }
      if (turn.is_over(moved)) co_await give_way(turn.executor());
    }
    if (n == size && n < largest_piece) {
      size = std::min(n * 4, largest_piece);
      memory = std::make_unique_for_overwrite<std::byte[]>(size);
    }
  }
}

}  // namespace ftplike
