#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/users/anonymous.hpp>
#include <ftplike/users/authenticator.hpp>

namespace ftplike::inline v0_2 {

namespace detail {

/// Fails, naming what cannot be asked for an account.
template <class Culprit> struct CheckLoginFunction {
  static constexpr bool is_asked = std::is_invocable_v<Culprit&, const Credentials&>;
  static constexpr bool gives() {
    if constexpr (is_asked) {
      using Given = std::invoke_result_t<Culprit&, const Credentials&>;
      return std::is_same_v<Given, awaitable<std::optional<Account>>> ||
          std::is_convertible_v<Given, std::optional<Account>>;
    } else {
      return true;
    }
  }
  static_assert(is_asked,
                "ftplike: authenticate_with takes a function: this cannot be called with a const Credentials&");
  static_assert(gives(),
                "ftplike: authenticate_with takes a function that gives std::optional<Account>, or an awaitable of "
                "that: this gives something else");
  static constexpr bool ok = is_asked && gives();
};

}  // namespace detail

/// An authenticator that asks a function, see `authenticate_with`: one type whatever the function, so that a program, or a
/// test suite, with several of them compiles one server.
class FunctionAuthenticator {
 public:
  /// What is asked: it gives nobody where a login is refused.
  using Function = std::function<awaitable<std::optional<Account>>(const Credentials&)>;

  /// `function` is asked about every login; `others` says what sessions without a login may do.
  FunctionAuthenticator(Function function, Anonymous others)
      : function_{std::move(function)}, others_{std::move(others)} {}

  awaitable<std::optional<Account>> log_in(const Credentials& credentials) { return function_(credentials); }
  std::optional<Account> guest() const { return others_.guest(); }

 private:
  Function function_;
  Anonymous others_;
};

/// An authenticator that asks a function of the credentials, which gives a `std::optional<Account>` or an awaitable of
/// that; none refuses the login, and so does a `LoginRefused` that is thrown. Anonymous logins and sessions without a login
/// may do what `others` says, and the function is not asked about those.
///
///     authenticate_with([](const Credentials& who) -> std::optional<Account> {
///       if (!is_right(who.user, who.password)) return std::nullopt;
///       return Account{who.user, Path{"/people/" + who.user}, "write"};
///     })
///
/// A function that has to wait is a coroutine, and does what blocks with `co_await blocking(…)`; one that only blocks is for
/// `authenticate_by_workers`. It is stopped when the client leaves and when the time for a login is over.
///
/// **Threads:** the function is called on any, by several at once. **Lifetime:** the credentials live until what it gave
/// has been awaited.
template <class Function> auto authenticate_with(Function function, Anonymous others = {}) {
  if constexpr (detail::CheckLoginFunction<Function>::ok) {
    // Shared, for a std::function wants to copy what need not be copyable.
    auto shared = std::make_shared<Function>(std::move(function));
    auto ask = [shared, others](const Credentials& credentials) -> awaitable<std::optional<Account>> {
      auto anonymous = others.anonymous(credentials.user);
      if (anonymous) co_return anonymous;
      if constexpr (std::is_convertible_v<std::invoke_result_t<Function&, const Credentials&>, std::optional<Account>>) {
        co_return std::invoke(*shared, credentials);
      } else {
        std::optional<Account> account = co_await std::invoke(*shared, credentials);
        co_return account;
      }
    };
    return FunctionAuthenticator{std::move(ask), std::move(others)};
  } else {
    return others;  // which spares the compiler another complaint
  }
}

/// The same of a function that blocks, as one that asks a database or a directory service does: the workers for passwords
/// call it, four at a time (`WorkerPools`) and in turn for the addresses of clients, and no session waits for another. It
/// gives a `std::optional<Account>`.
///
///     authenticate_by_workers([](const Credentials& who) { return directory_service.account_of(who); })
///
/// **Errors:** `Errc::busy` if too many wait; what the function throws. **Threads:** the function is called on any, by
/// several at once. **Lifetime:** a call that was left behind, since its client went, may outlive the server: the function
/// owns or shares what it touches.
template <class Function> auto authenticate_by_workers(Function function, Anonymous others = {}) {
  static_assert(std::is_convertible_v<std::invoke_result_t<Function&, const Credentials&>, std::optional<Account>>,
                "ftplike: authenticate_by_workers takes a function that gives std::optional<Account>");
  auto ask = [function = std::move(function)](const Credentials& who) {
    auto call = [function, who]() mutable -> std::optional<Account> { return std::invoke(function, std::as_const(who)); };
    return blocking(std::move(call), Workload{WorkKind::password, client_key(who.address)});
  };
  return authenticate_with(std::move(ask), std::move(others));
}

}  // namespace ftplike
