#pragma once
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// How an operation ended, kept as a value until `get()` returns it or throws it.
template <class R> class Settled {
 public:
  /// Ends it with a value.
  void set(R value) { value_.emplace(std::move(value)); }
  /// Ends it with an exception.
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  /// Whether it ended with an exception.
  bool failed() const noexcept { return failure_ != nullptr; }
  /// The exception, or null.
  const std::exception_ptr& failure() const noexcept { return failure_; }
  /// The value, which is moved out. **Errors:** throws the exception that it ended with.
  R get() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(*value_);
  }

 private:
  std::exception_ptr failure_;
  std::optional<R> value_;
};

/// The same of what gives nothing.
template <> class Settled<void> {
 public:
  /// Ends it with an exception.
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  /// Whether it ended with an exception.
  bool failed() const noexcept { return failure_ != nullptr; }
  /// The exception, or null.
  const std::exception_ptr& failure() const noexcept { return failure_; }
  /// **Errors:** throws the exception that it ended with.
  void get() {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::exception_ptr failure_;
};

/// Runs `operation` to its end, good or bad, into `result`; itself it does not throw.
template <class R> awaitable<void> settle(awaitable<R> operation, Settled<R>& result) {
  try {
    if constexpr (std::is_void_v<R>) {
      co_await std::move(operation);
    } else {
      R value = co_await std::move(operation);
      result.set(std::move(value));
    }
  } catch (...) { result.fail(std::current_exception()); }
}

}  // namespace ftplike
