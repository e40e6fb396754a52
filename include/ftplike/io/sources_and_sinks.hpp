#pragma once
#include <algorithm>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <ios>
#include <istream>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <ftplike/io/borrowed.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/system/files.hpp>
#include <ftplike/system/poll.hpp>

// What bytes may come from and go to, besides files:
//
//     ftplike::StreamSource log{stream};
//     co_await client.upload(log, "today.log");
//
//     memory of the caller's           BytesSource        BytesSink
//     a string of its own              TextSource         TextSink
//     std::istream, std::ostream       StreamSource       StreamSink
//     FILE*                            StdioSource        StdioSink
//     a descriptor                     DescriptorSource   DescriptorSink
//     a function                       GeneratorSource    CallbackSink
//
// Any other class will do that is a `ByteSource` or a `ByteSink` (io/bytes.hpp).
namespace ftplike::inline v0_2 {
namespace detail {

/// Where the source is to go on, which cannot be behind its end.
inline std::size_t checked_offset(std::uint64_t offset, std::size_t size) {
  if (offset > size) throw std::system_error(Errc::bad_restart);
  return static_cast<std::size_t>(offset);
}

}  // namespace detail

/// A source that gives the bytes of the caller's memory.
///
/// **Lifetime:** the bytes outlive it.
class BytesSource {
 public:
  /// From `offset` on. **Errors:** `Errc::bad_restart` behind the end. **Lifetime:** the bytes outlive it.
  explicit BytesSource(std::span<const std::byte> bytes, std::uint64_t offset = 0)
      : bytes_{bytes}, at_{detail::checked_offset(offset, bytes.size())} {}
  template <class = void> awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto part = bytes_.subspan(at_, std::min(room.size(), bytes_.size() - at_));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }
  std::uint64_t size() const noexcept { return bytes_.size(); }
  void seek(std::uint64_t offset) { at_ = detail::checked_offset(offset, bytes_.size()); }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_;
};

/// A source that gives a text of its own, from `offset` on.
///
/// **Errors:** `Errc::bad_restart` if the text ends before.
class TextSource {
 public:
  /// From `offset` on.
  explicit TextSource(std::string text, std::uint64_t offset = 0)
      : text_{std::move(text)}, at_{detail::checked_offset(offset, text_.size())} {}
  template <class = void> awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto part = as_bytes(text_).subspan(at_, std::min(room.size(), text_.size() - at_));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }
  /// Of the whole text, wherever it began.
  std::uint64_t size() const noexcept { return text_.size(); }
  void seek(std::uint64_t offset) { at_ = detail::checked_offset(offset, text_.size()); }

 private:
  std::string text_;
  std::size_t at_;
};

/// A source that gives what a function makes: one piece at each call, as text or bytes; an empty one is the end.
///
///     int n = 0;
///     ftplike::GeneratorSource lines{[&n] { return n < 100 ? std::to_string(n++) + '\n' : std::string{}; }};
///
/// It cannot seek. **Threads:** the function is called where the source is read, a client's on the executor of the
/// session. It must not block; what it throws ends the transfer.
template <class Make> class GeneratorSource {
 public:
  /// `make` gives a piece at each call; an empty one is the end.
  explicit GeneratorSource(Make make) : make_{std::move(make)} {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (left_ == 0) {
      piece_ = make_();
      left_ = bytes_of(piece_).size();
    }
    const auto part = bytes_of(piece_).last(left_).first(std::min(room.size(), left_));
    std::copy(part.begin(), part.end(), room.begin());
    left_ -= part.size();
    co_return part.size();
  }

 private:
  using Piece = std::invoke_result_t<Make&>;
  static std::span<const std::byte> bytes_of(const Piece& piece) {
    if constexpr (std::convertible_to<const Piece&, std::string_view>) {
      return as_bytes(piece);
    } else {
      return std::as_bytes(std::span{piece});
    }
  }
  Make make_;
  Piece piece_{};
  std::size_t left_ = 0;  // of the piece
};

/// A sink that fills the caller's memory; what does not fit is `std::errc::file_too_large`. It can seek.
///
/// **Lifetime:** the room outlives it.
class BytesSink {
 public:
  /// **Lifetime:** the room outlives it.
  explicit BytesSink(std::span<std::byte> room) noexcept : room_{room} {}
  template <class = void> awaitable<void> write(std::span<const std::byte> bytes) {
    if (bytes.size() > room_.size() - size_) throw std::system_error(std::make_error_code(std::errc::file_too_large));
    std::copy(bytes.begin(), bytes.end(), room_.subspan(size_).begin());
    size_ += bytes.size();
    co_return;
  }
  template <class = void> awaitable<void> finish() { co_return; }
  /// What has come.
  std::span<std::byte> bytes() const noexcept { return room_.first(size_); }
  std::uint64_t size() const noexcept { return size_; }
  void seek(std::uint64_t offset) { size_ = detail::checked_offset(offset, size_); }

 private:
  std::span<std::byte> room_;
  std::size_t size_ = 0;
};

/// A sink that keeps what it is given as a text; beyond `limit` bytes it throws `std::errc::file_too_large`. It can seek.
class TextSink {
 public:
  /// `limit`: the most bytes that it takes.
  explicit TextSink(std::size_t limit = std::string{}.max_size()) : limit_{limit} {}
  template <class = void> awaitable<void> write(std::span<const std::byte> bytes) {
    if (bytes.size() > limit_ - text_.size()) throw std::system_error(std::make_error_code(std::errc::file_too_large));
    text_.append(as_text(bytes));
    co_return;
  }
  template <class = void> awaitable<void> finish() { co_return; }
  /// What has come so far.
  const std::string& text() const& noexcept { return text_; }
  /// What has come so far, which is moved out.
  std::string text() && noexcept { return std::move(text_); }
  std::uint64_t size() const noexcept { return text_.size(); }
  void seek(std::uint64_t offset) { text_.resize(detail::checked_offset(offset, text_.size())); }

 private:
  std::size_t limit_;
  std::string text_;
};

/// A sink that calls a function with each piece: `CallbackSink sink{[](std::span<const std::byte> piece) { … }};`.
///
/// **Threads:** where the sink is written to, a client's on the executor of the session. It must not block; what it
/// throws ends the transfer.
template <std::invocable<std::span<const std::byte>> Take> class CallbackSink {
 public:
  /// `take` is called with each piece.
  explicit CallbackSink(Take take) : take_{std::move(take)} {}
  awaitable<void> write(std::span<const std::byte> bytes) {
    take_(bytes);
    co_return;
  }
  awaitable<void> finish() { co_return; }

 private:
  Take take_;
};

namespace detail {

/// Reads something of the caller's that may block, by a worker. `Handle` has `tell()`, `end()`, `seek(position)` and
/// `read(room)`, which is 0 at the end.
template <class Handle> class BorrowedSource {
 public:
  std::optional<std::uint64_t> size() const noexcept { return size_; }
  void seek(std::uint64_t offset) {
    if (!size_) throw std::system_error(std::make_error_code(std::errc::invalid_seek));
    if (offset > *size_) throw std::system_error(Errc::bad_restart);
    position_ = offset;
  }
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    // A device may say that it has no bytes and have some.
    const bool bounded = size_ && *size_ > 0;
    if (bounded) room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), *size_ - position_)));
    if (room.empty()) co_return 0;
    std::size_t n = 0;
    const std::function<void()> read = [this, room, &n] {
      if (position_ != stands_at_) handle_.seek(begin_ + position_);
      n = handle_.read(room);
    };
    co_await blocking_on_borrowed(read);
    if (n == 0 && bounded) fail_with(EIO);  // it was cut meanwhile
    position_ += n;
    stands_at_ = position_;
    co_return n;
  }

 protected:
  explicit BorrowedSource(Handle handle) : handle_{std::move(handle)} {
    const std::optional<std::uint64_t> begin = handle_.tell();
    const std::optional<std::uint64_t> end = begin ? handle_.end() : std::nullopt;
    if (!end) return;
    handle_.seek(*begin);
    begin_ = *begin;
    size_ = *end - std::min(*begin, *end);
  }

 private:
  Handle handle_;
  std::uint64_t begin_ = 0;
  std::optional<std::uint64_t> size_;  // none if it cannot seek
  std::uint64_t position_ = 0, stands_at_ = 0;
};

/// Writes to something of the caller's that may block, by a worker. `Handle` has `write(bytes)` and `flush()`.
template <class Handle> class BorrowedSink {
 public:
  awaitable<void> write(std::span<const std::byte> bytes) {
    const std::function<void()> write = [this, bytes] { handle_.write(bytes); };
    co_await blocking_on_borrowed(write);
  }
  awaitable<void> finish() {
    const std::function<void()> flush = [this] { handle_.flush(); };
    co_await blocking_on_borrowed(flush);
  }

 protected:
  explicit BorrowedSink(Handle handle) : handle_{std::move(handle)} {}

 private:
  Handle handle_;
};

class InputStream {
 public:
  explicit InputStream(std::istream& stream) : stream_{&stream} { check(stream); }
  std::optional<std::uint64_t> tell() { return moved(0, std::ios_base::cur); }
  std::optional<std::uint64_t> end() { return moved(0, std::ios_base::end); }
  void seek(std::uint64_t position) {
    stream_->clear();
    if (!moved(static_cast<std::streamoff>(position), std::ios_base::beg)) fail_with(EIO);
  }
  std::size_t read(std::span<std::byte> room) {
    stream_->read(reinterpret_cast<char*>(room.data()), static_cast<std::streamsize>(room.size()));
    if (stream_->bad()) fail_with(EIO);
    return static_cast<std::size_t>(stream_->gcount());
  }
  /// Most often it was never opened.
  static void check(const std::ios& stream) {
    if (stream.fail()) throw std::system_error(std::make_error_code(std::errc::bad_file_descriptor), "stream");
  }

 private:
  std::optional<std::uint64_t> moved(std::streamoff by, std::ios_base::seekdir from) {
    const std::streamoff at = stream_->rdbuf()->pubseekoff(by, from, std::ios_base::in);
    return at < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(at)};
  }
  std::istream* stream_;
};

class OutputStream {
 public:
  explicit OutputStream(std::ostream& stream) : stream_{&stream} { InputStream::check(stream); }
  void write(std::span<const std::byte> bytes) {
    stream_->write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!*stream_) fail_with(EIO);
  }
  void flush() {
    stream_->flush();
    if (!*stream_) fail_with(EIO);
  }

 private:
  std::ostream* stream_;
};

class StdioFile {
 public:
  explicit StdioFile(std::FILE* file) : file_{file} {
    if (!file) fail_with(EBADF);
  }
  std::optional<std::uint64_t> tell() { return moved(0, SEEK_CUR); }
  std::optional<std::uint64_t> end() { return moved(0, SEEK_END); }
  void seek(std::uint64_t position) {
    if (!moved(static_cast<sys::Offset>(position), SEEK_SET)) fail_with(errno);
  }
  std::size_t read(std::span<std::byte> room) {
    const std::size_t n = std::fread(room.data(), 1, room.size(), file_);
    if (n == 0 && std::ferror(file_)) fail_with(errno);
    return n;
  }
  void write(std::span<const std::byte> bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail_with(errno);
  }
  void flush() {
    if (std::fflush(file_) != 0) fail_with(errno);
  }

 private:
  std::optional<std::uint64_t> moved(sys::Offset by, int from) {
    if (sys::seek(file_, by, from) != 0) return std::nullopt;
    const sys::Offset at = sys::tell(file_);
    return at < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(at)};
  }
  std::FILE* file_;
};

class OpenDescriptor {
 public:
  explicit OpenDescriptor(int descriptor) : descriptor_{descriptor} {
    if (descriptor < 0) fail_with(EBADF);
  }
  std::optional<std::uint64_t> tell() { return moved(0, SEEK_CUR); }
  std::optional<std::uint64_t> end() { return moved(0, SEEK_END); }
  void seek(std::uint64_t position) {
    if (!moved(static_cast<sys::Offset>(position), SEEK_SET)) fail_with(errno);
  }
  std::size_t read(std::span<std::byte> room) {
    return waiting(wait_until_readable, [&] { return sys::read_some(descriptor_, room.data(), room.size()); });
  }
  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      bytes = bytes.subspan(waiting(wait_until_writable, [&] { return sys::write_some(descriptor_, bytes.data(), bytes.size()); }));
    }
  }
  void flush() {}

 private:
  /// Also one that does not block is waited for, here where that harms nobody.
  template <class Call> std::size_t waiting(void (*until_ready)(int), Call call) {
    for (;;) {
      const sys::Count n = call();
      if (n >= 0) return static_cast<std::size_t>(n);
      const bool would_block = errno == EAGAIN || errno == EWOULDBLOCK;
      if (!would_block && errno != EINTR) fail_with(errno);
      if (would_block) until_ready(descriptor_);
    }
  }
  std::optional<std::uint64_t> moved(sys::Offset by, int from) {
    const sys::Offset at = sys::seek(descriptor_, by, from);
    return at < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(at)};
  }
  int descriptor_;
};

}  // namespace detail

/// A source that gives what a stream has from where it stands now, up to the end that it has now. It can seek where the
/// stream can. Open it as binary: Windows otherwise changes the ends of lines.
///
/// **Errors:** `std::errc::bad_file_descriptor` if the stream has failed already, as one does that was not opened.
/// **Threads:** it is read by a worker. **Cancellation:** waits for a read that has begun.
/// **Lifetime:** the stream outlives the calls that use the source, and nobody else touches it during them.
class StreamSource : public detail::BorrowedSource<detail::InputStream> {
 public:
  /// **Lifetime:** the stream outlives it.
  explicit StreamSource(std::istream& stream) : BorrowedSource{detail::InputStream{stream}} {}
};
/// The same of a `FILE*`, which it does not close.
class StdioSource : public detail::BorrowedSource<detail::StdioFile> {
 public:
  /// **Lifetime:** the file outlives it, which does not close it.
  explicit StdioSource(std::FILE* file) : BorrowedSource{detail::StdioFile{file}} {}
};
/// The same of a descriptor: a file, a pipe, a terminal. It does not close it.
class DescriptorSource : public detail::BorrowedSource<detail::OpenDescriptor> {
 public:
  /// **Lifetime:** the descriptor outlives it, which does not close it.
  explicit DescriptorSource(int descriptor) : BorrowedSource{detail::OpenDescriptor{descriptor}} {}
};

/// A sink that writes to a stream, and flushes it when all is well. Open it as binary: Windows otherwise changes the
/// ends of lines.
///
/// **Errors:** `std::errc::bad_file_descriptor` if the stream has failed already; `io_error` if it fails.
/// **Threads:** it is written to by a worker. **Cancellation:** waits for a write that has begun.
/// **Lifetime:** the stream outlives the calls that use the sink, and nobody else touches it during them.
class StreamSink : public detail::BorrowedSink<detail::OutputStream> {
 public:
  /// **Lifetime:** the stream outlives it.
  explicit StreamSink(std::ostream& stream) : BorrowedSink{detail::OutputStream{stream}} {}
};
/// The same of a `FILE*`, which it does not close.
class StdioSink : public detail::BorrowedSink<detail::StdioFile> {
 public:
  /// **Lifetime:** the file outlives it, which does not close it.
  explicit StdioSink(std::FILE* file) : BorrowedSink{detail::StdioFile{file}} {}
};
/// The same of a descriptor. It does not close it.
class DescriptorSink : public detail::BorrowedSink<detail::OpenDescriptor> {
 public:
  /// **Lifetime:** the descriptor outlives it, which does not close it.
  explicit DescriptorSink(int descriptor) : BorrowedSink{detail::OpenDescriptor{descriptor}} {}
};

static_assert(SeekableByteSource<BytesSource> && SeekableByteSource<TextSource> && SeekableByteSource<StreamSource> &&
              SeekableByteSource<StdioSource> && SeekableByteSource<DescriptorSource>);
static_assert(SeekableByteSink<BytesSink> && SeekableByteSink<TextSink> && ByteSink<StreamSink> &&
              ByteSink<StdioSink> && ByteSink<DescriptorSink>);

}  // namespace ftplike::inline v0_2
