#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/reply.hpp>

namespace ftplike::inline v0_2 {

/// Which session something happened in, seen from the end that tells it.
class SessionInfo {
 public:
  SessionInfo() = default;
  /// Of a session before its login.
  SessionInfo(std::uint64_t its_number, Endpoint its_local, Endpoint its_peer)
      : number{its_number}, local{its_local}, peer{its_peer} {}
  std::uint64_t number = 0;  // 1, 2, … in the order of their beginnings
  Endpoint local, peer;      // of the control connection
  std::string user;          // empty before a login
  Path root;                 // of its account in the storage: "/" before a login, and at a client
};

// The events of a session, in the order of its life. A server and a client tell the same ones, each what it does
// itself: a client's `LoginTried` is the server's verdict, and it has none of `SessionRefused`,
// `IntroductionFailed`, `CommandRefused`, `ClientBanned`, `FileChanged` and `ServerStopped`. Each
// is seen while it happens: views and references in it last as long as the call.
//
// **Threads:** an observer is called on the executor of the session: by several threads at once where there are
// several, but by one at a time for one session. It must not block: the other sessions of that thread would wait.
//
// **Errors:** what it throws at `SessionOpened` ends the session, at a server with 421; at `CommandSeen`,
// `DataListening`, `TransferBegun`, `DataOpened`, `DataBytes` and `DataMoved` the command, at a server with the reply to that error. At the others it
// changes nothing: they tell what has happened. docs/events.md has all of them in a table.

/// A session began: the control connection is there, and nothing was said yet.
struct SessionOpened {
  const SessionInfo& who;
};
/// A client was turned away with 421 before it had a session.
struct SessionRefused {
  const SessionInfo& who;
  std::string_view why;  // "too many connections", "banned", "the server stops"
};
/// A trusted proxy did not say whom it passes on: its connection is closed without a word.
struct IntroductionFailed {
  const SessionInfo& who;  // the proxy
  std::error_code error;   // `Errc::timed_out`, `Errc::bad_introduction`, `Errc::peer_lost`
};
/// A command came in, or went out of a client. The argument of PASS and ACCT, and at a server of any verb that it does
/// not know, is "***".
///
/// An observer of a server that returns `std::optional<Reply>` for this event may refuse the command: the reply that it
/// gives is sent in place of running it.
struct CommandSeen {
  const SessionInfo& who;
  std::string_view verb, argument;  // as they were said; the argument may be empty
  bool unterminated = false;  // it came without a line ending, and was taken for whole because nothing followed
};
/// A command was not done since its client may not do it: a right is missing, or a rule, a quota, the storage's
/// permissions, an observer or the want of TLS says no. A login is told by `LoginTried`, a transfer that had begun by
/// `TransferEnded`.
struct CommandRefused {
  const SessionInfo& who;
  std::string_view verb, argument;  // as those of `CommandSeen`
  const Path& directory;            // where the client is, as it sees it
  const Reply& reply;  // what the client heard
};
/// A reply went out to the client, or came in from the server; preliminary ones (150) and the greeting as well.
struct ReplySeen {
  const SessionInfo& who;
  const Reply& reply;  // its code and text
};
/// A login was accepted or refused: by a password, a certificate, or as somebody who needs neither.
struct LoginTried {
  const SessionInfo& who;
  std::string_view user;  // as the client said it, whether there is one or not
  bool accepted;  // whether the user is in
  std::string_view why{};  // it was refused, if the authenticator says that (`LoginRefused`); the client is not told
};
/// So many logins from a client failed that it is banned.
struct ClientBanned {
  const SessionInfo& who;
  const Subnet& subnet;   // who is, the client among them
  Timestamp until;        // in UTC
  std::error_code error;  // why that could not be written into the file of the bans
};
/// A connection is secured by TLS: the control connection, or one for data.
struct ConnectionSecured {
  const SessionInfo& who;
  bool data;  // a data connection, not the control connection
  const TlsDetails& tls;  // version, cipher and the like
};
/// A TLS handshake failed, and its connection is not used. A server's session ends with that of its control connection.
struct HandshakeFailed {
  const SessionInfo& who;
  bool data;  // a data connection, not the control connection
  std::error_code error;  // why
};
/// A port waits for the peer's data connection.
struct DataListening {
  const SessionInfo& who;
  Endpoint local;  // the address that it waits at
};
/// Somebody else than the peer came to a data port, or was named as its address, and was turned away.
struct StrangerRefused {
  const SessionInfo& who;
  Endpoint stranger;  // who it was
};
/// Which way the bytes of a transfer go, seen from the end that tells it.
enum class Direction { sent, received };
/// A transfer begins: what is to go over the data connection that is made for it now.
struct TransferBegun {
  const SessionInfo& who;
  std::string_view verb;  // of the command
  const Path& path;       // of the file in the storage, or of the directory that is listed
  Direction direction;  // which way its bytes go
  std::uint64_t offset;                   // where in the file it begins
  std::optional<std::uint64_t> expected;  // bytes over the data connection, if it is known how many there are
  bool ascii;    // text is converted (TYPE A)
  bool listing;  // it is a listing and no file
  /// The path as the client sees it: below its account's root.
  Path shown_path() const { return path.below(who.root); }
};
/// A data connection is there, and secured where it has to be.
struct DataOpened {
  const SessionInfo& who;
  Endpoint local;   // our end
  Endpoint remote;  // the other one
};
/// These bytes went over the data connection. An observer that takes this event costs the kernel's short cut from file to
/// connection; one that has a function `wants_bytes()` does while that says yes, and is told of none otherwise.
struct DataBytes {
  const SessionInfo& who;
  Direction direction;  // which way they went
  std::span<const std::byte> bytes;  // as they were on the wire, before TLS
};
/// Bytes went over the data connection; `total` of them by now.
struct DataMoved {
  const SessionInfo& who;
  Direction direction;  // which way they went
  std::uint64_t total;  // bytes of this transfer by now
};
/// A data connection is closed, after `total` bytes. Whether the transfer was a success, `TransferEnded` tells.
struct DataClosed {
  const SessionInfo& who;
  Endpoint local;   // our end
  Endpoint remote;  // the other one
  Direction direction;  // which way its bytes went
  std::uint64_t total;  // bytes that went over it
};
/// A transfer has its verdict: `error` is empty if it is complete, and a file that was received stands under its name.
struct TransferEnded {
  const SessionInfo& who;
  std::string_view verb;  // of the command
  const Path& path;       // of the file in the storage, or of the directory that is listed
  Direction direction;  // which way its bytes went
  std::uint64_t bytes;   // over the data connection
  std::uint64_t offset;  // where in the file it began
  Duration took;                // beginning before the data connection was made
  bool ascii;    // text was converted (TYPE A)
  bool listing;  // it was a listing and no file
  std::error_code error;  // why it failed; empty if it is complete
  /// Of an upload that failed: the file beside `path` where the server keeps what came, for being gone on with. Empty where
  /// nothing is kept, or not in such a file.
  std::string_view kept_as{};
  /// Whether all of it has gone over.
  bool complete() const noexcept { return !error; }
  /// Whether a whole file was received.
  bool is_upload() const noexcept { return complete() && !listing && direction == Direction::received; }
  /// Whether an upload ended in order, and is not taken for whole all the same, as its end does not prove that all has come.
  /// What came is kept aside where the storage keeps such files, and nobody else was at the name.
  bool is_uncertain() const noexcept { return error == Errc::no_quit || error == Errc::no_close_notify; }
  /// The path as the client sees it: below its account's root.
  Path shown_path() const { return path.below(who.root); }
  /// Where in the file the transfer ended, which is the size of one that was received, or sent to its end. Text that
  /// was changed on its way (`ascii`) and listings have none.
  std::optional<std::uint64_t> size() const noexcept {
    return ascii || listing ? std::nullopt : std::optional{offset + bytes};
  }
};
/// What a command has done to a file or directory, other than writing it.
enum class Change { removed, renamed, directory_made, directory_removed, time_set, mode_set };
/// How programs call these.
inline constexpr std::array<std::string_view, 6> change_names{"removed",           "renamed",  "directory_made",
                                                              "directory_removed", "time_set", "mode_set"};
/// A file or directory was removed, renamed, made, or given another time or other permissions.
struct FileChanged {
  const SessionInfo& who;
  std::string_view verb;  // of the command
  Change change;                     // what became of it
  const Path& path;                  // in the storage
  const Path* renamed_to = nullptr;  // of `renamed`
  Timestamp time{};                  // of `time_set`
  unsigned mode = 0;                 // of `mode_set`
  /// The path as the client sees it: below its account's root.
  Path shown_path() const { return path.below(who.root); }
};
/// A session has ended, and its control connection is closed. The last event of every session that was opened.
struct SessionClosed {
  const SessionInfo& who;
  std::error_code error;  // empty after a farewell
};
/// A session that could not be ended: something that it waits for knows no cancellation, or blocks its thread.
struct StuckSession {
  std::uint64_t number = 0;  // that of its `SessionInfo`
  Endpoint peer;  // its client
  std::string user;      // empty before a login
  std::string activity;  // the verb of its command, or what else it was about
};
/// What became of the sessions of a server that stopped.
struct StopReport {
  std::size_t drained = 0;          // ended by themselves
  std::size_t cut = 0;              // had to be ended
  std::vector<StuckSession> stuck;  // could not be; they end with the event loop
};
/// The server has stopped: its ports are free, and but for those that are stuck its sessions have ended.
struct ServerStopped {
  StopReport report;  // what became of the sessions
};

/// A list of events.
template <class... All> struct EventList {};
/// All events that there are.
using AllEvents =
    EventList<SessionOpened, SessionRefused, IntroductionFailed, CommandSeen, CommandRefused, ReplySeen, LoginTried,
              ClientBanned, ConnectionSecured, HandshakeFailed, DataListening, StrangerRefused, TransferBegun, DataOpened,
              DataBytes, DataMoved, DataClosed, TransferEnded, FileChanged, SessionClosed, ServerStopped>;

/// Sees nothing and costs nothing: the default observer.
struct NoObserver {};

/// Whether an observer takes an event: it is anything that can be called with it, a lambda for instance.
template <class Observer, class Event> constexpr bool takes = std::is_invocable_v<Observer&, const Event&>;

namespace detail {

template <class...> constexpr bool never = false;

template <class Observer, class... Events> constexpr bool takes_one_of(EventList<Events...>) {
  return (takes<Observer, Events> || ...);
}
/// Whether something could only be called with an event that may be changed, which no event may.
template <class Observer, class Event> constexpr bool would_change() {
  if constexpr (takes<Observer, Event>) {
    return false;
  } else {
    return std::is_invocable_v<Observer&, Event&> || std::is_invocable_v<Observer&, Event>;
  }
}
template <class Observer, class... Events> constexpr bool would_change_one_of(EventList<Events...>) {
  return (would_change<Observer, Events>() || ...);
}

// Faults, each named after what is wrong and instantiated with whose it is.

template <class Observer> struct ObserverThatWouldChangeEvents {
  static_assert(never<Observer>,
                "an observer takes its events by const reference or by value, for it cannot change them");
};
template <class Observer> struct ObserverThatTakesNoEvent {
  static_assert(never<Observer>, "this is no observer: it cannot be called with any of the events of io/observer.hpp");
};

struct NoFault {};

/// What is wrong with something that is to be an observer: a type that does not compile, or `NoFault`. It is asked for
/// its size, in an assertion of its own, so that compilers tell of nothing else.
template <class Observer> constexpr auto fault_of_observer() {
  if constexpr (would_change_one_of<Observer>(AllEvents{})) {
    return std::type_identity<ObserverThatWouldChangeEvents<Observer>>{};
  } else if constexpr (!std::is_same_v<Observer, NoObserver> && !takes_one_of<Observer>(AllEvents{})) {
    return std::type_identity<ObserverThatTakesNoEvent<Observer>>{};
  } else {
    return std::type_identity<NoFault>{};
  }
}

/// Whether an observer may answer to an event. (`std::is_invocable_r_v` of libc++ 19 does not compile where it returns nothing.)
template <class Observer, class Event> constexpr bool answers() {
  if constexpr (!std::is_invocable_v<Observer&, const Event&>) {
    return false;
  } else {
    using Said = std::invoke_result_t<Observer&, const Event&>;
    return std::conjunction_v<std::negation<std::is_void<Said>>, std::is_convertible<Said, std::optional<Reply>>>;
  }
}

}  // namespace detail

/// Whether an observer wants to be told of `DataBytes` now.
template <class Observer> bool wants_bytes(Observer& observer) {
  if constexpr (!takes<Observer, DataBytes>) {
    return false;
  } else if constexpr (requires { observer.wants_bytes(); }) {
    return observer.wants_bytes();
  } else {
    return true;
  }
}

/// Several observers as one: each sees what it takes.
template <class... All> class Observers {
  static_assert(((sizeof(typename decltype(detail::fault_of_observer<All>())::type) > 0) && ...));

 public:
  /// In the order in which they are told.
  explicit Observers(All... all) : all_{std::move(all)...} {}
  /// Tells each; the first refusal is that of all.
  template <class Event>
    requires(std::is_invocable_v<All&, const Event&> || ...)
  std::optional<Reply>
  operator()(const Event& event) {
    std::optional<Reply> refusal;
    const auto tell = [&](auto& one) {
      if constexpr (detail::answers<decltype(one), Event>()) {
        if (auto answer = one(event); answer && !refusal) refusal = std::move(answer);
      } else if constexpr (std::is_invocable_v<decltype(one), const Event&>) {
        one(event);
      }
    };
    std::apply([&](auto&... ones) { (tell(ones), ...); }, all_);
    return refusal;
  }
  /// Whether one of them does.
  bool wants_bytes() {
    return std::apply([](auto&... ones) { return (ftplike::wants_bytes(ones) || ...); }, all_);
  }

 private:
  std::tuple<All...> all_;
};

/// Tells `observer` of `event` if it wants to know; nothing is made up for one that does not.
template <class Event, class Observer, class... Parts> void observe(Observer& observer, Parts&&... parts) {
  if constexpr (takes<Observer, Event>) observer(Event{std::forward<Parts>(parts)...});
}

/// The same of something that has happened, of which no exception of the observer's makes anything else.
template <class Event, class Observer, class... Parts> void report(Observer& observer, Parts&&... parts) noexcept {
  if constexpr (takes<Observer, Event>) {
    try {
      observer(Event{std::forward<Parts>(parts)...});
    } catch (...) {  // it cannot change what was
    }
  }
}

/// Tells `observer` of an event that it may answer; gives its answer, if it gives one.
template <class Observer, class Event> std::optional<Reply> ask(Observer& observer, const Event& event) {
  if constexpr (detail::answers<Observer, Event>()) {
    return observer(event);
  } else {
    observer(event);
    return std::nullopt;
  }
}

}  // namespace ftplike
