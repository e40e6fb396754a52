#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/client/options.hpp>
#include <ftplike/client/pending_commands.hpp>
#include <ftplike/client/reply_error.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/deadline.hpp>
#include <ftplike/protocol/argument.hpp>
#include <ftplike/protocol/command_line.hpp>
#include <ftplike/protocol/reply_buffer.hpp>

namespace ftplike::inline v0_2::detail {

/// 1, 2, … for the sessions of this process.
inline std::uint64_t next_client_number() noexcept {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

/// The client's end of a control connection: sends commands and gives each its own reply, whatever else comes.
///
/// **Errors:** `ClientError`; a negative reply is no error here, but 421 is (`ReplyError`). After an error of the
/// connection it is closed, with what it was the error of all later commands. **Cancellation:** by the `Interruption` of
/// the operation under way; a command that was cancelled stays outstanding until `get_in_step`.
template <Transport T, class Observer> class ClientControl {
 public:
  ClientControl(T& network, const Executor& executor, typename T::Stream stream, const ClientLimits& limits,
                Interruption& interruption, Deadline<T>& deadline, Observer& observer)
      : network_{network},
        executor_{executor},
        stream_{std::move(stream)},
        limits_{limits},
        interruption_{interruption},
        deadline_{deadline},
        observer_{observer},
        watch_over_{executor},
        who_{next_client_number(), stream_.local(), stream_.remote()} {
    mark_as_control(stream_);
    observe<SessionOpened>();
  }
  ClientControl(const ClientControl&) = delete;
  ClientControl& operator=(const ClientControl&) = delete;

  typename T::Stream& stream() noexcept { return stream_; }
  SessionInfo& who() noexcept { return who_; }
  const PendingCommands& pending() const noexcept { return pending_; }
  bool is_open() const noexcept { return open_; }
  /// Whether the server ended its greeting with CRLF.
  bool hears_crlf() const noexcept { return hears_crlf_; }
  /// Whether commands end with CRLF, or with nothing at all. One command is one write in any case.
  void end_commands(bool with_crlf) noexcept { ends_commands_ = with_crlf; }

  template <class Event, class... More> void observe(More&&... more) {
    ftplike::observe<Event>(observer_, who_, std::forward<More>(more)...);
  }

  template <class Event, class... More> void report(More&&... more) noexcept {
    ftplike::report<Event>(observer_, who_, std::forward<More>(more)...);
  }

  /// Whether nothing has come that was not asked for. What comes in clear before TLS must not be heard after it.
  bool is_silent() const noexcept { return replies_.empty(); }

  /// Ends the connection now.
  void close(std::error_code why = {}) {
    if (!std::exchange(open_, false)) return;
    fate_ = why ? why : make_error_code(Errc::peer_lost);
    stream_.close();
    report<SessionClosed>(why);
  }
  void check_open(const std::string& verb) const {
    if (!open_) throw ClientError{fate_, verb, Channel::control};
  }

  /// The server's first reply, whatever text stands before it.
  awaitable<Reply> greeting() {
    pending_.sent(Asked::simple);
    replies_.skip_banner();
    try {
      co_return co_await answer("connect", limits_.reply);
    } catch (const ReplyError&) { throw; } catch (const ClientError& error) {
      if (!replies_.skipped() || error.code() == asio::error::operation_aborted) throw;
    }
    throw ClientError{Errc::bad_reply, "connect", Channel::control};  // it speaks something else
  }
  /// Sends a command, whose session must be in step, and gives its final reply.
  awaitable<Reply> ask(std::string command) {
    drop_what_came_unasked();
    co_await say(command, Asked::simple);
    co_return co_await answer(verb_of(command), limits_.reply);
  }
  /// Sends the command of a transfer and gives its first reply. If that is preliminary, the connection is watched from
  /// then on, with `keep` kept alive, until the final reply has come.
  awaitable<Reply> begin(std::string command, std::shared_ptr<const void> keep) {
    forget_conclusion();
    drop_what_came_unasked();
    co_await say(command, Asked::transfer);
    const Reply first = co_await answer(verb_of(command), limits_.reply);
    if (first.preliminary()) {
      watching_ = true;
      start_on(executor_, watch(std::move(keep)));
    } else {
      conclusion_ = first;
    }
    co_return first;
  }
  /// The final reply of the transfer under way.
  awaitable<Reply> conclude(std::string verb, Duration limit) {
    std::error_code error;
    {
      Limit limited{deadline_, limit, Errc::timed_out};
      try {
        while (watching_) co_await watch_over_.wait();
      } catch (...) { error = interruption_.reason_of(std::current_exception()); }
      if (limited.expired()) co_await interruption_.recover();
    }
    if (!error && conclusion_) co_return *conclusion_;
    if (watch_failure_) error = watch_failure_;
    throw ClientError{error ? error : make_error_code(Errc::peer_lost), verb, Channel::control};
  }
  /// Whether data are moved, which end where the server says that it has failed.
  void moves_data(bool whether) noexcept { moves_data_ = whether; }
  void forget_conclusion() noexcept {
    conclusion_.reset();
    watch_failure_ = {};
  }
  /// Whether a transfer under way cannot succeed any more, as the server has said or by its silence for ever.
  bool refused() const noexcept { return (conclusion_ && conclusion_->negative()) || watch_failure_; }
  const std::optional<Reply>& conclusion() const noexcept { return conclusion_; }
  std::error_code watch_failure() const noexcept { return watch_failure_; }

  /// Says NOOP during a transfer if nothing was said for so long.
  awaitable<void> keep_alive(Duration interval) {
    if (interval <= Duration::zero() || !watching_ || network_.now() - last_spoken_ < interval) co_return;
    Limit limited{deadline_, limits_.recovery, Errc::timed_out};
    co_await send("NOOP", Asked::keep_alive);
  }
  /// Says ABOR, if a transfer waits for its final reply.
  awaitable<void> abort() {
    co_await stop_watching();
    if (pending_.transferring()) co_await say("ABOR", Asked::abort);
  }
  /// Takes replies until none can come any more that belongs to an earlier command.
  awaitable<void> get_in_step() {
    co_await stop_watching();
    const Time end = network_.now() + limits_.recovery;
    drop_what_came_unasked();
    while (!pending_.in_step()) {
      if (pending_.tangled() && !pending_.marked()) co_await say("PWD", Asked::marker);
      (void)co_await answer("PWD", std::max(Duration{1}, end - network_.now()));
    }
  }

 private:
  using Limit = typename Deadline<T>::Limit;

  class Heard {
   public:
    Heard(Owner its_owner, Reply its_reply) : owner{its_owner}, reply{std::move(its_reply)} {}
    Owner owner;
    Reply reply;
  };

  awaitable<void> say(std::string command, Asked what) {
    Limit limited{deadline_, limits_.reply, Errc::timed_out};
    co_await send(std::move(command), what);
  }

  awaitable<void> send(std::string command, Asked what) {
    const CommandLine parts = parse_command(command);
    const auto argument = Argument::from(parts.argument);
    if (!parts.verb || !argument) throw ClientError{Errc::bad_name, verb_of(command), Channel::local};
    check_open(verb_of(command));
    if constexpr (takes<Observer, CommandSeen>) {
      const bool secret = parts.verb == Verb{"PASS"} || parts.verb == Verb{"ACCT"};
      const std::string verb = parts.verb.text();
      observe<CommandSeen>(std::string_view{verb}, secret ? std::string_view{"***"} : parts.argument);
    }
    pending_.sent(what);
    last_spoken_ = network_.now();
    const Argument* const given = parts.has_argument ? &*argument : nullptr;
    const std::string wire = ends_commands_ ? command_wire(parts.verb, given) : command_text(parts.verb, given);
    std::error_code error;
    try {
      co_await stream_.write(as_bytes(wire));
      co_return;
    } catch (...) { error = interruption_.reason_of(std::current_exception()); }
    const bool cancelled = static_cast<bool>(interruption_.why());
    if (error == Errc::timed_out) co_await interruption_.recover();
    Settled<Heard> last;
    if (!cancelled && !watching_) co_await settle(hear(), last);  // the server may have said why it hung up
    // How much of the command went out is not known, so nothing can follow it.
    close(error);
    if (cancelled || watching_ || last.failed()) throw ClientError{error, verb_of(command), Channel::control};
    throw ReplyError{last.get().reply, verb_of(command)};
  }

  /// The next reply that is somebody's.
  awaitable<Reply> answer(std::string verb, Duration limit) {
    std::error_code error;
    Heard heard{Owner::nobody, {}};
    {
      Limit limited{deadline_, limit, Errc::timed_out};
      try {
        while (heard.owner == Owner::nobody) {
          Heard next = co_await hear();
          heard = std::move(next);
        }
      } catch (...) { error = interruption_.reason_of(std::current_exception()); }
      if (limited.expired()) co_await interruption_.recover();
    }
    const bool lost = error && error != Errc::timed_out && error != asio::error::operation_aborted;
    if (lost) close(error);
    if (error) throw ClientError{error, verb, Channel::control};
    if (heard.owner == Owner::farewell) {
      close(Errc::shutting_down);
      throw ReplyError{std::move(heard.reply), verb};
    }
    co_return std::move(heard.reply);
  }

  awaitable<Heard> hear() {
    for (;;) {
      if (std::optional<Reply> reply = replies_.next()) {
        report<ReplySeen>(*reply);
        const Owner owner = pending_.take(*reply);
        co_return Heard{owner, *std::move(reply)};
      }
      if (replies_.defect()) throw std::system_error(replies_.defect());
      std::array<std::byte, 2048> room;
      const std::size_t n = co_await stream_.read_some(room);
      if (n == 0) throw std::system_error(Errc::peer_lost);
      const std::string_view text = as_text(std::span{room}.first(n));
      const auto end = text.find('\n');
      if (!ending_known_ && end != text.npos) {
        ending_known_ = true;
        hears_crlf_ = (end == 0 ? last_byte_ : text[end - 1]) == '\r';
      }
      last_byte_ = text.back();
      replies_.feed(text);
    }
  }

  /// What has come already belongs to earlier commands, or is nobody's: a second 226, for instance.
  void drop_what_came_unasked() {
    while (auto reply = replies_.next()) {
      report<ReplySeen>(*reply);
      if (pending_.take(*reply) != Owner::farewell) continue;
      close(Errc::shutting_down);
      throw ReplyError{*std::move(reply), {}};
    }
  }

  /// Hears replies during a transfer. One that says that it has failed ends what the transfer waits for.
  awaitable<void> watch(std::shared_ptr<const void>) {
    try {
      while (!conclusion_) {
        Heard heard = co_await hear();
        if (heard.owner == Owner::command) conclusion_ = std::move(heard.reply);
        if (heard.owner == Owner::farewell) {
          conclusion_ = std::move(heard.reply);
          farewell_ = true;
        }
      }
    } catch (const std::system_error& failure) {
      if (failure.code() != asio::error::operation_aborted) watch_failure_ = failure.code();
    }
    watching_ = false;
    if (farewell_) close(Errc::shutting_down);
    if (watch_failure_) close(watch_failure_);
    if (refused() && moves_data_) interruption_.interrupt(Errc::peer_lost);
    watch_over_.notify();
  }
  awaitable<void> stop_watching() {
    if (watching_) stream_.cancel();
    while (watching_) co_await watch_over_.wait();
  }

  T& network_;
  Executor executor_;
  typename T::Stream stream_;
  const ClientLimits& limits_;
  Interruption& interruption_;
  Deadline<T>& deadline_;
  Observer& observer_;
  ReplyBuffer replies_;
  PendingCommands pending_;
  Condition watch_over_;
  std::optional<Reply> conclusion_;
  std::error_code watch_failure_, fate_;
  SessionInfo who_;
  Time last_spoken_{};
  char last_byte_ = '\0';
  bool open_ = true, ends_commands_ = true, hears_crlf_ = false, ending_known_ = false, watching_ = false,
       farewell_ = false, moves_data_ = false;
};

}  // namespace ftplike::detail
