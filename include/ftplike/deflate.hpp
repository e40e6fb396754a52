#pragma once
// Compressed transfers for ftplike, MODE Z: they need zlib (CMake target ftplike::deflate).
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <system_error>
#include <utility>
#include <vector>
#include <zlib.h>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/io/compression.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2 {

namespace detail {

/// One side of zlib with the memory that it works in. Shared with the workers, who may be at it when nobody waits any
/// more.
class Zlib {
 public:
  static constexpr std::size_t piece = 64 * 1024;

  Zlib() : in(piece), out(piece) {}
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  std::vector<std::byte> in, out;
  std::size_t made = 0;  // bytes of `out`, by the last step
  bool ended = false;    // what is compressed

  /// That there are so many bytes in `in`.
  void take(std::size_t count) noexcept {
    stream_.next_in = reinterpret_cast<Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(count);
  }
  std::size_t left() const noexcept { return stream_.avail_in; }

 protected:
  ~Zlib() = default;

  /// Fills `out` by one call of zlib.
  template <class Call> int step(Call call) {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = call(&stream_);
    if (result == Z_MEM_ERROR) throw std::bad_alloc{};
    made = out.size() - stream_.avail_out;
    ended = result == Z_STREAM_END;
    return result;
  }
  z_stream stream_{};
};

class Deflater : public Zlib {
 public:
  explicit Deflater(int level) {
    if (deflateInit(&stream_, level) != Z_OK) throw std::bad_alloc{};
  }
  ~Deflater() { deflateEnd(&stream_); }
  void run(int flush) {
    step([flush](z_stream* stream) { return ::deflate(stream, flush); });
  }
};

class Inflater : public Zlib {
 public:
  explicit Inflater(unsigned largest_ratio) : largest_ratio_{largest_ratio} {
    if (inflateInit(&stream_) != Z_OK) throw std::bad_alloc{};
  }
  ~Inflater() { inflateEnd(&stream_); }
  void run() {
    const std::size_t before = left();
    const int result = step([](z_stream* stream) { return ::inflate(stream, Z_NO_FLUSH); });
    const bool good = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
    if (!good) throw std::system_error(Errc::bad_compression);
    came_ += before - left();
    gave_ += made;
    constexpr std::uint64_t free_of_rule = 1024 * 1024;
    const bool bounded = largest_ratio_ > 0 && gave_ > free_of_rule;
    if (bounded && gave_ / largest_ratio_ > came_) throw std::system_error(Errc::refused_by_rule);
  }

 private:
  const unsigned largest_ratio_;
  std::uint64_t came_ = 0, gave_ = 0;
};

class DeflatedStream final : public CompressedStream {
 public:
  DeflatedStream(const Compression& how, AnySource from, AnySink to, Workload load)
      : how_{how}, from_{from}, to_{to}, load_{load} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) override {
    if (!inflater_) inflater_ = new_shared<Inflater>(how_.largest_ratio);
    while (at_ == inflater_->made) {
      const bool wants_more = inflater_->left() == 0 && inflater_->made < inflater_->out.size();
      if (inflater_->ended || wants_more) {
        const std::size_t n = co_await from_.read_some(inflater_->in);
        if (n == 0) co_return at_end();
        has_begun_ = true;
        if (inflater_->ended) throw std::system_error(Errc::bad_compression);  // something follows the end
        inflater_->take(n);
      }
      auto work = [inflater = inflater_] { inflater->run(); };
      co_await blocking(std::move(work), load_);
      if (inflater_->ended && inflater_->left() > 0) throw std::system_error(Errc::bad_compression);
      at_ = 0;
    }
    const auto part = std::span{inflater_->out}.subspan(at_, std::min(room.size(), inflater_->made - at_));
    std::memcpy(room.data(), part.data(), part.size());
    at_ += part.size();
    co_return part.size();
  }
  awaitable<void> write(std::span<const std::byte> bytes) override {
    begin_to_write();
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(bytes.size(), Zlib::piece));
      std::memcpy(deflater_->in.data(), part.data(), part.size());
      deflater_->take(part.size());
      bytes = bytes.subspan(part.size());
      co_await write_out(Z_NO_FLUSH);
    }
  }
  awaitable<void> finish() override {
    begin_to_write();
    deflater_->take(0);
    co_await write_out(Z_FINISH);
  }

 private:
  void begin_to_write() {
    if (!deflater_) deflater_ = new_shared<Deflater>(how_.level);
  }
  /// All that zlib makes of what it was given.
  awaitable<void> write_out(int flush) {
    for (bool more = true; more;) {
      auto work = [deflater = deflater_, flush] { deflater->run(flush); };
      co_await blocking(std::move(work), load_);
      more = deflater_->made == deflater_->out.size();
      const auto made = std::span<const std::byte>{deflater_->out}.first(deflater_->made);
      if (!made.empty()) co_await to_.write(made);
    }
  }
  /// Nothing at all stands for nothing: so some send an empty file.
  std::size_t at_end() const {
    if (has_begun_ && !inflater_->ended) throw std::system_error(Errc::too_short);
    return 0;
  }

  const Compression how_;
  AnySource from_;
  AnySink to_;
  const Workload load_;
  std::shared_ptr<Inflater> inflater_;
  std::shared_ptr<Deflater> deflater_;
  std::size_t at_ = 0;  // in what was inflated
  bool has_begun_ = false;
};

}  // namespace detail

/// MODE Z by zlib: `Server server{network, files, deflate()}`, `options.compression = deflate()`.
///
/// The level is from 1, the quickest, to 9, the smallest. Compressing is done by the workers of `blocking`, 64 KiB at a
/// time; a transfer takes up to 400 KiB of memory.
///
/// **With TLS** the length of what is sent tells something of what it says. Where somebody who listens can also have text
/// of theirs put into your files, compress nothing that is secret.
inline Compression deflate(int level = 6) {
  Compression how;
  how.begin = [](const Compression& given, AnySource from, AnySink to, Workload load) {
    return std::unique_ptr<CompressedStream>{new detail::DeflatedStream{given, from, to, load}};
  };
  how.level = std::clamp(level, Z_BEST_SPEED, Z_BEST_COMPRESSION);
  return how;
}

}  // namespace ftplike
