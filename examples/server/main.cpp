// ftplike-server: the reference server. Serves one folder until SIGINT or SIGTERM.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "configuration.hpp"
#include "failure.hpp"
#include "serve.hpp"

int main(int argc, char** argv) {
  Configuration configuration;
  std::vector<std::string> listen;
  std::string guests;
  CLI::App app{"Serves a folder over FTP, and over the ftp-like dialect on the same port.", "ftplike-server"};
  app.add_option("--root", configuration.root, "the folder to serve")->type_name("DIR")->capture_default_str();
  app.add_option("--listen", listen, "where to accept sessions; repeatable (127.0.0.1:3456)")->type_name("HOST:PORT");
  app.add_option("--guests", guests, "what sessions without a login may do")
      ->type_name("none|read|write")
      ->check(CLI::IsMember({"none", "read", "write"}));
  app.add_option("--threads", configuration.threads, "threads that sessions run on; 0: one a processor")
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--explain", configuration.explain, "show the control and the data connections as they live");
  try {
    app.parse(argc, argv);
    for (const auto& where : listen) configuration.listen.push_back(HostAndPort::parse(where));
    if (listen.empty()) configuration.listen.emplace_back("127.0.0.1", std::uint16_t{3456});
    if (!guests.empty()) configuration.guests = ftplike::Rights::parse(guests);
    serve(configuration);
    return static_cast<int>(Ending::good);
  } catch (const CLI::Success& help) { return app.exit(help); } catch (const CLI::Error& error) {
    std::fprintf(stderr, "ftplike-server: %s\n", error.what());
    return static_cast<int>(Ending::bad_configuration);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "ftplike-server: %s\n", error.what());
    return static_cast<int>(Ending::bad_configuration);
  } catch (const Failure& failure) {
    std::fprintf(stderr, "ftplike-server: %s\n", failure.what());
    return static_cast<int>(failure.ending);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ftplike-server: %s\n", error.what());
    return static_cast<int>(Ending::failed);
  }
}
