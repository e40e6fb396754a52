#pragma once
// An HTTP server on loopback that answers as a test says, for what no real store does when it is asked to.
#include <algorithm>
#include <arpa/inet.h>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

/// What is sent back, byte by byte; then the connection is closed if `closes`. Of `silence` nothing is sent, and the
/// connection stays open.
struct StoreAnswer {
  std::string bytes;
  bool closes = false;
  bool silence = false;
};
/// An answer with a body.
inline StoreAnswer answer(int status, std::string_view body = "", std::string_view headers = "") {
  return {"HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string{headers} +
          "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body}};
}
/// The same to a HEAD.
inline StoreAnswer head_answer(int status, std::string_view headers = "", std::size_t size = 0) {
  return {"HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string{headers} +
          "Content-Length: " + std::to_string(size) + "\r\n\r\n"};
}
inline std::string error_body(std::string_view code) {
  return "<?xml version='1.0'?><Error><Code>" + std::string{code} + "</Code></Error>";
}

/// One request as it came: "PUT /inbox/a?partNumber=1", and its headers with small names as lines.
struct StoreRequest {
  std::string what, headers, body;
  std::string header(std::string_view name) const {
    const auto start = headers.find('\n' + std::string{name} + ": ");
    if (start == headers.npos) return "";
    const auto value = start + name.size() + 3;
    return headers.substr(value, headers.find('\n', value) - value);
  }
};

/// Answers each request by a function, which runs on the server's thread.
class ScriptedStore {
 public:
  using Script = std::function<StoreAnswer(const StoreRequest&)>;
  /// Of a request whose body has not come yet: after how many bytes of that the connection is closed.
  using Cut = std::function<std::size_t(const StoreRequest&)>;
  static constexpr std::size_t never = std::string::npos;

  explicit ScriptedStore(Script script, Cut cut = {})
      : script_{std::move(script)}, cut_{std::move(cut)}, listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool good = ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                      ::listen(listener_, 64) == 0 &&
                      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (!good) throw std::system_error(errno, std::generic_category(), "cannot listen");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept(); }};
  }
  ScriptedStore(const ScriptedStore&) = delete;
  ScriptedStore& operator=(const ScriptedStore&) = delete;
  ~ScriptedStore() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock{mutex_};
      for (const int connection : open_) ::shutdown(connection, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
  }

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// What was asked by now, in its order.
  std::vector<std::string> asked() const {
    const std::lock_guard lock{mutex_};
    return asked_;
  }
  /// How many connections were made by now.
  std::size_t connections() const {
    const std::lock_guard lock{mutex_};
    return threads_.size();
  }

 private:
  void accept() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      const std::lock_guard lock{mutex_};
      open_.push_back(connection);
      threads_.emplace_back([this, connection] { serve(connection); });
    }
  }
  void serve(int connection) {
    std::string buffer;
    StoreRequest request;
    while (read(connection, buffer, request)) {
      const StoreAnswer reply = script_(request);
      std::string_view rest = reply.bytes;
      while (!rest.empty()) {
        const auto n = ::send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (n <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(n));
      }
      if (reply.closes) break;
    }
    const std::lock_guard lock{mutex_};
    std::erase(open_, connection);
    ::close(connection);
  }
  bool read(int connection, std::string& buffer, StoreRequest& request) {
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == buffer.npos) {
      if (!read_more(connection, buffer)) return false;
    }
    std::string head = buffer.substr(0, end);
    buffer.erase(0, end + 4);
    std::erase(head, '\r');
    const auto line = head.substr(0, head.find('\n'));
    request.what = line.substr(0, line.rfind(' '));
    request.headers = head.substr(line.size());
    bool is_name = true;
    for (char& c : request.headers) {
      if (c == '\n') is_name = true;
      if (c == ':') is_name = false;
      if (is_name && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    request.headers += '\n';
    const std::string length = request.header("content-length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    {
      const std::lock_guard lock{mutex_};
      asked_.push_back(request.what);
    }
    const std::size_t most = cut_ ? cut_(request) : never;
    while (buffer.size() < std::min(size, most)) {
      if (!read_more(connection, buffer)) return false;
    }
    if (most < size) return false;
    request.body = buffer.substr(0, size);
    buffer.erase(0, size);
    return true;
  }
  static bool read_more(int connection, std::string& buffer) {
    char room[65536];
    const auto n = ::recv(connection, room, sizeof room, 0);
    if (n <= 0) return false;
    buffer.append(room, static_cast<std::size_t>(n));
    return true;
  }

  Script script_;
  Cut cut_;
  int listener_;
  unsigned port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};
