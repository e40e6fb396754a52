#pragma once
#include <algorithm>
#include <array>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/io/securable.hpp>
#include <ftplike/parts.hpp>
#include <ftplike/protocol/proxy_header.hpp>
#include <ftplike/session.hpp>

namespace ftplike {
namespace detail {

/// The fault of a listener with implicit TLS on a transport that has none.
template <class T> struct TransportHasNoTls {
  static_assert(SecurableStream<typename T::Stream>,
                "Beginning::implicit_tls needs a transport with TLS: over this one sessions would be in clear");
};

}  // namespace detail

/// Accepts sessions on any number of addresses and deals them out over the transport's threads.
///
///     ftplike::TcpTransport network;
///     ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}, ftplike::Anonymous{.logins =
///     "read"}}; server.listen("127.0.0.1", 3456); network.run();
///
/// Its parts follow the transport in any order, each at most once: a storage; an authenticator (without one, who comes
/// over loopback may read); a profile (`Ftp{}` if none); the members of `Settings`; and an observer: anything that can
/// be called with one of the events of io/observer.hpp. What is none of these does not compile.
///
/// **Lifetime:** the transport outlives it; sessions may outlive it. **Threads:** `listen` and `stop` from any.
template <Transport T, class P> class Server {
 public:
  template <class... Parts> explicit Server(T& network, Parts... parts)
      : state_{std::make_shared<State>(network, std::tuple<Parts...>{std::move(parts)...})} {
    static_assert(sizeof(detail::CheckedParts<P, Parts...>) > 0);
  }
  Server(Server&&) = delete;
  ~Server() { stop(); }

  /// Accepts sessions there from now on; port 0 lets the system choose. Gives the address that it became.
  ///
  /// **Errors:** `std::system_error` if the address cannot be had; `std::invalid_argument` if no session there could be
  /// as the server's parts want it: TLS is required, or to be there from the beginning, and there is no certificate; or
  /// nobody could come in.
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint listen(const std::string& address, std::uint16_t port, B beginning = {}) {
    return listen(Endpoint{asio::ip::make_address(address), port}, beginning);
  }
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint listen(const Endpoint& where, B beginning = {}) {
    check_before_listening(where.address(), beginning);
    const Executor home = state_->home;
    return accept_all_from(state_->network.listen(home, where), beginning);
  }
  /// Accepts sessions from a listener that somebody else made: a supervisor's, a test's.
  ///
  /// **Errors:** `std::invalid_argument`, as `listen`.
  template <std::convertible_to<Beginning> B = Beginning::Clear>
  Endpoint accept_from(typename T::Acceptor listener, B beginning = {}) {
    check_before_listening(listener.endpoint().address(), beginning);
    return accept_all_from(std::move(listener), beginning);
  }

  /// Takes no new sessions, lets transfers end until `Limits::drain` has passed, cuts the rest, and tells the observer
  /// of it (`ServerStopped`). Returns at once; the transport's `run` returns when it is done. Later calls do nothing.
  void stop() {
    auto state = state_;
    call_on(state->home, [state] {
      if (!state->begins_to_stop()) return;
      start_on(state->home, drain(state));
    });
  }

  /// What its sessions share.
  Service<P>& service() noexcept { return state_->service; }
  /// How many sessions there are now.
  std::size_t sessions() const {
    const std::lock_guard lock{state_->mutex};
    return state_->sessions.size();
  }

 private:
  using OneSession = Session<T, P>;

  struct State {
    template <class... Parts> State(T& its_network, std::tuple<Parts...> parts)
        : network{its_network}, home{home_of(its_network)}, service{std::move(parts)}, all_gone{home} {}

    bool is_stopping() {
      const std::lock_guard lock{mutex};
      return stopping;
    }
    bool begins_to_stop() {
      const std::lock_guard lock{mutex};
      return !std::exchange(stopping, true);
    }

    T& network;
    const Executor home;  // of the acceptors
    Service<P> service;
    Gate all_gone;

    std::mutex mutex;  // of what follows
    bool stopping = false;
    std::vector<std::shared_ptr<typename T::Acceptor>> acceptors;
    std::list<OneSession*> sessions;
    std::map<Address, std::size_t> per_address;
    std::uint64_t last_number = 0;
  };
  using StatePointer = std::shared_ptr<State>;

  /// A session's entry in the server's book, from its beginning to its end.
  class Registration {
   public:
    Registration() = default;
    Registration(StatePointer state, const Address& address, typename std::list<OneSession*>::iterator place)
        : state_{std::move(state)}, address_{address}, place_{place} {}
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() {
      if (!state_) return;
      const std::lock_guard lock{state_->mutex};
      state_->sessions.erase(place_);
      if (--state_->per_address[address_] == 0) state_->per_address.erase(address_);
      if (state_->sessions.empty()) call_on(state_->home, [state = state_] { state->all_gone.open(); });
    }
    /// From now on a server that stops finds the session; one that has begun to has missed it.
    void belongs_to(OneSession& session) {
      const std::lock_guard lock{state_->mutex};
      *place_ = &session;
      if (state_->stopping) session.drain();
    }

   private:
    StatePointer state_;
    Address address_;
    typename std::list<OneSession*>::iterator place_;
  };

  template <class B> void check_before_listening(const Address& address, B beginning) {
    if constexpr (std::is_same_v<B, Beginning::ImplicitTls>) static_assert(sizeof(detail::TransportHasNoTls<T>) > 0);
    if (const auto objection = objection_to(address, beginning); !objection.empty()) {
      throw std::invalid_argument("listen: " + std::string{objection});
    }
  }
  /// Why no session there could be as the server's parts want it; empty if they can.
  std::string_view objection_to(const Address& address, Beginning beginning) {
    auto& service = state_->service;
    if (!has_certificate(state_->network)) {
      if (beginning == Beginning::implicit_tls) return "sessions are to begin with TLS, but there is no certificate";
      if (service.tls_policy > TlsPolicy::offered) return "TLS is required, but there is no certificate";
    }
    if (!OneSession::find_command(Verb{"USER"}) && !service.guest()) {
      return "nobody can come in: this profile has no logins, and sessions without one may do nothing";
    }
    const bool from_elsewhere = !address.is_loopback() || !service.trusted_proxies.networks.empty();
    return objection_to_listening(service.authenticator, from_elsewhere);
  }

  Endpoint accept_all_from(typename T::Acceptor listener, Beginning beginning) {
    const Endpoint where = listener.endpoint();
    auto acceptor = std::make_shared<typename T::Acceptor>(std::move(listener));
    {
      const std::lock_guard lock{state_->mutex};
      state_->acceptors.push_back(acceptor);
    }
    start_on(state_->home, accept_all(state_, std::move(acceptor), beginning));
    return where;
  }
  static awaitable<void> accept_all(StatePointer state, std::shared_ptr<typename T::Acceptor> acceptor,
                                    Beginning beginning) {
    bool failed = false;
    while (!state->is_stopping()) {
      try {
        if (std::exchange(failed, false)) {
          const Time later = state->network.now() + std::chrono::milliseconds{100};
          co_await state->network.sleep_until(later);
          continue;
        }
        const Executor executor = state->network.executor();
        auto control = co_await acceptor->accept(executor);
        if (state->is_stopping()) break;
        start_on(executor, serve(state, std::move(control), beginning));
      } catch (...) { failed = true; }  // out of descriptors or memory: the next one may have more luck
    }
  }

  static awaitable<void> serve(StatePointer state, typename T::Stream control, Beginning beginning) {
    const Executor executor = co_await asio::this_coro::executor;
    if constexpr (requires { control.make_prompt(); }) control.make_prompt();
    Conversation who{0, control.local(), control.remote()};
    std::string first_bytes;
    if (state->service.trusted_proxies.contain(who.peer.address())) {
      Settled<void> introduced;
      co_await settle(within(state->network, state->service.limits.login, introduce(control, who, first_bytes)),
                      introduced);
      if (introduced.failed()) co_return;  // as the PROXY protocol wants it
    }
    std::optional<Registration> registration;
    who.number = admit(state, who.peer.address(), registration);
    if (who.number == 0) {
      observe<SessionRefused>(state->service.observer, who);
      co_await turn_away(state, std::move(control));
      co_return;
    }
    OneSession session{state->network, executor, std::move(control), state->service, who, first_bytes, beginning};
    registration->belongs_to(session);
    const std::function<void()> leave = [&registration] { registration.reset(); };
    co_await session.run(leave);  // who comes again at once finds its place free
  }

  /// Has a proxy say whom it passes on. What it has sent beyond that goes to `rest`.
  static awaitable<void> introduce(typename T::Stream& control, Conversation& who, std::string& rest) {
    std::array<std::byte, 512> room;
    for (;;) {
      const std::size_t n = co_await control.read_some(room);
      rest.append(as_text(std::span{room}.first(n)));
      const ProxyHeader header = parse_proxy_header(rest);
      if (header.state == ProxyHeader::State::invalid || n == 0) throw std::system_error(Errc::bad_line);
      if (header.state == ProxyHeader::State::incomplete) continue;
      if (header.ends) {
        who.peer = Endpoint{asio::ip::make_address(header.ends->client.host), header.ends->client.port};
        who.local = Endpoint{asio::ip::make_address(header.ends->server.host), header.ends->server.port};
      }
      rest.erase(0, header.size);
      co_return;
    }
  }

  /// Enters a session in the book and gives its number; 0 if there are too many, or shall be no more.
  static std::uint64_t admit(const StatePointer& state, const Address& client,
                             std::optional<Registration>& registration) {
    const std::lock_guard lock{state->mutex};
    const Limits& limits = state->service.limits;
    const auto from_there = state->per_address.find(client);
    if (state->stopping || state->sessions.size() >= limits.sessions) return 0;
    if (from_there != state->per_address.end() && from_there->second >= limits.sessions_per_address) return 0;
    ++state->per_address[client];
    registration.emplace(state, client, state->sessions.insert(state->sessions.end(), nullptr));
    return ++state->last_number;
  }

  /// Calls `act` for every session, on its own executor.
  static void for_each_session(const StatePointer& state, void (OneSession::*act)()) {
    const std::lock_guard lock{state->mutex};
    for (OneSession* session : state->sessions) {
      if (!session) continue;
      call_on(session->executor(), [state, session, act] {
        // It may have ended meanwhile, but only on this very executor: if it is in the book it stays there during this
        // call.
        std::unique_lock lock_again{state->mutex};
        const bool alive = std::find(state->sessions.begin(), state->sessions.end(), session) != state->sessions.end();
        lock_again.unlock();
        if (alive) (session->*act)();
      });
    }
  }

  static std::size_t count(const StatePointer& state) {
    const std::lock_guard lock{state->mutex};
    return state->sessions.size();
  }

  static awaitable<void> drain(StatePointer state) {
    {
      const std::lock_guard lock{state->mutex};
      for (auto& acceptor : state->acceptors) acceptor->cancel();
      state->acceptors.clear();
    }
    StopReport report;
    report.drained = count(state);
    for_each_session(state, &OneSession::drain);
    bool late = false;
    typename T::Timer deadline{state->network, state->home};
    deadline.start(state->network.now() + state->service.limits.drain, [&late, state] {
      late = true;
      state->all_gone.open();
    });
    while (count(state) > 0) {
      if (std::exchange(late, false)) {
        report.cut = count(state);
        for_each_session(state, &OneSession::cut);
      }
      co_await state->all_gone.wait();
    }
    report.drained -= report.cut;
    if constexpr (takes<typename P::Observer, ServerStopped>) state->service.observer(ServerStopped{report});
  }

  static awaitable<void> turn_away(StatePointer state, typename T::Stream control) {
    const std::string_view sorry =
        state->is_stopping() ? "421 Server is shutting down\r\n" : "421 Too many connections, try later\r\n";
    Settled<void> ignored;
    co_await settle(control.write(as_bytes(sorry)), ignored);
  }

  StatePointer state_;
};

/// The type of a server of these parts, as a member of a class needs it: `ServerOf<TcpTransport, DirectoryStorage>`.
template <Transport T, class... Parts> using ServerOf = Server<T, typename detail::ProfileOf<Ftp, Parts...>::type>;

template <Transport T, class... Parts> Server(T&, Parts...)
    -> Server<T, typename detail::ProfileOf<Ftp, Parts...>::type>;

}  // namespace ftplike
