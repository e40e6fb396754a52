// What a server tells, counted in the registry of prometheus-cpp that a program has already; its page is at
// http://127.0.0.1:3457/metrics.
#include <exception>
#include <iostream>
#include <memory>

#include <ftplike/ftplike.hpp>
#include <ftplike/signals.hpp>

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

// [readme]
class Counts {
 public:
  explicit Counts(prometheus::Registry& registry)
      : logins_{prometheus::BuildCounter().Name("ftp_logins_total").Register(registry).Add({})},
        sessions_{prometheus::BuildGauge().Name("ftp_sessions").Register(registry).Add({})},
        received_{prometheus::BuildCounter().Name("ftp_received_bytes_total").Register(registry).Add({})} {}

  void operator()(const ftplike::SessionOpened&) { sessions_.Increment(); }
  void operator()(const ftplike::SessionClosed&) { sessions_.Decrement(); }
  void operator()(const ftplike::LoginTried& login) {
    if (login.accepted) logins_.Increment();
  }
  void operator()(const ftplike::TransferEnded& transfer) {
    if (transfer.direction == ftplike::Direction::received) received_.Increment(static_cast<double>(transfer.bytes));
  }

 private:
  prometheus::Counter& logins_;
  prometheus::Gauge& sessions_;
  prometheus::Counter& received_;
};
// [/readme]

int main() try {
  const auto registry = std::make_shared<prometheus::Registry>();
  prometheus::Exposer page{"127.0.0.1:3457"};
  page.RegisterCollectable(registry);
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"},
                         ftplike::Anonymous{.logins = "read", .without_login = "write"}, Counts{*registry}};
  server.listen("127.0.0.1", 3456);
  ftplike::stop_on_signals(network, server);
  network.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
