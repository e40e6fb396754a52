#pragma once
#include <optional>
#include <string>

#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/protocol/host_port.hpp>
#include <ftplike/protocol/reply.hpp>

namespace ftplike {

/// The server opens a port when the client asks (EPSV, or PASV on IPv4), and the client connects to it. (RFC 959, 2428)
struct PassiveChannel {
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

  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept { return acceptor_.has_value(); }
    bool announces() const noexcept { return false; }
    void disarm() { acceptor_.reset(); }
    /// Opens a port in place of the one that is open: a session has one at the most.
    template <class Session> Endpoint listen(Session& session) {
      acceptor_.reset();
      acceptor_.emplace(session.listen_for_data());
      return acceptor_->endpoint();
    }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      auto acceptor = std::move(*acceptor_);
      acceptor_.reset();
      const Reply announcement{150, std::move(text)};
      co_await session.preliminary(announcement);
      co_return co_await detail::accept_peer(session, std::move(acceptor));
    }

   private:
    std::optional<typename T::Acceptor> acceptor_;
  };

  template <Transport T> class ClientEnd {
   public:
    /// EPSV first; PASV on IPv4 from the first EPSV on that is refused. The host of a 227 is never dialled: only its
    /// port is taken, the host is the control connection's.
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      const std::uint16_t port = co_await negotiate(client);
      const Endpoint where{client.peer().address(), port};
      auto data = co_await client.connect_data(where);
      try {
        (void)co_await client.begin(std::move(command));
      } catch (...) {
        // A server that has begun to take a file must not take the end of this for the end of that.
        detail::break_off(data);
        throw;
      }
      co_return data;
    }

    template <class Client> awaitable<std::uint16_t> negotiate(Client& client) {
      if (extended_) {
        const Reply answer = co_await client.ask("EPSV");
        if (answer.code() == 229) {
          const auto port = parse_epsv_reply(answer.text());
          if (!port) throw std::system_error(Errc::bad_reply);
          co_return *port;
        }
        const bool unknown = answer.permanent() && client.peer().address().is_v4();
        if (!unknown) client.fail(answer, "EPSV");
        extended_ = false;
      }
      const Reply answer = co_await client.ask("PASV");
      if (answer.code() != 227) client.fail(answer, "PASV");
      const auto told = parse_pasv_reply(answer.text());
      if (!told) throw std::system_error(Errc::bad_reply);
      co_return told->port;
    }

   private:
    bool extended_ = true;
  };
};

}  // namespace ftplike
