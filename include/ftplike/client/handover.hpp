#pragma once
// How a file of a server is read piece by piece: the bodies of `RemoteFile`.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <ftplike/client/files.hpp>
#include <ftplike/client/remote_file.hpp>
#include <ftplike/io/condition.hpp>
#include <ftplike/io/stoppable_task.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// What a transfer hands to a reader, piece by piece, on the session's executor.
class Handover {
 public:
  explicit Handover(const Executor& executor) : changed_{executor} {}

  // ---- for the transfer

  /// Until all of it was taken.
  template <class = void> awaitable<void> give(std::span<const std::byte> bytes) {
    class Piece {
     public:
      Piece(Handover& handover, std::span<const std::byte> piece) : handover_{handover} { handover_.piece_ = piece; }
      Piece(const Piece&) = delete;
      Piece& operator=(const Piece&) = delete;
      ~Piece() { handover_.piece_ = {}; }  // it is gone, also where it was not taken

     private:
      Handover& handover_;
    } const piece{*this, bytes};
    changed_.notify();
    while (!piece_.empty()) co_await changed_.wait();
  }
  void has_size(std::optional<std::uint64_t> size, std::uint64_t offset) noexcept {
    size_ = size;
    at_ = offset;
  }
  void end(std::exception_ptr failure) {
    ended_ = true;
    failure_ = std::move(failure);
    changed_.notify();
  }

  // ---- for the reader

  /// Until there is something to be read, or the end.
  template <class = void> awaitable<void> begun() {
    while (piece_.empty() && !ended_) co_await changed_.wait();
    if (failure_) std::rethrow_exception(failure_);
  }
  template <class = void> awaitable<std::size_t> take(std::span<std::byte> room) {
    co_await begun();
    const auto part = piece_.first(std::min(room.size(), piece_.size()));
    std::copy(part.begin(), part.end(), room.begin());
    piece_ = piece_.subspan(part.size());
    at_ += part.size();
    changed_.notify();
    co_return part.size();
  }
  template <class = void> awaitable<void> ended() {
    while (!ended_) co_await changed_.wait();
  }
  /// Whether only the server's last word is missing.
  bool has_all() const noexcept { return size_ && at_ == *size_; }
  std::optional<std::uint64_t> size() const noexcept { return size_; }

 private:
  Condition changed_;
  std::span<const std::byte> piece_;  // of the transfer's, as long as it gives it
  std::optional<std::uint64_t> size_;
  std::uint64_t at_ = 0;
  bool ended_ = false;
  std::exception_ptr failure_;
};

/// The sink of such a transfer. How long its reader takes is the reader's business, and no stall.
template <class Core> class HandoverSink {
 public:
  HandoverSink(Core& core, Handover& handover) : core_{core}, handover_{handover} {}
  template <class = void> awaitable<void> write(std::span<const std::byte> bytes) {
    typename Core::Limit none{core_.deadline(), Duration::max(), {}};
    co_await handover_.give(bytes);
  }
  template <class = void> awaitable<void> finish() { co_return; }

 private:
  Core& core_;
  Handover& handover_;
};

template <class Core> awaitable<TransferResult> fetch_for_reader(Core& core, Handover& handover, std::string remote,
                                                                 std::uint64_t offset, TransferOptions options) {
  auto size = options.size;
  if (!size) {
    const auto told = co_await length_for(core, remote, options);
    size = told;
  }
  handover.has_size(size, offset);
  HandoverSink<Core> sink{core, handover};
  co_return co_await fetch(core, std::move(remote), AnySink{sink}, offset, size, options);
}

template <class Core> awaitable<void> hand_over(std::shared_ptr<Core> core, std::shared_ptr<Handover> handover,
                                                std::string remote, std::uint64_t offset, TransferOptions options) {
  Settled<TransferResult> result;
  co_await settle(perform(core, fetch_for_reader(*core, *handover, std::move(remote), offset, std::move(options))),
                  result);
  handover->end(result.failure());
}

}  // namespace detail

/// The download under way, which the file and its coroutine share.
template <class Core> struct RemoteFile<Core>::Reading {
  /// Begins the download from `offset` on.
  Reading(std::shared_ptr<Core> its_core, std::string remote, std::uint64_t offset, TransferOptions options)
      : core{std::move(its_core)},
        handover{std::make_shared<detail::Handover>(core->executor())},
        task{core->executor(), detail::hand_over(core, handover, std::move(remote), offset, std::move(options))} {}
  std::shared_ptr<Core> core;  // before all that has timers, so that it goes after them
  /// What has come and was not read yet.
  std::shared_ptr<detail::Handover> handover;
  /// The coroutine that downloads.
  StoppableTask task;
};

template <class Core> awaitable<std::size_t> RemoteFile<Core>::read_some(std::span<std::byte> room) {
  if (!reading_) throw ClientError{std::make_error_code(std::errc::bad_file_descriptor), "RETR", Channel::local};
  return detail::telling(run_on(reading_->core->executor(), reading_->handover->take(room)));
}
template <class Core> std::optional<std::uint64_t> RemoteFile<Core>::size() const noexcept {
  return reading_ ? reading_->handover->size() : std::nullopt;
}
template <class Core> bool RemoteFile<Core>::is_open() const noexcept { return reading_ != nullptr; }
template <class Core> awaitable<void> RemoteFile<Core>::close() {
  if (!reading_) co_return;
  const std::shared_ptr<Reading> closing = std::move(reading_);
  co_await run_on(closing->core->executor(), end(*closing));
}
template <class Core> awaitable<RemoteFile<Core>> RemoteFile<Core>::open(std::shared_ptr<Core> core, std::string remote,
                                                                         std::uint64_t offset,
                                                                         TransferOptions options) {
  RemoteFile file;
  const Executor executor = core->executor();
  co_await run_on(executor, begin(file, std::move(core), std::move(remote), offset, std::move(options)));
  co_return file;
}
template <class Core> awaitable<void> RemoteFile<Core>::begin(RemoteFile& file, std::shared_ptr<Core> core,
                                                              std::string remote, std::uint64_t offset,
                                                              TransferOptions options) {
  file.reading_ = std::make_shared<Reading>(std::move(core), std::move(remote), offset, std::move(options));
  co_await file.reading_->handover->begun();
}
template <class Core> awaitable<void> RemoteFile<Core>::end(Reading& reading) {
  if (reading.handover->has_all()) co_await reading.handover->ended();
  co_await reading.task.stop();
}

}  // namespace ftplike::inline v0_2
