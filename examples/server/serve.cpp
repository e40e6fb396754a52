#include "serve.hpp"

#include <algorithm>
#include <asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <functional>
#include <thread>

#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/users/user_table.hpp>

#include "failure.hpp"

namespace {

using ftplike::Endpoint;
using ftplike::Rights;

/// What is seen of the server's life.
struct Watch {
  std::function<void(const ftplike::StopReport&)> stopped;
  void operator()(const ftplike::ServerStopped& event) { stopped(event.report); }
};

/// Stops the server at the first SIGINT or SIGTERM; the second one then has its usual effect.
class StopSignals {
 public:
  StopSignals(const ftplike::Executor& executor, std::function<void()> stop)
      : signals_{executor, SIGINT, SIGTERM}, breath_{executor} {
    signals_.async_wait([this, stop = std::move(stop)](std::error_code error, int) {
      if (error) return;
      stop();
      // timeout(1) and others deliver one signal twice.
      breath_.expires_after(std::chrono::milliseconds{200});
      breath_.async_wait([this](std::error_code) { signals_.clear(); });
    });
  }
  /// All is stopped: nothing is waited for any more. From any thread.
  void rest() {
    asio::post(breath_.get_executor(), [this] { breath_.cancel(); });
  }

 private:
  asio::signal_set signals_;
  asio::steady_timer breath_;
};

ftplike::DirectoryStorage open_folder(const std::string& root) {
  try {
    return ftplike::DirectoryStorage{root};
  } catch (const std::system_error& error) {
    throw Failure{Ending::no_folder, why("cannot serve " + root, error.code())};
  }
}

std::vector<Endpoint> resolve(const HostAndPort& where) {
  std::error_code error;
  const auto address = asio::ip::make_address(where.host, error);
  if (!error) return {Endpoint{address, where.port}};
  asio::io_context context;
  asio::ip::tcp::resolver resolver{context};
  const auto found = resolver.resolve(where.host, std::to_string(where.port), asio::ip::tcp::resolver::passive, error);
  if (error) throw Failure{Ending::no_address, why("cannot listen on " + where.text(), error)};
  std::vector<Endpoint> endpoints;
  for (const auto& one : found) endpoints.push_back(one.endpoint());
  return endpoints;
}

/// Guests may write where nobody comes but from this machine, and nothing elsewhere unless the operator says so.
Rights rights_of_guests(const Configuration& configuration, const std::vector<Endpoint>& listeners) {
  if (configuration.guests) return *configuration.guests;
  const bool local = std::all_of(listeners.begin(), listeners.end(),
                                 [](const Endpoint& where) { return where.address().is_loopback(); });
  return local ? Rights::all() : Rights::none();
}

}  // namespace

void serve(const Configuration& configuration) {
  std::signal(SIGPIPE, SIG_IGN);  // a client that goes while a file is sent to it must not take the server along
  std::vector<Endpoint> listeners;
  for (const auto& where : configuration.listen) {
    for (const auto& endpoint : resolve(where)) listeners.push_back(endpoint);
  }
  auto storage = open_folder(configuration.root);
  const ftplike::GuestAuthenticator guests{rights_of_guests(configuration, listeners)};

  ftplike::StopReport report;
  StopSignals* signals = nullptr;
  const auto stopped = [&](const ftplike::StopReport& what_became) {
    report = what_became;
    signals->rest();
  };
  ftplike::TcpTransport network{configuration.threads ? configuration.threads
                                                      : std::max(1u, std::thread::hardware_concurrency())};
  ftplike::Server server{network, std::move(storage), ftplike::UserTable{guests}, Watch{stopped}};
  for (const auto& where : listeners) {
    const HostAndPort shown{where.address().to_string(), where.port()};
    try {
      const HostAndPort became{shown.host, server.listen(where).port()};
      std::printf("listening on %s\n", became.text().c_str());
    } catch (const std::system_error& error) {
      throw Failure{Ending::no_address, why("cannot listen on " + shown.text(), error.code())};
    }
  }
  std::fflush(stdout);

  StopSignals stop_signals{network.executor(), [&server] { server.stop(); }};
  signals = &stop_signals;
  network.run();
  std::printf("stopped: %zu sessions ended, %zu cut\n", report.drained, report.cut);
}
