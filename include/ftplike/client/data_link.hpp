#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/client/options.hpp>
#include <ftplike/client/progress.hpp>
#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/io/compression.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/watched_stream.hpp>
#include <ftplike/protocol/path.hpp>

namespace ftplike::inline v0_2::detail {

/// What a client does over one data connection: what is asked, and how far it has come.
class ClientTransfer {
 public:
  ClientTransfer(std::string its_command, Direction its_direction)
      : command{std::move(its_command)}, direction{its_direction} {}

  std::string command;
  Direction direction;
  std::uint64_t offset = 0;           // where it begins
  std::optional<std::uint64_t> size;  // of the whole, if it is known
  std::uint64_t restart = 0;          // what REST is to say, 0 for no REST
  std::uint64_t length = 0;           // how much of it is wanted, 0 for all
  bool ascii = false, listing = false;
  std::shared_ptr<Meter> bandwidth;               // a bound; none if null
  ProgressCallback progress;                      // may be empty
  Compression compression;                        // of the data connection; none in MODE S

  std::uint64_t moved = 0;
  bool connected = false;  // there was a data connection
  bool broken = false;     // the data connection failed, not the local end
  std::string opening;     // what the server said when it began
  Time began{};

  /// Whether all has come that was wanted of a file that goes on behind it.
  bool is_satisfied() const noexcept { return length > 0 && moved >= length; }
  /// How many bytes there are to move, if that is known.
  std::optional<std::uint64_t> expected() const noexcept {
    if (ascii || !size || *size < offset) return std::nullopt;
    return length > 0 ? std::min(*size - offset, length) : *size - offset;
  }
  /// Whether all has come that there is, as far as that is known.
  bool has_all() const noexcept { return !ascii && size && offset + moved == *size; }
  /// The most that is moved in one piece.
  std::size_t piece() const noexcept {
    constexpr std::size_t most = 512 * 1024;
    return bandwidth ? bandwidth->piece(most) : most;
  }
};

/// The data connection of a client's transfer: counts, tells, keeps to the rate, and stops as soon as the server has
/// said that it gives up. `Core` is the session.
template <class Core> class DataLink {
 public:
  using Stream = typename Core::Stream;

  DataLink(Core& core, Stream stream, ClientTransfer& transfer)
      : core_{core},
        stream_{std::move(stream)},
        transfer_{transfer},
        direction_{transfer.direction},
        meter_{core.network().now()},
        local_{stream_.local()},
        remote_{stream_.remote()} {
    core_.template observe<DataOpened>(local_, remote_);
    if (transfer.compression) compressed_.emplace(*this, transfer.compression);
  }
  DataLink(const DataLink&) = delete;
  DataLink& operator=(const DataLink&) = delete;
  /// Unless all was sent or received, resets the connection, so that the server does not take what it got for the
  /// whole.
  ~DataLink() {
    if (!complete_) break_off(stream_);
    stream_.close();
    core_.template report<DataClosed>(local_, remote_, direction_, moved_);
  }

  void cancel() { stream_.cancel(); }
  /// Nothing is missing.
  void complete() noexcept { complete_ = true; }

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (transfer_.is_satisfied()) co_return 0;
    if (transfer_.length > 0) {
      const std::uint64_t missing = transfer_.length - transfer_.moved;
      room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), missing)));
    }
    try {
      const std::size_t n = co_await counted(read(room));
      if (!compressed_) tell_of(room.first(n));
      co_return n;
    } catch (const std::system_error& error) {
      // Behind the last byte nothing can be missing, whatever the end is like: under TLS many have no goodbye.
      const bool ended = error.code() == Errc::peer_lost || error.code() == std::errc::connection_reset;
      if (!ended || !transfer_.has_all()) throw;
    }
    transfer_.broken = false;
    lost_ = true;
    co_return 0;
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(bytes.size(), transfer_.piece()));
      (void)co_await counted(written(part));
      if (!compressed_) tell_of(part);
      bytes = bytes.subspan(part.size());
    }
  }
  awaitable<std::size_t> send_file(int descriptor, std::uint64_t position,
                                   std::size_t most) requires FileSender<Stream> {
    return counted(stream_.send_file(descriptor, position, most));
  }
  awaitable<void> finish() {
    check();
    if (lost_) co_return;
    try {
      if (compressed_ && direction_ == Direction::sent) co_await compressed_->stream->finish();
      co_await stream_.finish();
    } catch (const std::system_error&) {
      transfer_.broken = true;
      throw;
    }
  }

 private:
  /// What makes of the connection one that is compressed.
  struct Compressed {
    Compressed(DataLink& link, const Compression& how)
        : wire{link.stream_, [&link](std::span<const std::byte> bytes) { link.tell_of(bytes); }},
          stream{how.begin(how, AnySource{wire}, AnySink{wire}, Workload{})} {}
    WatchedStream<Stream, std::function<void(std::span<const std::byte>)>> wire;
    std::unique_ptr<CompressedStream> stream;
  };

  void tell_of(std::span<const std::byte> bytes) {
    if (!bytes.empty() && core_.wants_bytes()) core_.template observe<DataBytes>(direction_, bytes);
  }
  awaitable<std::size_t> read(std::span<std::byte> room) {
    return compressed_ ? compressed_->stream->read_some(room) : stream_.read_some(room);
  }
  awaitable<std::size_t> written(std::span<const std::byte> part) {
    if (compressed_)
      co_await compressed_->stream->write(part);
    else
      co_await stream_.write(part);
    co_return part.size();
  }

  /// Does one step of the connection and takes note of what it moved.
  awaitable<std::size_t> counted(awaitable<std::size_t> step) {
    check();
    std::size_t n = 0;
    try {
      const std::size_t moved = co_await std::move(step);
      n = moved;
    } catch (const std::system_error&) {
      transfer_.broken = true;
      throw;
    }
    transfer_.moved += n;
    moved_ += n;
    core_.deadline().extend();
    core_.template observe<DataMoved>(direction_, moved_);
    if (transfer_.progress) tell();
    co_await core_.keep_alive();
    if (transfer_.bandwidth) co_await slow_down(n);
    co_return n;
  }

  void check() const {
    if (core_.refused()) throw std::system_error(asio::error::operation_aborted);
  }

  void tell() {
    const Time now = core_.network().now();
    meter_.note(now, moved_);
    const Progress progress =
        progress_of(meter_, now - transfer_.began, transfer_.offset, moved_, transfer_.size.value_or(0));
    if (transfer_.progress(progress) == Go::stop) throw std::system_error(Errc::aborted);
  }

  /// Waits until the bound on the bandwidth lets the next bytes follow.
  awaitable<void> slow_down(std::size_t n) {
    const Time now = core_.network().now();
    const Time due = transfer_.bandwidth->after(n, now);
    if (due <= now) co_return;
    {
      typename Core::Limit none{core_.deadline(), Duration::max(), {}};
      co_await core_.network().sleep_until(due);
    }
    core_.deadline().extend();
  }

  Core& core_;
  Stream stream_;
  ClientTransfer& transfer_;  // while it lasts: an interrupted upload's connection may outlive it
  const Direction direction_;
  std::optional<Compressed> compressed_;
  RateMeter meter_;
  const Endpoint local_, remote_;
  std::uint64_t moved_ = 0;
  bool complete_ = false;
  bool lost_ = false;  // ended by the peer in its own way
};

}  // namespace ftplike::detail
