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
  void set(R value) { value_.emplace(std::move(value)); }
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  bool failed() const noexcept { return failure_ != nullptr; }
  const std::exception_ptr& failure() const noexcept { return failure_; }
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
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  bool failed() const noexcept { return failure_ != nullptr; }
  const std::exception_ptr& failure() const noexcept { return failure_; }
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
