#pragma once
// Requests to an object store that are made again where that is safe, and what they were answered.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/date.hpp>
#include <ftplike/s3/answers.hpp>
#include <ftplike/s3/error.hpp>
#include <ftplike/s3/http.hpp>
#include <ftplike/s3/options.hpp>
#include <ftplike/s3/request.hpp>

namespace ftplike::inline v0_2::detail {

/// What a store answered.
class S3Answer {
 public:
  S3Answer() = default;
  /// `is_told`: the body is the store's own word, and not what somebody put there.
  S3Answer(HttpExchange& exchange, bool is_told)
      : status{exchange.status},
        fields{std::move(exchange.fields)},
        body{std::move(exchange.body)},
        is_told_{is_told} {}

  bool is_success() const noexcept { return status >= 200 && status < 300; }
  bool is_absent() const { return status == 404 && error() == std::errc::no_such_file_or_directory; }
  std::string field(std::string_view name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string{} : found->second;
  }
  /// What it means, if it is no success; also one that is, but whose body says otherwise.
  std::error_code error() const {
    const bool may_tell = !body.empty() && (is_told_ || !is_success());
    const auto code = may_tell ? element_of(body, "Error/Code") : std::nullopt;
    if (is_success() && !code) return {};
    return error_of_answer(is_success() ? 500 : status, code.value_or(""));
  }
  void check() const {
    if (const auto failed = error()) throw std::system_error(failed);
  }

  long status = 0;
  std::map<std::string, std::string, std::less<>> fields;
  std::string body;

 private:
  bool is_told_ = true;
};

inline constexpr std::size_t largest_answer = 32 * 1024 * 1024;  // of the store's own words

/// Counts what one storage, with its copies, does to objects, when it begins and when it has ended. Keys share counters:
/// what one says may be another's change. **Threads:** any, at once.
class S3Changes {
 public:
  std::uint32_t of(std::string_view key) const noexcept { return counts_[place(key)]; }
  void note(std::string_view key) noexcept { ++counts_[place(key)]; }

 private:
  static constexpr std::size_t count = 1024;
  static std::size_t place(std::string_view key) noexcept { return std::hash<std::string_view>{}(key) % count; }
  std::array<std::atomic<std::uint32_t>, count> counts_{};
};

/// The store of some options. **Threads:** any, at once.
class S3Client {
 public:
  explicit S3Client(S3Options its_options) : options{std::move(its_options)}, place_{options.endpoint} {}

  const S3Options options;
  mutable S3Changes changes;

  HttpCall begin(const Executor& executor, const S3Request& request, bool streams = false) const {
    auto wire = sign(request, place_, options, wall_clock());
    HttpOrder order{request.method,
                    std::move(wire.url),
                    {"Expect:", "Accept:", "Content-Type:"},
                    request.body,
                    options.connect_timeout,
                    request.patience.count() > 0 ? request.patience : options.patience,
                    std::max(largest_answer, options.part_size),
                    streams};
    for (const auto& [name, value] : wire.headers) {
      order.headers.push_back(value.empty() ? name + ';' : name + ": " + value);
    }
    return HttpCall{executor, std::move(order)};
  }
  /// How a key is named as the source of a copy.
  std::string source(std::string_view key) const {
    return '/' + uri_encoded(options.bucket) + '/' + uri_encoded(key, true);
  }

 private:
  S3Place place_;
};

/// The pauses between attempts: each is twice as long as the one before.
class S3Attempts {
 public:
  explicit S3Attempts(const S3Options& options) : left_{options.attempts}, pause_{options.first_pause} {}

  /// Whether there is to be one more after this error; if so, waits before it.
  template <class = void> awaitable<bool> once_more(std::error_code error) {
    if (!may_pass(error) || left_ <= 1) co_return false;
    --left_;
    const Executor executor = co_await asio::this_coro::executor;
    SteadyTimer<> timer{executor};
    timer.expires_after(pause_);
    pause_ = std::min(pause_ * 2, std::chrono::milliseconds{10'000});
    co_await timer.async_wait(use_awaitable);
    co_return true;
  }

 private:
  unsigned left_;
  std::chrono::milliseconds pause_;
};

/// A request that is under way, and is made again if it fails in a way that may pass: so it must be one of those that
/// do not mind being made twice. Several can be under way at a time.
///
/// **Lifetime:** the client outlives it. **Cancellation:** gives the request up.
class S3Pending {
 public:
  S3Pending() = default;
  S3Pending(const S3Client& client, const Executor& executor, S3Request request)
      : client_{&client}, request_{std::move(request)}, call_{client.begin(executor, request_)} {
    note_change();
  }

  explicit operator bool() const noexcept { return static_cast<bool>(call_); }
  const S3Request& request() const noexcept { return request_; }

  /// The answer, which may be a refusal: the caller looks.
  ///
  /// **Errors:** what is left when all attempts failed.
  template <class = void> awaitable<S3Answer> get() {
    struct End {
      ~End() { self->note_change(); }
      S3Pending* self;
    } const end{this};
    const Executor executor = co_await asio::this_coro::executor;
    S3Attempts attempts{client_->options};
    for (;;) {
      co_await call_.end();
      std::error_code error = call_.failure();
      const bool is_object = request_.method == "GET" && !request_.key.empty() && request_.query.empty();
      S3Answer answer{call_.exchange(), !is_object};
      if (!error) error = answer.error();
      const bool is_passing = error && may_pass(error);
      if (!is_passing && call_.failure()) throw std::system_error(error);
      if (!is_passing) co_return answer;
      const bool again = co_await attempts.once_more(error);
      if (!again) throw std::system_error(error);
      call_ = client_->begin(executor, request_);
    }
  }

 private:
  void note_change() const noexcept {
    if (request_.method != "GET" && request_.method != "HEAD") client_->changes.note(request_.key);
  }

  const S3Client* client_ = nullptr;
  S3Request request_;
  HttpCall call_;
};

/// One request from its beginning to its answer.
template <class = void> awaitable<S3Answer> ask(const S3Client& client, S3Request request) {
  const Executor executor = co_await asio::this_coro::executor;
  S3Pending pending{client, executor, std::move(request)};
  S3Answer answer = co_await pending.get();
  co_return answer;
}
/// The same, which has to succeed.
template <class = void> awaitable<S3Answer> order(const S3Client& client, S3Request request) {
  S3Answer answer = co_await ask(client, std::move(request));
  answer.check();
  co_return answer;
}

}  // namespace ftplike::inline v0_2::detail
