#pragma once
#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/deadline.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/stoppable_task.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/io/within.hpp>
#include <ftplike/io/worker_pool.hpp>
#include <ftplike/profile.hpp>
#include <ftplike/protocol/command_line.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/reply.hpp>
#include <ftplike/protocol/verb.hpp>
#include <ftplike/server/closing_wait.hpp>
#include <ftplike/server/control_connection.hpp>
#include <ftplike/server/dispatch.hpp>
#include <ftplike/server/status.hpp>
#include <ftplike/server/transfer.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/users/user.hpp>
#include <ftplike/verbs/security.hpp>

namespace ftplike::inline v0_2 {

/// One client, from its greeting to its farewell: the control connection and how far TLS protects it, who the client
/// is, and what one command leaves for the next. What stands under *for commands* is what a command may use.
///
/// **Cancellation:** by its `Interruption`, with which `run` was started: `Errc::shutting_down` and `Errc::ended_by_operator`
/// end the session, anything else what it does just now.
/// **Lifetime:** on one executor one coroutine at a time, `run`, and none while it is idle; the transport and the service
/// outlive it. **Threads:** its own.
template <Transport T, class P> class Session {
  static_assert(std::is_base_of_v<SessionState, typename P::State>,
                "ftplike: the State of a profile has to be derived from SessionState");

 public:
  /// Of its transport.
  using Stream = typename T::Stream;
  /// Its files.
  using Storage = typename Service<P>::Storage;
  /// What it keeps between two commands, as the profile says.
  using State = typename P::State;
  /// What `send` and `receive` are told.
  using Transfer = ftplike::Transfer;
  /// The limit of a step.
  using Limit = typename Deadline<T>::Limit;
  /// The server's end of its data channel.
  using Channel = typename P::DataChannel::template ServerEnd<T>;
  /// The profile's commands with those of its data channel and of the transport.
  using Commands = typename WithSecurity<T, typename P::DataChannel::template AddTo<typename P::Commands>>::type;

  /// `who` tells the ends of the control connection, which behind a proxy are not those of its stream; `first_bytes`
  /// have been read from it already. **Lifetime:** all references outlive it.
  Session(T& network, const Executor& executor, Stream control, Service<P>& service, Interruption& interruption,
          SessionInfo who, std::string_view first_bytes = {}, Beginning beginning = Beginning::clear)
      : network_{network},
        executor_{executor},
        service_{service},
        interruption_{interruption},
        deadline_{network, executor, interruption},
        control_{network, std::move(control), service.current_limits().line},
        protection_{possible(network, service.tls_policy)},
        who_{std::move(who)},
        opened_{network.now()},
        began_{opened_},
        closing_wait_{began_} {
    if (beginning == Beginning::implicit_tls) {
      hello_ = std::make_unique<std::string>(first_bytes);
    } else {
      control_.lines().feed(first_bytes);
    }
    if constexpr (!Service<P>::files_depend_on_account) take_files_of(Account{});
    begin_as_guest();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Converses until either side has had enough, and calls `at_end` before the connection closes; or, where more sessions
  /// than a few wait, until there is nothing to do before the client says more. Then the session `is_idle`, and keeps no
  /// coroutine: it is to `wait`, and then to run again. Does not throw.
  awaitable<void> run(std::function<void()> at_end) {
    std::error_code error;
    bool refused = false;  // by the observer
    try {
      if (waiting_) {
        if (interruption_.why()) throw std::system_error(interruption_.why());
        control_.take();
      } else {
        refused = true;
        observe<SessionOpened>();
        refused = false;
        co_await welcome();
      }
      while (!closing_) {
        std::optional<Line> line;
        if (!waiting_) line = line_now();
        if (!line) {
          if (!waiting_) waiting_.emplace(*this);
          while (!control_.next_line(&wholeness_in<typename P::UnterminatedCommands>, line)) {
            if (control_.waits_for_a_read() && control_.took_at_once()) continue;
            const typename Service<P>::WaitingCoroutine waits{service_};
            if (!waits && control_.waits_for_a_read()) {
              // What was about to watch refers to the session, which may be gone when nothing of it waits for that.
              while (begins_to_watch_) co_await ftplike::give_way(executor_);
              co_return;
            }
            co_await control_.more(limits().grace);
          }
          waiting_.reset();
        }
        if (!line) break;
        const Reply final = co_await dispatch(*this, *line);
        if (const Duration time = std::exchange(holds_reply_, {}); time > Duration{}) co_await pause(time);
        co_await reply(final);
        if constexpr (is_securable) {
          if (hello_) co_await secure(false);
        }
      }
    } catch (...) { error = interruption_.reason_of(std::current_exception()); }
    waiting_.reset();
    ending_ = true;
    co_await interruption_.recover();
    // A cut still ends the wait for a peer, but what runs beside is always waited for.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await take_leave(error, refused, at_end);
  }

  /// Whether `run` has ended for want of a command.
  bool is_idle() const noexcept { return waiting_.has_value(); }
  /// Calls `then()` when the client has said something, or the session is interrupted. **Lifetime:** `then` keeps it alive.
  template <class Then> void wait(Then then) {
    if (interruption_.why()) return then();  // since `run` ended
    control_.read_then(executor_, interruption_.slot(), std::move(then));
  }

  /// Ends it while it is idle, where nothing can be said any more.
  void break_off(std::error_code why) noexcept {
    control_.stream().close();
    report<SessionClosed>(why);
  }

  /// Where it lives.
  const Executor& executor() const noexcept { return executor_; }
  /// Ends the session as soon as no command is at work. On its executor.
  void drain() {
    draining_ = true;
    if (may_end_) interruption_.interrupt(Errc::shutting_down);
  }
  /// Ends the session now. On its executor.
  void cut() {
    draining_ = true;
    interruption_.interrupt(Errc::shutting_down);
  }
  /// The same since the operator wants it. On its executor.
  void end() {
    is_ended_ = true;
    draining_ = true;
    interruption_.interrupt(Errc::ended_by_operator);
  }
  /// How it stands. On its executor.
  SessionStatus status() const {
    const Time now = network_.now();
    SessionStatus result;
    result.who = who_;
    result.lasts = now - opened_;
    result.activity = activity();
    if (transfer_) {
      result.transfer.emplace(std::string{transfer_->verb}, transfer_->path, transfer_->direction, transfer_->listing,
                              transfer_->moved, now - transfer_->began);
    }
    return result;
  }
  /// What the session is about, for people: the verb of its command, or what it waits for.
  std::string activity() const {
    if (ending_) return "the farewell";
    if (may_end_) return "waiting for a command";
    return at_work_ ? at_work_.text() : std::string{"the beginning"};
  }

  // ---- for commands ----

  /// The client, which a trusted proxy may have named.
  const Endpoint& peer() const noexcept { return who_.peer; }
  /// Its transport.
  T& network() noexcept { return network_; }
  /// What it shares with the other sessions of its server.
  Service<P>& service() noexcept { return service_; }
  /// Those of its server, as they are now.
  const Limits& limits() const noexcept { return service_.current_limits(); }
  /// As observers are told.
  const SessionInfo& who() const noexcept { return who_; }
  /// The files that the session's account sees, which know for whom they work where they ask for that.
  ///
  /// **Errors:** `permission_denied` without an account, where the storage is chosen by that.
  Storage& storage() {
    if (!files_) throw std::system_error(std::make_error_code(std::errc::permission_denied));
    return *files_;
  }
  /// The object that the server was given as an `Application`.
  auto& application() noexcept requires(!std::is_same_v<typename P::Application, NoApplication>) {
    return service_.application.get();
  }
  /// The control connection.
  Stream& control() noexcept { return control_.stream(); }
  /// How far TLS protects the session.
  Protection& protection() noexcept { return protection_; }
  /// How far TLS protects it.
  const Protection& protection() const noexcept { return protection_; }

  /// Who is logged in, or the guest; none before a login where guests may do nothing.
  const std::optional<Account>& account() const noexcept { return account_; }
  /// Whether its account has these rights.
  bool may(Rights rights) const noexcept { return account_ && account_->rights.contains(rights); }
  /// Whether the client speaks standard FTP: it said USER or HOST. Otherwise the session is an ftp-like one.
  bool standard() const noexcept { return standard_; }
  /// Whether transfers convert line endings: TYPE A, where the server does that.
  bool converts_text() const noexcept {
    return standard_ && state.type == 'A' && service_.conveniences.converts_text;
  }
  /// USER or HOST was said: what the session may do as a guest is over.
  void become_standard() {
    standard_ = true;
    account_.reset();
    tell_whose();
    if constexpr (Service<P>::files_depend_on_account) files_.reset();
  }
  /// Begins a login, or drops the one that is there.
  void log_out() {
    if (account_) began_ = network_.now();  // the time for a login is counted anew
    become_standard();
    who_.user.clear();
    who_.root = Path{};
    use_.reset();
    forget();
  }
  /// Forgets what commands have left for later ones, but not who is logged in.
  void forget() {
    directory = Path{};
    state = State{};
    epsv_only = false;
    channel_.disarm();
  }
  /// False if this account has as many sessions as it may have.
  ///
  /// **Errors:** what a part throws that chooses the files of an account; then nobody is logged in.
  bool log_in(Account account) {
    if constexpr (Service<P>::files_depend_on_account) take_files_of(account);
    use_ = service_.enter(account);
    if (!use_) return false;
    who_.user = account.name;
    who_.root = account.root;
    account_ = std::move(account);
    directory = Path{};
    tell_whose();
    return true;
  }
  /// Waits, as a punishment. Not for commands that act at once.
  awaitable<void> pause(Duration duration) {
    Limit none{deadline_, Duration::max(), {}};
    const Flag waits{may_end_};
    const Time end = time_after(network_.now(), duration);
    co_await network_.sleep_until(end);
  }
  /// Says lines of the reply to the command that runs, each ended by '\n', before `run` gives its end: so one of any
  /// length takes a bounded memory. All but the first of the reply begin with a blank. The end has the same code
  /// whatever happens meanwhile. Not for commands that act at once.
  awaitable<void> say_part(int code, std::string lines) {
    replying_ = true;
    co_await control_.say_part(code, std::move(lines));
    replying_ = false;
  }
  /// Tells that a command that takes long gets on: `Limits::operation` is counted from now.
  void make_progress() { deadline_.extend(); }
  /// Lets others have their turn on the thread, and tells that the command gets on. For those that compute for long: a
  /// command that is `interruptible` is stopped here. Not for commands that act at once.
  awaitable<void> give_way() {
    deadline_.extend();
    co_await ftplike::give_way(executor_);
  }
  /// Whether the command that runs acts at once, beside another one: it must not wait then.
  bool acts_beside() const noexcept { return answering_; }
  /// Whether the client has said something after the command that runs.
  bool heard_more() noexcept { return !control_.lines().empty() || !control_.put_off().empty(); }
  /// Has the reply to the command that runs be said only after that time. Not for commands that act at once.
  void hold_reply(Duration time) noexcept { holds_reply_ = time; }
  /// Has the TLS handshake follow the reply to the command that runs.
  void secure_after_reply() { hello_ = std::make_unique<std::string>(); }

  /// The path of the storage that `text`, from the client, names: seen from its directory, below its account's root.
  Path path(std::string_view text) const { return virtual_path(text).beneath(account_ ? account_->root : Path{}); }
  /// The path as the client sees it.
  Path virtual_path(std::string_view text) const { return directory.resolve(text); }

  /// How MODE Z compresses in this session; none if it is not to be had.
  Compression compression() const {
    Compression how = service_.compression;
    if (state.compression_level > 0) how.level = state.compression_level;
    return how;
  }

  Path directory;  // of the storage: the working directory
  State state;  // what it keeps between two commands
  unsigned failed_logins = 0;  // since it began
  /// EPSV ALL was said: no other way to a data connection is taken any more
  bool epsv_only = false;

  /// The way that data connections come to be; of several, the way `W`.
  template <class W> auto& channel() noexcept {
    if constexpr (requires { channel_.template use<W>(); }) {
      return channel_.template use<W>();
    } else {
      return channel_;
    }
  }
  /// Whether the next transfer would go over a port that the server announces, as in the ftp-like dialect.
  bool announces() const noexcept { return channel_.announces(); }
  /// Forgets what was negotiated for data connections.
  void disarm() { channel_.disarm(); }
  /// Sends what `source` gives over a new data connection. Gives the final reply to that.
  template <ByteSource Source> awaitable<Reply> send(Source& source, Transfer transfer) {
    return send_any(AnySource{source}, std::move(transfer));
  }
  /// Takes what comes over a new data connection into `file`, and finishes that if all is well. Gives the final reply.
  template <ByteSink Sink> awaitable<Reply> receive(Sink& file, Transfer transfer) {
    return receive_any(AnySink{file}, std::move(transfer));
  }
  /// Whether a transfer is under way; only commands that act at once can see that.
  const Transfer* transferring() const noexcept { return transfer_; }
  /// Ends the transfer or the long command under way, whose final reply comes before the caller's. False if there is
  /// none.
  bool interrupt(Errc why) {
    if (!transfer_ && !watching_) return false;
    interruption_.interrupt(why);
    return true;
  }
  /// Ends the session after this command's reply.
  void close() noexcept { closing_ = true; }

  /// Calls `f(entry)` for every command that this session understands, in the order of the table.
  template <class F> static void for_each_command(F f) {
    for (const auto& entry : Table::template entries<Session>()) f(entry);
  }
  /// The command of that verb on sessions of this type; null if there is none.
  static auto find_command(Verb verb) noexcept { return Table::template find<Session>(verb); }

  /// Tells the observer of something under way; what it throws ends that.
  template <class Event, class... More> void observe(More&&... more) {
    ftplike::observe<Event>(service_.observer, who_, std::forward<More>(more)...);
  }
  /// Tells the observer of something that has happened, of which no exception of its makes anything else.
  template <class Event, class... More> void report(More&&... more) noexcept {
    ftplike::report<Event>(service_.observer, who_, std::forward<More>(more)...);
  }
  /// Whether somebody watches events of this kind.
  template <class Event> static constexpr bool observed = takes<typename P::Observer, Event>;
  /// Whether the observer wants to be told of the bytes of transfers now.
  bool wants_bytes() { return ftplike::wants_bytes(service_.observer); }
  /// Tells the observer of a command; gives its refusal, if it refuses.
  std::optional<Reply> announce(std::string_view verb, std::string_view argument, bool unterminated) {
    return ask(service_.observer, CommandSeen{who_, verb, argument, unterminated});
  }

  // ---- for data channels ----

  /// Of the command under way.
  Deadline<T>& deadline() noexcept { return deadline_; }
  /// By which the session is ended, and commands.
  Interruption& interruption() noexcept { return interruption_; }
  /// Whether a command runs, or its reply is on its way.
  bool is_at_work() const noexcept { return !may_end_; }
  /// Whether a data connection from there can be the client's.
  bool is_from_client(const Endpoint& remote) const { return remote.address() == who_.peer.address(); }
  /// Whether a data connection from there has to begin with the word of a proxy, as the control connection did.
  bool is_passed_on(const Endpoint& remote) const {
    const TrustedProxies& proxies = service_.trusted_proxies;
    return proxies.contain(control_.stream().remote().address()) && proxies.contain(remote.address());
  }
  /// A listener for data on the address by which the client reached us.
  typename T::Acceptor listen_for_data() {
    auto acceptor = service_.data_ports.listen(network_, executor_, control_.stream().local().address());
    observe<DataListening>(acceptor.endpoint());
    early_failure_ = {};
    if constexpr (is_securable) control().prepare_data();
    return acceptor;
  }
  /// The address that the client is to connect to.
  Address address_for_client() const {
    return service_.public_address.seen_by(who_.peer.address()).value_or(who_.local.address());
  }
  /// Sends a preliminary reply; from then on the control connection is watched until the transfer ends.
  awaitable<void> preliminary(const Reply& reply) {
    co_await say(reply);
    watch();
  }

  /// Shakes hands over a connection, and tells what came of it.
  awaitable<void> shake_hands(awaitable<void> handshake, Duration limit, Stream& stream, bool data) {
    Settled<void> shaken;
    Limit limited{deadline_, limit, Errc::no_handshake};
    co_await settle(std::move(handshake), shaken);
    if (shaken.failed()) {
      const std::error_code why = interruption_.reason_of(shaken.failure());
      if (!data || why != early_failure_) report<HandshakeFailed>(data, why);
    }
    shaken.get();
    if constexpr (observed<ConnectionSecured>) report<ConnectionSecured>(data, stream.details());
  }
  /// Tells why a handshake failed before the command that it was for, which may never come.
  void tell_early_handshake(const std::exception_ptr& failure) noexcept {
    const std::error_code why = code_of(failure);
    if (why == asio::error::operation_aborted) return;  // it was stopped, and may go on
    early_failure_ = why;
    report<HandshakeFailed>(true, why);
  }

  // ---- for transfers and the dispatch of commands ----

  /// How its data connections come to be.
  Channel& data_channel() noexcept { return channel_; }
  /// What the sessions of this one's account share.
  AccountUse& use() noexcept { return *use_; }
  /// Whether final replies wait for the client's close.
  ClosingWait& closing_wait() noexcept { return closing_wait_; }
  /// Whether the client will say no more.
  bool heard_all() const noexcept { return control_.ended(); }
  /// A transfer is under way, until `transfer_ends`. **Lifetime:** it lives as long as that.
  void transfer_begins(Transfer& transfer) noexcept { transfer_ = &transfer; }
  /// None is under way any more.
  void transfer_ends() noexcept { transfer_ = nullptr; }
  /// Ends a data connection of which nothing is wanted any more, beside what the session does next: it is finished, and
  /// what the client still sends is dropped. A client that sends must not see its connection break before it has read
  /// the reply.
  void let_go(Stream stream) {
    auto rest = take_rest(std::make_shared<Stream>(std::move(stream)));
    let_go_.emplace(executor_, within(network_, limits().stall, std::move(rest)));
  }
  /// Whether the client has neither left nor said anything that is still to be read or acted on. False where that cannot
  /// be known without reading.
  bool is_quiet() {
    if constexpr (requires { control_.stream().is_quiet(); }) {
      return !has_read_to_the_end() && !heard_more() && control_.stream().is_quiet();
    }
    return false;
  }
  /// Whether the client closed the control connection without saying QUIT.
  bool has_left() {
    const bool ended = has_read_to_the_end() || control_.stream().has_ended();
    return ended && !control_.quits_later();
  }
  /// Whether nothing that it said is still to be read, and nothing will come.
  bool has_read_to_the_end() const noexcept { return control_.ended() || control_.failure(); }
  /// Whether it did so in order, and all that it said has been read.
  bool has_left_in_order() { return control_.ended() && !control_.failure() && has_left(); }
  /// Which ends of its uploads are taken for whole though they do not prove it.
  UncertainEnds takes_ends() const {
    return account_ && account_->takes_ends ? *account_->takes_ends : service_.conveniences.takes_ends;
  }
  /// Reads the control connection while a transfer or a long command is under way: some commands act at once, the
  /// others wait. It may go on until the next bytes come after that. One that never waits is over before others have
  /// had their turn, and costs neither a coroutine nor a read.
  void watch() {
    watching_ = true;
    if (control_.is_read_beside() || std::exchange(begins_to_watch_, true)) return;
    call_on(executor_, [this] {
      begins_to_watch_ = false;
      try {
        if (watching_ && !control_.is_read_beside()) control_.read_beside(executor_, watch_control());
      } catch (...) { control_.fail(code_of(std::current_exception())); }  // out of memory: this session's affair alone
    });
  }
  /// Does not begin to, and ends after its next read, until `watch` is called again.
  void pause_watch() noexcept { watching_ = false; }
  /// Commands act in their turn again.
  awaitable<void> end_watch() {
    pause_watch();
    if (!answering_) co_return;
    Limit limited{deadline_, limits().idle, Errc::peer_lost};
    co_await control_.join_reader();
  }
  /// Runs a command that may wait, for `Limits::operation` without progress. Gives its final reply.
  ///
  /// **Errors:** what ends the session: `Errc::shutting_down`, `Errc::ended_by_operator`, or
  /// `Errc::timed_out` before a login.
  template <class Entry> awaitable<Reply> run(const Entry& entry, std::string_view argument) {
    if (answering_) return run_beside(entry.run(*this, argument));
    at_work_ = entry.verb;
    return run_limited(entry, argument);
  }

 private:
  using Table = typename Commands::template On<Session>;
  static constexpr bool is_securable = SecurableStream<Stream>;
  using Given = decltype(std::declval<Service<P>&>().storage_for(
      std::declval<const Visitor&>(), std::declval<std::function<void()>>()));
  using Files = std::conditional_t<std::is_reference_v<Given>, Storage*, std::optional<Storage>>;

  /// Is true for as long as it lives.
  class Flag {
   public:
    explicit Flag(bool& flag) noexcept : flag_{flag} { flag_ = true; }
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;
    ~Flag() { flag_ = false; }

   private:
    bool& flag_;
  };

  /// The wait for a command, which has a limit, and in which nothing would be lost if the session ended.
  struct Waiting {
    explicit Waiting(Session& session)
        : limited{session.deadline_, session.patience(), Errc::timed_out}, may_end{session.may_end_} {}
    Limit limited;
    const Flag may_end;
  };

  void take_files_of(const Account& account) {
    const Visitor visitor{account, who_.peer.address()};
    if constexpr (std::is_reference_v<Given>) {
      files_ = &service_.storage_for(visitor, {});
    } else {
      files_.emplace(service_.storage_for(visitor, [this] { make_progress(); }));
    }
  }
  void begin_as_guest() {
    std::optional<Account> guest = service_.guest();
    if (!guest) return;
    try {
      if constexpr (Service<P>::files_depend_on_account) take_files_of(*guest);
    } catch (...) { return; }  // there are no files for guests
    use_ = service_.enter(*guest);
    if (use_) account_ = std::move(guest);
  }
  static TlsPolicy possible(const T& network, TlsPolicy policy) {
    return policy == TlsPolicy::offered && !has_certificate(network) ? TlsPolicy::off : policy;
  }

  // ---- the control connection ----

  awaitable<void> welcome() {
    if constexpr (is_securable) {
      if (hello_) co_await secure(true);
    }
    const Reply greeting{220, service_.greeting.text};
    co_await reply(greeting);
  }

  awaitable<void> take_leave(std::error_code error, bool refused, const std::function<void()>& at_end) {
    try {
      const std::optional<Reply> words = last_words(error, refused);
      if (words && !replying_) co_await say_goodbye(*words);
    } catch (...) {  // nobody is there to hear it
    }
    use_.reset();
    at_end();
    co_await farewell();
    control_.stream().close();
    report<SessionClosed>(error);
  }

  /// Says the final reply to a command, and what was to be said after it.
  awaitable<void> reply(const Reply& final) {
    Limit limited{deadline_, patience(), Errc::peer_lost};  // a client that reads no replies has gone
    replying_ = true;  // and stays so if it is cut off: nothing can follow it then
    co_await say(final);
    if (belated_) {
      const std::unique_ptr<Reply> answer_to_abor = std::move(belated_);
      co_await say(*answer_to_abor);
    }
    replying_ = false;
  }
  awaitable<void> say(const Reply& reply) {
    report<ReplySeen>(reply);
    std::string rest = control_.say(reply);
    if (!rest.empty()) co_await control_.write(std::move(rest));
  }

  /// The next command if it is there already.
  std::optional<Line> line_now() {
    if (draining_) throw std::system_error(is_ended_ ? Errc::ended_by_operator : Errc::shutting_down);
    return control_.line_now();
  }

  Duration patience() const { return account_ ? limits().idle : left_for_login(); }
  Duration left_for_login() const {
    return std::max(Duration{1}, time_after(began_, limits().login) - network_.now());
  }

  std::optional<Reply> last_words(std::error_code why, bool refused) const {
    if (why == Errc::timed_out) return Reply{421, "Timed out, closing the connection"};
    if (detail::ends_session(why)) return reply_for(why);
    const bool in_clear = !hello_;  // where TLS comes first, these words would be no part of it
    if (refused && in_clear) return Reply{421, "Service not available to you"};
    return std::nullopt;
  }
  awaitable<void> say_goodbye(Reply farewell) {
    Limit limited{deadline_, farewell_limit(), Errc::timed_out};
    co_await say(farewell);
  }
  /// For the last words, which nobody may hear any more.
  Duration farewell_limit() const { return std::min<Duration>(limits().idle, std::chrono::seconds{5}); }

  /// The same of one that acts at once, beside the session's own coroutine, whose limits hold.
  static awaitable<Reply> run_beside(awaitable<Reply> command) {
    std::error_code error;
    try {
      Reply given = co_await std::move(command);
      co_return given;
    } catch (...) {
      error = code_of(std::current_exception());
      if (error == asio::error::operation_aborted) throw;
    }
    co_return reply_for(error);
  }
  /// Runs a command under its limit, and makes a reply of what it throws.
  template <class Entry> awaitable<Reply> run_limited(const Entry& entry, std::string_view argument) {
    const bool interruptible = entry.interruptible;
    std::error_code error;
    Reply reply;
    const bool logs_in = !account_;
    if (interruptible) watch();
    try {
      Limit limited{deadline_, logs_in ? std::min(limits().operation, left_for_login()) : limits().operation,
                    Errc::timed_out};
      Reply given = co_await entry.run(*this, argument);
      reply = std::move(given);
    } catch (...) { error = interruption_.reason_of(std::current_exception()); }
    const std::error_code interrupted = interruption_.why();
    const bool ends = detail::ends_session(interrupted) || (interrupted == Errc::timed_out && logs_in && !account_);
    if (ends) throw std::system_error(interrupted);
    if (detail::ends_session(error)) throw std::system_error(error);  // of a transfer
    if (interrupted) co_await interruption_.recover();
    if (interruptible) co_await end_watch();
    if (!error) co_return reply;
    if (interrupted == Errc::timed_out) co_return Reply{451, "Gave up: it took too long"};
    const Reply refused = reply_for(error);
    if (is_refusal(error)) detail::tell_refusal(*this, &entry, entry.verb, argument, refused);
    co_return refused;
  }

  // ---- TLS ----

  /// The handshake of the control connection. After it nothing is left of what was said in clear, or there is no
  /// session: it could be the words of somebody in between.
  awaitable<void> secure(bool implicit) {
    const std::string hello = *std::exchange(hello_, nullptr);
    co_await stop_reading();  // a transfer's watch may still read in clear
    if (control_.lines().clear()) throw std::system_error(Errc::refused_by_rule);
    auto handshake = control().accept_tls(network_.tls_server(), hello);
    co_await shake_hands(std::move(handshake), limits().handshake, control(), false);
    protection_.secure(implicit);
    control_.fail({});
  }
  /// Tells the control connection which user it is of. Whoever likes can be anonymous, or a guest: that is nobody.
  void tell_whose() {
    if constexpr (is_securable) {
      std::optional<std::string> user;
      if (account_) user = account_->kind == Account::Kind::user ? state.host + '/' + account_->name : std::string{};
      control().belongs_to(std::move(user));
    }
  }
  /// Reads no more commands, and says within TLS, where it is spoken, that no more replies come: clients take a control
  /// connection that just ends for one that somebody cut.
  awaitable<void> farewell() {
    co_await stop_reading();
    if constexpr (is_securable) {
      if (!protection_.secured()) co_return;
      Settled<void> ignored;
      Limit limited{deadline_, farewell_limit(), Errc::timed_out};
      co_await settle(control().finish(), ignored);
    }
  }

  /// Ends what reads the control connection beside the session's own coroutine, or was about to.
  awaitable<void> stop_reading() {
    pause_watch();
    while (begins_to_watch_) co_await ftplike::give_way(executor_);
    co_await control_.stop_reading();
  }

  // ---- transfers ----

  static awaitable<void> take_rest(std::shared_ptr<Stream> stream) {
    co_await stream->finish();
    std::vector<std::byte> room(16 * 1024);
    for (bool more = true; more;) {
      const std::size_t n = co_await stream->read_some(room);
      more = n > 0;
    }
  }
  awaitable<Reply> send_any(AnySource source, Transfer transfer) {
    if (auto refused = refusal_of_transfer()) co_return *std::move(refused);
    ServerTransfer<Session> sending{*this, std::move(transfer)};
    co_return co_await sending.send(source);
  }
  awaitable<Reply> receive_any(AnySink file, Transfer transfer) {
    if (auto refused = refusal_of_transfer()) co_return *std::move(refused);
    ServerTransfer<Session> receiving{*this, std::move(transfer)};
    co_return co_await receiving.receive(file);
  }
  std::optional<Reply> refusal_of_transfer() const {
    if (auto refused = protection_.refusal_of_data()) return refused;
    if (!channel_.armed()) return reply_for(Errc::no_data_connection);
    return std::nullopt;
  }

  /// Whether a command that came during a transfer need not wait for its end. What comes behind an ABOR waits.
  bool acts_at_once(const Line& line) const {
    if (line.error() || interruption_.why()) return false;
    const CommandLine command = parse_command(line.text);
    const auto* entry = find_command(command.verb);
    return entry && entry->at_once && command.argument.empty() && (account_ || entry->before_login);
  }

  awaitable<void> watch_control() {
    try {
      while (watching_ && control_.put_off().size() < limits().waiting_commands) {
        auto line = control_.lines().next();
        if (!line) {
          if (control_.ended()) break;
          co_await control_.read();
        } else if (acts_at_once(*line)) {
          answering_ = true;
          const Reply reply = co_await dispatch(*this, *line);
          if (interruption_.why()) {
            belated_ = std::make_unique<Reply>(reply);
          } else {
            co_await say(reply);
          }
          answering_ = false;
        } else {
          control_.put_off(*std::move(line));
        }
      }
    } catch (...) {
      answering_ = false;
      control_.fail(code_of(std::current_exception()));
      if (watching_ && !draining_) interrupt(Errc::peer_lost);
    }
  }

  T& network_;
  const Executor& executor_;
  Service<P>& service_;
  Files files_{};
  Interruption& interruption_;
  Deadline<T> deadline_;
  ControlConnection<T> control_;
  Protection protection_;
  std::unique_ptr<std::string> hello_;  // set where a TLS handshake comes next: what was read of it
  std::error_code early_failure_;  // of the handshake at the open port, which observers were told
  SessionInfo who_;
  std::optional<Account> account_;
  std::shared_ptr<AccountUse> use_;
  Channel channel_;
  std::optional<StoppableTask> let_go_;  // a data connection that has yet to end
  const Time opened_;
  Time began_;  // from when on the time for a login is counted
  Duration holds_reply_{};
  ClosingWait closing_wait_;
  Transfer* transfer_ = nullptr;
  Verb at_work_;   // the last command that could wait
  std::unique_ptr<Reply> belated_;  // to the command that interrupted the transfer
  bool standard_ = false, closing_ = false, draining_ = false, is_ended_ = false, ending_ = false;
  bool may_end_ = false;    // nothing would be lost if the session ended now
  bool watching_ = false;   // the control connection, for what is under way
  bool begins_to_watch_ = false;  // when others have had their turn
  bool answering_ = false;  // a command that acts at once
  bool replying_ = false;   // a reply is on its way
  std::optional<Waiting> waiting_;  // last, as it refers to others
};

}  // namespace ftplike
