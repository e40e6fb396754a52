// Files that are on no disk, but made when somebody asks for them; and users that somebody else knows, who takes his time.
#include <chrono>
#include <exception>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <ftplike/ftplike.hpp>

using namespace ftplike;
using namespace std::chrono_literals;

// [storage]
class Reports {
 public:
  using Reader = TextSource;
  using Listing = EntryListing;
  explicit Reports(FileTree<std::function<std::string()>> reports) : reports_{std::move(reports)} {}

  awaitable<Entry> stat(Path path) { co_return reports_.stat(path); }
  awaitable<Listing> list(Path path) { co_return Listing{reports_.list(path)}; }
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    Reader report{reports_.at(path)()};
    report.seek(offset);  // its size stays that of the whole
    co_return report;
  }
  std::string label() const { return "reports"; }

 private:
  FileTree<std::function<std::string()>> reports_;
};
// [/storage]

// [authenticator]
std::optional<Account> log_in(const Credentials& who) {
  std::this_thread::sleep_for(300ms);  // a directory service is asked, say
  if (who.user != "anna" || who.password != "secret") return std::nullopt;
  return Account{who.user, Path{}, "read"};
}
// [/authenticator]

int main() try {
  TcpTransport network;
  Reports reports{{
      {"/2026/sales.csv", [] { return std::string{"month,sum\n1,7\n"}; }},
      {"/hello.txt", [] { return std::string{"Hello!\n"}; }},
  }};
  Server server{network, std::move(reports), authenticate_by_workers(log_in)};
  server.listen("127.0.0.1", 3456);
  network.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
