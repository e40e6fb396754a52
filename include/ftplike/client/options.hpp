#pragma once
#include <functional>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <ftplike/client/progress.hpp>
#include <ftplike/io/compression.hpp>
#include <ftplike/io/meter.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/reply.hpp>

namespace ftplike::inline v0_2 {

/// Which of the two dialects a session speaks; see docs of `connect` for how `automatic` finds out.
enum class Dialect { automatic, ftplike, standard };

/// The bounds of a client's patience and memory. Times are counted by the transport's clock; `Duration::max()` says "no
/// limit". What runs out is `Errc::timed_out` unless something else is said.
struct ClientLimits {
  /// To look up the server's name; then to connect to each of its addresses; then for a TLS handshake, and for a proxy.
  Duration connect = std::chrono::seconds{30};
  /// Until the next address is tried while the one before has not answered yet. (RFC 8305 §5)
  Duration next_address = std::chrono::milliseconds{250};
  /// From a command to its reply, and from the end of the data to the final reply; then the session is closed.
  Duration reply = std::chrono::seconds{60};
  /// For the data connection to come to be; then the transfer is broken off.
  Duration connect_data = std::chrono::seconds{30};
  /// Without a byte of a transfer; then it is broken off. (`Errc::stalled`)
  Duration stall = std::chrono::seconds{60};
  /// To get back in step after a transfer that was broken off; then the session is closed.
  Duration recovery = std::chrono::seconds{10};
  /// Entries of a listing that is kept as a whole. (`Errc::bad_listing`)
  std::size_t entries = 1'000'000;
  /// Directories below the one where a walk begins. (`Errc::bad_listing`)
  unsigned depth = 100;
  /// Bytes of a line of a listing. (`Errc::line_too_long`)
  std::size_t line = 64 * 1024;
};

/// How a client is to behave.
struct ClientOptions {
  ClientOptions() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  Dialect dialect = Dialect::automatic;  // which of the two the session is to speak
  std::string account;  // for servers that ask for one (ACCT)
  bool active = false;  // the server connects to us for data, where the channel allows both and there is no proxy
  /// What passes all connections on: `socks5://user:password@host:port` or `http://host:port`; none if empty. The proxy
  /// looks up the server's name.
  std::string proxy;
  /// How far the clock of the server's listings is ahead of UTC, always. If not given it is found out, for summer and
  /// winter, where MDTM can tell.
  std::optional<std::chrono::minutes> zone;
  Duration keep_alive = std::chrono::seconds{60};  // between NOOPs during a long transfer; zero for none
  /// With one, transfers and listings go compressed where the server offers MODE Z.
  Compression compression;
  ClientLimits limits;  // how long the client waits, and how much it keeps
};

/// How one transfer is to be done.
struct TransferOptions {
  TransferOptions() {}  // no aggregate, as above

  bool ascii = false;      // TYPE A: line endings are converted
  bool resume = false;     // go on where an interrupted transfer of this file ended; what cannot seek throws
  bool verify = true;      // compare the length with what the server says, where it can say
  bool keep_time = false;  // the copy gets the time of modification of the original, where the server can say or set it
  /// A bound of bytes a second over the data connection, before compression and TLS; transfers that have the same one share it. None if
  /// null.
  std::shared_ptr<Meter> bandwidth;
  /// Of the file on the server, if they are known already: then it is not asked.
  std::optional<std::uint64_t> size;
  std::optional<Timestamp> modified;  // its time, in UTC
  /// Called after each piece that went over the data connection, with the rate and the time that the rest will take; it
  /// may stop the transfer. **Threads:** on the executor of the session, so it must not block.
  ProgressCallback progress;
};

/// What a transfer came to.
class TransferResult {
 public:
  std::uint64_t transferred = 0;  // bytes over the data connection, before they were compressed
  std::uint64_t offset = 0;       // where it began, when resumed
  Duration took{};  // from the beginning of the operation to its end
  std::string name;  // the local file of a download; the remote one of an upload
  Reply reply;       // the server's last word; none if nothing had to be transferred
};

/// Sees what is below a directory: its path from there, such as "images/a.jpg", and its entry. Of a directory it says
/// whether to go into it.
using WalkVisit = std::function<bool(const std::string& path, const Entry& entry)>;

}  // namespace ftplike
