#pragma once
#include <functional>
#include <memory>
#include <string>

#include <ftplike/io/asio.hpp>

#include "live_rows.hpp"

/// Why there are none in this program; null if there are.
const char* why_no_web_servers() noexcept;

/// Tells browsers and Prometheus over HTTP what the server does: the metrics, the live page, or both. It has threads of its
/// own, never more than a few, and whoever finds them busy waits. It protects nothing but from pages of others: give it an
/// address that only those reach who may know.
class WebServer {
 public:
  /// Tells the metrics, from any thread; empty: there are none.
  using Metrics = std::function<std::string()>;

  /// Answers there from now on; port 0 lets the system choose.
  ///
  /// **Errors:** `std::system_error` if the address cannot be had.
  WebServer(const ftplike::Endpoint& where, Metrics metrics, std::shared_ptr<LiveRows> rows);
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;
  /// Ends what browsers watch, and answers no more.
  ~WebServer();

  ftplike::Endpoint endpoint() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};
