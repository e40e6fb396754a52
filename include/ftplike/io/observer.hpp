#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

#include <ftplike/io/asio.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/reply.hpp>

namespace ftplike {

/// Which session something happened in, seen from the end that tells it.
class Conversation {
 public:
  Conversation() = default;
  Conversation(std::uint64_t its_number, Endpoint its_local, Endpoint its_peer)
      : number{its_number}, local{its_local}, peer{its_peer} {}
  std::uint64_t number = 0;  // 1, 2, … in the order of their beginnings
  Endpoint local, peer;      // of the control connection
  std::string user;          // empty before a login
};

/// The events of a session, in the order of its life. Each is seen while it happens: views and references in it last as
/// long as the call. What an end does not do it does not tell (a client's observer hears of no login attempt's check).
struct SessionOpened {
  const Conversation& who;
};
/// A client was turned away with 421 before it had a session: there are too many.
struct SessionRefused {
  const Conversation& who;
};
/// A command came in, or went out of a client. The argument of PASS and ACCT, and at a server of any verb that it does
/// not know, is "***". An observer of a server that returns `std::optional<Reply>` for this event may refuse the command: the reply
/// it gives is sent in place of running it.
struct CommandSeen {
  const Conversation& who;
  std::string_view verb, argument;
  bool unterminated = false;  // it came without a line ending, and was taken for whole because nothing followed
};
struct ReplySeen {
  const Conversation& who;
  const Reply& reply;
};
struct LoginTried {
  const Conversation& who;
  std::string_view user;
  bool accepted;
};
/// A port waits for the peer's data connection.
struct DataListening {
  const Conversation& who;
  Endpoint local;
};
/// Somebody else than the peer came to a data port, or was named as its address, and was turned away.
struct StrangerRefused {
  const Conversation& who;
  Endpoint stranger;
};
struct DataOpened {
  const Conversation& who;
  Endpoint local, remote;
};
enum class Direction { sent, received };
/// Bytes went over the data connection; `total` of them by now.
struct DataMoved {
  const Conversation& who;
  Direction direction;
  std::uint64_t total;
};
struct DataClosed {
  const Conversation& who;
  Endpoint local, remote;
  Direction direction;
  std::uint64_t total;
};
/// A transfer has its verdict: `error` is empty if it is complete, and a file that was received stands under its name.
/// `verb` is the command's; `path` the file's in the storage (empty path "/" and listing true for a listing).
struct TransferEnded {
  const Conversation& who;
  std::string_view verb;
  const Path& path;
  Direction direction;
  std::uint64_t bytes, offset;
  Duration took;
  bool ascii, listing;
  std::error_code error;
  bool complete() const noexcept { return !error; }
};
struct SessionClosed {
  const Conversation& who;
  std::error_code error;  // empty after a farewell
};
/// What became of the sessions of a server that stopped.
struct StopReport {
  std::size_t drained = 0;  // ended by themselves
  std::size_t cut = 0;      // had to be ended
};
/// The server has stopped: its ports are free, its sessions are at their ends.
struct ServerStopped {
  StopReport report;
};

/// Sees nothing and costs nothing: the default observer.
struct NoObserver {};

/// Several observers as one: each sees what it takes.
template <class... All> class Observers {
 public:
  explicit Observers(All... all) : all_{std::move(all)...} {}
  template <class Event>
    requires(std::is_invocable_v<All&, const Event&> || ...)
  std::optional<Reply>
  operator()(const Event& event) {
    std::optional<Reply> refusal;
    const auto tell = [&](auto& one) {
      if constexpr (std::is_invocable_r_v<std::optional<Reply>, decltype(one), const Event&>) {
        if (auto answer = one(event); answer && !refusal) refusal = std::move(answer);
      } else if constexpr (std::is_invocable_v<decltype(one), const Event&>) {
        one(event);
      }
    };
    std::apply([&](auto&... ones) { (tell(ones), ...); }, all_);
    return refusal;
  }

 private:
  std::tuple<All...> all_;
};

/// Whether an observer takes an event: it is anything that can be called with it, a lambda for instance.
template <class Observer, class Event> constexpr bool takes = std::is_invocable_v<Observer&, const Event&>;

/// Tells `observer` of `event` if it wants to know; nothing is made up for one that does not.
template <class Event, class Observer, class... Parts> void observe(Observer& observer, Parts&&... parts) {
  if constexpr (takes<Observer, Event>) observer(Event{std::forward<Parts>(parts)...});
}

/// Tells `observer` of an event that it may answer; gives its answer, if it gives one.
template <class Observer, class Event> std::optional<Reply> ask(Observer& observer, const Event& event) {
  if constexpr (std::is_invocable_r_v<std::optional<Reply>, Observer&, const Event&>) {
    return observer(event);
  } else {
    observer(event);
    return std::nullopt;
  }
}

}  // namespace ftplike
