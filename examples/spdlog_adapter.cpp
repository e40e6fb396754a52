// What a server tells, in the words of ftplike's own log and through the spdlog that a program has already.
#include <exception>
#include <iostream>
#include <string_view>

#include <ftplike/ftplike.hpp>
#include <ftplike/observers/log.hpp>
#include <ftplike/observers/on.hpp>
#include <ftplike/signals.hpp>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

int main() try {
  ftplike::TcpTransport network;
  // [readme]
  const auto logger = spdlog::stderr_color_mt("ftp");
  const auto say = [logger](std::string_view line) { logger->info(line); };
  const ftplike::Log log{say, ftplike::LogDetail::sessions, nullptr};  // spdlog has a date of its own
  const auto troubles = ftplike::on_error([logger](const ftplike::Trouble& trouble) {
    logger->warn("#{} {}: {}", trouble.who.number, trouble.activity, trouble.error.message());
  });
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}, ftplike::Anonymous{.logins = "read"},
                         ftplike::Observers{log, troubles}};
  // [/readme]
  server.listen("127.0.0.1", 3456);
  ftplike::stop_on_signals(network, server);
  network.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
