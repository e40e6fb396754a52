#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <ftplike/io/any_bytes.hpp>
#include <ftplike/protocol/ascii.hpp>

namespace ftplike::inline v0_2 {

/// A source as TYPE A sends it: every line ended by CRLF.
template <class = void> class BasicAsciiSource {
 public:
  using AsciiSource = BasicAsciiSource;  // as what derives from it calls it
  /// **Lifetime:** what `source` refers to outlives it.
  explicit BasicAsciiSource(AnySource source) : source_{source}, raw_(16 * 1024) {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    while (at_ == text_.size() && !ended_) {
      text_.clear();
      at_ = 0;
      const std::size_t n = co_await source_.read_some(raw_);
      if (n == 0)
        ended_ = true;
      else
        encoder_.convert(as_text(std::span{raw_}.first(n)), text_);
    }
    const auto part = as_bytes(text_).subspan(at_, std::min(room.size(), text_.size() - at_));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }

 private:
  AnySource source_;
  AsciiEncoder encoder_;
  std::vector<std::byte> raw_;
  std::string text_;
  std::size_t at_ = 0;
  bool ended_ = false;
};
using AsciiSource = BasicAsciiSource<>;  // a template, so that only what is called is compiled

/// A sink for what TYPE A brings: every CRLF becomes the system's own line ending.
template <class = void> class BasicAsciiSink {
 public:
  using AsciiSink = BasicAsciiSink;  // as what derives from it calls it
  /// **Lifetime:** what `sink` refers to outlives it.
  explicit BasicAsciiSink(AnySink sink) : sink_{sink} {}
  awaitable<void> write(std::span<const std::byte> bytes) {
    text_.clear();
    decoder_.convert(as_text(bytes), text_);
    co_await sink_.write(as_bytes(text_));
  }
  awaitable<void> finish() {
    text_.clear();
    decoder_.finish(text_);
    co_await sink_.write(as_bytes(text_));
    co_await sink_.finish();
  }

 private:
  AnySink sink_;
  AsciiDecoder decoder_;
  std::string text_;
};
using AsciiSink = BasicAsciiSink<>;  // a template, so that only what is called is compiled

}  // namespace ftplike
