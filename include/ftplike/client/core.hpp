#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <ftplike/client/control.hpp>
#include <ftplike/client/data_link.hpp>
#include <ftplike/client/features.hpp>
#include <ftplike/client/connecting.hpp>
#include <ftplike/client/server_zone.hpp>
#include <ftplike/client/working_directory.hpp>
#include <ftplike/data_channel/negotiated.hpp>
#include <ftplike/io/ascii_bytes.hpp>
#include <ftplike/io/run_on.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2::detail {

/// A sink whose end is somebody else's to decide on.
template <class = void> class BasicUnfinished {
 public:
  explicit BasicUnfinished(AnySink sink) : sink_{sink} {}
  awaitable<void> write(std::span<const std::byte> bytes) { return sink_.write(bytes); }
  awaitable<void> finish() { co_return; }

 private:
  AnySink sink_;
};
using Unfinished = BasicUnfinished<>;  // a template, so that only what is called is compiled

/// What an operation failed with, as its caller is told: `Errc::aborted` is that he cancelled it.
inline std::exception_ptr told(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const ClientError& error) {
    if (error.code() != asio::error::operation_aborted) return failure;
    const auto offset = error.reached() - error.transferred();
    return std::make_exception_ptr(
        ClientError{Errc::aborted, error.verb(), error.channel(), error.transferred(), offset});
  } catch (const std::system_error& error) {
    if (error.code() != asio::error::operation_aborted) return failure;
    return std::make_exception_ptr(ClientError{Errc::aborted, {}, Channel::local});
  } catch (...) { return failure; }
}

/// The same operation, whose caller is told so.
template <class R> awaitable<R> telling(awaitable<R> operation) {
  Settled<R> result;
  co_await settle(std::move(operation), result);
  if (result.failed()) std::rethrow_exception(told(result.failure()));
  co_return result.get();
}

/// What a cancellation is aimed at. It may come from another executor, before its operation has begun, or when that has ended
/// and another one is under way. Used on the session's executor only.
struct CancellationTarget {
  bool cancelled = false;
  bool under_way = false;
};
/// While it is done.
class UnderWay {
 public:
  explicit UnderWay(CancellationTarget& operation) noexcept : operation_{operation} { operation_.under_way = true; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() { operation_.under_way = false; }

 private:
  CancellationTarget& operation_;
};

/// A client's session: commands in step with their replies, and transfers of which both connections have their say.
/// What stands under *for data channels* is what the client ends of a data channel may use.
template <Transport T, class DataChannel, class Observer> class ClientCore
    : public std::enable_shared_from_this<ClientCore<T, DataChannel, Observer>> {
  static_assert(sizeof(WholeTls<T>) > 0);

 public:
  using Stream = typename T::Stream;
  using Limit = typename Deadline<T>::Limit;
  ClientCore(T& network, const Executor& executor, Stream stream, ClientOptions its_options, Observer observer)
      : options{std::move(its_options)},
        lifetime_{lifetime_of(network)},
        network_{network},
        executor_{executor},
        observer_{std::move(observer)},
        deadline_{network, executor, interruption_},
        control_{network, executor, std::move(stream), options.limits, interruption_, deadline_, observer_} {
    zone.given = options.zone;
  }
  ~ClientCore() { leave(); }

  const ClientOptions options;
  std::string host;  // as a proxy is told
  Features features;
  Dialect dialect = Dialect::standard;
  Reply greeting;
  bool secured = false;        // both connections are protected by TLS
  std::string system;          // what SYST said
  ServerZone zone;             // of the times in the server's listings
  char type = '\0';            // of TYPE, as far as we know
  char mode = 'S';             // of MODE, likewise
  std::string digest;          // what OPTS HASH was told
  WorkingDirectory directory;  // where listings have led the session
  ClientControl<T, Observer>& control() noexcept { return control_; }

  // ---- for operations as a whole

  const Executor& executor() const noexcept { return executor_; }
  Interruption& interruption() noexcept { return interruption_; }
  /// Ends the operation under way, for its caller.
  void cancel() {
    cancelled_ = true;
    interruption_.interrupt(asio::error::operation_aborted);
  }
  /// The same, if it is still this one that is under way.
  void cancel(CancellationTarget& operation) {
    operation.cancelled = true;
    if (operation.under_way) cancel();
  }
  /// Ends the session now, and the operation under way if there is one: a file that is being read.
  void leave() {
    if (!busy_) return close();
    control_.close();
    cancel();
  }
  /// There is one operation at a time.
  void begin_operation() {
    if (busy_.exchange(true)) throw ClientError{Errc::busy, {}, Channel::local, 0, "an operation is under way already"};
  }
  void end_operation() noexcept { busy_ = false; }
  /// On the session's executor: does it, and is idle then.
  awaitable<void> do_and_rest(std::shared_ptr<CancellationTarget> operation, awaitable<void> settled) {
    const UnderWay under_way{*operation};
    cancelled_ = false;
    interruption_.forget();
    if (operation->cancelled) cancel();
    co_await std::move(settled);
    deadline_.rest();
  }

  // ---- for operations

  /// The final reply to a command, whatever it is.
  awaitable<Reply> ask(std::string command) {
    co_await get_ready();
    co_return co_await control_.ask(std::move(command));
  }
  /// The reply to a command, which has to be positive.
  awaitable<Reply> demand(std::string command) {
    const std::string verb = verb_of(command);
    const Reply reply = co_await ask(std::move(command));
    if (!reply.complete()) fail(reply, verb);
    co_return reply;
  }
  awaitable<void> demand_only(std::string command) { (void)co_await demand(std::move(command)); }
  /// Sees to it that no reply is under way that belongs to an earlier command; closes the session if that cannot be
  /// had.
  awaitable<void> get_in_step() {
    control_.check_open({});
    if (control_.pending().in_step()) co_return;
    std::error_code error;
    try {
      if (std::exchange(cut_, false) && knows_abort()) co_await control_.abort();
      co_await control_.get_in_step();
    } catch (const std::system_error& failure) { error = failure.code(); }
    if (!error) co_return;
    close(error);
    control_.check_open({});
  }
  /// Sees to it that what a command says is taken for what its user means: in step, and in the user's directory.
  awaitable<void> get_ready() {
    co_await get_in_step();
    if (directory.has_to_return()) co_await go_home(*this);
  }
  /// A command of the caller's own may have changed what we know of the session.
  void forget_settings() {
    type = '\0';
    mode = '\0';
    digest = "?";
    directory.home_known = false;
  }
  /// Ends the session now.
  void close(std::error_code why = {}) {
    control_.close(why);
    link_.reset();
  }

  /// Takes what comes over a new data connection into `sink`, without finishing that. Gives the final reply.
  awaitable<Reply> receive(AnySink sink, ClientTransfer& transfer) {
    co_await start(transfer);
    Settled<void> outcome;
    if (transfer.ascii) {
      co_await settle(receive_text(sink, transfer), outcome);
    } else {
      co_await settle(receive_over_data(sink, transfer), outcome);
    }
    data_ends();
    if (cancelled_) give_up(transfer, outcome);
    if (interruption_.why()) co_await interruption_.recover();
    co_return co_await conclude(transfer, outcome);
  }
  /// Sends what `source` gives over a new data connection. Gives the final reply.
  awaitable<Reply> send(AnySource source, ClientTransfer& transfer) {
    co_await start(transfer);
    Settled<void> outcome;
    std::optional<AsciiSource> text;
    if (transfer.ascii) source = AnySource{text.emplace(source)};
    co_await settle(send_over_data(source, transfer), outcome);
    data_ends();
    if (cancelled_) give_up(transfer, outcome);
    if (interruption_.why()) co_await interruption_.recover();
    co_return co_await conclude(transfer, outcome);
  }

  // ---- for data channels ----

  T& network() noexcept { return network_; }
  const Endpoint& peer() noexcept { return control_.who().peer; }
  const Endpoint& local() noexcept { return control_.who().local; }
  /// Whether this way is to be taken for data connections.
  template <class Way> bool prefers() const noexcept {
    if constexpr (std::is_same_v<Way, AnnouncedChannel>) return dialect == Dialect::ftplike;
    const bool active = options.active && options.proxy.empty();
    if constexpr (std::is_same_v<Way, ActiveChannel>) return dialect != Dialect::ftplike && active;
    return dialect != Dialect::ftplike && !active;
  }
  /// Sends the command of a transfer and gives its preliminary reply.
  ///
  /// **Errors:** `ReplyError` if there is none.
  awaitable<Reply> begin(std::string command) {
    const std::string verb = verb_of(command);
    if (!before_.empty()) {
      const Reply answer = co_await control_.ask(before_);
      if (!answer.intermediate()) fail(answer, verb_of(before_));
    }
    Reply first = co_await control_.begin(std::move(command), this->shared_from_this());
    if (first.negative() || first.intermediate()) fail(first, verb);
    opening_ = first.text();
    co_return first;
  }
  /// Begins a transfer whose data connection is not ours.
  awaitable<void> begin_elsewhere(std::string command) {
    co_await get_ready();
    co_await set_mode('S');
    before_.clear();
    (void)co_await begin(std::move(command));
  }
  [[noreturn]] void fail(const Reply& reply, std::string_view verb) const {
    throw ReplyError{reply, std::string{verb}, reply.code() / 10 % 10 == 2 ? Channel::data : Channel::control};
  }
  awaitable<Stream> connect_data(Endpoint where) {
    Settled<Stream> connected;
    auto connecting = options.proxy.empty() ? network_.connect(where, Address{})
                                            : connect_to_host(network_, host, where.port(), options);
    Limit limited{deadline_, options.limits.connect_data, Errc::timed_out};
    co_await settle(std::move(connecting), connected);
    if (limited.expired()) co_await interruption_.recover();
    if (connected.failed()) check_data_came(limited.expired());
    co_return connected.get();
  }
  /// A listener for data on the address by which we reached the server.
  typename T::Acceptor listen_for_data(const Executor& executor) {
    auto acceptor = network_.listen(executor, Endpoint{local().address(), 0});
    control_.template observe<DataListening>(acceptor.endpoint());
    return acceptor;
  }
  /// The one connection of our own server. Strangers are turned away and do not use the listener up.
  awaitable<Stream> accept_data(typename T::Acceptor acceptor) {
    const Executor executor = co_await asio::this_coro::executor;
    for (;;) {
      Settled<Stream> accepted;
      Limit limited{deadline_, options.limits.connect_data, Errc::timed_out};
      co_await settle(acceptor.accept(executor), accepted);
      if (limited.expired()) co_await interruption_.recover();
      if (accepted.failed()) check_data_came(limited.expired());
      Stream stream = accepted.get();
      if (stream.remote().address() == peer().address()) co_return stream;
      control_.template report<StrangerRefused>(stream.remote());
    }
  }

  /// Tells what came of a handshake over a control or data connection.
  void tell_handshake(const Settled<void>& shaken, const Stream& stream, bool data) noexcept {
    if (shaken.failed()) return tell_failed_handshake(code_of(shaken.failure()), data);
    if constexpr (takes<Observer, ConnectionSecured>) report<ConnectionSecured>(data, stream.details());
  }
  void tell_failed_handshake(std::error_code why, bool data) noexcept {
    if (data && std::exchange(handshake_failure_, why) == why) return;  // known since before the command was answered
    report<HandshakeFailed>(data, why);
  }
  /// Tells why a handshake failed before the command was answered, if it has: the server may refuse the transfer then.
  /// That it just hung up is no reason.
  void tell_early_handshake(const std::exception_ptr& failure) noexcept {
    if (!failure) return;
    const std::error_code why = code_of(failure);
    if (!is_end(why)) tell_failed_handshake(why, true);
  }

  // ---- for the data link ----

  Deadline<T>& deadline() noexcept { return deadline_; }
  bool refused() const noexcept { return control_.refused(); }
  awaitable<void> keep_alive() {
    return control_.keep_alive(dialect == Dialect::ftplike ? Duration{} : options.keep_alive);
  }
  template <class Event, class... More> void observe(More&&... more) {
    control_.template observe<Event>(std::forward<More>(more)...);
  }
  /// Whether the observer wants to be told of the bytes of transfers now.
  bool wants_bytes() { return ftplike::wants_bytes(observer_); }
  template <class Event, class... More> void report(More&&... more) noexcept {
    control_.template report<Event>(std::forward<More>(more)...);
  }

 private:
  using Link = DataLink<ClientCore>;

  /// The server that the ftp-like dialect comes from does not.
  bool knows_abort() const noexcept { return dialect != Dialect::ftplike || control_.hears_crlf(); }

  bool knows_ranges() const { return features.has("RANG STREAM"); }
  /// Whether a transfer ends because we have enough, not the server.
  bool breaks_off(const ClientTransfer& transfer) const { return transfer.is_satisfied() && !knows_ranges(); }
  /// The command that says which part of a file is meant.
  std::string position(const ClientTransfer& transfer) const {
    if (transfer.length > 0 && knows_ranges()) {
      const auto last = transfer.restart + transfer.length - 1;
      return "RANG " + std::to_string(transfer.restart) + ' ' + std::to_string(last);
    }
    return transfer.restart > 0 ? "REST " + std::to_string(transfer.restart) : std::string{};
  }

  /// MODE S or MODE Z, unless it is so already. A server that refuses Z after all sends bytes as they are.
  awaitable<void> set_mode(char wanted) {
    if (!options.compression || dialect == Dialect::ftplike || mode == wanted) co_return;
    const Reply answer = co_await control_.ask(std::string{"MODE "} + wanted);
    if (answer.complete()) {
      mode = wanted;
      if (mode == 'Z') (void)co_await control_.ask("OPTS MODE Z LEVEL " + std::to_string(options.compression.level));
    } else if (wanted == 'Z') {
      features.refuse("MODE Z");
      mode = 'S';
    }
  }
  bool wants_compression() const { return options.compression && features.has("MODE Z") && !features.refused("MODE Z"); }

  awaitable<void> start(ClientTransfer& transfer) {
    co_await get_ready();
    const char wanted = wants_compression() ? 'Z' : 'S';
    co_await set_mode(wanted);
    if (mode == 'Z') transfer.compression = options.compression;
    control_.forget_conclusion();
    transfer.began = network_.now();
    before_ = position(transfer);
    opening_.clear();
    control_.moves_data(true);
  }
  void data_ends() {
    stalled_ = interruption_.why() == Errc::stalled;
    control_.moves_data(false);
  }

  awaitable<void> receive_over_data(AnySink sink, ClientTransfer& transfer) {
    co_await open(transfer);
    Limit limited{deadline_, options.limits.stall, Errc::stalled};
    co_await copy(
        *link_, sink, [](std::size_t) {}, transfer.piece());
    if (breaks_off(transfer)) co_return;
    link_->complete();
    if constexpr (SecurableStream<Stream>) co_await link_->finish();  // the peer said goodbye, so do we
  }
  awaitable<void> receive_text(AnySink sink, ClientTransfer& transfer) {
    Unfinished file{sink};
    AsciiSink text{AnySink{file}};
    const AnySink all{text};
    co_await receive_over_data(all, transfer);
    co_await text.finish();
  }
  awaitable<void> send_over_data(AnySource source, ClientTransfer& transfer) {
    co_await open(transfer);
    Limit limited{deadline_, options.limits.stall, Errc::stalled};
    if (wants_bytes() || transfer.compression) source = source.without_descriptor();
    co_await copy(
        source, *link_, [](std::size_t) {}, transfer.piece());
    co_await link_->finish();
    link_->complete();
  }
  awaitable<void> open(ClientTransfer& transfer) {
    tell_begin(transfer);
    handshake_failure_ = {};
    auto stream = co_await channel_.open(*this, transfer.command);
    if constexpr (SecurableStream<Stream>) {
      if (secured) co_await shake_hands(stream);
    }
    transfer.opening = opening_;
    transfer.connected = true;
    link_.emplace(*this, std::move(stream), transfer);
  }

  awaitable<void> shake_hands(Stream& stream) {
    Settled<void> shaken;
    Limit limited{deadline_, options.limits.connect_data, Errc::timed_out};
    co_await settle(stream.connect_tls(control_.stream()), shaken);
    if (limited.expired()) co_await interruption_.recover();
    tell_handshake(shaken, stream, true);
    if (shaken.failed()) {
      detail::break_off(stream);
      check_data_came(limited.expired());
    }
    shaken.get();
  }

  /// Throws what kept a data connection from coming to be, unless the caller knows it.
  void check_data_came(bool late) const {
    if (refused()) throw std::system_error(asio::error::operation_aborted);
    if (late) throw std::system_error(Errc::timed_out);
  }

  /// Hears the server's word on a transfer and gives the verdict.
  awaitable<Reply> conclude(ClientTransfer& transfer, Settled<void>& outcome) {
    const std::string verb = verb_of(transfer.command);
    Settled<Reply> word;
    if (!outcome.failed() || transfer.broken) {
      // Of a data connection that broke the server may say why. Of one with TLS that did not, something of the server's
      // may be unread, a ticket or a goodbye: to close it now would take from the server what is still on its way.
      if (outcome.failed() || !secured || breaks_off(transfer)) link_.reset();
      // Of a transfer that we broke off, having enough, some servers say nothing final.
      const Duration soon = std::min<Duration>(options.limits.recovery, std::chrono::seconds{1});
      const Duration patience = transfer.is_satisfied() ? soon
                                : outcome.failed()      ? options.limits.recovery
                                                        : options.limits.reply;
      co_await settle(control_.conclude(verb, patience), word);
      link_.reset();
    }
    const std::exception_ptr failure = judge(transfer, outcome, word);
    if (!failure) co_return word.get();
    if (!cancelled_ && control_.is_open()) {
      Settled<void> ignored;
      co_await settle(get_in_step(), ignored);
    }
    std::rethrow_exception(failure);
  }
  /// The end of a transfer that was cancelled: nothing can be awaited any more.
  [[noreturn]] void give_up(const ClientTransfer& transfer, Settled<void>& outcome) {
    Settled<Reply> word;
    word.fail(std::make_exception_ptr(std::system_error(asio::error::operation_aborted)));
    std::rethrow_exception(judge(transfer, outcome, word));
  }

  static bool is_late(Settled<Reply>& word) {
    try {
      if (word.failed()) std::rethrow_exception(word.failure());
    } catch (const std::system_error& error) { return error.code() == Errc::timed_out; }
    return false;
  }

  /// The error of a transfer, if it failed, after which nothing of it is left but what `get_in_step` takes care of.
  std::exception_ptr judge(const ClientTransfer& transfer, Settled<void>& outcome, Settled<Reply>& word) {
    const std::string verb = verb_of(transfer.command);
    std::exception_ptr failure;
    try {
      outcome.get();
      if (transfer.is_satisfied() && is_late(word)) {
        cut_ = true;
        word = {};
        word.set(Reply{});
      }
      Reply reply = word.get();
      // A server says that it could not send the rest, which nobody wanted.
      const bool good = !reply.negative() || transfer.is_satisfied();
      if (!good) throw ReplyError{std::move(reply), verb, Channel::data, transfer.moved, transfer.offset};
      word.set(std::move(reply));
    } catch (const ReplyError& error) {
      failure = std::make_exception_ptr(
          ReplyError{error.reply(), error.verb(), error.channel(), transfer.moved, transfer.offset, reason()});
    } catch (const ClientError& error) {
      failure =
          std::make_exception_ptr(ClientError{error.code(), verb, error.channel(), transfer.moved, transfer.offset});
    } catch (const std::system_error& error) { failure = explain(error.code(), transfer, verb); } catch (...) {
      failure = std::current_exception();
    }
    if (failure) failure = told(failure);
    tell(transfer, verb, failure);
    if (!failure) return nullptr;

    cut_ = control_.pending().transferring();
    link_.reset();
    return failure;
  }

  /// That the connection ended, as it does when the other end has had enough.
  static bool is_end(const std::error_code& error) noexcept {
    return error == Errc::peer_lost || error == std::errc::connection_reset || error == std::errc::broken_pipe ||
           error == asio::error::operation_aborted;
  }
  /// What the server's word on a transfer does not tell: why its handshake failed at our end.
  std::error_code reason() const noexcept { return is_end(handshake_failure_) ? std::error_code{} : handshake_failure_; }

  /// Why a transfer failed: what the server said, else what its connections did, else what went wrong on our side.
  std::exception_ptr explain(std::error_code error, const ClientTransfer& transfer, const std::string& verb) const {
    const auto& said = control_.conclusion();
    if (said && said->negative()) {
      return std::make_exception_ptr(
          ReplyError{*said, verb, Channel::data, transfer.moved, transfer.offset, reason()});
    }
    auto channel = transfer.broken || !transfer.connected ? Channel::data : Channel::local;
    if (error == asio::error::operation_aborted && stalled_) error = Errc::stalled;
    if (error == asio::error::operation_aborted) error = cancelled_ ? Errc::aborted : Errc::peer_lost;
    if (control_.watch_failure()) {
      error = control_.watch_failure();
      channel = Channel::control;
    }
    return std::make_exception_ptr(ClientError{error, verb, channel, transfer.moved, transfer.offset});
  }

  void tell_begin(const ClientTransfer& transfer) {
    if constexpr (takes<Observer, TransferBegun>) {
      const std::string verb = verb_of(transfer.command);
      const Path path{parse_command(transfer.command).argument};
      observe<TransferBegun>(verb, path, transfer.direction, transfer.offset, transfer.expected(), transfer.ascii,
                             transfer.listing);
    }
  }
  void tell(const ClientTransfer& transfer, std::string_view verb, const std::exception_ptr& failure) {
    if constexpr (takes<Observer, TransferEnded>) {
      std::error_code error;
      try {
        if (failure) std::rethrow_exception(failure);
      } catch (const std::system_error& what) { error = what.code(); } catch (...) {
        error = Errc::aborted;
      }
      const Path path{parse_command(transfer.command).argument};
      report<TransferEnded>(verb, path, transfer.direction, transfer.moved, transfer.offset,
                            network_.now() - transfer.began, transfer.ascii, transfer.listing, error);
    }
  }

  const std::shared_ptr<void> lifetime_;  // before all that has sockets and timers, so that it goes after them
  T& network_;
  const Executor executor_;
  Observer observer_;
  Interruption interruption_;
  Deadline<T> deadline_;
  ClientControl<T, Observer> control_;
  typename DataChannel::template ClientEnd<T> channel_;
  std::optional<Link> link_;  // of the transfer under way
  std::string opening_;
  std::string before_;  // what is to be said right before the command of the transfer
  bool stalled_ = false;
  std::error_code handshake_failure_;  // of the transfer's data connection
  bool cut_ = false;  // a transfer was broken off, and the server does not know that yet
  bool cancelled_ = false;  // the operation under way, by its caller
  std::atomic<bool> busy_ = false;
};

/// Runs an operation of a session on the session's executor, for a caller on any. There is one at a time.
///
/// **Errors:** those of the operation; `Errc::busy` if another one is under way.
/// **Cancellation:** of the caller ends the operation. **Lifetime:** keeps the session.
template <class Core, class R> awaitable<R> perform(std::shared_ptr<Core> core, awaitable<R> operation) {
  struct Operation {
    explicit Operation(Core& its_core) : core{its_core} { core.begin_operation(); }
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    ~Operation() { core.end_operation(); }
    Core& core;
  } const under_way{*core};
  const auto meant = detail::new_shared<CancellationTarget>();
  // What is posted does not hold the session: where its event loop has ended, it stays there as long as that.
  const std::function<void()> cancel = [core, meant] {
    asio::dispatch(core->executor(), [seen = std::weak_ptr{core}, meant] {
      if (const auto still_there = seen.lock()) still_there->cancel(*meant);
    });
  };
  Settled<R> result;
  std::exception_ptr failure;
  auto settled = core->do_and_rest(meant, settle(std::move(operation), result));
  try {
    co_await run_stoppable(core->executor(), core->interruption().slot(), cancel, std::move(settled));
  } catch (...) { failure = std::current_exception(); }  // cancelled before it began
  if (!failure && result.failed()) failure = result.failure();
  if (failure) std::rethrow_exception(told(failure));
  co_return result.get();
}

}  // namespace ftplike::detail
