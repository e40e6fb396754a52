#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/control.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/within.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/verbs/security.hpp>

namespace ftplike {

/// A session's control connection and how far TLS protects it and its data connections. Over a transport without TLS
/// no handshake is ever compiled, and what a server requires all the same is never given.
template <class Session, Transport T> class Securing {
 public:
  using Stream = typename T::Stream;

  // ---- for commands ----

  Stream& control() noexcept { return control_.stream(); }
  Protection& protection() noexcept { return protection_; }
  const Protection& protection() const noexcept { return protection_; }
  /// Whether the client has said something after the command that runs.
  bool heard_more() noexcept { return !control_.lines().empty() || !control_.put_off().empty(); }
  /// Has the TLS handshake follow the reply to the command that runs.
  void secure_after_reply() { hello_.emplace(); }

 protected:
  static constexpr bool is_securable = SecurableStream<Stream>;

  /// `heard` was read from the stream already: commands, or where TLS is implicit the beginning of its handshake.
  Securing(T& network, Stream control, std::size_t longest_line, TlsPolicy policy, Beginning beginning,
           std::string_view heard)
      : control_{network, std::move(control), longest_line}, protection_{possible(network, policy)} {
    if (beginning == Beginning::implicit_tls) {
      hello_.emplace(heard);
    } else {
      control_.lines().feed(heard);
    }
  }

  bool handshake_comes() const noexcept { return hello_.has_value(); }
  /// The handshake of the control connection. After it nothing is left of what was said in clear, or there is no
  /// session: it could be the words of somebody in between.
  awaitable<void> secure(bool implicit) {
    const std::string hello = *std::exchange(hello_, std::nullopt);
    control().cancel();  // a transfer's watch may still read in clear
    co_await control_.join_reader();
    if (control_.lines().clear()) throw std::system_error(Errc::refused_by_rule);
    Settled<void> secured;
    self().watchdog().guard(self().limits().handshake, control());
    co_await settle(control().accept_tls(self().network().tls_server(), hello), secured);
    self().watchdog().rest();
    secured.get();
    protection_.secure(implicit);
  }
  /// Reads no more commands, and says within TLS, where it is spoken, that no more replies come: clients take a control
  /// connection that just ends for one that somebody cut.
  awaitable<void> part() {
    control().cancel();
    co_await control_.join_reader();
    if constexpr (is_securable) {
      if (!protection_.secured()) co_return;
      Settled<void> ignored;
      self().watchdog().guard(self().limits().handshake, control());
      co_await settle(control().finish(), ignored);
      self().watchdog().rest();
    }
  }
  /// Secures a data connection if data are to be, and gives it. It has to be the client's own.
  ///
  /// **Errors:** `Errc::not_resumed`; why the transfer is to end; else `Errc::no_data_connection`.
  awaitable<Stream> secure_data(awaitable<Stream> opening) {
    if constexpr (is_securable) {
      if (protection_.covers_data()) return secure_opened(std::move(opening));
    }
    return opening;
  }

  ControlConnection<T> control_;

 private:
  awaitable<Stream> secure_opened(awaitable<Stream> opening) {
    Stream data = co_await std::move(opening);
    Settled<void> secured;
    self().watchdog().guard(self().limits().handshake, data);
    co_await settle(data.accept_tls(control()), secured);
    self().watchdog().rest();
    std::error_code error;
    try {
      secured.get();
    } catch (const std::system_error& failure) { error = failure.code(); }
    if (error == Errc::not_resumed) throw std::system_error(error);
    if (error) throw std::system_error(self().interruption(Errc::no_data_connection));
    co_return data;
  }
  Session& self() noexcept { return static_cast<Session&>(*this); }
  static TlsPolicy possible([[maybe_unused]] const T& network, TlsPolicy policy) {
    bool has_certificate = false;
    if constexpr (is_securable) has_certificate = static_cast<bool>(network.tls_server());
    return policy == TlsPolicy::offered && !has_certificate ? TlsPolicy::off : policy;
  }

  Protection protection_;
  std::optional<std::string> hello_;  // set where a handshake comes next: what was read of it
};

}  // namespace ftplike
