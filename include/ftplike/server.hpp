#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/io/observer.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/parts.hpp>
#include <ftplike/profile.hpp>
#include <ftplike/server/status.hpp>
#include <ftplike/system/own_parts.hpp>
#include <ftplike/verbs/security.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

template <class T, class P> class ServerCore;

/// The fault of a listener with implicit TLS on a transport that has none.
template <class T> struct TransportHasNoTls {
  static_assert(SecurableStream<typename T::Stream>,
                "Beginning::implicit_tls needs a transport with TLS: over this one sessions would be in clear");
};

}  // namespace detail

/// Accepts sessions on any number of addresses and deals them out over the transport's executors.
///
///     ftplike::TcpTransport network;
///     ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}};
///     server.listen("127.0.0.1", 3456);
///     network.run();
///
/// Its parts follow the transport in any order, each at most once: a storage; an authenticator (without one, who comes
/// over loopback may read); a profile (`Ftp{}` if none); the members of `Settings`; and an observer: anything that can
/// be called with one of the events of io/observer.hpp. What is none of these does not compile.
///
/// **Lifetime:** sessions may outlive it; nothing runs after the transport. **Threads:** any.
template <Transport T, class P> class Server {
 public:
  /// Of parts in any order: a storage, and what else there is. What is none of a server's parts does not compile.
  template <class... Parts> explicit Server(T& network, Parts... parts)
      : state_{make(network, ServiceParts<P>{parts...})} {
    static_assert(sizeof(detail::CheckedParts<P, Parts...>) > 0);
    static_assert(sizeof(detail::WholeTls<T>) > 0);
    static_assert(sizeof(detail::OwnPartsNeedBodiesHpp<T, Server>) > 0);
  }
  Server(Server&&) = delete;
  ~Server() { stop(); }

  /// Accepts sessions there from now on; port 0 lets the system choose. Gives the address that it became.
  ///
  /// **Errors:** `std::system_error` that names the address, if it cannot be had; `std::invalid_argument` if no session there could be
  /// as the server's parts want it: TLS is required, or to be there from the beginning, and there is no certificate; or
  /// nobody could come in; `Errc::shutting_down` after `stop`.
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint listen(const std::string& address, std::uint16_t port, B beginning = {}) {
    return listen(Endpoint{asio::ip::make_address(address), port}, beginning);
  }
  /// The same at an address.
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint listen(const Endpoint& where, B beginning = {}) {
    check_beginning<B>();
    return listen_at(where, beginning);
  }
  /// Accepts sessions from a listener that somebody else made: a supervisor's, a test's.
  ///
  /// **Errors:** `std::invalid_argument`, as `listen`.
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint accept_from(typename T::Acceptor listener, B beginning = {}) {
    check_beginning<B>();
    return accept_all_of(std::move(listener), beginning);
  }

  /// Takes no new sessions, lets commands end until `Limits::drain` has passed, then cuts what is left, and after
  /// `Limits::abandon` gives up on what cannot be ended. Returns at once; `stopped` tells when that is done. Later calls
  /// do nothing.
  void stop() { handle().stop(); }
  /// The same, but cuts what is left at once, also of a `stop` that is under way.
  void cut() { handle().cut(); }
  /// Stops and cuts the server also for those who may outlive it: there is nothing left to do then.
  ///
  /// **Lifetime:** not beyond the transport. **Threads:** any.
  class Handle;
  /// One of those.
  Handle handle() const;
  /// Waits for the end of `stop`, whoever calls that, and tells what became of the sessions. It comes in any case, after
  /// the last `SessionClosed`; the observer gets the same report (`ServerStopped`).
  awaitable<StopReport> stopped();

  /// What its sessions share.
  Service<P>& service() noexcept;
  /// How many sessions there are now.
  std::size_t sessions() const;
  /// What sessions there are now, and what each is about, in the order of their numbers. A session whose thread is blocked
  /// is left out, after a second. **Threads:** may be awaited on any executor.
  ///
  ///     const auto sessions = co_await server.list_sessions();
  awaitable<std::vector<SessionStatus>> list_sessions();
  /// Ends the sessions that `which` says yes to, at once, whatever they are about; their clients hear 421. Gives those.
  /// Those of one user: `[](const SessionInfo& who) { return who.user == "anna"; }`. `which` is called on the executors of
  /// the sessions, by several threads at once where they have several, and must not throw.
  /// **Threads:** may be awaited on any executor.
  awaitable<std::vector<SessionInfo>> end_sessions(std::function<bool(const SessionInfo&)> which);
  /// The limits as they are now.
  Limits limits() const;
  /// Has other limits hold from now on: for each step that begins, each session and each command that comes. What is under
  /// way keeps the times that it began with, and a session the length of its lines.
  void change_limits(const Limits& limits);

 private:
  using State = detail::ServerCore<T, P>;
  using StatePointer = std::shared_ptr<State>;

  template <class B> static void check_beginning() {
    if constexpr (std::is_same_v<B, Beginning::ImplicitTls>) static_assert(sizeof(detail::TransportHasNoTls<T>) > 0);
  }
  static StatePointer make(T& network, ServiceParts<P> parts);
  Endpoint listen_at(const Endpoint& where, Beginning beginning);
  Endpoint accept_all_of(typename T::Acceptor listener, Beginning beginning);
  void check_before_listening(const Address& address, Beginning beginning);
  Endpoint accept_all_from(typename T::Acceptor listener, Beginning beginning);

  StatePointer state_;
};

/// Stops a server from anywhere, also one that is no more.
template <Transport T, class P> class Server<T, P>::Handle {
 public:
  /// As `Server::stop`.
  void stop() const { end(false); }
  /// As `Server::cut`.
  void cut() const { end(true); }

 private:
  friend class Server;
  // Who accepts or converses holds the state. Where nobody does any more, the event loop may be at its end, and what is
  // left in it must not hold what holds it.
  Handle(const Executor& main, const StatePointer& state) : main_{main}, state_{state} {}
  void end(bool cuts) const;

  Executor main_;
  std::weak_ptr<State> state_;
};

/// The type of a server of these parts, as a member of a class needs it: `ServerOf<TcpTransport, DirectoryStorage>`.
template <Transport T, class... Parts> using ServerOf = Server<T, typename detail::ProfileOf<Ftp, Parts...>::type>;

/// Makes out of the parts which server it is.
template <Transport T, class... Parts> Server(T&, Parts...)
    -> Server<T, typename detail::ProfileOf<Ftp, Parts...>::type>;

}  // namespace ftplike

#ifndef FTPLIKE_SEPARATE_COMPILATION
#include <ftplike/server/core.hpp>
#endif
