#pragma once
#include <concepts>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/io/observer.hpp>

// Observers made of a function, for what most programs want to know. `Observers{…}` makes one of several. What holds
// for the events holds for the functions: on which thread they are called, and what their exceptions do.
// (io/observer.hpp)
namespace ftplike::inline v0_2 {

/// Something that went wrong.
struct Trouble {
  const SessionInfo& who;
  std::string_view activity;  // the verb of a transfer, or "session"
  std::error_code error;  // what went wrong
};

namespace detail {

template <class F> class OnUpload {
 public:
  explicit OnUpload(F f) : f_{std::move(f)} {}
  void operator()(const TransferEnded& event) {
    if (event.is_upload()) f_(event);
  }

 private:
  F f_;
};

template <class F> class OnLogin {
 public:
  explicit OnLogin(F f) : f_{std::move(f)} {}
  void operator()(const LoginTried& event) {
    if (event.accepted) f_(event);
  }

 private:
  F f_;
};

template <class F> class OnError {
 public:
  explicit OnError(F f) : f_{std::move(f)} {}
  void operator()(const TransferEnded& event) {
    if (event.error) f_(Trouble{event.who, event.verb, event.error});
  }
  void operator()(const SessionClosed& event) {
    if (event.error) f_(Trouble{event.who, "session", event.error});
  }

 private:
  F f_;
};

}  // namespace detail

/// Calls `f` with the `TransferEnded` of every file that was received and stands whole under its name.
///
///     on_upload([](const TransferEnded& upload) { … upload.shown_path(), upload.size(), upload.who.user … })
template <std::invocable<const TransferEnded&> F> auto on_upload(F f) { return detail::OnUpload<F>{std::move(f)}; }

/// Calls `f` with the `LoginTried` of every login that was accepted.
template <std::invocable<const LoginTried&> F> auto on_login(F f) { return detail::OnLogin<F>{std::move(f)}; }

/// Calls `f` with the `Trouble` of every transfer that failed, and of every session that ended without a farewell.
template <std::invocable<const Trouble&> F> auto on_error(F f) { return detail::OnError<F>{std::move(f)}; }

}  // namespace ftplike::inline v0_2
