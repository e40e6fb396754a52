// bench_load WHAT HOST PORT SESSIONS SECONDS [PATH [NUMBER]]: a client that costs as little as can be, to load a server with.
//
// Each session is a thread with blocking sockets, logged in as tester. WHAT they do again and again until the seconds are
// over: `noop`; `login`, with a new connection each time; `get`, `put`, `list`, `mlsd` of PATH over a new passive connection,
// where "{}" in PATH stands for the next of NUMBER numbers. `once` is one `get` in each session, all of which begin at
// the same time. `idle` logs in, says "ready", and does nothing until its input ends. For `put` the file's bytes are NUMBER.
//
// Prints what came of it as one object of JSON: operations, bytes of data, seconds, and the 50th and 99th percentile of an
// operation in microseconds. The sessions last until the input ends, so that what a server has used for them can be looked
// up. Exit status 1 where a server did not do what it was told.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Orders {
  std::string what, host, path;
  std::uint16_t port = 0;
  unsigned sessions = 1;
  double seconds = 1;
  std::uint64_t number = 1;
};

class Socket {
 public:
  Socket(const std::string& host, std::uint16_t port) : descriptor_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &where.sin_addr);
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{.tv_sec = 60, .tv_usec = 0};  // a server that says nothing would be waited for for ever
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
      ::close(descriptor_);
      throw std::runtime_error(std::string{"cannot connect: "} + std::strerror(errno));
    }
  }
  Socket(Socket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  std::size_t read(void* room, std::size_t size) {
    const auto n = ::recv(descriptor_, room, size, 0);
    if (n < 0) throw std::runtime_error(std::string{"cannot read: "} + std::strerror(errno));
    return static_cast<std::size_t>(n);
  }
  void write(const char* bytes, std::size_t size) {
    while (size > 0) {
      const auto n = ::send(descriptor_, bytes, size, MSG_NOSIGNAL);
      if (n < 0) throw std::runtime_error(std::string{"cannot write: "} + std::strerror(errno));
      bytes += n;
      size -= static_cast<std::size_t>(n);
    }
  }

 private:
  int descriptor_;
};

class Session {
 public:
  explicit Session(const Orders& orders) : host_{orders.host}, control_{orders.host, orders.port}, room_(512 * 1024) {
    expect(220);
    say("USER tester", 331);
    say("PASS secret", 230);
  }
  void say(const std::string& command, int code) {
    const std::string line = command + "\r\n";
    control_.write(line.data(), line.size());
    expect(code);
  }
  std::uint64_t receive(const std::string& command) {
    std::uint64_t total = 0;
    {
      Socket data = open(command);
      while (const std::size_t n = data.read(room_.data(), room_.size())) total += n;
    }  // closed at once: some servers wait for that before they say that all is well
    expect(226);
    return total;
  }
  std::uint64_t send(const std::string& command, std::uint64_t bytes) {
    {
      Socket data = open(command);
      for (std::uint64_t left = bytes; left > 0;) {
        const auto part = std::min<std::uint64_t>(left, room_.size());
        data.write(room_.data(), part);
        left -= part;
      }
    }
    expect(226);
    return bytes;
  }

 private:
  Socket open(const std::string& command) {
    control_.write("EPSV\r\n", 6);
    const std::string reply = expect(229);
    Socket data{host_, static_cast<std::uint16_t>(std::atoi(reply.c_str() + reply.find("|||") + 3))};
    const std::string line = command + "\r\n";
    control_.write(line.data(), line.size());
    expect(150);
    return data;
  }
  /// The last line of the next reply.
  std::string expect(int code) {
    for (;;) {
      auto end = heard_.find('\n');
      while (end == heard_.npos) {
        char more[4096];
        const std::size_t n = control_.read(more, sizeof more);
        if (n == 0) throw std::runtime_error("the server hung up");
        heard_.append(more, n);
        end = heard_.find('\n');
      }
      std::string line = heard_.substr(0, end);
      heard_.erase(0, end + 1);
      const bool last = line.size() > 3 && line[0] >= '1' && line[0] <= '5' && line[3] == ' ';
      if (!last) continue;
      const int said = std::atoi(line.c_str());
      const bool begins = code == 150 && said == 125;
      if (said != code && !begins) throw std::runtime_error("not " + std::to_string(code) + ": " + line);
      return line;
    }
  }

  std::string host_;
  Socket control_;
  std::string heard_;
  std::vector<char> room_;
};

struct Result {
  std::vector<std::uint32_t> microseconds;
  std::uint64_t bytes = 0;
};

std::string next_path(const Orders& orders, std::uint64_t turn) {
  std::string path = orders.path;
  const auto place = path.find("{}");
  if (place == path.npos) return path;
  char digits[24];
  std::snprintf(digits, sizeof digits, "%04llu", static_cast<unsigned long long>(turn % orders.number));
  return path.replace(place, 2, digits);
}

std::uint64_t operate(const Orders& orders, Session* session, std::uint64_t turn) {
  const std::string& what = orders.what;
  if (what == "login") return Session{orders}.say("QUIT", 221), 0;
  if (what == "noop") return session->say("NOOP", 200), 0;
  if (what == "get" || what == "once") return session->receive("RETR " + next_path(orders, turn));
  if (what == "list") return session->receive("LIST " + orders.path);
  if (what == "mlsd") return session->receive("MLSD " + orders.path);
  return session->send("STOR " + orders.path + std::to_string(turn % 1000), orders.number);
}

/// What all threads wait for before they begin, and in which they log in one after the other: where all come at once, a
/// server whose queue of connections is short drops some, and neither end tells its client.
class Start {
 public:
  explicit Start(unsigned sessions) : all{static_cast<std::ptrdiff_t>(sessions) + 1, NoteTime{&began}} {}

 private:
  /// Called before the first thread goes on. Whoever looks at the clock when it has gone on itself may have been asleep
  /// while the others were at work.
  struct NoteTime {
    void operator()() noexcept { *time = Clock::now(); }
    Clock::time_point* time;
  };

 public:
  std::mutex logs_in;
  Clock::time_point began;
  std::barrier<NoteTime> all;
};

void drive(const Orders& orders, unsigned index, Start& start, std::unique_ptr<Session>& session, Result& result) {
  if (orders.what != "login") {
    const std::lock_guard alone{start.logs_in};
    session = std::make_unique<Session>(orders);
    if (orders.what != "noop") session->say("TYPE I", 200);
  }
  start.all.arrive_and_wait();
  const auto end = start.began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{orders.seconds});
  for (std::uint64_t turn = index * 997ULL;; ++turn) {
    const auto began = Clock::now();
    result.bytes += operate(orders, session.get(), turn);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    result.microseconds.push_back(static_cast<std::uint32_t>(took.count()));
    if (orders.what == "once" || Clock::now() >= end) return;
  }
}

void wait_for_end_of_input() {
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
}

int idle(const Orders& orders) {
  std::vector<std::unique_ptr<Session>> sessions;
  for (unsigned i = 0; i < orders.sessions; ++i) sessions.push_back(std::make_unique<Session>(orders));
  std::printf("ready\n");
  wait_for_end_of_input();
  return 0;
}

int load(const Orders& orders) {
  std::vector<Result> results(orders.sessions);
  std::vector<std::unique_ptr<Session>> sessions(orders.sessions);
  Start start{orders.sessions};
  std::atomic<bool> failed = false;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < orders.sessions; ++i) {
    threads.emplace_back([&, i] {
      try {
        drive(orders, i, start, sessions[i], results[i]);
      } catch (const std::exception& error) {
        if (!failed.exchange(true)) std::fprintf(stderr, "bench_load: %s\n", error.what());
        std::_Exit(1);  // the others may wait for this one to begin
      }
    });
  }
  start.all.arrive_and_wait();
  threads.clear();
  const double seconds = std::chrono::duration<double>{Clock::now() - start.began}.count();
  Result all;
  for (auto& one : results) {
    all.bytes += one.bytes;
    all.microseconds.insert(all.microseconds.end(), one.microseconds.begin(), one.microseconds.end());
  }
  std::sort(all.microseconds.begin(), all.microseconds.end());
  const std::size_t count = all.microseconds.size();
  std::printf("{\"operations\": %zu, \"bytes\": %llu, \"seconds\": %.6f, \"p50\": %u, \"p99\": %u}\n", count,
              static_cast<unsigned long long>(all.bytes), seconds, all.microseconds[count / 2],
              all.microseconds[count * 99 / 100]);
  wait_for_end_of_input();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fputs("usage: bench_load WHAT HOST PORT SESSIONS SECONDS [PATH [NUMBER]]\n", stderr);
    return 2;
  }
  Orders orders;
  orders.what = argv[1];
  orders.host = argv[2];
  orders.port = static_cast<std::uint16_t>(std::atoi(argv[3]));
  orders.sessions = static_cast<unsigned>(std::max(1, std::atoi(argv[4])));
  orders.seconds = std::atof(argv[5]);
  if (argc > 6) orders.path = argv[6];
  if (argc > 7) orders.number = std::max<std::uint64_t>(1, std::strtoull(argv[7], nullptr, 10));
  try {
    return orders.what == "idle" ? idle(orders) : load(orders);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_load: %s\n", error.what());
    return 1;
  }
}
