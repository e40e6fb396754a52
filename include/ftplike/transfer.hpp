#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include <ftplike/io/bytes.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/protocol/ascii.hpp>
#include <ftplike/protocol/path.hpp>

namespace ftplike {

/// What a session does over one data connection: what to say of it, and how far it has come.
class Transfer {
 public:
  Transfer(std::string_view its_verb, Path its_path, std::string its_opening, std::string its_conclusion)
      : verb{its_verb},
        path{std::move(its_path)},
        opening{std::move(its_opening)},
        conclusion{std::move(its_conclusion)} {}

  std::string_view verb;   // of the command, which has a static name
  Path path;               // in the storage
  std::string opening;     // the text of the 150
  std::string conclusion;  // the text of the 226
  std::uint64_t offset = 0;
  bool ascii = false, listing = false;

  Direction direction = Direction::sent;
  std::uint64_t moved = 0;  // bytes over the data connection by now
  Time began{};
};

/// Tells the observer of a data connection from its beginning to its end.
template <class Session> class DataSeen {
 public:
  DataSeen(Session& session, const typename Session::Stream& data, const Transfer& transfer)
      : session_{session}, transfer_{transfer} {
    if constexpr (watched) {
      local_ = data.local();
      remote_ = data.remote();
      session_.template observe<DataOpened>(local_, remote_);
    }
  }
  DataSeen(const DataSeen&) = delete;
  DataSeen& operator=(const DataSeen&) = delete;
  ~DataSeen() {
    session_.watchdog().rest();
    if constexpr (watched) session_.template observe<DataClosed>(local_, remote_, transfer_.direction, transfer_.moved);
  }

 private:
  static constexpr bool watched = Session::template observed<DataOpened> || Session::template observed<DataClosed>;

  Session& session_;
  const Transfer& transfer_;
  Endpoint local_, remote_;
};

/// A source as TYPE A sends it: every line ended by CRLF.
template <ByteSource Source> class AsciiSource {
 public:
  explicit AsciiSource(Source& source) : source_{source}, raw_(16 * 1024) {}
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
  Source& source_;
  AsciiEncoder encoder_;
  std::vector<std::byte> raw_;
  std::string text_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

/// A sink for what TYPE A brings: every CRLF becomes the system's own line ending.
template <ByteSink Sink> class AsciiSink {
 public:
  explicit AsciiSink(Sink& sink) : sink_{sink} {}
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
  Sink& sink_;
  AsciiDecoder decoder_;
  std::string text_;
};

}  // namespace ftplike
