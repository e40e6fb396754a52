#pragma once
// A server of a test's own parts on a simulated network.
#include <chrono>
#include <gtest/gtest.h>
#include <utility>

#include <ftplike/server.hpp>
#include <ftplike/simulated/network.hpp>

#include "support/server.hpp"

/// A server of these parts that listens, and leaves nothing behind.
template <class... Parts> class Served {
 public:
  explicit Served(ftplike::SimulatedNetwork& network, Parts... parts)
      : network_{network}, server_{network, ftplike::DataPorts{40001, 49999}, std::move(parts)...} {
    server_.listen("127.0.0.1", TestServer::port);
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    server_.stop();
    network_.advance(std::chrono::hours{1});
    EXPECT_EQ(network_.open_streams() + network_.open_acceptors() + network_.pending_timers(), 0u);
  }
  auto& server() { return server_; }

 private:
  ftplike::SimulatedNetwork& network_;
  decltype(ftplike::Server{std::declval<ftplike::SimulatedNetwork&>(), std::declval<ftplike::DataPorts>(),
                           std::declval<Parts>()...}) server_;
};
