#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/client/bodies.hpp>
#include <ftplike/client/retry.hpp>
#include <ftplike/io/blocking.hpp>
#include <ftplike/io/condition.hpp>
#include <ftplike/io/date.hpp>
#include <ftplike/io/run_on.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/timestamp.hpp>
#include <ftplike/system/paths.hpp>

namespace ftplike::inline v0_2 {

/// How a pool of sessions is to behave.
struct PoolOptions {
  PoolOptions() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  ClientOptions client;  // how each of its sessions behaves
  std::size_t sessions = 4;  // at a time
  RetryPolicy retry;  // how often a failed operation is tried again
  /// An upload that failed is gone on with if it is of so many bytes at least; a smaller one is begun anew, which saves
  /// each of them a question (SIZE). One with `TransferOptions::resume` is gone on with in any case.
  std::uint64_t smallest_resumed = 1024 * 1024;
};

namespace detail {

/// A download that may be tried again. What a try that failed has left is gone on with, but not the file that was there
/// before.
template <class Session> class RepeatedDownload {
 public:
  RepeatedDownload(std::string remote, std::string local, TransferOptions options)
      : remote_{std::move(remote)}, local_{std::move(local)}, options_{std::move(options)} {}
  RepeatedDownload(std::string remote, LocalTarget target, TransferOptions options)
      : remote_{std::move(remote)}, options_{std::move(options)}, target_{std::move(target)} {}
  awaitable<TransferResult> operator()(Session& session, const Failure* last) {
    TransferOptions options = options_;
    if (last) {  // the file may be another one by now
      options.size.reset();
      options.modified.reset();
    }
    if (last && last->farthest > 0) {
      if (!target_) target_.emplace(local_, remote_);
      const LocalCopy left = co_await local_copy_of(target_->folder, target_->path);
      options.resume = options.resume || !left.is_whole;
    }
    if (target_) co_return co_await session.download(remote_, target_->folder, target_->path, options);
    co_return co_await session.download(remote_, local_, options);
  }

 private:
  std::string remote_, local_;
  TransferOptions options_;
  std::optional<LocalTarget> target_;  // what `local_` means, once that is known
};

/// A sink of the caller's and how much of a file it was given, so that the rest can follow, be it one that can seek or not.
class ContinuedSink {
 public:
  ContinuedSink(AnySink sink, bool is_resumed)
      : sink_{sink},
        begin_{is_resumed ? 0 : sink.size().value_or(0)},
        has_{is_resumed ? sink.size() : 0},
        modified_{is_resumed ? sink.modified().value_or(Timestamp{}) : Timestamp{}} {}
  template <class = void> awaitable<void> write(std::span<const std::byte> bytes) {
    if (!is_written_) {
      const Executor executor = co_await asio::this_coro::executor;
      if (modified_ == Timestamp{}) modified_ = wall_clock(executor);
      is_written_ = true;
    }
    is_torn_ = true;  // by what ends the write: nobody knows how much of it was taken then
    co_await sink_.write(bytes);
    is_torn_ = false;
    if (has_) *has_ += bytes.size();
  }
  awaitable<void> finish() { return sink_.finish(); }
  std::optional<std::uint64_t> size() const noexcept { return has_; }
  void seek(std::uint64_t offset) {
    if (offset == has_ && !is_torn_) return;
    if (!sink_.size()) {
      throw ClientError{std::make_error_code(std::errc::invalid_seek), "RETR", Channel::local, 0,
                        "cannot begin anew, nor can the rest follow: the sink cannot seek"};
    }
    sink_.seek(begin_ + offset);
    has_ = offset;
    is_torn_ = false;
  }
  /// When the file that it has the beginning of was begun.
  Timestamp modified() const noexcept { return modified_; }
  bool is_written() const noexcept { return is_written_; }

 private:
  AnySink sink_;
  std::uint64_t begin_;  // of the file, behind what the sink had
  std::optional<std::uint64_t> has_;
  Timestamp modified_;
  bool is_written_ = false, is_torn_ = false;
};

/// A download into a sink that may be tried again.
template <class Session> class RepeatedDownloadInto {
 public:
  RepeatedDownloadInto(std::string remote, AnySink sink, TransferOptions options)
      : remote_{std::move(remote)}, sink_{sink, options.resume && !options.ascii}, options_{std::move(options)} {}
  awaitable<TransferResult> operator()(Session& session, const Failure* last) {
    TransferOptions options = options_;
    if (last) {  // the file may be another one by now
      options.size.reset();
      options.modified.reset();
    }
    if (sink_.is_written() && options.ascii) sink_.seek(0);
    options.resume = options.resume || sink_.is_written();
    co_return co_await session.download(remote_, sink_, options);
  }

 private:
  std::string remote_;
  ContinuedSink sink_;
  TransferOptions options_;
};

/// A source that cannot seek, and whether something of it is gone.
class UsedSource {
 public:
  explicit UsedSource(AnySource source) : source_{source} {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    used_ = true;
    return source_.read_some(room);
  }
  bool is_used() const noexcept { return used_; }

 private:
  AnySource source_;
  bool used_ = false;
};

/// An upload that may be tried again. What the server has of the file after a try that failed is gone on with only if
/// that try has changed it: else it is the file that was there before.
template <class Session> class RepeatedUpload {
 public:
  RepeatedUpload(std::uint64_t smallest_resumed, std::string local, std::string remote, TransferOptions options)
      : smallest_{smallest_resumed},
        local_{std::move(local)},
        remote_{std::move(remote)},
        options_{std::move(options)} {
    if (remote_.empty() || remote_.ends_with('/')) remote_ += detail::last_name(local_);
  }
  RepeatedUpload(std::uint64_t smallest_resumed, AnySource source, std::string remote, TransferOptions options)
      : smallest_{smallest_resumed}, source_{source}, remote_{std::move(remote)}, options_{std::move(options)} {
    if (!source.size()) once_ = std::make_shared<UsedSource>(source);
  }
  awaitable<TransferResult> operator()(Session& session, const Failure* last) {
    TransferOptions options = options_;
    if (is_resumed() && !options.resume) {
      const std::uint64_t there = co_await session.stored_size(remote_);
      if (last && last->farthest > 0 && looked_ && there != before_) options.resume = true;
      if (!looked_) before_ = there;
      looked_ = true;
    }
    if (once_) co_return co_await session.upload(*once_, remote_, options);
    if (source_) co_return co_await session.upload(*source_, remote_, options);
    co_return co_await session.upload(local_, remote_, options);
  }
  const std::string& remote() const noexcept { return remote_; }
  /// Whether there is all that was there at the first try.
  bool can_be_repeated() const noexcept { return !once_ || !once_->is_used(); }

 private:
  bool is_resumed() const {
    if (once_ || options_.ascii) return false;
    if (source_) return source_->size().value_or(0) >= smallest_;
    std::error_code error;
    const auto size = std::filesystem::file_size(detail::path_of(local_), error);
    return !error && size >= smallest_;
  }
  std::uint64_t smallest_;
  std::string local_;
  std::optional<AnySource> source_;   // in place of a file
  std::shared_ptr<UsedSource> once_;  // in place of that, if it cannot seek
  std::string remote_;
  TransferOptions options_;
  std::uint64_t before_ = 0;
  bool looked_ = false;
};

/// Sends MKD, RMD or DELE. A refusal is none where the path is, or is no more, as the command was to make it: a server may
/// do what it is told and lose the connection before it says so.
template <class Session>
awaitable<void> change(Session& session, std::string verb, std::string path, bool is_there_then) {
  const Reply reply = co_await session.command(verb + " " + path);
  if (reply.complete()) co_return;
  // Who refuses to tell has not said so.
  Settled<bool> exists;
  co_await settle(session.exists(std::move(path)), exists);
  const bool done = !exists.failed() && exists.get() == is_there_then;
  if (!done && !session.is_open()) (void)exists.get();
  if (!done) throw ReplyError{reply, verb};
}
/// The same of RNFR and RNTO.
template <class Session> awaitable<void> rename_again(Session& session, std::string from, std::string to) {
  Settled<void> renamed;
  co_await settle(session.rename(from, to), renamed);
  if (!renamed.failed()) co_return;
  const bool refused = code_of(renamed.failure()).category() == reply_category();
  if (!refused) renamed.get();
  const bool is_here = co_await session.exists(from);
  const bool is_there = co_await session.exists(to);
  if (is_here || !is_there) renamed.get();
}

/// What a pool is about: an operation, and a path of the server's.
class PoolWork {
 public:
  explicit PoolWork(std::string its_operation, std::string its_path = {})
      : operation{std::move(its_operation)}, path{std::move(its_path)} {}
  std::string operation, path;
};

/// Tells of a try that failed, if somebody wants to hear of it.
inline void tell_of_retry(const RetryPolicy& retry, const PoolWork& about, unsigned attempt,
                          const std::exception_ptr& failure) {
  if (!retry.on_retry) return;
  try {
    std::rethrow_exception(failure);
  } catch (const ClientError& error) {
    retry.on_retry(Retry{about.operation, about.path, attempt, retry.attempts, error, retry.pause(attempt)});
  }
}

}  // namespace detail

/// Sessions with one server, made when they are needed and kept for the next use: for many things at once, and for
/// things that are to survive a lost connection.
///
///     ftplike::ClientPool pool{network, "ftp://ann:secret@ftp.example.org"};
///     co_await pool.download("big.iso", "downloads");
///
/// What fails for a reason that may pass (`is_transient`) is tried again as `PoolOptions::retry` says; a server that was
/// never reached is not waited for, unless that says so. Changes that were made and whose reply was lost count as made.
/// What a session alone has (`append`, `open`, `download_range`, …) is had by `lease`, without a second try.
///
/// A server that turns a further session away (421, or 530 with a password that was good before) has no more of them
/// from then on than it took. All sessions are where the login led them: paths are seen from there.
///
/// **Errors:** as of `Client`; of what is retried, those of the last try. **Cancellation:** as of `Client`.
/// **Lifetime:** nothing runs after the transport; operations and leases keep what they need of the pool.
/// **Threads:** operations may be awaited on any executor, and run on the pool's own: that of the first of them, or a
/// strand of it.
template <Transport T, class DataChannel = AnyChannel, class Observer = NoObserver> class ClientPool {
  struct State;
  using StatePointer = std::shared_ptr<State>;

 public:
  /// A session of the pool.
  using Session = Client<T, DataChannel, Observer>;

  /// Connects to nothing yet: sessions begin with the first operation. **Lifetime:** the network outlives the pool.
  explicit ClientPool(T& network, Url url, PoolOptions options = {}, Observer observer = {})
      : state_{std::make_shared<State>(network, std::move(url), std::move(options), std::move(observer))} {}
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;

  /// A session that is somebody's own until this goes.
  class Lease {
   public:
    /// None.
    Lease() = default;
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&& other) noexcept {
      std::swap(state_, other.state_);
      std::swap(session_, other.session_);
      std::swap(used_, other.used_);
      return *this;
    }
    ~Lease() {
      if (!state_ || has_ended(state_->executor())) return;
      auto session = std::make_shared<Session>(std::move(session_));
      asio::dispatch(state_->executor(), [state = state_, session] { state->give_back(std::move(*session)); });
    }
    /// The session, while the lease holds it.
    Session* operator->() noexcept { return &session_; }
    /// The session, while the lease holds it.
    Session& operator*() noexcept { return session_; }
    /// Whether it had been kept, so that the server may have closed it since.
    bool was_used() const noexcept { return used_; }

   private:
    friend State;
    Lease(StatePointer state, Session session, bool used)
        : state_{std::move(state)}, session_{std::move(session)}, used_{used} {}
    StatePointer state_;
    Session session_;
    bool used_ = false;
  };

  /// Waits for a session that nobody has, or makes one.
  awaitable<Lease> lease() { return run(State::lease(state_)); }
  /// The network that it was made with.
  T& network() noexcept { return state_->network; }
  /// How many sessions there are, and how many there can be.
  std::size_t sessions() const noexcept { return state_->open; }
  /// How many sessions there can be at a time: fewer than asked for where the server took no more.
  std::size_t most_sessions() const noexcept { return state_->most; }
  /// Says goodbye to the server in all sessions that nobody has.
  awaitable<void> quit() { return run(State::quit(state_)); }

  /// Runs `work(session)`, which gives an awaitable, in a session of the pool; again and again in others if it fails
  /// for a reason that may pass. So it has to be something that may be done twice. `operation` and `path` are for
  /// `RetryPolicy::on_retry`.
  template <class Work> auto use(Work work, std::string operation = "use", std::string path = {}) {
    auto once = [work = std::move(work)](Session& session, const detail::Failure*) mutable { return work(session); };
    return keep_trying(std::move(operation), std::move(path), std::move(once));
  }

  /// As `Client::download`; what was lost on the way is gone on with.
  awaitable<TransferResult> download(std::string remote, std::string local, TransferOptions options = {}) {
    detail::RepeatedDownload<Session> fetch{remote, std::move(local), std::move(options)};
    return keep_trying("download", std::move(remote), std::move(fetch));
  }
  /// Fetches a file to a path of a storage.
  awaitable<TransferResult> download(std::string remote, DirectoryStorage folder, Path path,
                                     TransferOptions options = {}) {
    detail::LocalTarget target{std::move(folder), std::move(path)};
    detail::RepeatedDownload<Session> fetch{remote, std::move(target), std::move(options)};
    return keep_trying("download", std::move(remote), std::move(fetch));
  }
  /// The same into a sink. Any is gone on with; where the server cannot begin in the middle, or has another file by now,
  /// one that can seek is begun anew.
  ///
  /// **Errors:** `std::errc::invalid_seek` if the sink cannot seek and would have to be begun anew. **Lifetime:** the
  /// sink is used until the operation has ended.
  template <ByteSink Sink>
  awaitable<TransferResult> download(std::string remote, Sink&& sink, TransferOptions options = {}) {
    return detail::begin_with(std::forward<Sink>(sink), [&](auto& to) {
      detail::RepeatedDownloadInto<Session> fetch{remote, AnySink{to}, std::move(options)};
      return keep_trying("download", std::move(remote), std::move(fetch));
    });
  }
  /// As `Client::upload`; what was lost on the way is gone on with.
  awaitable<TransferResult> upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    return keep_storing(std::move(local), std::move(remote), std::move(options));
  }
  /// The same of what a source gives. One that cannot seek is not tried again once something of it was read.
  ///
  /// **Lifetime:** the source is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> upload(Source&& source, std::string remote, TransferOptions options = {}) {
    return detail::begin_with(std::forward<Source>(source), [&](auto& from) {
      return keep_storing(AnySource{from}, std::move(remote), std::move(options));
    });
  }

  /// As `Client::list`.
  awaitable<std::vector<Entry>> list(std::string path = {}) {
    return ask("list", path, [path](Session& session) { return session.list(path); });
  }
  /// As `Client::stat`.
  awaitable<Entry> stat(std::string path) {
    return ask("stat", path, [path](Session& session) { return session.stat(path); });
  }
  /// As `Client::exists`.
  awaitable<bool> exists(std::string path) {
    return ask("exists", path, [path](Session& session) { return session.exists(path); });
  }
  /// As `Client::size`.
  awaitable<std::uint64_t> size(std::string path) {
    return ask("size", path, [path](Session& session) { return session.size(path); });
  }
  /// As `Client::modified`.
  awaitable<Timestamp> modified(std::string path) {
    return ask("modified", path, [path](Session& session) { return session.modified(path); });
  }
  /// As `Client::digest`.
  awaitable<std::optional<RemoteDigest>> digest(std::string path) {
    return ask("digest", path, [path](Session& session) { return session.digest(path); });
  }
  /// As `Client::set_modified`.
  awaitable<void> set_modified(std::string path, Timestamp time) {
    return ask("set_modified", path, [path, time](Session& session) { return session.set_modified(path, time); });
  }
  /// As `Client::chmod`.
  awaitable<void> chmod(std::string path, unsigned mode) {
    return ask("chmod", path, [path, mode](Session& session) { return session.chmod(path, mode); });
  }
  /// As `Client::mkdir`. After a try whose reply was lost a directory that is there counts as made.
  awaitable<void> mkdir(std::string path) { return make_change("mkdir", "MKD", std::move(path), true); }
  /// As `Client::rmdir`. After a try whose reply was lost one that is not there counts as removed.
  awaitable<void> rmdir(std::string path) { return make_change("rmdir", "RMD", std::move(path), false); }
  /// As `Client::remove`. After a try whose reply was lost a file that is not there counts as removed.
  awaitable<void> remove(std::string path) { return make_change("remove", "DELE", std::move(path), false); }
  /// As `Client::rename`. After a try whose reply was lost it counts as done if only the new name is there.
  awaitable<void> rename(std::string from, std::string to) {
    auto move = [from, to = std::move(to)](Session& session, const detail::Failure* last) {
      return last && last->unheard ? detail::rename_again(session, from, to) : session.rename(from, to);
    };
    return keep_trying("rename", std::move(from), std::move(move));
  }

  /// Runs an operation that uses the pool on the pool's executor.
  template <class R> awaitable<R> run(awaitable<R> operation) { return State::run(state_, std::move(operation)); }

 private:
  template <class Work> auto keep_trying(std::string operation, std::string path, Work work) {
    detail::PoolWork about{std::move(operation), std::move(path)};
    return run(State::keep_trying(state_, std::move(about), std::move(work)));
  }
  template <class Look> auto ask(const char* operation, std::string path, Look look) {
    return use(std::move(look), operation, std::move(path));
  }
  awaitable<void> make_change(const char* operation, std::string verb, std::string path, bool is_there_then) {
    auto change = [verb = std::move(verb), path, is_there_then](Session& session, const detail::Failure* last) {
      if (last && last->unheard) return detail::change(session, verb, path, is_there_then);
      return verb == "MKD" ? session.mkdir(path) : verb == "RMD" ? session.rmdir(path) : session.remove(path);
    };
    return keep_trying(operation, std::move(path), std::move(change));
  }
  template <class What> awaitable<TransferResult> keep_storing(What what, std::string remote, TransferOptions options) {
    detail::RepeatedUpload<Session> store{state_->options.smallest_resumed, std::move(what), std::move(remote),
                                          std::move(options)};
    std::string path = store.remote();
    return keep_trying("upload", std::move(path), std::move(store));
  }

  /// All of a pool, which the operations under way and the leases share.
  struct State {
    State(T& its_network, Url its_url, PoolOptions its_options, Observer its_observer)
        : lifetime{lifetime_of(its_network)},
          network{its_network},
          url{std::move(its_url)},
          options{std::move(its_options)},
          observer{std::move(its_observer)},
          most{std::max<std::size_t>(1, options.sessions)} {}

    /// That of the first operation, or near it.
    const Executor& executor() const noexcept { return *executor_; }
    template <class R> static awaitable<R> run(StatePointer state, awaitable<R> operation) {
      const Executor here = co_await asio::this_coro::executor;
      std::call_once(state->chosen_, [&] {
        state->executor_ = executor_near(state->network, here);
        state->freed.emplace(*state->executor_);
      });
      co_return co_await detail::telling(run_on(state->executor(), std::move(operation)));
    }

    static awaitable<Lease> lease(StatePointer state) {
      for (;;) {
        while (!state->idle.empty()) {
          Session session = std::move(state->idle.back());
          state->idle.pop_back();
          if (session.is_open()) co_return Lease{state, std::move(session), true};
          state->make_room();
        }
        std::optional<Lease> made;
        if (state->open < state->most) {
          co_await make(state, made);
        } else {
          co_await state->freed->wait();
        }
        if (made) co_return *std::move(made);
      }
    }
    static awaitable<void> quit(StatePointer state) {
      while (!state->idle.empty()) {
        Session session = std::move(state->idle.back());
        state->idle.pop_back();
        state->make_room();
        co_await session.quit();
      }
    }
    /// Makes a session, unless the server has enough of us.
    static awaitable<void> make(StatePointer state, std::optional<Lease>& made) {
      struct Counted {
        explicit Counted(State& its_state) : state{its_state} { ++state.open; }
        Counted(const Counted&) = delete;
        Counted& operator=(const Counted&) = delete;
        ~Counted() {
          if (!kept) state.make_room();
        }
        State& state;
        bool kept = false;
      } counted{*state};
      Settled<Session> connected;
      co_await settle(connect<DataChannel>(state->network, state->url, state->options.client, state->observer),
                      connected);
      if (!connected.failed()) {
        counted.kept = state->welcome = true;
        made.emplace(Lease{state, connected.get(), false});
        co_return;
      }
      const detail::Failure failure{connected.failure()};
      const bool enough = failure.code == 421 || (failure.code == 530 && state->welcome);
      if (!enough || state->open == 1) std::rethrow_exception(connected.failure());
      state->most = state->open - 1;
    }
    void give_back(Session session) {
      if (!session.is_open()) return make_room();
      idle.push_back(std::move(session));
      freed->notify();
    }
    /// One session fewer: somebody who waits may make another.
    void make_room() {
      --open;
      freed->notify();
    }

    /// What one try came to know.
    struct Try {
      /// So what was asked for may have reached the server.
      bool had_session = false;
      /// The session was one that had been kept, and is closed now.
      bool stale = false;
    };
    template <class Work, class Result>
    static awaitable<Result> once(StatePointer state, Work& work, const detail::Failure* last, Try& now) {
      Lease session = co_await lease(state);
      now.had_session = true;
      Settled<Result> result;
      co_await settle(work(*session, last), result);
      now.stale = session.was_used() && !session->is_open();
      co_return result.get();
    }
    template <class Work> static bool can_be_repeated(const Work& work) {
      if constexpr (requires { work.can_be_repeated(); }) return work.can_be_repeated();
      return true;
    }
    template <class Work,
              class Result = typename std::invoke_result_t<Work&, Session&, const detail::Failure*>::value_type>
    static awaitable<Result> keep_trying(StatePointer state, detail::PoolWork about, Work work) {
      std::optional<detail::Failure> last;
      const RetryPolicy& retry = state->options.retry;
      for (unsigned tries = 1;;) {
        Settled<Result> result;
        Try now;
        const detail::Failure* const before = last ? &*last : nullptr;
        co_await settle(once<Work, Result>(state, work, before, now), result);
        if (!result.failed()) co_return result.get();
        const bool unheard = last && last->unheard;
        last.emplace(result.failure(), last ? last->farthest : 0);
        last->unheard = unheard || (now.had_session && last->code == 0);
        if (!last->transient || !can_be_repeated(work)) co_return result.get();
        if (last->unreachable && !state->welcome && !retry.waits_for_server) co_return result.get();
        // A server may close a session that nobody used for long; that says nothing about the next one.
        if (now.stale && !last->late && !last->moved) continue;
        if (last->came_further) tries = 1;
        if (tries >= retry.attempts) co_return result.get();
        detail::tell_of_retry(retry, about, tries, result.failure());
        const Time next = state->network.now() + retry.pause(tries);
        ++tries;
        co_await state->network.sleep_until(next);
      }
    }

    const std::shared_ptr<void> lifetime;  // first, so that it is the last to go
    T& network;
    const Url url;
    const PoolOptions options;
    Observer observer;
    std::vector<Session> idle;
    std::atomic<std::size_t> open = 0, most;
    std::optional<Condition> freed;
    bool welcome = false;  // the server let us in before

   private:
    std::once_flag chosen_;
    std::optional<Executor> executor_;
  };

  StatePointer state_;
};

}  // namespace ftplike
