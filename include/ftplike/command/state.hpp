#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <ftplike/protocol/byte_range.hpp>
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/path.hpp>

namespace ftplike::inline v0_2 {

/// What REST, RANG and RNFR say of the command that follows, and of no other. (RFC 959 §4.1.3, RFC 3659 §5)
class Prepared {
 public:
  /// Of REST: where a transfer begins; 0 unless it was said.
  std::uint64_t restart() const noexcept { return said_ ? said_->restart : 0; }
  /// Of RANG, for RETR or HASH.
  std::optional<ByteRange> range() const noexcept { return said_ ? said_->range : std::nullopt; }
  /// Of RNFR, for RNTO.
  std::optional<Path> rename_from() const { return said_ ? said_->rename_from : std::nullopt; }

  /// REST said this.
  void set_restart(std::uint64_t position) { said().restart = position; }
  /// RANG said this.
  void set_range(const std::optional<ByteRange>& range) { said().range = range; }
  /// RNFR said this.
  void set_rename_from(Path path) { said().rename_from = std::move(path); }

 private:
  struct Said {
    std::uint64_t restart = 0;
    std::optional<ByteRange> range;
    std::optional<Path> rename_from;
  };
  Said& said() {
    if (!said_) said_ = std::make_unique<Said>();
    return *said_;
  }
  std::unique_ptr<Said> said_;  // apart, as few sessions have prepared something just now
};

/// What one command of a session leaves for the next: `session.state`. Commands of one's own keep theirs in a struct
/// that is derived from this one and named by their profile, `using State = MyState;`. It is as new in each session and
/// after each USER and REIN.
struct SessionState {
  std::string user;                 // that USER named and PASS has not yet proved
  std::string host;                 // that HOST named
  char type = 'A';                  // of TYPE; an ftp-like session sends bytes as they are whatever it is
  bool compressed = false;          // of MODE: Z
  int compression_level = 0;        // of OPTS MODE Z LEVEL; 0: the server's own
  Prepared prepared;                // for the command under way
  Prepared preparing;               // by it, for the next
  FactSet facts = FactSet::all();   // that MLSD and MLST tell, of OPTS MLST
  unsigned digest = 0;              // of OPTS HASH: the place of an algorithm among those of HASH
};

}  // namespace ftplike
