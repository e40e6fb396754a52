// bench_transfer [MIB]: a RETR and a STOR of one big file (1 GiB unless told) over loopback, beside what the machine
// does at best with the same file, the same client and no protocol: sendfile in a blocking thread, read and write in
// another.
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <map>
#include <pthread.h>
#include <string>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/directory.hpp>

namespace {

using namespace ftplike;

double read_clock(clockid_t clock) {
  timespec time;
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}
clockid_t clock_of(std::thread& thread) {
  clockid_t clock;
  ::pthread_getcpuclockid(thread.native_handle(), &clock);
  return clock;
}
void check(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::exit(1);
}

detail::Descriptor dial(std::uint16_t port) {
  detail::Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const Endpoint where{asio::ip::address_v4::loopback(), port};
  check(::connect(socket.get(), where.data(), static_cast<socklen_t>(where.size())) == 0, "connect");
  return socket;
}

/// The client of both: takes all that comes, or gives `size` bytes.
void receive(int socket, std::vector<char>& room) {
  while (::recv(socket, room.data(), room.size(), 0) > 0) {}
}
void send(int socket, const std::vector<char>& room, std::size_t size) {
  while (size > 0) {
    const auto n = ::send(socket, room.data(), std::min(room.size(), size), MSG_NOSIGNAL);
    check(n > 0, "send");
    size -= static_cast<std::size_t>(n);
  }
  ::shutdown(socket, SHUT_WR);
}

/// Says a command of the ftp-like dialect and gives the first line of the reply.
std::string ask(int control, const std::string& command) {
  const std::string line = command + "\r\n";
  check(::send(control, line.data(), line.size(), MSG_NOSIGNAL) > 0, "control connection");
  std::array<char, 512> room;
  const auto n = ::recv(control, room.data(), room.size(), 0);
  check(n > 0, "control connection");
  return {room.data(), static_cast<std::size_t>(n)};
}
std::string hear(int control) {
  std::array<char, 512> room;
  const auto n = ::recv(control, room.data(), room.size(), 0);
  check(n > 0, "control connection");
  return {room.data(), static_cast<std::size_t>(n)};
}

struct Cost {
  double seconds = 1e9, cpu = 1e9;  // of the whole, of the server's thread
  void take(double other_seconds, double other_cpu) {
    seconds = std::min(seconds, other_seconds);
    cpu = std::min(cpu, other_cpu);
  }
};

class Bench {
 public:
  explicit Bench(std::size_t size) : size_{size} {
    std::string name = (std::filesystem::temp_directory_path() / "ftplike-bench-XXXXXX").string();
    check(::mkdtemp(name.data()), "mkdtemp");
    folder_ = name;
    const detail::Descriptor file{::open((folder_ + "/big").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    for (std::size_t done = 0; done < size_; done += room_.size()) {
      check(::write(file.get(), room_.data(), room_.size()) > 0, "write");
    }
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() { std::filesystem::remove_all(folder_); }

  void ours() {
    TcpTransport network;
    Server server{network, DirectoryStorage{folder_}, Anonymous{.without_login = "write"}};
    const std::uint16_t port = server.listen("127.0.0.1", 0).port();
    std::thread thread{[&] { network.run(); }};
    const clockid_t cpu = clock_of(thread);
    {
      const auto control = dial(port);
      hear(control.get());
      measure("download", cpu, [&] {
        const auto announced = ask(control.get(), "RETR big");
        const auto data = dial(static_cast<std::uint16_t>(std::stoi(announced.substr(4))));
        receive(data.get(), room_);
        hear(control.get());
      });
      measure("upload", cpu, [&] {
        const auto announced = ask(control.get(), "STOR new");
        const auto data = dial(static_cast<std::uint16_t>(std::stoi(announced.substr(4))));
        send(data.get(), room_, size_);
        hear(control.get());
      });
    }
    server.stop();
    thread.join();
  }

  void raw() {
    raw(
        "raw download",
        [this](int socket) {
          const detail::Descriptor file{::open((folder_ + "/big").c_str(), O_RDONLY | O_CLOEXEC)};
          while (::sendfile(socket, file.get(), nullptr, 512 * 1024) > 0) {}
          ::shutdown(socket, SHUT_WR);
        },
        [this](int socket) { receive(socket, room_); });
    raw(
        "raw upload",
        [this](int socket) {
          const detail::Descriptor file{
              ::open((folder_ + "/raw").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
          std::vector<char> room(256 * 1024);
          for (;;) {
            const auto n = ::recv(socket, room.data(), room.size(), 0);
            if (n <= 0) break;
            check(::write(file.get(), room.data(), static_cast<std::size_t>(n)) == n, "write");
          }
          ::send(socket, "", 1, MSG_NOSIGNAL);
        },
        [this](int socket) {
          send(socket, room_, size_);
          char done;
          (void)!::recv(socket, &done, 1, 0);
        });
  }

  void print() {
    const double gib = static_cast<double>(size_) / (1 << 30);
    for (const char* what : {"download", "upload"}) {
      const Cost &one = costs_[what], &best = costs_[std::string{"raw "} + what];
      std::printf("%-8s  %5.0f MB/s, %.2f of a raw copy;  server CPU %.3f s/GiB, %.2f times a raw copy's\n", what,
                  static_cast<double>(size_) * 1e-6 / one.seconds, best.seconds / one.seconds, one.cpu / gib,
                  one.cpu / best.cpu);
    }
  }

 private:
  using Side = std::function<void(int socket)>;

  template <class Work> void measure(const std::string& what, clockid_t cpu, Work work) {
    const double began = read_clock(CLOCK_MONOTONIC), used = read_clock(cpu);
    work();
    costs_[what].take(read_clock(CLOCK_MONOTONIC) - began, read_clock(cpu) - used);
  }
  void raw(const std::string& what, const Side& serve, const Side& use) {
    detail::Descriptor listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    Endpoint where{asio::ip::address_v4::loopback(), 0};
    auto size = static_cast<socklen_t>(where.size());
    check(::bind(listener.get(), where.data(), size) == 0 && ::listen(listener.get(), 1) == 0 &&
              ::getsockname(listener.get(), where.data(), &size) == 0,
          "listen");
    double cpu = 0;
    const double began = read_clock(CLOCK_MONOTONIC);
    std::thread thread{[&] {
      const detail::Descriptor socket{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      serve(socket.get());
      cpu = read_clock(CLOCK_THREAD_CPUTIME_ID);
    }};
    {
      const auto socket = dial(where.port());
      use(socket.get());
    }
    thread.join();
    costs_[what].take(read_clock(CLOCK_MONOTONIC) - began, cpu);
  }

  const std::size_t size_;
  std::vector<char> room_ = std::vector<char>(256 * 1024, 'x');
  std::string folder_;
  std::map<std::string, Cost> costs_;
};

}  // namespace

int main(int count, char** words) {
  const std::size_t mebibytes = count > 1 ? std::strtoul(words[1], nullptr, 10) : 1024;
  Bench bench{mebibytes << 20};
  for (int round = 0; round < 5; ++round) {  // the best of all counts, which a busy machine spoils least
    bench.raw();
    bench.ours();
  }
  bench.print();
}
