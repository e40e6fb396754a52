#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/client/pool.hpp>
#include <ftplike/client/task_group.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// A part of a file, and how far it has come.
class Segment {
 public:
  Segment(FileWriter& file, std::uint64_t begin, std::uint64_t end) : file_{file}, at_{begin}, end_{end} {}
  std::uint64_t at() const noexcept { return at_; }
  std::uint64_t left() const noexcept { return end_ - at_; }
  awaitable<void> write(std::span<const std::byte> bytes) {
    co_await file_.write_at(bytes, at_);
    at_ += bytes.size();
  }
  awaitable<void> finish() { co_return; }

 private:
  FileWriter& file_;
  std::uint64_t at_, end_;
};

/// The progress of several transfers as that of one.
class SharedProgress {
 public:
  SharedProgress(Time began, std::uint64_t size, ProgressCallback tell)
      : began_{began}, size_{size}, meter_{began}, tell_{std::move(tell)} {}
  Go moved(Time now, std::uint64_t count) {
    total_ += count;
    meter_.note(now, total_);
    return tell_(progress_of(meter_, now - began_, 0, total_, size_));
  }
  std::uint64_t total() const noexcept { return total_; }

 private:
  const Time began_;
  const std::uint64_t size_;
  RateMeter meter_;
  ProgressCallback tell_;
  std::uint64_t total_ = 0;
};

/// Fetches what is left of a segment. Nothing that happens behind its last byte makes it less whole.
template <class Session> awaitable<void> fetch_rest(Session& session, std::string remote,
                                                    std::shared_ptr<Segment> segment, TransferOptions options) {
  Settled<TransferResult> fetched;
  auto fetching = session.download_range(std::move(remote), *segment, segment->at(), segment->left(), options);
  co_await settle(std::move(fetching), fetched);
  if (segment->left() > 0) (void)fetched.get();
}

template <class Pool, class Network> awaitable<void> fetch_segment(Pool& pool, Network& network, std::string remote,
                                                                   std::shared_ptr<Segment> segment,
                                                                   SharedProgress& progress, TransferOptions options) {
  const auto fetch = [&](typename Pool::Session& session) {
    TransferOptions now = options;
    now.progress = [&network, &progress, before = std::uint64_t{0}](const Progress& own) mutable {
      const std::uint64_t more = own.transferred - before;
      before = own.transferred;
      return progress.moved(network.now(), more);
    };
    return fetch_rest(session, remote, segment, std::move(now));
  };
  while (segment->left() > 0) co_await pool.use(fetch, "download", remote);
}

/// Fetches the segments of a file whose entry is known, size included. Gives nothing if the server cannot begin in the middle, or if
/// the file is another one by the end.
template <class Pool>
awaitable<std::optional<TransferResult>> fetch_segments(Pool& pool, std::string remote, LocalTarget target, Entry entry,
                                                        std::uint64_t count, TransferOptions options) {
  auto& network = pool.network();
  const Time began = network.now();
  const std::uint64_t size = entry.size.value();
  SharedProgress progress{began, size, options.progress};
  std::optional<FileWriter> file;
  try {
    FileWriter created = co_await target.folder.create_aside(target.path);
    file.emplace(std::move(created));
  } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target.name()); }
  const Executor executor = co_await asio::this_coro::executor;
  TaskGroup tasks{executor};
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto segment = std::make_shared<Segment>(*file, size * i / count, size * (i + 1) / count);
    tasks.start(fetch_segment(pool, network, remote, segment, progress, options));
  }
  try {
    co_await tasks.join();
  } catch (const ClientError& failure) {
    if (failure.verb() != "REST" && failure.verb() != "RANG") throw;
    co_return std::nullopt;
  }
  const auto look = [&remote](typename Pool::Session& session) { return session.stat(remote); };
  const Entry now = co_await pool.use(look);
  if (now.size != entry.size || now.modified != entry.modified) co_return std::nullopt;
  try {
    co_await file->finish();
  } catch (const std::system_error& failure) { fail_locally(failure, "RETR", target.name()); }
  const bool keeps_time = options.keep_time && entry.modified != Timestamp{};
  if (keeps_time) co_await target.folder.set_modified(target.path, entry.modified);
  TransferResult result;
  result.transferred = progress.total();
  result.took = network.now() - began;
  result.name = target.name();
  co_return result;
}

/// What a server tells of a file. An entry that says nothing where it will not: a file that it keeps out of its listings
/// can be fetched all the same.
template <class Pool> awaitable<Entry> entry_if_told(Pool& pool, std::string remote) {
  const auto look = [&remote](typename Pool::Session& session) { return session.stat(remote); };
  try {
    Entry entry = co_await pool.use(look);
    co_return entry;
  } catch (const ReplyError&) {
  } catch (const ClientError& error) {
    if (error.code() != std::errc::no_such_file_or_directory) throw;
  }
  co_return Entry{};
}

template <class Pool>
awaitable<TransferResult> fetch_by_segments(Pool& pool, std::string remote, std::string local, std::size_t segments,
                                            TransferOptions options) {
  constexpr std::uint64_t smallest = 1024 * 1024;
  const Entry entry = co_await entry_if_told(pool, remote);
  const auto most = std::min<std::uint64_t>(segments, entry.size.value_or(0) / smallest);
  if (most > 1 && !options.ascii) {
    LocalTarget target = local_target(local, remote);
    auto result = co_await fetch_segments(pool, remote, std::move(target), entry, most, options);
    if (result) co_return *std::move(result);
  }
  co_return co_await pool.download(std::move(remote), std::move(local), std::move(options));
}

}  // namespace detail

/// Fetches one file over several sessions of a pool at once, for servers or ways that are slow by the connection. What
/// was lost on the way is gone on with while it lasts, but nothing is kept for a later `resume`. A file that is too
/// small, or changes under way, or has a server that cannot begin in the middle, is fetched as by `Pool::download`.
template <class Pool> awaitable<TransferResult> download_in_segments(Pool& pool, std::string remote, std::string local,
                                                                     std::size_t segments,
                                                                     TransferOptions options = {}) {
  return pool.run(detail::fetch_by_segments(pool, std::move(remote), std::move(local), segments, std::move(options)));
}

}  // namespace ftplike
