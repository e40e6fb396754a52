#pragma once
#include <algorithm>
#include <array>
#include <chrono>
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

#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/ascii_bytes.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/io/compression.hpp>
#include <ftplike/io/deadline.hpp>
#include <ftplike/io/meter.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/watched_stream.hpp>
#include <ftplike/io/worker_pool.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/reply.hpp>
#include <ftplike/server/closing_wait.hpp>

namespace ftplike::inline v0_2 {

/// What a command wants done over one data connection: what to say of it, and how far it has come.
class Transfer {
 public:
  /// `its_opening` and `its_conclusion` are the texts of the 150 and the 226.
  Transfer(std::string_view its_verb, Path its_path, std::string its_opening, std::string its_conclusion)
      : verb{its_verb},
        path{std::move(its_path)},
        opening{std::move(its_opening)},
        conclusion{std::move(its_conclusion)} {}

  std::string_view verb;   // of the command, which has a static name
  Path path;               // in the storage
  std::string opening;     // the text of the 150
  std::string conclusion;  // the text of the 226
  std::uint64_t offset = 0;  // where in the file it begins
  std::optional<std::uint64_t> expected;  // bytes of the file that are to come, if it is known how many
  bool ascii = false;    // text is converted (TYPE A)
  bool listing = false;  // it is a listing and no file

  Direction direction = Direction::sent;  // which way its bytes go
  std::uint64_t moved = 0;  // bytes by now, before they are compressed
  Time began{};  // when, by the transport's clock
};

/// One transfer of a server's session, from the command to its final reply: opening the data connection, securing it,
/// copying, a wait for the client's close (`ClosingWait`), and the verdict. Meanwhile the session watches the control connection.
///
/// **Cancellation:** by the session's `Interruption`, wherever it waits; the verdict is the reason of that.
template <class Session> class ServerTransfer {
 public:
  /// A connection of the session's transport.
  using Stream = typename Session::Stream;

  /// **Lifetime:** the session outlives it.
  ServerTransfer(Session& session, Transfer what)
      : session_{session}, what_{std::move(what)}, began_{session.network().now()} {}
  ServerTransfer(const ServerTransfer&) = delete;
  ServerTransfer& operator=(const ServerTransfer&) = delete;
  ~ServerTransfer() { session_.transfer_ends(); }

  /// Sends all that `source` gives. Gives the final reply.
  awaitable<Reply> send(AnySource source) {
    begin(Direction::sent);
    std::optional<AsciiSource> text;
    if (what_.ascii) source = AnySource{text.emplace(source)};
    std::error_code error;
    try {
      co_await open();
      co_await send_all(source);
    } catch (...) { error = session_.interruption().reason_of(std::current_exception()); }
    std::error_code interrupted = session_.interruption().why();
    if (interrupted) co_await session_.interruption().recover();
    took_ = session_.network().now() - began_;
    if (!error) {
      const bool broken = co_await client_breaks();
      if (broken) error = std::make_error_code(std::errc::connection_reset);
      interrupted = session_.interruption().why();
      if (interrupted) co_await session_.interruption().recover();
    }
    const std::string nothing_kept;
    co_return co_await conclude(error, interrupted, nothing_kept);
  }
  /// Puts all that comes into `file`, which is finished if all is well. Gives the final reply.
  awaitable<Reply> receive(AnySink file) {
    begin(Direction::received);
    const AnySink writer = file;
    std::optional<AsciiSink> text;
    if (what_.ascii) file = AnySink{text.emplace(file)};
    std::error_code error;
    try {
      co_await open();
      co_await receive_all(file);
    } catch (...) { error = reason_of_end(session_.interruption().reason_of(std::current_exception())); }
    const std::error_code interrupted = session_.interruption().why();
    if (interrupted) co_await session_.interruption().recover();
    took_ = session_.network().now() - began_;
    std::string kept_as;
    if (error) kept_as = writer.kept_as().value_or("");
    co_return co_await conclude(error, interrupted, std::move(kept_as));
  }

 private:
  using Limit = typename Session::Limit;
  static constexpr std::size_t watched_piece = 64 * 1024;  // none is counted before all of it has gone
  static constexpr std::size_t listed_piece = 64 * 1024;  // made in memory, and sent while the processor has it at hand

  void begin(Direction direction) {
    what_.direction = direction;
    what_.began = began_;
    session_.transfer_begins(what_);
  }

  awaitable<void> open() {
    session_.template observe<TransferBegun>(what_.verb, what_.path, what_.direction, what_.offset, what_.expected,
                                             what_.ascii, what_.listing);
    has_read_opening_ = session_.announces();
    Stream opened = co_await session_.data_channel().open(session_, what_.opening);
    data_.emplace(std::move(opened));
    if constexpr (SecurableStream<Stream>) {
      if (session_.protection().covers_data()) co_await secure();
    }
    if constexpr (Session::template observed<DataOpened> || Session::template observed<DataClosed>) {
      local_ = data_->local();
      remote_ = data_->remote();
    }
    is_open_ = true;
    session_.template observe<DataOpened>(local_, remote_);
  }
  /// The TLS handshake of the data connection, or what there is left of it.
  awaitable<void> secure() {
    const Duration patience = session_.protection().patience(session_.limits().handshake);
    auto handshake = data_->accept_tls(session_.control());
    securing_ = true;
    co_await session_.shake_hands(std::move(handshake), patience, *data_, true);
    securing_ = false;
  }

  awaitable<void> send_all(AnySource source) {
    Limit limited{session_.deadline(), session_.limits().stall, Errc::stalled};
    bool is_watched = false;
    if constexpr (Session::template observed<DataBytes>) {
      is_watched = session_.wants_bytes();
      auto watched = watch_data();
      if (is_watched) co_await put(source, watched, std::min(piece(), watched_piece));
    }
    const std::size_t largest = what_.listing ? std::min(piece(), listed_piece) : piece();
    if (!is_watched) co_await put(source, *data_, largest);
    waits_for_close_ = client_is_to_close();
    co_await data_->finish();  // closing alone ends no connection that a child of this process has, too
  }
  /// Puts all that `source` gives on the data connection.
  template <class Wire> awaitable<void> put(AnySource& source, Wire& wire, std::size_t largest_piece) {
    if (compresses()) return put_compressed(source, AnySource{wire}, AnySink{wire});
    return copy(source, wire, counting(), largest_piece);
  }
  template <class = void> awaitable<void> put_compressed(AnySource source, AnySource from, AnySink to) {
    const auto compressed = compress(from, to);
    co_await copy(source, *compressed, counting(), std::min(piece(), watched_piece));
    co_await compressed->finish();
  }
  /// Puts all that comes over the data connection into `file`.
  template <class Wire> awaitable<void> take(Wire& wire, AnySink& file) {
    if (compresses()) return take_compressed(AnySource{wire}, AnySink{wire}, file);
    return copy(wire, file, counting(), piece());
  }
  template <class = void> awaitable<void> take_compressed(AnySource from, AnySink to, AnySink file) {
    const auto compressed = compress(from, to);
    co_await copy(*compressed, file, counting(), piece());
  }
  bool compresses() const { return session_.standard() && session_.state.compressed; }
  std::unique_ptr<CompressedStream> compress(AnySource from, AnySink to) {
    const Compression how = session_.compression();
    return how.begin(how, from, to, Workload{WorkKind::disk, client_key(session_.peer().address())});
  }
  auto counting() {
    return [this](std::size_t count) { return note(count); };
  }
  bool is_secured() const {
    if constexpr (SecurableStream<Stream>) return data_->secured();
    return false;
  }
  /// Whether the client closes the data connection first: where it may not have read the preliminary reply before that.
  /// One that has said more, or that it says no more, takes several replies at a time.
  bool client_is_to_close() {
    const bool takes_several = session_.heard_more() || session_.heard_all();
    if (has_read_opening_ || takes_several) return false;
    return session_.closing_wait().is_due(session_.network().now());
  }
  /// Waits for that, if it is to come. Gives whether the client broke the connection instead, and so has not taken
  /// everything; within TLS one that has, but for our goodbye, does that, too.
  awaitable<bool> client_breaks() {
    if (!waits_for_close_) co_return false;
    const Time now = session_.network().now();
    ClosingWait& wait = session_.closing_wait();
    std::error_code error;
    Limit limited{session_.deadline(), ClosingWait::longest, Errc::timed_out};
    std::array<std::byte, 1> room;
    if constexpr (requires { data_->read_some(room, error); }) {  // a wait that ends in vain is no exception
      (void)co_await data_->read_some(room, error);
    } else {
      try {
        (void)co_await data_->read_some(room);
      } catch (const std::system_error& failure) { error = failure.code(); }
    }
    wait.note(session_.network().now() - now, limited.expired());
    co_return error == std::errc::connection_reset && !is_secured();
  }
  awaitable<void> receive_all(AnySink file) {
    {
      Limit limited{session_.deadline(), session_.limits().stall, Errc::stalled};
      bool is_watched = false;
      if constexpr (Session::template observed<DataBytes>) {
        is_watched = session_.wants_bytes();
        auto watched = watch_data();
        if (is_watched) co_await take_to_end(watched, file);
      }
      if (!is_watched) co_await take_to_end(*data_, file);
      if constexpr (SecurableStream<Stream>) {
        Settled<void> ignored;  // the client has said goodbye, and may wait for ours
        if (data_->secured()) co_await settle(data_->finish(), ignored);
      }
    }
    const bool vanished = co_await client_vanished();
    if (vanished && !session_.has_left_in_order()) throw std::system_error(Errc::peer_lost);
    if (vanished && !session_.takes_ends().without_quit) throw std::system_error(Errc::no_quit);
    close_data();
    Limit limited{session_.deadline(), session_.limits().operation, Errc::timed_out};
    co_await file.finish();
  }
  /// Puts all that comes into `file`, also where it ends without the goodbye of TLS if that is taken.
  template <class Wire> awaitable<void> take_to_end(Wire& wire, AnySink& file) {
    if constexpr (SecurableStream<Stream>) {
      if (session_.takes_ends().without_close_notify) return take_without_goodbye(take(wire, file));
    }
    return take(wire, file);
  }
  awaitable<void> take_without_goodbye(awaitable<void> taking) {
    Settled<void> taken;
    co_await settle(std::move(taking), taken);
    if (taken.failed() && !ends_without_goodbye(code_of(taken.failure()))) taken.get();
  }
  /// Whether an error is that the data connection ended in order, but without the goodbye of TLS.
  bool ends_without_goodbye(std::error_code error) {
    if constexpr (SecurableStream<Stream>) {
      return error == Errc::peer_lost && is_open_ && data_->secured() && data_->has_ended();
    }
    return static_cast<void>(error), false;
  }
  /// What an upload failed with: of a client that is still there and closed without a goodbye, that it did so.
  std::error_code reason_of_end(std::error_code error) {
    return ends_without_goodbye(error) && !session_.has_left() ? Errc::no_close_notify : error;
  }
  /// The data connection, of whose bytes the observer is told.
  auto watch_data() {
    return WatchedStream{*data_, [this](std::span<const std::byte> bytes) {
                           session_.template observe<DataBytes>(what_.direction, bytes);
                         }};
  }
  /// What is done after each piece: counting, telling, waiting where there is a limit of bandwidth.
  awaitable<void> note(std::size_t count) {
    what_.moved += count;
    session_.template observe<DataMoved>(what_.direction, what_.moved);
    const Time now = session_.network().now();
    const Time next =
        std::max(meter(session_.use()).after(count, now), meter(session_.service().total()).after(count, now));
    if (next > now) {
      Limit none{session_.deadline(), Duration::max(), {}};
      co_await session_.network().sleep_until(next);
    }
    session_.deadline().extend();
  }
  /// The size of a piece that suits the limits of bandwidth.
  std::size_t piece() {
    constexpr std::size_t largest = 512 * 1024;
    return meter(session_.use()).piece(meter(session_.service().total()).piece(largest));
  }
  template <class Use> Meter& meter(Use& use) const noexcept {
    return what_.direction == Direction::sent ? use.sent : use.received;
  }
  /// Whether the client of an upload is dead rather than done: it closed the control connection without saying QUIT.
  ///
  /// A client that died ended both its connections at once, in whatever order: what the control connection has to say
  /// decides whether an upload is whole. It is given a sixty-fourth of the upload's time for that, twenty milliseconds
  /// at the most; a short one only until the event loop has looked at all its sockets once more.
  awaitable<bool> client_vanished() {
    const Time now = session_.network().now();
    const Duration grace = std::min<Duration>((now - began_) / 64, std::chrono::milliseconds{20});
    if (grace >= std::chrono::milliseconds{1}) co_await session_.network().sleep_until(now + grace);
    if (session_.is_quiet()) {
      const bool stays_quiet = co_await keeps_quiet();
      if (stays_quiet) co_return false;
    }
    // The watch begins in one turn, reads in the next, and acts on what it has read, an ABOR, in the third.
    for (int turn = 0; turn < 3; ++turn) co_await give_way(session_.executor());
    // A socket may be known to have ended before the watch has read what came ahead of that.
    constexpr int most = 16;
    for (int turn = 0; session_.has_left(); ++turn) {
      if (session_.has_read_to_the_end() || turn == most) co_return true;
      co_await give_way(session_.executor());
    }
    co_return false;
  }
  /// Whether the control connection, on which there is nothing, has nothing one turn later either. A watch that has not
  /// begun yet waits for that, as it costs more.
  awaitable<bool> keeps_quiet() {
    session_.pause_watch();
    co_await give_way(session_.executor());
    session_.watch();
    co_return session_.is_quiet();
  }

  void close_data() {
    data_.reset();
    if (std::exchange(is_open_, false))
      session_.template report<DataClosed>(local_, remote_, what_.direction, what_.moved);
  }
  /// The verdict.
  ///
  /// **Errors:** `Errc::shutting_down` or `Errc::ended_by_operator` where the session is to end.
  awaitable<Reply> conclude(std::error_code error, std::error_code interrupted, std::string kept_as) {
    const bool may_send = what_.direction == Direction::received || !is_open_;
    if (error && !interrupted && data_ && may_send) session_.let_go(std::move(*data_));
    close_data();
    co_await session_.end_watch();
    session_.template report<TransferEnded>(what_.verb, what_.path, what_.direction, what_.moved, what_.offset,
                                            took_, what_.ascii, what_.listing, error, kept_as);
    if (detail::ends_session(interrupted)) throw std::system_error(interrupted);
    if (!error) co_return Reply{226, what_.conclusion};
    const bool tells_why = securing_ && error.category() != ftplike_category();
    if (tells_why) co_return Reply{425, "No data connection: " + error.message()};
    co_return reply_for(error);
  }

  Session& session_;
  Transfer what_;
  const Time began_;
  Duration took_{};  // until the last byte was there
  std::optional<Stream> data_;
  Endpoint local_, remote_;
  bool securing_ = false;  // or failed at that
  bool has_read_opening_ = false;  // the client, which knows from it where the data are
  bool waits_for_close_ = false;  // by the client
  bool is_open_ = false;   // and the observer was told so
};

}  // namespace ftplike
