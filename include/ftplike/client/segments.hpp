#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <ftplike/client/pool.hpp>
#include <ftplike/client/workers.hpp>

namespace ftplike {
namespace detail {

/// A file of ours that is written at several places at once: aside, and under its name once it is whole.
class SegmentedFile {
 public:
  SegmentedFile(const LocalTarget& target, std::uint64_t size)
      : name_{target.path.name()},
        folder_{checked([&] { return ::open(target.folder.label().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })},
        partial_{make_temporary(folder_.get())} {
    checked([&] { return ::ftruncate(partial_.file.get(), static_cast<off_t>(size)); });
  }
  SegmentedFile(const SegmentedFile&) = delete;
  SegmentedFile& operator=(const SegmentedFile&) = delete;
  ~SegmentedFile() {
    if (partial_.file) ::unlinkat(folder_.get(), partial_.name.c_str(), 0);
  }

  void write(std::span<const std::byte> bytes, std::uint64_t at) {
    while (!bytes.empty()) {
      const auto n =
          checked([&] { return ::pwrite(partial_.file.get(), bytes.data(), bytes.size(), static_cast<off_t>(at)); });
      at += static_cast<std::uint64_t>(n);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  }
  void commit() {
    checked([&] { return ::renameat(folder_.get(), partial_.name.c_str(), folder_.get(), name_.c_str()); });
    partial_.file = Descriptor{};
  }

 private:
  std::string name_;
  Descriptor folder_;
  Partial partial_;
};

/// A part of such a file, and how far it has come.
class Segment {
 public:
  Segment(SegmentedFile& file, std::uint64_t begin, std::uint64_t end) : file_{file}, at_{begin}, end_{end} {}
  std::uint64_t at() const noexcept { return at_; }
  std::uint64_t left() const noexcept { return end_ - at_; }
  awaitable<void> write(std::span<const std::byte> bytes) {
    file_.write(bytes, at_);
    at_ += bytes.size();
    co_return;
  }
  awaitable<void> finish() { co_return; }

 private:
  SegmentedFile& file_;
  std::uint64_t at_, end_;
};

/// The progress of several transfers as that of one.
class SharedProgress {
 public:
  SharedProgress(Time began, std::uint64_t size, std::function<void(const Progress&)> tell)
      : began_{began}, size_{size}, meter_{began}, tell_{std::move(tell)} {}
  void moved(Time now, std::uint64_t count) {
    total_ += count;
    meter_.note(now, total_);
    if (tell_) tell_(progress_of(meter_, now - began_, 0, total_, size_));
  }
  std::uint64_t total() const noexcept { return total_; }

 private:
  const Time began_;
  const std::uint64_t size_;
  RateMeter meter_;
  std::function<void(const Progress&)> tell_;
  std::uint64_t total_ = 0;
};

template <class Pool, class Network> awaitable<void> fetch_segment(Pool& pool, Network& network, std::string remote,
                                                                   std::shared_ptr<Segment> segment,
                                                                   SharedProgress& progress, TransferOptions options) {
  const auto fetch = [&](typename Pool::Session& session) {
    TransferOptions now = options;
    now.progress = [&network, &progress, before = std::uint64_t{0}](const Progress& own) mutable {
      progress.moved(network.now(), own.transferred - before);
      before = own.transferred;
    };
    return session.download_range(remote, *segment, segment->at(), segment->left(), now);
  };
  while (segment->left() > 0) (void)co_await pool.use(fetch);
}

}  // namespace detail

/// Fetches one file over several sessions of a pool at once, for servers or ways that are slow by the connection. What
/// was lost on the way is gone on with while it lasts, but nothing is kept for a later `resume`.
template <class Pool> awaitable<TransferResult> download_in_segments(Pool& pool, std::string remote, std::string local,
                                                                     std::size_t segments,
                                                                     TransferOptions options = {}) {
  constexpr std::uint64_t smallest = 1024 * 1024;
  const auto look = [&remote](typename Pool::Session& session) { return session.stat(remote); };
  const Entry entry = co_await pool.use(look);
  const auto most = std::min<std::uint64_t>(segments, entry.size / smallest);
  if (most < 2 || options.ascii)
    co_return co_await pool.download(std::move(remote), std::move(local), std::move(options));

  auto& network = pool.network();
  detail::LocalTarget target{local, remote};
  detail::SegmentedFile file{target, entry.size};
  const Time began = network.now();
  detail::SharedProgress progress{began, entry.size, options.progress};
  const Executor executor = co_await asio::this_coro::executor;
  detail::Workers workers{executor};
  for (std::uint64_t i = 0; i < most; ++i) {
    const auto segment = std::make_shared<detail::Segment>(file, entry.size * i / most, entry.size * (i + 1) / most);
    workers.start(detail::fetch_segment(pool, network, remote, segment, progress, options));
  }
  co_await workers.join();
  file.commit();
  if (options.keep_time && entry.modified != Timestamp{})
    co_await target.folder.set_modified(target.path, entry.modified);
  TransferResult result;
  result.transferred = progress.total();
  result.took = network.now() - began;
  result.name = target.name();
  co_return result;
}

}  // namespace ftplike
