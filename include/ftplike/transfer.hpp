#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/meter.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/within.hpp>
#include <ftplike/protocol/ascii.hpp>
#include <ftplike/protocol/byte_range.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/facts.hpp>
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

/// What REST, RANG and RNFR say of the command that follows, and of no other. (RFC 959 §4.1.3, RFC 3659 §5)
struct Prepared {
  std::uint64_t restart = 0;        // of REST: where a transfer begins
  std::optional<ByteRange> range;   // of RANG, for RETR or HASH
  std::optional<Path> rename_from;  // of RNFR, for RNTO
};

/// What one command leaves for the next.
struct SessionState {
  std::string user;                 // that USER named and PASS has not yet proved
  std::string host;                 // that HOST named
  char type = 'A';                  // of TYPE; an ftp-like session sends bytes as they are whatever it is
  Prepared prepared;                // for the command under way
  Prepared preparing;               // by it, for the next
  FactSet facts = FactSet::all();   // that MLSD and MLST tell, of OPTS MLST
  unsigned digest = 0;              // of OPTS HASH: the place of an algorithm among those of HASH
};

/// What is done after each piece of a transfer: counting, telling, waiting where there is a limit of bandwidth.
template <class Session> class Pace {
 public:
  Pace(Session& session, Transfer& transfer)
      : session_{session},
        transfer_{transfer},
        of_account_{meter(session.use())},
        of_all_{meter(session.service().total())} {}

  awaitable<void> operator()(std::size_t count) {
    transfer_.moved += count;
    session_.template observe<DataMoved>(transfer_.direction, transfer_.moved);
    const Time now = session_.network().now();
    const Time next = std::max(of_account_.after(count, now), of_all_.after(count, now));
    if (next > now) co_await session_.watchdog().sleep_until(next);
    session_.check_interruption();
    session_.watchdog().extend();
  }
  /// The size of a piece that suits the limits.
  std::size_t piece() const noexcept {
    constexpr std::size_t largest = 512 * 1024;
    return of_account_.piece(of_all_.piece(largest));
  }

 private:
  template <class Use> Meter& meter(Use& use) const noexcept {
    return transfer_.direction == Direction::sent ? use.sent : use.received;
  }

  Session& session_;
  Transfer& transfer_;
  Meter& of_account_;
  Meter& of_all_;
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
    if constexpr (watched) {
      try {
        session_.template observe<DataClosed>(local_, remote_, transfer_.direction, transfer_.moved);
      } catch (...) {  // an observer's failure cannot change how the transfer ended
      }
    }
  }

 private:
  static constexpr bool watched = Session::template observed<DataOpened> || Session::template observed<DataClosed>;

  Session& session_;
  const Transfer& transfer_;
  Endpoint local_, remote_;
};

/// A source as TYPE A sends it: every line ended by CRLF.
class AsciiSource {
 public:
  explicit AsciiSource(AnySource source) : source_{source}, raw_(16 * 1024) {}
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

/// A sink for what TYPE A brings: every CRLF becomes the system's own line ending.
class AsciiSink {
 public:
  explicit AsciiSink(AnySink sink) : sink_{sink} {}
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

/// Opens the data connection of a transfer and sends all of `source` over it.
template <class Session> awaitable<void> send_over_data(Session& session, AnySource source, Transfer& transfer) {
  auto data = co_await session.open_data(transfer);
  const DataSeen<Session> seen{session, data, transfer};
  Pace<Session> pace{session, transfer};
  session.watchdog().guard(session.limits().stall, data);
  co_await copy(source, data, std::ref(pace), pace.piece());
  co_await data.finish();
}

/// Whether the client of an upload is dead rather than done: it closed the control connection without saying QUIT.
///
/// A client that died ended both its connections at once, in whatever order: what the control connection has to say
/// decides whether an upload is whole. It is given a sixty-fourth of the upload's time for that, twenty milliseconds at
/// the most; a short one only until the event loop has looked at all its sockets once more.
template <class Session> awaitable<bool> client_vanished(Session& session, const Transfer& transfer) {
  const Time now = session.network().now();
  const Duration grace = std::min<Duration>((now - transfer.began) / 64, std::chrono::milliseconds{20});
  if (grace >= std::chrono::milliseconds{1}) co_await session.watchdog().sleep_until(now + grace);
  co_await asio::post(session.executor(), use_awaitable);
  co_await asio::post(session.executor(), use_awaitable);
  co_return session.has_left();
}

/// Opens the data connection of a transfer and puts all that comes over it into `file`, which is finished when the
/// connection is closed and all is well.
template <class Session> awaitable<void> receive_over_data(Session& session, AnySink file, Transfer& transfer) {
  {
    auto data = co_await session.open_data(transfer);
    const DataSeen<Session> seen{session, data, transfer};
    Pace<Session> pace{session, transfer};
    session.watchdog().guard(session.limits().stall, data);
    co_await copy(data, file, std::ref(pace), pace.piece());
    if constexpr (SecurableStream<typename Session::Stream>) {
      Settled<void> ignored;  // the client has said goodbye, and may wait for ours
      if (data.secured()) co_await settle(data.finish(), ignored);
    }
    session.watchdog().rest();
    const bool vanished = co_await client_vanished(session, transfer);
    if (vanished) throw std::system_error(Errc::peer_lost);
    session.check_interruption();
  }
  co_await file.finish();
}

}  // namespace ftplike
