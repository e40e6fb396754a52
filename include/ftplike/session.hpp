#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <ftplike/dispatch.hpp>
#include <ftplike/profile.hpp>
#include <ftplike/protocol/command_line.hpp>
#include <ftplike/securing.hpp>
#include <ftplike/transfer.hpp>

namespace ftplike {

/// One client, from its greeting to its farewell: the control connection, who it is, and what one command leaves for
/// the next. What stands under *for commands* is what a command may use.
///
/// **Lifetime:** one coroutine on one executor, `run`; the transport and the service outlive it. **Threads:** its own.
template <Transport T, class P> class Session : public Securing<Session<T, P>, T> {
  using Secured = Securing<Session, T>;
  using Secured::control_;

 public:
  using Stream = typename T::Stream;
  using Storage = typename P::Storage;
  using Transfer = ftplike::Transfer;
  using Channel = typename P::DataChannel::template ServerEnd<T>;
  /// The profile's commands with those of its data channel and of the transport.
  using Commands = typename WithSecurity<T, typename P::DataChannel::template AddTo<typename P::Commands>>::type;

  /// `who` tells the ends of the control connection, which behind a proxy are not those of its stream; `first_bytes`
  /// have been read from it already.
  Session(T& network, const Executor& executor, Stream control, Service<P>& service, Conversation who,
          std::string_view first_bytes = {}, Beginning beginning = Beginning::clear)
      : Secured{network, std::move(control), service.limits.line, service.tls_policy, beginning, first_bytes},
        network_{network},
        executor_{executor},
        service_{service},
        watchdog_{network, executor},
        who_{std::move(who)},
        account_{service.guest()},
        began_{network.now()} {
    if (account_) use_ = service.enter(*account_);
    if (!use_) account_.reset();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Converses until either side has had enough, and calls `at_end` before the connection closes. Does not throw.
  awaitable<void> run(std::function<void()> at_end = [] {}) {
    observe<SessionOpened>();
    std::error_code error;
    try {
      co_await converse();
    } catch (...) { error = code_of(std::current_exception()); }
    try {
      if (error == Errc::timed_out || error == Errc::shutting_down) co_await say_goodbye(error);
    } catch (...) {  // nobody is there to hear it
    }
    use_.reset();
    at_end();
    co_await Secured::part();
    control_.stream().close();
    observe<SessionClosed>(error);
  }

  const Executor& executor() const noexcept { return executor_; }
  /// Ends the session as soon as no transfer is under way. On its executor.
  void drain() {
    draining_ = true;
    if (transfer_) return;
    control_.stream().cancel();
    watchdog_.interrupt();
  }
  /// Ends the session now. On its executor.
  void cut() {
    drain();
    interrupt(Errc::shutting_down);
    control_.stream().close();
  }

  // ---- for commands ----

  const Endpoint& peer() const noexcept { return who_.peer; }
  T& network() noexcept { return network_; }
  Service<P>& service() noexcept { return service_; }
  const Limits& limits() const noexcept { return service_.limits; }
  const Conversation& who() const noexcept { return who_; }
  Storage& storage() noexcept { return service_.storage; }

  /// Who is logged in, or the guest; none before a login where guests may do nothing.
  const std::optional<Account>& account() const noexcept { return account_; }
  bool may(Rights rights) const noexcept { return account_ && account_->rights.contains(rights); }
  /// Whether the client speaks standard FTP: it said USER or HOST. Otherwise the session is an ftp-like one.
  bool standard() const noexcept { return standard_; }
  void become_standard() {
    standard_ = true;
    account_.reset();
  }
  /// Begins a login, or drops the one that is there.
  void log_out() {
    if (account_) began_ = network_.now();  // the time for a login is counted anew
    become_standard();
    who_.user.clear();
    use_.reset();
    forget();
  }
  /// Forgets what commands have left for later ones, but not who is logged in.
  void forget() {
    directory = Path{};
    state = SessionState{};
    epsv_only = false;
    channel_.disarm();
  }
  /// False if this account has as many sessions as it may have.
  bool log_in(Account account) {
    use_ = service_.enter(account);
    if (!use_) return false;
    who_.user = account.name;
    account_ = std::move(account);
    directory = Path{};
    return true;
  }
  /// Waits, as a punishment.
  awaitable<void> pause(Duration duration) { return watchdog_.sleep_until(network_.now() + duration); }

  /// The path of the storage that `text`, from the client, names: seen from its directory, below its account's root.
  Path path(std::string_view text) const { return virtual_path(text).beneath(account_ ? account_->root : Path{}); }
  /// The path as the client sees it.
  Path virtual_path(std::string_view text) const { return directory.resolve(text); }

  Path directory;
  SessionState state;
  unsigned failed_logins = 0;
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
  /// Ends the transfer under way, whose final reply comes before the caller's. False if there is none.
  bool interrupt(Errc why) {
    if (!transfer_) return false;
    if (!interruption_) interruption_ = why;
    watchdog_.interrupt();
    return true;
  }
  /// Whether the server wants the session to end: what takes long should give up.
  bool is_ending() const noexcept { return draining_; }
  /// Ends the session after this command's reply.
  void close() noexcept { closing_ = true; }

  /// Calls `f(entry)` for every command that this session understands, in the order of the table.
  template <class F> static void for_each_command(F f) {
    for (const auto& entry : Table::template entries<Session>()) f(entry);
  }
  static auto find_command(Verb verb) noexcept { return Table::template find<Session>(verb); }

  template <class Event, class... More> void observe(More&&... more) {
    ftplike::observe<Event>(service_.observer, who_, std::forward<More>(more)...);
  }

  /// Whether somebody watches events of this kind.
  template <class Event> static constexpr bool observed = takes<typename P::Observer, Event>;

  /// Tells the observer of a command; gives its refusal, if it refuses.
  std::optional<Reply> announce(std::string_view verb, std::string_view argument, bool unterminated) {
    return ask(service_.observer, CommandSeen{who_, verb, argument, unterminated});
  }

  // ---- for data channels ----

  Watchdog<T>& watchdog() noexcept { return watchdog_; }
  /// Whether a data connection from there can be the client's: it comes from its address, or from its proxy's.
  bool is_from_client(const Endpoint& remote) const {
    return remote.address() == who_.peer.address() || remote.address() == control_.stream().remote().address();
  }
  /// A listener for data on the address by which the client reached us.
  typename T::Acceptor listen_for_data() {
    auto acceptor = service_.data_ports.listen(network_, executor_, control_.stream().local().address());
    observe<DataListening>(acceptor.endpoint());
    return acceptor;
  }
  /// The address that the client is to connect to.
  Address address_for_client() const {
    return service_.public_address.seen_by(who_.peer.address()).value_or(who_.local.address());
  }
  /// Sends a preliminary reply; from then on the control connection is watched until the transfer ends.
  awaitable<void> preliminary(const Reply& reply) {
    co_await say(reply);
    watching_ = true;
    if (!control_.is_read_beside()) control_.read_beside(executor_, watch_control());
  }
  /// Throws if the transfer under way is to end.
  void check_interruption() const {
    if (interruption_) throw std::system_error(interruption_);
  }
  /// Opens the data connection of a transfer.
  awaitable<Stream> open_data(Transfer& transfer) { return this->secure_data(channel_.open(*this, transfer.opening)); }
  /// Whether the client closed the control connection without saying QUIT.
  bool has_left() {
    const bool ended = control_.ended() || control_error_ || control_.stream().has_ended();
    return ended && !control_.quits_later();
  }
  /// What the sessions of this one's account share.
  AccountUse& use() noexcept { return *use_; }
  /// Why a wait of the transfer ended: the interruption, or `otherwise`.
  std::error_code interruption(Errc otherwise) const noexcept {
    return interruption_ ? interruption_ : make_error_code(otherwise);
  }

 private:
  using Table = typename Commands::template On<Session>;

  // ---- the control connection ----

  awaitable<void> converse() {
    if constexpr (Secured::is_securable) {
      if (Secured::handshake_comes()) co_await Secured::secure(true);
    }
    const Reply welcome{220, service_.greeting.text};
    co_await say(welcome);
    while (!closing_) {
      const std::optional<Line> line = co_await next_line();
      if (!line) co_return;
      const Reply final = co_await dispatch(*this, *line);
      co_await say(final);
      if (belated_.code() != 0) {
        const Reply answer_to_abor = std::exchange(belated_, Reply{});
        co_await say(answer_to_abor);
      }
      if constexpr (Secured::is_securable) {
        if (!Secured::handshake_comes()) continue;
        co_await Secured::secure(false);
        control_error_ = {};
      }
    }
  }

  awaitable<void> say(const Reply& reply) {
    observe<ReplySeen>(reply);
    if (!transfer_) watchdog_.guard(limits().idle, control_.stream());  // a client that reads no replies has gone
    return control_.say(reply);
  }

  awaitable<std::optional<Line>> next_line() {
    const auto grace = P::unterminated_commands ? std::optional{limits().grace} : std::nullopt;
    std::error_code error;
    try {
      if (draining_) throw std::system_error(Errc::shutting_down);
      co_return co_await control_.next_line(grace, [this](bool first) {
        if (control_error_) throw std::system_error(control_error_);
        if (draining_) throw std::system_error(Errc::shutting_down);
        if (first) watchdog_.guard(patience(), control_.stream());
      });
    } catch (...) { error = code_of(std::current_exception()); }
    const bool idle = watchdog_.barked();
    watchdog_.rest();
    throw std::system_error(idle        ? make_error_code(Errc::timed_out)
                            : draining_ ? make_error_code(Errc::shutting_down)
                                        : error);
  }

  Duration patience() const {
    if (account_) return limits().idle;
    return std::max(Duration{1}, began_ + limits().login - network_.now());
  }

  awaitable<void> say_goodbye(std::error_code why) {
    const Reply farewell{421, why == Errc::timed_out ? "Timed out, closing the connection" : "Server is shutting down"};
    co_await say(farewell);
  }

  // ---- transfers ----

  /// Whether a command that came during a transfer need not wait for its end. What comes behind an ABOR waits.
  bool acts_at_once(const Line& line) const {
    if (line.error() || interruption_) return false;
    const CommandLine command = parse_command(line.text);
    const auto* entry = find_command(command.verb);
    return entry && entry->at_once && command.argument.empty() && (account_ || entry->before_login);
  }

  /// Reads what comes over the control connection during a transfer: some commands act at once, the others wait. When
  /// the transfer has ended it goes on until the next bytes come.
  awaitable<void> watch_control() {
    try {
      // A transfer that never waits is over by now, and costs no read.
      co_await asio::post(executor_, use_awaitable);
      while (watching_ && control_.put_off().size() < limits().waiting_commands) {
        auto line = control_.lines().next();
        if (!line) {
          if (control_.ended()) break;
          co_await control_.read();
        } else if (acts_at_once(*line)) {
          answering_ = true;
          const Reply reply = co_await dispatch(*this, *line);
          if (interruption_) {
            belated_ = reply;
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
      control_error_ = code_of(std::current_exception());
      if (watching_ && !draining_) interrupt(Errc::peer_lost);
    }
  }

  awaitable<Reply> send_any(AnySource source, Transfer transfer) {
    transfer.direction = Direction::sent;
    std::optional<AsciiSource> text;
    if (transfer.ascii) source = AnySource{text.emplace(source)};
    auto sending = send_over_data(*this, source, transfer);
    co_return co_await carry_out(transfer, std::move(sending));
  }
  awaitable<Reply> receive_any(AnySink file, Transfer transfer) {
    transfer.direction = Direction::received;
    std::optional<AsciiSink> text;
    if (transfer.ascii) file = AnySink{text.emplace(file)};
    auto receiving = receive_over_data(*this, file, transfer);
    co_return co_await carry_out(transfer, std::move(receiving));
  }

  /// Lets a transfer happen, ends the watch, and gives the verdict.
  awaitable<Reply> carry_out(Transfer& transfer, awaitable<void> moving) {
    if (auto refused = Secured::protection().refusal_of_data()) co_return *std::move(refused);
    if (!channel_.armed()) throw std::system_error(Errc::no_data_connection);
    struct UnderWay {
      ~UnderWay() { session.transfer_ = nullptr; }
      Session& session;
    } const under_way{*this};
    transfer.began = network_.now();
    interruption_ = {};
    transfer_ = &transfer;
    Settled<void> outcome;
    co_await settle(std::move(moving), outcome);
    const bool stalled = watchdog_.barked();
    watchdog_.rest();
    watching_ = false;
    if (answering_) {
      watchdog_.guard(limits().idle, control_.stream());
      co_await control_.join_reader();
      watchdog_.rest();
    }
    std::error_code error;
    try {
      outcome.get();
    } catch (...) {
      error = code_of(std::current_exception());
      if (error == asio::error::operation_aborted)
        error = stalled ? make_error_code(Errc::stalled) : interruption(Errc::peer_lost);
    }
    observe<TransferEnded>(transfer.verb, transfer.path, transfer.direction, transfer.moved, transfer.offset,
                           network_.now() - transfer.began, transfer.ascii, transfer.listing, error);
    if (error) co_return reply_for(error);
    co_return Reply{226, transfer.conclusion};
  }

  T& network_;
  Executor executor_;
  Service<P>& service_;
  Watchdog<T> watchdog_;
  Conversation who_;
  std::optional<Account> account_;
  std::shared_ptr<AccountUse> use_;
  Channel channel_;
  Time began_;
  Transfer* transfer_ = nullptr;
  std::error_code control_error_;  // what the watch met
  std::error_code interruption_;   // why the transfer is to end
  Reply belated_;                  // to the command that interrupted the transfer
  bool standard_ = false, closing_ = false, draining_ = false, watching_ = false, answering_ = false;
};

}  // namespace ftplike
