#pragma once
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/data_channel/early_handshake.hpp>
#include <ftplike/data_channel/reply_pace.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/host_port.hpp>
#include <ftplike/protocol/reply.hpp>

namespace ftplike::inline v0_2 {

/// The server opens a port when the client asks (EPSV, or PASV on IPv4), and the client connects to it. (RFC 959, 2428)
struct PassiveChannel {
  /// EPSV: the server tells the number of a port. RFC 2428 §3.
  struct Epsv {
    static constexpr std::string_view verb = "EPSV";
    static constexpr std::string_view help = "EPSV [1|2|ALL]: open a data port and tell its number";
    static constexpr std::string_view feature = "EPSV";
    static constexpr bool keeps_prepared = true;
    static Reply run(auto& session, std::string_view argument) {
      const auto request = parse_epsv(argument);
      if (!request) return {501, "Not a protocol number"};
      if (*request == EpsvRequest::all) {
        session.epsv_only = true;
        return {200, "EPSV ALL accepted"};
      }
      const bool ipv4 = session.peer().address().is_v4();
      if (*request != EpsvRequest::any && *request != (ipv4 ? EpsvRequest::ipv4 : EpsvRequest::ipv6)) {
        return {522, ipv4 ? "Network protocol not supported, use (1)" : "Network protocol not supported, use (2)"};
      }
      const Endpoint where = session.template channel<PassiveChannel>().listen(session);
      return {229, "Entering extended passive mode (|||" + std::to_string(where.port()) + "|)"};
    }
  };
  /// PASV: the server tells an IPv4 address and a port. RFC 959 §4.1.2.
  struct Pasv {
    static constexpr std::string_view verb = "PASV";
    static constexpr std::string_view help = "PASV: open a data port and tell its address and number";
    static constexpr std::string_view feature = "PASV";
    static constexpr bool keeps_prepared = true;
    static Reply run(auto& session, std::string_view) {
      if (session.epsv_only) return {501, "PASV not allowed after EPSV ALL"};
      if (!session.peer().address().is_v4()) return {501, "PASV is for IPv4 only, use EPSV"};
      const Endpoint where = session.template channel<PassiveChannel>().listen(session);
      const HostPort told{session.address_for_client().to_string(), where.port()};
      return {227, "Entering passive mode (" + format_port(told) + ")"};
    }
  };
  template <class Table> using AddTo = typename Table::template With<Epsv, Pasv>;

  /// A port that nobody uses is closed after `Limits::connect_data`, unless a command is at work just then: it may be the
  /// one that the port is for. The transfer that comes for a closed port gets 425.
  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept { return acceptor_ || early_ || expired_; }
    bool announces() const noexcept { return false; }
    void disarm() {
      acceptor_.reset();
      early_.reset();
      expired_ = false;
    }
    /// Opens a port in place of the one that is open: a session has one at the most. Where data are private, the client
    /// is accepted and answered there from now on.
    template <class Session> Endpoint listen(Session& session) {
      disarm();
      auto acceptor = session.listen_for_data();
      const Endpoint where = acceptor.endpoint();
      if (session.protection().covers_data()) {
        early_.emplace(session, std::move(acceptor));
      } else {
        acceptor_.reset(new typename T::Acceptor{std::move(acceptor)});
      }
      told_at_ = session.network().now();
      closes_at_ = time_after(told_at_, session.limits().connect_data);
      if (!timer_) timer_.reset(new typename T::Timer{session.network(), session.executor()});
      if (!rings_) close_in_time(session);
      session.hold_reply(pace_.pause());
      return where;
    }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      if (std::exchange(expired_, false)) throw std::system_error(Errc::no_data_connection);
      auto acceptor = std::move(acceptor_);
      auto early = std::exchange(early_, std::nullopt);
      pace_.note(session.network().now() - told_at_);
      const Reply announcement{150, std::move(text)};
      co_await session.preliminary(announcement);
      typename Session::Limit limited{session.deadline(), session.limits().connect_data, Errc::no_data_connection};
      std::optional<detail::Arrival<T>> arrival;
      if (early) {
        auto come = co_await early->hand_over();
        arrival.emplace(std::move(come));
      } else {
        arrival.emplace(std::move(*acceptor));
      }
      co_await detail::await_peer(session, *arrival);
      co_return *std::move(arrival->stream);
    }

   private:
    /// One timer for all ports of the session, which is looked at again when it rings: most are used at once.
    template <class Session> void close_in_time(Session& session) {
      rings_ = closes_at_ != Time::max();
      if (!rings_) return;
      timer_->start(closes_at_, [this, &session] {
        rings_ = false;
        if (!acceptor_ && !early_) return;
        const Time now = session.network().now();
        if (session.is_at_work()) closes_at_ = time_after(now, session.limits().connect_data);
        if (now < closes_at_) return close_in_time(session);
        disarm();
        expired_ = true;
      });
    }

    std::unique_ptr<typename T::Acceptor> acceptor_;  // apart, as few sessions have one just now
    std::optional<detail::EarlyAcceptance<T>> early_;
    std::unique_ptr<typename T::Timer> timer_;
    Time told_at_{}, closes_at_{};
    detail::ReplyPace pace_;
    bool rings_ = false;
    bool expired_ = false;  // the client's port was closed, of which it does not know yet
  };

  /// How a client's data connection comes to be.
  template <Transport T> class ClientEnd {
   public:
    /// EPSV first. Whatever is no usable answer to it, and a port that cannot be reached, leads to PASV on IPv4, which
    /// is taken for the rest of the session if it does better. The host of a 227 is never dialled: only its port is
    /// taken, the host is the control connection's. A server that offers PRET is told before what the port is for.
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      std::optional<typename T::Stream> data;
      std::exception_ptr failure;
      if (extended_) co_await reach_extended(client, command, data, failure);
      if (!data) {
        typename T::Stream reached = co_await reach_passive(client, command, std::move(failure));
        data.emplace(std::move(reached));
      }
      if constexpr (SecurableStream<typename T::Stream>) {
        if (client.secured) co_return co_await begin_secured(client, std::move(*data), std::move(command));
      }
      try {
        (void)co_await client.begin(std::move(command));
      } catch (...) {
        // A server that has begun to take a file must not take the end of this for the end of that.
        detail::break_off(*data);
        throw;
      }
      co_return std::move(*data);
    }

   private:
    /// Has the handshake begin before the command, which saves a round trip.
    template <class Client>
    static awaitable<typename T::Stream> begin_secured(Client& client, typename T::Stream data, std::string command) {
      detail::EarlyHandshake<typename T::Stream> shaking{client.executor(), std::move(data), client.control().stream()};
      Settled<Reply> begun;
      co_await settle(client.begin(std::move(command)), begun);
      client.tell_early_handshake(shaking.failure());
      (void)begun.get();
      co_return co_await shaking.stop();
    }
    /// By EPSV; no stream where PASV is to be tried, and the failure if there was a port.
    template <class Client> awaitable<void> reach_extended(Client& client, const std::string& command,
                                                           std::optional<typename T::Stream>& data,
                                                           std::exception_ptr& failure) {
      const bool has_other_way = client.peer().address().is_v4();
      const Reply answer = co_await ask(client, "EPSV", command);
      const std::uint16_t port = port_in(answer);
      if (port == 0 && !has_other_way) client.fail(answer, "EPSV");
      if (port == 0) co_return;
      try {
        typename T::Stream reached = co_await connect(client, port);
        data.emplace(std::move(reached));
      } catch (const std::system_error& error) {
        if (!has_other_way || error.code() == asio::error::operation_aborted) throw;
        failure = std::current_exception();
      }
    }
    /// By PASV. Where that is refused, the port of EPSV that could not be reached was all there is.
    template <class Client> awaitable<typename T::Stream> reach_passive(Client& client, const std::string& command,
                                                                        std::exception_ptr failure) {
      const Reply answer = co_await ask(client, "PASV", command);
      const std::uint16_t port = answer.code() == 227 ? port_in(answer) : 0;
      if (port == 0 && failure) std::rethrow_exception(failure);
      if (port == 0 && answer.code() == 227) throw std::system_error(Errc::bad_reply);
      if (port == 0) client.fail(answer, "PASV");
      typename T::Stream data = co_await connect(client, port);
      extended_ = false;
      co_return data;
    }
    template <class Client> static awaitable<Reply> ask(Client& client, std::string verb, const std::string& command) {
      if (client.features.has("PRET")) (void)co_await client.ask("PRET " + command);
      co_return co_await client.ask(std::move(verb));
    }
    template <class Client> static awaitable<typename T::Stream> connect(Client& client, std::uint16_t port) {
      const Endpoint where{client.peer().address(), port};
      co_return co_await client.connect_data(where);
    }
    /// 0 if the answer tells no port.
    static std::uint16_t port_in(const Reply& answer) {
      if (answer.code() == 229) return parse_epsv_reply(answer.text()).value_or(0);
      const auto told = answer.code() == 227 ? parse_pasv_reply(answer.text()) : std::nullopt;
      return told ? told->port : 0;
    }

    bool extended_ = true;
  };
};

}  // namespace ftplike
