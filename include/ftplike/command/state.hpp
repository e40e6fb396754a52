#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include <ftplike/protocol/byte_range.hpp>
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/path.hpp>

namespace ftplike::inline v0_2 {

/// What REST, RANG and RNFR say of the command that follows, and of no other. (RFC 959 §4.1.3, RFC 3659 §5)
struct Prepared {
  std::uint64_t restart = 0;        // of REST: where a transfer begins
  std::optional<ByteRange> range;   // of RANG, for RETR or HASH
  std::optional<Path> rename_from;  // of RNFR, for RNTO
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
