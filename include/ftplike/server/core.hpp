#pragma once
// What a server does: accepts, deals out, stops. Here are the bodies of `Server`, too.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/condition.hpp>
#include <ftplike/io/deadline.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/proxied.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/io/within.hpp>
#include <ftplike/profile.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/proxy_header.hpp>
#include <ftplike/protocol/verb.hpp>
#include <ftplike/server.hpp>
#include <ftplike/server/session.hpp>
#include <ftplike/system/new_shared.hpp>
#include <ftplike/verbs/security.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

template <Transport T, class P> struct OwnPartsNeedBodiesHpp<T, Server<T, P>> {};

/// The state of a server and what works on it, which sessions and those who wait for the end hold, too.
///
/// **Threads:** any, but for what says otherwise.
template <class T, class P> class ServerCore {
 public:
  using State = ServerCore;
  using StatePointer = std::shared_ptr<State>;
  using OneSession = Session<T, P>;

  /// A session in the server's book, from its acceptance to the end of its coroutine.
  struct Entry {
    Entry(const Executor& its_executor, SessionInfo its_who)
        : executor{its_executor}, who{std::make_unique<SessionInfo>(std::move(its_who))} {}
    Interruption interruption;
    const Executor executor;
    std::unique_ptr<SessionInfo> who;     // as long as there is no session, which has it then
    OneSession* session = nullptr;        // while there is one
    std::unique_ptr<StuckSession> stuck;  // what it answered when it was asked why it does not end
  };
  struct Visit;
  /// Somebody who waits for the end of `stop`.
  struct Waiter {
    explicit Waiter(const Executor& its_executor) : executor{its_executor}, changed{its_executor} {}
    const Executor executor;
    Condition changed;
    bool done = false;
  };

  ServerCore(T& its_network, ServiceParts<P> parts)
      : lifetime{lifetime_of(its_network)},
        network{its_network},
        main{main_executor_of(its_network)},
        service{std::move(parts)},
        all_gone{main} {}

  bool is_stopping() {
    const std::lock_guard lock{mutex};
    return stopping;
  }
  bool begins_to_stop() {
    const std::lock_guard lock{mutex};
    return !std::exchange(stopping, true);
  }
  std::size_t count() {
    const std::lock_guard lock{mutex};
    return book.size();
  }

  // ---- accepting

  /// For last words, which nobody may hear any more.
  static constexpr std::chrono::seconds farewell_limit{5};

  /// Why no session there could be as the server's parts want it; empty if they can.
  std::string_view objection_to(const Address& address, Beginning beginning) {
    if (!has_certificate(network)) {
      if (beginning == Beginning::implicit_tls) return "sessions are to begin with TLS, but there is no certificate";
      if (service.tls_policy > TlsPolicy::offered) return "TLS is required, but there is no certificate";
    }
    if (!OneSession::find_command(Verb{"USER"}) && !service.guest()) {
      return "nobody can come in: this profile has no logins, and sessions without one may do nothing";
    }
    const bool from_elsewhere = !address.is_loopback() || !service.trusted_proxies.subnets.empty();
    return objection_to_listening(service.authenticator, from_elsewhere);
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
        begin(state, executor, std::move(control), beginning);
      } catch (...) { failed = true; }  // out of descriptors or memory: the next one may have more luck
    }
  }

  /// Starts the coroutine of a session, which has a place in the book until it ends.
  static void begin(const StatePointer& state, const Executor& executor, typename T::Stream control,
                    Beginning beginning) {
    const SessionInfo who{0, control.local(), control.remote()};
    const auto visit = detail::new_shared<Visit>(state, detail::new_shared<Entry>(executor, who), std::move(control));
    {
      const std::lock_guard lock{state->mutex};
      visit->page = state->book.insert(state->book.end(), visit->entry);
    }
    // All else where the session lives, since its parts are asked.
    try {
      call_on(executor, [visit, beginning] { start(visit, beginning); });
    } catch (...) {  // for want of memory
      end_visit(*visit);
      throw;
    }
  }
  static void start(const std::shared_ptr<Visit>& visit, Beginning beginning) {
    try {
      run(visit, serve(*visit, beginning));
    } catch (...) { end_visit(*visit); }  // for want of memory, or of what the server's parts give a session
  }
  /// Runs a coroutine of a visit, which lives as long as that: its entry has the cancellation slot.
  static void run(const std::shared_ptr<Visit>& visit, awaitable<void> operation) {
    start_on(visit->entry->executor, std::move(operation), visit->entry->interruption.slot(),
             [visit](std::exception_ptr) { pause(visit); });
  }
  /// The coroutine of a visit has ended: the visit is over, or its session waits for a command without one.
  static void pause(const std::shared_ptr<Visit>& visit) {
    if (!visit->session || !visit->session->is_idle()) return end_visit(*visit);
    try {
      visit->session->wait([visit] { resume(visit); });
    } catch (...) { break_off(*visit, code_of(std::current_exception())); }
  }
  static void resume(const std::shared_ptr<Visit>& visit) {
    try {
      run(visit, visit->converse());
    } catch (...) { break_off(*visit, code_of(std::current_exception())); }
  }
  /// The session cannot go on, for want of memory or of what an event loop needs.
  static void break_off(Visit& visit, std::error_code why) {
    visit.session->break_off(why);
    end_visit(visit);
  }
  static void end_visit(Visit& visit) {
    visit.end();
    const StatePointer state = visit.state;
    const std::lock_guard lock{state->mutex};
    state->book.erase(visit.page);
    if (state->book.empty()) call_on(state->main, [state] { state->all_gone.notify(); });
  }

  /// What a connection is to have done. It is no coroutine, whose frame every session would keep: what few connections
  /// need is in one of its own.
  static awaitable<void> serve(Visit& visit, Beginning beginning) {
    auto& control = *visit.control;
    if constexpr (requires { control.make_prompt(); }) control.make_prompt();
    mark_as_control(control);
    if (visit.state->asks_about(visit.entry->who->peer.address())) return ask_and_serve(visit, beginning);
    return serve_known(visit, {}, beginning);
  }
  static awaitable<void> ask_and_serve(Visit& visit, Beginning beginning) {
    std::string first_bytes;
    const bool may_come = co_await ask_about(visit.state, *visit.entry->who, *visit.control, first_bytes, beginning);
    if (!may_come) co_return;
    co_await serve_known(visit, first_bytes, beginning);
  }
  static awaitable<void> serve_known(Visit& visit, std::string_view first_bytes, Beginning beginning) {
    const std::string_view objection = admit(visit.state, *visit.entry->who, visit.place);
    if (!objection.empty()) return turn_away(visit.state, *visit.entry->who, *visit.control, objection);
    visit.begin(first_bytes, beginning);
    return visit.converse();
  }

  /// Whether `ask_about` has something to ask.
  bool asks_about(const Address& peer) const { return service.bans || service.trusted_proxies.contain(peer); }
  /// Whether a client may come, as proxies pass it on and bans tell; who may not is turned away. What a proxy has sent
  /// beyond its introduction goes to `first_bytes`.
  static awaitable<bool> ask_about(StatePointer state, SessionInfo& who, typename T::Stream& control,
                                   std::string& first_bytes, Beginning beginning) {
    if (state->service.trusted_proxies.contain(who.peer.address())) {
      Settled<void> introduced;
      bool names_a_client = false;
      co_await settle(within(state->network, state->service.current_limits().handshake,
                             introduce(control, who, first_bytes, names_a_client)),
                      introduced);
      if (introduced.failed()) {  // it ends without a word, as the PROXY protocol wants it
        tell_of_proxy(*state, who, code_of(introduced.failure()), first_bytes);
        co_return false;
      }
      if (!names_a_client) {
        co_await answer_check(state, control, beginning);
        co_return false;
      }
    }
    if (state->service.bans) {
      Settled<bool> banned;
      co_await settle(within(state->network, state->service.current_limits().login, state->service.bans.forbids(who.peer.address())),
                      banned);
      if (banned.failed()) co_return false;
      if (banned.get()) {
        co_await turn_away(state, who, control, "banned");
        co_return false;
      }
    }
    co_return true;
  }

  /// Has a proxy say whom it passes on. What it has sent beyond that goes to `rest`.
  static awaitable<void> introduce(typename T::Stream& control, SessionInfo& who, std::string& rest,
                                   bool& names_a_client) {
    const ProxyHeader header = co_await read_proxy_header(control, rest);
    if (!header.ends) co_return;
    names_a_client = true;
    who.peer = endpoint_of(header.ends->client);
    who.local = endpoint_of(header.ends->server);
  }

  /// A proxy that speaks for itself looks whether the server is well: it is greeted, or told that nobody can come in, and
  /// may say something before it hangs up, but has no session, and no observer is told of it. Where TLS comes first it
  /// hears nothing.
  static awaitable<void> answer_check(StatePointer state, typename T::Stream& control, Beginning beginning) {
    const std::string words = beginning == Beginning::clear ? state->answer_to_check() : std::string{};
    Settled<void> ignored;
    co_await settle(within(state->network, farewell_limit, hear_out(control, words)), ignored);
  }
  static awaitable<void> hear_out(typename T::Stream& control, const std::string& words) {
    co_await control.write(as_bytes(words));
    std::array<std::byte, 512> room;
    for (bool more = true; more;) {
      const std::size_t n = co_await control.read_some(room);
      more = n > 0;
    }
  }
  std::string answer_to_check() {
    const std::lock_guard lock{mutex};
    if (stopping) return "421 Server is shutting down\r\n";
    if (places >= service.current_limits().sessions) return "421 Too many connections, try later\r\n";
    return Reply{220, service.greeting.text}.wire();
  }
  /// Tells why a proxy's connection ended before it began; not of one that came and went, as load balancers look
  /// whether somebody is there, nor of one that the server itself ends.
  static void tell_of_proxy(State& state, const SessionInfo& who, std::error_code why, const std::string& first_bytes) {
    const bool only_looked = first_bytes.empty() && why != Errc::timed_out;
    if (!only_looked && why != asio::error::operation_aborted) report<IntroductionFailed>(state.service.observer, who, why);
  }

  /// One of the sessions that `Limits` counts.
  class PlaceTaken {
   public:
    PlaceTaken(State& state, const Address& client) : state_{state}, client_{client} {
      ++state_.places;
      ++state_.per_address[client_];
    }
    PlaceTaken(const PlaceTaken&) = delete;
    PlaceTaken& operator=(const PlaceTaken&) = delete;
    ~PlaceTaken() {
      const std::lock_guard lock{state_.mutex};
      --state_.places;
      if (--state_.per_address[client_] == 0) state_.per_address.erase(client_);
    }

   private:
    State& state_;
    Address client_;
  };
  /// Gives a session its place and its number. Why it gets none: there are too many, or shall be no more.
  static std::string_view admit(const StatePointer& state, SessionInfo& who, std::optional<PlaceTaken>& place) {
    const Address counted = client_network(who.peer.address());
    const std::lock_guard lock{state->mutex};
    const Limits& limits = state->service.current_limits();
    const auto from_there = state->per_address.find(counted);
    if (state->stopping) return "the server stops";
    const bool is_one_too_many =
        state->places >= limits.sessions ||
        (from_there != state->per_address.end() && from_there->second >= limits.sessions_per_address);
    if (is_one_too_many) return "too many connections";
    place.emplace(*state, counted);
    who.number = ++state->last_number;
    return {};
  }

  /// A connection until its coroutine ends, and the session that it becomes.
  struct Visit {
    Visit(StatePointer its_state, std::shared_ptr<Entry> its_entry, typename T::Stream its_control)
        : state{std::move(its_state)},
          entry{std::move(its_entry)},
          control{std::make_unique<typename T::Stream>(std::move(its_control))} {}
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { end(); }

    /// Begins the session. From now on a server that stops finds it; one that has begun to has missed it.
    void begin(std::string_view first_bytes, Beginning beginning) {
      const auto who = std::exchange(entry->who, nullptr);
      const auto connection = std::exchange(control, nullptr);
      session.emplace(state->network, entry->executor, std::move(*connection), state->service, entry->interruption,
                      std::move(*who), first_bytes, beginning);
      const std::lock_guard lock{state->mutex};
      entry->session = &*session;
      if (state->stopping) session->drain();
    }
    /// Runs the session. Whoever comes again at once when it ends finds its place free.
    awaitable<void> converse() {
      return session->run([this] { place.reset(); });
    }
    void end() {
      {
        const std::lock_guard lock{state->mutex};
        entry->session = nullptr;
      }
      entry->interruption.leave();
      control.reset();
      session.reset();
      place.reset();
    }

    const StatePointer state;
    const std::shared_ptr<Entry> entry;
    typename std::list<std::shared_ptr<Entry>>::iterator page;  // of the book
    std::unique_ptr<typename T::Stream> control;                 // until the session has it
    std::optional<PlaceTaken> place;
    std::optional<OneSession> session;
  };

  static awaitable<void> turn_away(StatePointer state, const SessionInfo& who, typename T::Stream& control,
                                   std::string_view why) {
    report<SessionRefused>(state->service.observer, who, why);
    const std::string_view sorry = why == "banned"             ? "421 Banned, try later\r\n"
                                   : why == "the server stops" ? "421 Server is shutting down\r\n"
                                                               : "421 Too many connections, try later\r\n";
    Settled<void> ignored;
    co_await settle(within(state->network, farewell_limit, control.write(as_bytes(sorry))), ignored);
  }

  // ---- administration

  /// What all sessions are asked, shared by them and by who asks.
  template <class Answer> struct Question {
    /// Wakes who asks, if he still waits: his event loop may be gone after that.
    static void answered(const std::shared_ptr<Question>& asked) {
      const std::lock_guard lock{asked->mutex};
      if (!asked->changed) return;
      call_on(asked->executor, [asked] {
        const std::lock_guard still{asked->mutex};
        if (asked->changed) asked->changed->notify();
      });
    }
    void forget() {
      const std::lock_guard lock{mutex};
      changed = nullptr;
      executor = Executor{};
    }
    std::mutex mutex;
    Executor executor;
    Condition* changed = nullptr;  // on that executor only; none when nobody waits any more
    std::map<std::uint64_t, Answer> answers;
    std::size_t open = 1;  // questions; and one for those that are still to be asked
    bool late = false;     // on that executor only
  };
  /// Asks every session, on its own executor, and gives what they answer, in the order of their numbers. It waits for a
  /// second at the longest: one whose thread is blocked does not answer.
  template <class Answer>
  static awaitable<std::vector<Answer>> ask_all(StatePointer state, std::function<std::optional<Answer>(OneSession&)> question) {
    using Questions = Question<Answer>;
    const Executor executor = co_await asio::this_coro::executor;
    const auto asked = detail::new_shared<Questions>();
    Condition changed{executor};
    asked->executor = executor;
    asked->changed = &changed;
    struct Leaving {
      ~Leaving() { asked.forget(); }
      Questions& asked;
    } const leaving{*asked};
    typename T::Timer deadline{state->network, executor};
    deadline.start(time_after(state->network.now(), std::chrono::seconds{1}), [asked] {
      asked->late = true;
      Questions::answered(asked);
    });
    const auto answer_by = [](Questions& all, std::uint64_t number, std::optional<Answer> answer) {
      const std::lock_guard lock{all.mutex};
      if (answer) all.answers.emplace(number, *std::move(answer));
      return --all.open == 0;
    };
    for_each_session(
        state,
        [asked, question, answer_by](Entry& entry) {
          OneSession* const session = entry.session;
          const std::uint64_t number = session ? session->who().number : 0;
          auto answer = session ? question(*session) : std::nullopt;
          if (answer_by(*asked, number, std::move(answer))) Questions::answered(asked);
        },
        [asked] {
          const std::lock_guard lock{asked->mutex};
          ++asked->open;
        });
    bool is_over = answer_by(*asked, 0, std::nullopt);
    while (!is_over && !asked->late) {
      co_await changed.wait();
      const std::lock_guard lock{asked->mutex};
      is_over = asked->open == 0;
    }
    std::vector<Answer> result;
    const std::lock_guard lock{asked->mutex};
    for (auto& [number, answer] : asked->answers) result.push_back(std::move(answer));
    co_return result;
  }
  static awaitable<std::vector<SessionStatus>> list(StatePointer state) {
    const std::function<std::optional<SessionStatus>(OneSession&)> ask = [](OneSession& session) { return session.status(); };
    return ask_all<SessionStatus>(std::move(state), ask);
  }
  static awaitable<std::vector<SessionInfo>> end(StatePointer state, std::function<bool(const SessionInfo&)> which) {
    const std::function<std::optional<SessionInfo>(OneSession&)> end_it =
        [which = std::move(which)](OneSession& session) -> std::optional<SessionInfo> {
      if (!which(session.who())) return std::nullopt;
      session.end();
      return session.who();
    };
    return ask_all<SessionInfo>(std::move(state), end_it);
  }

  // ---- stopping

  /// Calls `act` for every session, on its own executor, where it cannot end meanwhile.
  /// Before each is called, `before` is, here.
  static void for_each_session(
      const StatePointer& state, const std::function<void(Entry&)>& act, const std::function<void()>& before = [] {}) {
    const std::lock_guard lock{state->mutex};
    for (const auto& entry : state->book) {
      before();
      call_on(entry->executor, [entry, act] { act(*entry); });
    }
  }
  /// Waits until no session is left, but not longer than `patience`, nor beyond `hurry`.
  static awaitable<void> wait_for_all(StatePointer state, Duration patience, const bool* hurry = nullptr) {
    bool late = false;
    typename T::Timer deadline{state->network, state->main};
    deadline.start(time_after(state->network.now(), patience), [&late, &gone = state->all_gone] {
      late = true;
      gone.notify();
    });
    while (state->count() > 0 && !late && !(hurry && *hurry)) co_await state->all_gone.wait();
  }

  static awaitable<void> end_all(StatePointer state) {
    {
      const std::lock_guard lock{state->mutex};
      for (auto& acceptor : state->acceptors) acceptor->cancel();
      state->acceptors.clear();
    }
    const Limits& limits = state->service.current_limits();
    StopReport result;
    const std::size_t all = state->count();
    for_each_session(state, [](Entry& entry) {
      if (entry.session) entry.session->drain();
    });
    co_await wait_for_all(state, limits.drain, &state->cutting);
    result.cut = state->count();
    result.drained = all - std::min(all, result.cut);
    if (result.cut > 0) {
      for_each_session(state, [](Entry& entry) {
        if (entry.session)
          entry.session->cut();
        else
          entry.interruption.interrupt(Errc::shutting_down);
      });
      co_await wait_for_all(state, limits.abandon);
    }
    if (state->count() > 0) {
      std::vector<StuckSession> stuck = co_await ask_the_stuck(state);
      result.stuck = std::move(stuck);
    }
    report<ServerStopped>(state->service.observer, result);
    tell_waiters(state, std::move(result));
  }

  /// Asks the sessions that are left what they are about. One whose thread is blocked does not answer.
  static awaitable<std::vector<StuckSession>> ask_the_stuck(StatePointer state) {
    for_each_session(state, [state](Entry& entry) {
      auto answer = std::make_unique<StuckSession>();
      answer->activity = entry.session ? entry.session->activity() : "the introduction by a proxy";
      if (const SessionInfo* const who = entry.session ? &entry.session->who() : entry.who.get()) {
        answer->number = who->number;
        answer->peer = who->peer;
        answer->user = who->user;
      }
      const std::lock_guard lock{state->mutex};
      entry.stuck = std::move(answer);
    });
    co_await wait_for_all(state, std::chrono::seconds{1});
    std::vector<StuckSession> stuck;
    const std::lock_guard lock{state->mutex};
    for (const auto& entry : state->book) {
      StuckSession silent;
      silent.activity = "its thread is blocked";
      stuck.push_back(entry->stuck ? std::move(*entry->stuck) : std::move(silent));
    }
    co_return stuck;
  }

  static void tell_waiters(const StatePointer& state, StopReport result) {
    const std::lock_guard lock{state->mutex};
    state->last_report = std::move(result);
    for (const auto& waiter : state->waiters) {
      call_on(waiter->executor, [waiter] {
        waiter->done = true;
        waiter->changed.notify();
      });
    }
  }

  static awaitable<StopReport> wait_for_stop(StatePointer state) {
    const Executor executor = co_await asio::this_coro::executor;
    /// In the list of those who wait, as long as it lives.
    struct Waiting {
      Waiting(StatePointer its_state, const Executor& its_executor)
          : state{std::move(its_state)}, waiter{detail::new_shared<Waiter>(its_executor)} {
        const std::lock_guard lock{state->mutex};
        waiter->done = state->last_report.has_value();
        place = state->waiters.insert(state->waiters.end(), waiter);
      }
      Waiting(const Waiting&) = delete;
      Waiting& operator=(const Waiting&) = delete;
      ~Waiting() {
        const std::lock_guard lock{state->mutex};
        state->waiters.erase(place);
      }
      StatePointer state;
      std::shared_ptr<Waiter> waiter;
      typename std::list<std::shared_ptr<Waiter>>::iterator place;
    } waiting{state, executor};
    while (!waiting.waiter->done) co_await waiting.waiter->changed.wait();
    const std::lock_guard lock{state->mutex};
    co_return *state->last_report;
  }

  const std::shared_ptr<void> lifetime;  // first, so that it is the last to go
  T& network;
  const Executor main;  // of the acceptors
  Service<P> service;
  Condition all_gone;

  std::mutex mutex;  // of what follows
  bool stopping = false;
  bool cutting = false;  // on `main` only
  std::vector<std::shared_ptr<typename T::Acceptor>> acceptors;
  std::list<std::shared_ptr<Entry>> book;
  std::size_t places = 0;                       // of sessions that count
  std::map<Address, std::size_t> per_address;   // of those
  std::uint64_t last_number = 0;
  std::optional<StopReport> last_report;
  std::list<std::shared_ptr<Waiter>> waiters;
};

}  // namespace detail

template <Transport T, class P>
typename Server<T, P>::StatePointer Server<T, P>::make(T& network, ServiceParts<P> parts) {
  return detail::new_shared<State>(network, std::move(parts));
}

template <Transport T, class P> Endpoint Server<T, P>::listen_at(const Endpoint& where, Beginning beginning) {
  check_before_listening(where.address(), beginning);
  const auto listen_there = [&] {
    try {
      return state_->network.listen(state_->main, where);
    } catch (const std::system_error& error) {
      const std::string port = std::to_string(where.port());
      throw std::system_error(error.code(), "listen on " + where.address().to_string() + " port " + port);
    }
  };
  return accept_all_from(listen_there(), beginning);
}
template <Transport T, class P>
void Server<T, P>::check_before_listening(const Address& address, Beginning beginning) {
  if (state_->is_stopping()) throw std::system_error(Errc::shutting_down);
  if (const auto objection = state_->objection_to(address, beginning); !objection.empty()) {
    throw std::invalid_argument("listen: " + std::string{objection});
  }
}
template <Transport T, class P>
Endpoint Server<T, P>::accept_all_from(typename T::Acceptor listener, Beginning beginning) {
  const Endpoint where = listener.endpoint();
  auto acceptor = detail::new_shared<typename T::Acceptor>(std::move(listener));
  {
    const std::lock_guard lock{state_->mutex};
    if (state_->stopping) throw std::system_error(Errc::shutting_down);
    state_->acceptors.push_back(acceptor);
  }
  start_on(state_->main, State::accept_all(state_, std::move(acceptor), beginning));
  return where;
}
template <Transport T, class P>
Endpoint Server<T, P>::accept_all_of(typename T::Acceptor listener, Beginning beginning) {
  check_before_listening(listener.endpoint().address(), beginning);
  return accept_all_from(std::move(listener), beginning);
}

template <Transport T, class P> typename Server<T, P>::Handle Server<T, P>::handle() const {
  return Handle{state_->main, state_};
}
template <Transport T, class P> awaitable<StopReport> Server<T, P>::stopped() { return State::wait_for_stop(state_); }
template <Transport T, class P> Service<P>& Server<T, P>::service() noexcept { return state_->service; }
template <Transport T, class P> awaitable<std::vector<SessionStatus>> Server<T, P>::list_sessions() {
  return State::list(state_);
}
template <Transport T, class P>
awaitable<std::vector<SessionInfo>> Server<T, P>::end_sessions(std::function<bool(const SessionInfo&)> which) {
  return State::end(state_, std::move(which));
}
template <Transport T, class P> Limits Server<T, P>::limits() const { return state_->service.current_limits(); }
template <Transport T, class P> void Server<T, P>::change_limits(const Limits& limits) {
  state_->service.change_limits(limits);
}
template <Transport T, class P> std::size_t Server<T, P>::sessions() const {
  const std::lock_guard lock{state_->mutex};
  return state_->places;
}

template <Transport T, class P> void Server<T, P>::Handle::end(bool cuts) const {
  call_on(main_, [weak = state_, cuts] {
    const StatePointer state = weak.lock();
    if (!state) return;
    if (cuts) {
      state->cutting = true;
      state->all_gone.notify();
    }
    if (state->begins_to_stop()) start_on(state->main, State::end_all(state));
  });
}

}  // namespace ftplike
