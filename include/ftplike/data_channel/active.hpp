#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/host_port.hpp>
#include <ftplike/protocol/reply.hpp>

namespace ftplike::inline v0_2 {

/// The client opens a port and names it (EPRT, or PORT on IPv4), and the server connects to it. Without this policy
/// nothing in a server connects out, so nothing bounces. (RFC 959, 2428, 2577)
struct ActiveChannel {
  /// What EPRT and PORT have in common; `parse` reads the argument.
  template <auto parse> struct Naming {
    /// Reads the address and keeps it for the next transfer.
    static Reply run(auto& session, std::string_view text) {
      if (session.epsv_only) return {501, "Only EPSV is allowed after EPSV ALL"};
      const auto named = parse(text);
      if (!named) return {501, "Not an address and a port"};
      if (named->host.empty()) return {522, "Network protocol not supported, use (1,2)"};
      std::error_code error;
      const Address address = asio::ip::make_address(named->host, error);
      if (error) return {501, "Not an address and a port"};
      const bool own = address == session.peer().address();
      if (!own || named->port < 1024) {
        session.template report<StrangerRefused>(Endpoint{address, named->port});
        return {501, own ? "Port below 1024 refused" : "Only your own address is connected to"};
      }
      session.template channel<ActiveChannel>().aim(Endpoint{address, named->port});
      return {200, "Will connect to port " + std::to_string(named->port)};
    }
  };
  /// EPRT: the client names a port, of IPv4 or IPv6. RFC 2428 §2.
  struct Eprt : Naming<parse_eprt> {
    static constexpr std::string_view verb = "EPRT";
    static constexpr std::string_view help = "EPRT |1|<address>|<port>|: the server shall connect there for data";
    static constexpr std::string_view feature = "EPRT";
    static constexpr bool keeps_prepared = true;
  };
  /// PORT: the client names a port of IPv4. RFC 959 §4.1.2.
  struct Port : Naming<parse_port> {
    static constexpr std::string_view verb = "PORT";
    static constexpr std::string_view help = "PORT h1,h2,h3,h4,p1,p2: the server shall connect there for data";
    static constexpr bool keeps_prepared = true;
  };
  template <class Table> using AddTo = typename Table::template With<Eprt, Port>;

  /// How a session of the server gets its data connection: it connects to where the client said last.
  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept { return peer_.has_value(); }
    bool announces() const noexcept { return false; }
    void disarm() noexcept { peer_.reset(); }
    /// The next transfer connects to this address.
    void aim(const Endpoint& peer) { peer_ = peer; }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      const Endpoint peer = *std::exchange(peer_, std::nullopt);
      const Reply announcement{150, std::move(text)};
      co_await session.preliminary(announcement);
      // From the address that the client knows us by, or its own check of the peer would fail.
      const Address from = session.control().local().address();
      typename Session::Limit limited{session.deadline(), session.limits().connect_data, Errc::no_data_connection};
      Settled<typename T::Stream> connected;
      co_await settle(session.network().connect(peer, from), connected);
      if (!connected.failed()) co_return connected.get();
      const std::error_code error = code_of(connected.failure());
      throw std::system_error(error == asio::error::operation_aborted ? error : Errc::no_data_connection);
    }

   private:
    std::optional<Endpoint> peer_;
  };

  /// How a client's data connection comes to be.
  template <Transport T> class ClientEnd {
   public:
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      const Executor executor = co_await asio::this_coro::executor;
      auto acceptor = client.listen_for_data(executor);
      const Address address = acceptor.endpoint().address();
      const HostPort named{address.to_string(), acceptor.endpoint().port()};
      const std::string naming = address.is_v4() ? "PORT " + format_port(named) : "EPRT " + format_eprt(named);
      const Reply answer = co_await client.ask(naming);
      if (!answer.complete()) client.fail(answer, naming.substr(0, 4));
      (void)co_await client.begin(std::move(command));
      co_return co_await client.accept_data(std::move(acceptor));
    }
  };
};

}  // namespace ftplike
