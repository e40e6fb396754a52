#pragma once
// The client that most tests use, and its way into the server of support/server.hpp.
#include <string>
#include <utility>

#include <ftplike/client.hpp>
#include <ftplike/client/pool.hpp>

#include "support/network.hpp"
#include "support/server.hpp"

/// Connects to a server of that network, with TLS if that is how its sessions begin.
template <class DataChannel = ftplike::AnyChannel, class Observer = ftplike::NoObserver>
ftplike::awaitable<ftplike::Client<TestNetwork, DataChannel, Observer>> connect(TestNetwork& network, ftplike::Url url,
                                                                                ftplike::ClientOptions options = {},
                                                                                Observer observer = {}) {
  const bool implicit = beginning_of_sessions == ftplike::Beginning::implicit_tls;
  url.secure = implicit ? ftplike::Secure::implicit_tls : ftplike::Secure::no;
  return ftplike::connect<DataChannel>(network, std::move(url), std::move(options), std::move(observer));
}

using TestClient = ftplike::Client<TestNetwork>;
using TestPool = ftplike::ClientPool<TestNetwork>;

/// The way of one of its users.
inline ftplike::Url anna(std::string host = "127.0.0.1") {
  ftplike::Url url{std::move(host), TestServer::port};
  url.user = "anna";
  url.password = "secret";
  return url;
}
inline TestClient log_in(TestNetwork& network, ftplike::ClientOptions options = {}, std::string host = "127.0.0.1") {
  return network.run(connect(network, anna(std::move(host)), options));
}
