#pragma once
#include <algorithm>
#include <chrono>

#include <ftplike/io/transport.hpp>

namespace ftplike::inline v0_2 {

/// Whether the final reply to a download waits until the client has closed the data connection.
///
/// Some clients (aria2, snarf) read the preliminary reply with all that came behind it, and then wait for a final reply
/// that they have read already. A client that has closed the data connection has read the preliminary reply before: so
/// the final reply, which says that the data connection is closing (RFC 959 §5.4), comes after that.
///
/// A wait costs a round trip, and puts both ends to sleep once more. So none is longer than twenty milliseconds; a
/// session in which one was in vain, whose client waits for the final reply itself, has no further ones; and after its
/// first sixteen a session spends no more than a 256th of its time on them. A sixty-fourth was seen to cost small files
/// three in a hundred of their rate.
class ClosingWait {
 public:
  /// Of one wait.
  static constexpr Duration longest = std::chrono::milliseconds{20};

  /// Of one session.
  explicit ClosingWait(Time session_began) noexcept : session_began_{session_began} {}

  /// Whether the next final reply waits.
  bool is_due(Time now) const noexcept {
    return !in_vain_ && (count_ < free_of_charge || spent_ <= (now - session_began_) / share);
  }
  /// Tells of a wait that is over.
  void note(Duration took, bool in_vain) noexcept {
    count_ = std::min(count_ + 1, free_of_charge);
    spent_ += took;
    in_vain_ = in_vain;
  }

 private:
  static constexpr int free_of_charge = 16, share = 256;

  const Time session_began_;
  Duration spent_{};
  int count_ = 0;
  bool in_vain_ = false;
};

}  // namespace ftplike
