#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/client/retry.hpp>
#include <ftplike/io/gate.hpp>

namespace ftplike {

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
      const Beginning left = co_await beginning_of(target_->folder, target_->path);
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

/// An upload that may be tried again. What the server has of the file after a try that failed is gone on with only if
/// that try has changed it: else it is the file that was there before.
template <class Session> class RepeatedUpload {
 public:
  RepeatedUpload(std::string local, std::string remote, TransferOptions options)
      : local_{std::move(local)}, remote_{std::move(remote)}, options_{std::move(options)} {
    if (remote_.empty() || remote_.ends_with('/')) remote_ += std::filesystem::path{local_}.filename().string();
  }
  awaitable<TransferResult> operator()(Session& session, const Failure* last) {
    TransferOptions options = options_;
    const bool looks = worth_resuming() && session.features().may_have("SIZE");
    if (looks && !options.resume) {
      Settled<std::uint64_t> size;
      co_await settle(session.size(remote_), size);
      const std::uint64_t there = size.failed() ? 0 : size.get();
      if (last && last->farthest > 0 && looked_ && there != before_) options.resume = true;
      if (!looked_) before_ = there;
      looked_ = true;
    }
    co_return co_await session.upload(local_, remote_, options);
  }

 private:
  bool worth_resuming() const {
    constexpr std::uintmax_t large = 1024 * 1024;
    std::error_code error;
    const auto size = std::filesystem::file_size(local_, error);
    return !error && size >= large && !options_.ascii;
  }
  std::string local_, remote_;
  TransferOptions options_;
  std::uint64_t before_ = 0;
  bool looked_ = false;
};

}  // namespace detail

/// How a pool of sessions is to behave.
struct PoolOptions {
  PoolOptions() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  ClientOptions client;
  std::size_t sessions = 4;  // at a time
  RetryPolicy retry;
};

/// Sessions with one server, made when they are needed and kept for the next use: for many things at once, and for
/// things that are to survive a lost connection.
///
///     ftplike::ClientPool pool{network, "ftp://ann:secret@ftp.example.org"};
///     co_await pool.download("big.iso", "downloads");
///
/// A server that turns a further session away (421, or 530 with a password that was good before) has no more of them
/// from then on than it took. All sessions are where the login led them: paths are seen from there.
///
/// **Errors:** as of `Client`; of what is retried, those of the last try. **Lifetime:** outlives its operations.
/// **Threads:** one.
template <Transport T, class DataChannel = AnyChannel, class Observer = NoObserver> class ClientPool {
 public:
  using Session = Client<T, DataChannel, Observer>;

  explicit ClientPool(T& network, Url url, PoolOptions options = {}, Observer observer = {})
      : network_{network},
        url_{std::move(url)},
        options_{std::move(options)},
        observer_{std::move(observer)},
        most_{std::max<std::size_t>(1, options_.sessions)} {}
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;

  /// A session that is somebody's own until this goes.
  class Lease {
   public:
    Lease(Lease&& other) noexcept
        : pool_{std::exchange(other.pool_, nullptr)}, session_{std::move(other.session_)}, used_{other.used_} {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_) pool_->give_back(std::move(session_));
    }
    Session* operator->() noexcept { return &session_; }
    Session& operator*() noexcept { return session_; }
    /// Whether it had been kept, so that the server may have closed it since.
    bool was_used() const noexcept { return used_; }

   private:
    friend class ClientPool;
    Lease(ClientPool& pool, Session session, bool used) : pool_{&pool}, session_{std::move(session)}, used_{used} {}
    ClientPool* pool_;
    Session session_;
    bool used_;
  };

  /// Waits for a session that nobody has, or makes one.
  awaitable<Lease> lease() {
    const Executor executor = co_await asio::this_coro::executor;
    if (!freed_) freed_.emplace(executor);
    for (;;) {
      while (!idle_.empty()) {
        Session session = std::move(idle_.back());
        idle_.pop_back();
        if (session.is_open()) co_return Lease{*this, std::move(session), true};
        make_room();
      }
      std::optional<Lease> made;
      if (open_ < most_) {
        co_await make(made);
      } else {
        co_await freed_->wait();
      }
      if (made) co_return *std::move(made);
    }
  }
  T& network() noexcept { return network_; }
  /// How many sessions there are, and how many there can be.
  std::size_t sessions() const noexcept { return open_; }
  std::size_t most_sessions() const noexcept { return most_; }
  /// Says goodbye to the server in all sessions that nobody has.
  awaitable<void> quit() {
    while (!idle_.empty()) {
      Session session = std::move(idle_.back());
      idle_.pop_back();
      make_room();
      co_await session.quit();
    }
  }

  /// Runs `work(session)`, which gives an awaitable, in a session of the pool; again and again in others if it fails
  /// for a reason that may pass. So it has to be something that may be done twice: looking, not renaming.
  template <class Work> auto use(Work work) {
    return keep_trying(
        [work = std::move(work)](Session& session, const detail::Failure*) mutable { return work(session); });
  }

  /// As `Client::download`; what was lost on the way is gone on with.
  awaitable<TransferResult> download(std::string remote, std::string local, TransferOptions options = {}) {
    detail::RepeatedDownload<Session> fetch{std::move(remote), std::move(local), std::move(options)};
    co_return co_await keep_trying(std::move(fetch));
  }
  awaitable<TransferResult> download(std::string remote, DirectoryStorage folder, Path path,
                                     TransferOptions options = {}) {
    detail::LocalTarget target{std::move(folder), std::move(path)};
    detail::RepeatedDownload<Session> fetch{std::move(remote), std::move(target), std::move(options)};
    co_return co_await keep_trying(std::move(fetch));
  }
  /// As `Client::upload`; what was lost on the way is gone on with.
  awaitable<TransferResult> upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    detail::RepeatedUpload<Session> store{std::move(local), std::move(remote), std::move(options)};
    co_return co_await keep_trying(std::move(store));
  }
  awaitable<std::vector<Entry>> list(std::string path = {}) {
    const auto look = [path = std::move(path)](Session& session, const detail::Failure*) { return session.list(path); };
    co_return co_await keep_trying(look);
  }

 private:
  /// Makes a session, unless the server has enough of us.
  awaitable<void> make(std::optional<Lease>& made) {
    struct Counted {
      explicit Counted(ClientPool& its_pool) : pool{its_pool} { ++pool.open_; }
      ~Counted() {
        if (!kept) pool.make_room();
      }
      ClientPool& pool;
      bool kept = false;
    } counted{*this};
    Settled<Session> connected;
    co_await settle(connect<DataChannel>(network_, url_, options_.client, observer_), connected);
    if (!connected.failed()) {
      counted.kept = welcome_ = true;
      made.emplace(Lease{*this, connected.get(), false});
      co_return;
    }
    const detail::Failure failure{connected.failure()};
    const bool enough = failure.code == 421 || (failure.code == 530 && welcome_);
    if (!enough || open_ == 1) std::rethrow_exception(connected.failure());
    most_ = open_ - 1;
  }
  void give_back(Session session) {
    if (!session.is_open()) return make_room();
    idle_.push_back(std::move(session));
    freed_->open();
  }
  /// One session fewer: somebody who waits may make another.
  void make_room() {
    --open_;
    freed_->open();
  }

  /// Tells whether the session was one that had been kept and is closed now.
  template <class Work, class Result> awaitable<Result> once(Work& work, const detail::Failure* last, bool& stale) {
    Lease session = co_await lease();
    Settled<Result> result;
    co_await settle(work(*session, last), result);
    stale = session.was_used() && !session->is_open();
    co_return result.get();
  }
  template <class Work,
            class Result = typename std::invoke_result_t<Work&, Session&, const detail::Failure*>::value_type>
  awaitable<Result> keep_trying(Work work) {
    std::optional<detail::Failure> last;
    for (unsigned tries = 1;;) {
      Settled<Result> result;
      bool stale = false;
      const detail::Failure* const before = last ? &*last : nullptr;
      co_await settle(once<Work, Result>(work, before, stale), result);
      if (!result.failed()) co_return result.get();
      last.emplace(result.failure(), last ? last->farthest : 0);
      if (!last->transient) co_return result.get();
      // A server may close a session that nobody used for long; that says nothing about the next one.
      if (stale && !last->late && !last->moved) continue;
      if (last->came_further) tries = 1;
      if (tries >= options_.retry.attempts) co_return result.get();
      const Time next = network_.now() + options_.retry.pause(tries);
      ++tries;
      co_await network_.sleep_until(next);
    }
  }

  T& network_;
  const Url url_;
  const PoolOptions options_;
  Observer observer_;
  std::vector<Session> idle_;
  std::size_t open_ = 0, most_;
  std::optional<Gate> freed_;
  bool welcome_ = false;  // the server let us in before
};

}  // namespace ftplike
