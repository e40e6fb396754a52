// A mirror of a server's folder "photos": says what it is going to do, and does it. The argument is the server's URL.
#include <exception>
#include <iostream>
#include <string>

#include <ftplike/client/mirror.hpp>
#include <ftplike/io/run.hpp>
#include <ftplike/io/tcp.hpp>

using ftplike::awaitable;

awaitable<void> mirror_photos(ftplike::TcpTransport& network, std::string url) {
  // [readme]
  ftplike::ClientPool pool{network, url};
  ftplike::MirrorOptions options;
  options.exclude = {"*.tmp"};
  const ftplike::MirrorPlan plan = co_await ftplike::plan_mirror(pool, "photos", "photos", options);
  std::cout << plan.text();
  const ftplike::MirrorResult result = co_await ftplike::carry_out(pool, plan, options);
  std::cout << result.transferred << " files, " << result.failures.size() << " failures\n";
  // [/readme]
  co_await pool.quit();
}

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  ftplike::TcpTransport network;
  ftplike::run(network, mirror_photos(network, argv[1]));
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
