// bench_sessions [SESSIONS...]: what a session costs a server that holds many, in memory and in time: on the simulated
// network, where no system's limits are in the way (10000 and 100000 unless told). Each session logs in and says PWD;
// then all are idle, then all say NOOP once, an hour of simulated time passes with a NOOP every four minutes, and all
// leave. The memory of the simulated connection, both ends, is in it.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <malloc.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ftplike/server.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>

namespace {

using namespace ftplike;

double processor_seconds() {
  timespec time;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}
/// Bytes of the heap that are in use.
double heap() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

/// So many clients of a server, each from a port of its own.
class Crowd {
 public:
  explicit Crowd(std::size_t size) : size_{size} {
    Limits limits;
    limits.sessions = limits.sessions_per_address = size;
    server_ = std::make_unique<TheServer>(network_, MemoryStorage{{"/a.txt", "hello"}}, Anonymous{.logins = "write"},
                                          limits);
    where_ = server_->listen("127.0.0.1", 21);
  }

  void come() {
    clients_.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      clients_.push_back(network_.dial(where_, client_address(i)));
      clients_.back().type("USER anonymous\r\nPASS a@b\r\nPWD\r\n");
      network_.settle();
      expect(clients_.back().text(), "257 ");
    }
  }
  void say(std::string_view command) {
    for (auto& client : clients_) client.type(command);
    network_.settle();
    for (auto& client : clients_) expect(client.text(), "2");
  }
  void pass(std::chrono::seconds time) { network_.advance(time); }
  void leave() {
    say("QUIT\r\n");
    clients_.clear();
    network_.settle();
    if (network_.open_streams() != 0) fail("a connection is left");
  }

 private:
  using TheServer = ServerOf<SimulatedNetwork, MemoryStorage, Anonymous, Limits>;

  /// Each has a few ports only, as behind many NATs.
  static Address client_address(std::size_t number) {
    constexpr std::uint32_t first = 10u << 24 | 1;
    return asio::ip::address_v4{first + static_cast<std::uint32_t>(number / 1000)};
  }
  static void expect(const std::string& text, std::string_view last) {
    const auto end = text.find_last_of('\n', text.size() - 2);
    const auto line = end == text.npos ? std::string_view{text} : std::string_view{text}.substr(end + 1);
    if (!line.starts_with(last)) fail(text);
  }
  [[noreturn]] static void fail(const std::string& why) {
    std::fprintf(stderr, "not as it should be: %s\n", why.c_str());
    std::exit(1);
  }

  std::size_t size_;
  SimulatedNetwork network_{1};
  std::unique_ptr<TheServer> server_;
  Endpoint where_;
  std::vector<SimulatedPeer> clients_;
};

/// The processor time of something that all sessions did, in microseconds for each.
template <class Act> double each(std::size_t sessions, Act act) {
  const double begin = processor_seconds();
  act();
  return (processor_seconds() - begin) / static_cast<double>(sessions) * 1e6;
}

void measure(std::size_t sessions) {
  const double before = heap();
  Crowd crowd{sessions};
  const double come = each(sessions, [&] { crowd.come(); });
  const double memory = (heap() - before) / static_cast<double>(sessions);
  const double command = each(sessions, [&] { crowd.say("NOOP\r\n"); });
  const double hour = each(sessions, [&] {
    for (int i = 0; i < 15; ++i) {
      crowd.pass(std::chrono::minutes{4});
      crowd.say("NOOP\r\n");
    }
  });
  const double leave = each(sessions, [&] { crowd.leave(); });
  std::printf("| %zu | %.0f | %.1f | %.2f | %.1f | %.2f |\n", sessions, memory, come, command, hour, leave);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  std::printf("| sessions | bytes each | us to log in | us a command | us an hour | us to leave |\n|---|---|---|---|---|---|\n");
  std::vector<std::size_t> sizes;
  for (int i = 1; i < count; ++i) sizes.push_back(std::strtoull(words[i], nullptr, 10));
  if (sizes.empty()) sizes = {10'000, 100'000};
  for (const auto size : sizes) measure(size);
}
