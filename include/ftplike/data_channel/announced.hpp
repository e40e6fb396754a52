#pragma once
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/host_port.hpp>
#include <ftplike/protocol/reply.hpp>

namespace ftplike::inline v0_2 {

/// The ftp-like dialect's data connection: the server opens a port for each transfer and announces it as the last word
/// of the 150; the client connects to that port of the same host. No verb negotiates it.
struct AnnouncedChannel {
  template <class Table> using AddTo = Table;

  /// How a session of the server gets its data connection: it opens a port, announces it, and waits there.
  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept { return true; }
    bool announces() const noexcept { return true; }
    void disarm() noexcept {}
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string) {
      auto acceptor = session.listen_for_data();
      const Reply announcement{150, std::to_string(acceptor.endpoint().port())};
      co_await session.preliminary(announcement);
      detail::Arrival<T> arrival{std::move(acceptor)};
      typename Session::Limit limited{session.deadline(), session.limits().connect_data, Errc::no_data_connection};
      co_await detail::await_peer(session, arrival);
      co_return *std::move(arrival.stream);
    }
  };

  /// How a client's data connection comes to be.
  template <Transport T> class ClientEnd {
   public:
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      const Reply announcement = co_await client.begin(std::move(command));
      const auto port = parse_announced_reply(announcement.text());
      if (!port) throw std::system_error(Errc::bad_reply);
      const Endpoint where{client.peer().address(), *port};
      co_return co_await client.connect_data(where);
    }
  };
};

}  // namespace ftplike
