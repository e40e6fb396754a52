#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <ftplike/simulated/schedule.hpp>

namespace ftplike::inline v0_2 {

/// Where a simulated network cuts what is written into pieces: each read gives one piece.
enum class Split {
  nowhere,     // a read gives all that has arrived and that it has room for
  somewhere,   // at places that the seed chooses
  every_byte,  // a read gives one byte
};

/// What a simulated network is like. May be changed at any time, for what happens from then on.
struct NetworkConditions {
  std::size_t window = 64 * 1024;  // bytes that a direction of a connection holds before its writer has to wait
  std::size_t backlog = 128;       // connections that wait to be accepted before others are refused
  Split split = Split::nowhere;  // where what is written comes apart
  std::size_t largest_piece = std::numeric_limits<std::size_t>::max();  // that a read gives
  std::uint64_t bandwidth = 0;  // bytes a second, in each direction of each connection; 0: no limit
  Duration delay{};             // from one end to the other
  Duration jitter{};            // and up to this much more, which the seed chooses for each piece
  bool interleave = false;      // operations that need not wait let others run first, in an order that the seed chooses
};

/// What happens to one operation of a simulated network.
enum class Fault {
  reset,   // its connection is lost at both ends; what was under way with it
  end,     // the stream that it reads or writes just ends there: the reader sees the end, the writer `broken_pipe`
  refuse,  // no connection, no acceptor; for reads and writes the same as `reset`
  stall,   // it never ends, whatever the peer does: only `cancel` and limits of time get out
};

/// Which connections of a simulated network, by what they are for. A control connection is one of which either end
/// was told so by `mark_as_control`, as sessions of servers and clients tell theirs; all others are for data.
enum class Link { any, control, data };

/// Where a fault is to happen: at the n-th operation that fits all that is said here, counted from the order on.
///
///     network.fail({.connection = Link::data, .write = 3}, Fault::reset);           // a data connection's third write
///     network.fail({.command = "STOR"}, Fault::end);                                // the read that would give it
///     network.fail({.connect = 1, .of = "192.0.2.7", .command = "EPSV"}, Fault::refuse);
///
/// Reads and writes are counted for each end of each connection by itself: the first that gets as far meets with the
/// fault, and nobody after it. Of `read`, `write`, `connect` and `operation` one is given, or none beside a command.
struct FaultPlace {
  Link connection = Link::any;  // of which connection
  std::size_t read = 0, write = 0;  // the n-th of an end of a connection, from 1 on
  std::size_t connect = 0;          // the n-th connection that a transport makes; nobody knows yet what it is for
  std::size_t operation = 0;        // the n-th of all: connect, listen, accept, reads, writes and `finish`
  std::string of{};                 // only connections of the host with this address, whichever end it is
  std::string by{};                 // only operations of the host with this address
  std::string command{};  // counted is from the moment on that a server reads this verb, in clear, on a control
                          // connection that `of` fits; if nothing is to be counted, the fault is that read's
};

namespace detail::simulated {

/// Errors compare with `std::errc`, which those of Asio 1.22 do not.
[[noreturn]] inline void fail(std::errc error) { throw std::system_error(std::make_error_code(error)); }

/// One direction of a connection: bytes that were written and not yet read, the last of them perhaps still under way.
class Flow {
 public:
  explicit Flow(Schedule& schedule) noexcept : arrival{schedule}, space{schedule}, next_arrival{schedule} {}

  std::size_t held() const noexcept { return bytes_.size() - begin_; }
  std::size_t readable() const noexcept { return held() - under_way_; }
  void put(std::span<const std::byte> bytes) {
    // Moving what is left to the front only once as much has been read keeps this linear.
    if (begin_ >= held()) {
      bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
      begin_ = 0;
    }
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  std::span<const std::byte> take(std::size_t n) noexcept {
    const auto taken = std::span{bytes_}.subspan(begin_, n);
    begin_ += n;
    return taken;
  }
  /// Says that the last `n` bytes, or the end of the stream, are there at `due` only.
  void delay(std::size_t n, bool end, Time due) {
    under_way_ += n;
    pieces_.push_back({due, n, end});
  }
  void clear() noexcept {
    bytes_.clear();
    pieces_.clear();
    begin_ = under_way_ = 0;
  }
  /// When the next piece is due, if one is under way; `arrive` says that it has come.
  std::optional<Time> due() const { return pieces_.empty() ? std::nullopt : std::optional{pieces_.front().due}; }
  void arrive() {
    under_way_ -= pieces_.front().size;
    if (pieces_.front().end) ended = true;
    pieces_.pop_front();
  }

  Signal arrival;  // for the reader
  Signal space;    // for the writer
  Alarm next_arrival;
  Time sent_by{};         // when all that was sent has left, where there is a limit of bandwidth
  bool finished = false;  // no more will be written
  bool ended = false;     // and the reader may know

 private:
  struct Piece {
    Time due;
    std::size_t size;
    bool end;
  };
  std::vector<std::byte> bytes_;
  std::size_t begin_ = 0, under_way_ = 0;
  std::list<Piece> pieces_;
};

}  // namespace detail::simulated
}  // namespace ftplike
