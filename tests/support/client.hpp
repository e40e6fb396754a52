#pragma once
// The client that most tests use, and its way into the server of support/server.hpp.
#include <string>
#include <utility>

#include <ftplike/client.hpp>
#include <ftplike/client/pool.hpp>
#include <ftplike/io/simulated.hpp>

#include "support/server.hpp"

using TestClient = ftplike::Client<ftplike::SimulatedNetwork>;
using TestPool = ftplike::ClientPool<ftplike::SimulatedNetwork>;

/// The way of one of its users.
inline ftplike::Url anna(std::string host = "127.0.0.1") {
  ftplike::Url url{std::move(host), TestServer::port};
  url.user = "anna";
  url.password = "secret";
  return url;
}
inline TestClient log_in(ftplike::SimulatedNetwork& network, ftplike::ClientOptions options = {},
                         std::string host = "127.0.0.1") {
  return network.run(ftplike::connect(network, anna(std::move(host)), options));
}
