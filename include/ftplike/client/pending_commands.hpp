#pragma once
#include <cstdint>

#include <ftplike/protocol/reply.hpp>

namespace ftplike::inline v0_2::detail {

/// What a client has asked, as far as it matters for telling the replies apart.
enum class Asked : std::uint8_t {
  simple,      // exactly one final reply
  transfer,    // a preliminary reply, then a final one
  keep_alive,  // NOOP during a transfer: answered before, after, or never
  abort,       // ABOR: answered after the transfer, instead of it, or never
  marker,      // PWD, by which a client gets in step again: nothing else that may be outstanding is answered with 257
};

/// Whose a reply is.
enum class Owner : std::uint8_t {
  command,      // the final reply to the simple command or the transfer
  preliminary,  // the transfer's
  marker,       // in step again: nothing is outstanding any more
  farewell,     // 421: the session is over
  nobody,       // belongs to a NOOP or an ABOR, or comes too late
};

/// The commands that have not been answered, and the rules by which replies find theirs. A session is in step if
/// nothing is outstanding; only then may the next command go out.
///
/// The rules: a 421 ends all. A transfer that has begun is answered by x2x (connections) and x5x (files), a NOOP by x0x
/// (syntax). A 226 or 426 is never the answer to a simple command. After a transfer that was refused in its middle, or
/// broken off, or kept alive by NOOPs that were not answered, nobody can know how many replies are still to come: then
/// all are dropped up to the 257 of a PWD.
class PendingCommands {
 public:
  void sent(Asked what) noexcept {
    switch (what) {
      case Asked::simple: simple_ = true; break;
      case Asked::transfer:
        transfer_ = true;
        begun_ = false;
        break;
      case Asked::keep_alive: ++keep_alives_; break;
      case Asked::abort: aborted_ = tangled_ = true; break;
      case Asked::marker: marked_ = true; break;
    }
  }

  Owner take(const Reply& reply) noexcept {
    if (reply.code() == 421) {
      *this = PendingCommands{};
      return Owner::farewell;
    }
    if (marked_) {
      if (reply.code() != 257) return Owner::nobody;
      *this = PendingCommands{};
      return Owner::marker;
    }
    if (transfer_) return take_for_transfer(reply);
    const int group = reply.code() / 10 % 10;
    if (keep_alives_ > 0 && group == 0) {
      --keep_alives_;
      return Owner::nobody;
    }
    const bool late = reply.preliminary() || reply.code() == 226 || reply.code() == 426;
    if (!simple_ || late) return Owner::nobody;
    simple_ = false;
    return Owner::command;
  }

  bool in_step() const noexcept { return !simple_ && !transfer_ && !tangled() && !marked_; }
  /// Whether a transfer waits for its final reply.
  bool transferring() const noexcept { return transfer_; }
  bool aborted() const noexcept { return aborted_; }
  bool marked() const noexcept { return marked_; }
  /// Whether only a marker can tell when all have been answered.
  bool tangled() const noexcept { return tangled_ || keep_alives_ > 0 || (transfer_ && begun_); }

 private:
  Owner take_for_transfer(const Reply& reply) noexcept {
    const int group = reply.code() / 10 % 10;
    if (reply.preliminary()) {
      if (begun_) return Owner::nobody;
      begun_ = true;
      return Owner::preliminary;
    }
    if (begun_ && keep_alives_ > 0 && group == 0) {
      --keep_alives_;
      return Owner::nobody;
    }
    transfer_ = false;
    if (reply.negative() && (begun_ || group == 2)) tangled_ = true;
    return Owner::command;
  }

  bool simple_ = false, transfer_ = false, begun_ = false, aborted_ = false, marked_ = false, tangled_ = false;
  unsigned keep_alives_ = 0;
};

}  // namespace ftplike::detail
