#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/s3/lookup.hpp>

namespace ftplike::inline v0_2 {

template <class> class BasicS3Storage;

/// Reads an object as it was when it was opened, while it comes from the store. Where the connection breaks, it goes on
/// behind the last byte; where the object is another by then, `S3Errc::changed` is thrown.
///
/// **Threads:** its coroutine's.
template <class = void> class BasicS3Reader {
 public:
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    detail::S3Attempts attempts{state_->client.options};
    while (at_ < size_ && !room.empty()) {
      if (!ahead_.empty()) co_return read_ahead(room);
      const std::size_t count = co_await call_.read_some(room);
      at_ += count;
      if (count > 0) co_return count;
      std::error_code error = call_.failure();
      if (!error) error = S3Errc::broken_off;
      const bool again = co_await attempts.once_more(error);
      if (!again) throw std::system_error(error);
      co_await go_on(attempts);
    }
    // What was given up before libcurl has seen its end would lose its connection, though no byte is missing.
    std::array<std::byte, 1> beyond;
    if (at_ == size_ && call_) (void)co_await call_.read_some(beyond);
    co_return 0;
  }
  std::uint64_t size() const noexcept { return size_; }
  /// As a listing tells it.
  const Entry& entry() const noexcept { return entry_; }

 private:
  template <class> friend class BasicS3Storage;
  BasicS3Reader(std::shared_ptr<detail::S3State> state, Path path, std::uint64_t offset)
      : state_{std::move(state)}, path_{std::move(path)}, at_{offset} {}

  awaitable<void> begin() {
    detail::S3Attempts attempts{state_->client.options};
    const bool is_there = co_await ask(attempts);
    if (!is_there) co_return co_await begin_at_end();
    const auto& exchange = call_.exchange();
    detail::S3Answer head;
    head.status = exchange.status;
    head.fields = exchange.fields;
    take(head);
  }
  /// With all of a file.
  void begin_with(detail::S3Answer answer) {
    take(answer);
    ahead_ = std::move(answer.body);
  }
  std::size_t read_ahead(std::span<std::byte> room) noexcept {
    const std::size_t at = static_cast<std::size_t>(at_), count = std::min(room.size(), ahead_.size() - at);
    std::memcpy(room.data(), ahead_.data() + at, count);
    at_ += count;
    return count;
  }
  /// The store has nothing behind the end, or nothing at all.
  awaitable<void> begin_at_end() {
    const detail::S3Found found = co_await detail::find(state_, path_);
    if (found.is_directory()) detail::fail(std::errc::is_a_directory);
    take(found.answer);
    if (at_ > size_) detail::fail(Errc::bad_restart);
    if (at_ < size_) detail::fail(S3Errc::changed);
  }
  void take(const detail::S3Answer& answer) {
    entry_ = detail::file_entry(path_, state_->keys.file(path_));
    take_fields(entry_, answer);
    size_ = entry_.size.value_or(0);
    state_->hints.note(state_->keys.file(path_), size_);
    etag_ = answer.field("etag");
  }
  awaitable<void> go_on(detail::S3Attempts& attempts) {
    const bool is_there = co_await ask(attempts);
    if (!is_there) throw std::system_error(S3Errc::changed);
  }
  /// Asks for what comes from `at_` on; false if there is no such object, or not so much of it.
  awaitable<bool> ask(detail::S3Attempts& attempts) {
    const Executor executor = co_await asio::this_coro::executor;
    detail::S3Request request{.method = "GET", .key = state_->keys.file(path_)};
    if (at_ > 0) request.headers.emplace_back("range", "bytes=" + std::to_string(at_) + '-');
    if (!etag_.empty()) request.headers.emplace_back("if-match", etag_);
    for (;;) {
      call_ = state_->client.begin(executor, request, true);
      co_await call_.head();
      // A connection that breaks behind the head is a matter of who reads on.
      if (call_.has_head() && call_.exchange().is_success()) co_return at_ == 0 || call_.exchange().status == 206;
      std::error_code error = call_.failure();
      if (!error) {
        co_await call_.end();
        const detail::S3Answer answer{call_.exchange(), true};
        if (answer.is_absent() || answer.status == 416) co_return false;
        error = answer.error();
      }
      const bool again = co_await attempts.once_more(error);
      if (!again) throw std::system_error(error);
    }
  }

  std::shared_ptr<detail::S3State> state_;
  Path path_;
  std::uint64_t at_, size_ = 0;
  Entry entry_;
  std::string etag_;
  std::string ahead_;  // all of the file, where it is here already
  detail::HttpCall call_;
};
using S3Reader = BasicS3Reader<>;

}  // namespace ftplike::inline v0_2
