#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/server/status.hpp>

/// Where the words `who` and `kick` look for the server if they are not told.
inline constexpr const char* usual_admin_socket = "/run/ftplike/admin";

/// Why there are none here; null if there are.
const char* why_no_admin_sockets() noexcept;

/// What the words do with the server.
struct Administration {
  using Which = std::function<bool(const ftplike::SessionInfo&)>;
  std::function<ftplike::awaitable<std::vector<ftplike::SessionStatus>>()> list;
  std::function<ftplike::awaitable<std::vector<ftplike::SessionInfo>>(Which)> end;
  /// Has an operation end after a few seconds.
  std::function<ftplike::awaitable<void>(ftplike::awaitable<void>)> limit;
};

/// Answers `who` and `kick` on a socket of this machine that only its own user, and root, can use: a line comes, the answer
/// goes, and the connection ends.
class AdminSocket {
 public:
  /// **Errors:** `Failure` if the socket cannot be had.
  AdminSocket(const ftplike::Executor& executor, const std::string& file, Administration administration);
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;
  ~AdminSocket();

  /// Answers no more. From any thread.
  void rest();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// What `who` and `kick` are told.
struct AdminOrder {
  std::string socket = usual_admin_socket;
  std::string user, address;
  unsigned long long session = 0;
};

/// Prints the sessions of the server, a line each. **Errors:** `Failure`.
void list_sessions(const AdminOrder& order);
/// Ends sessions of the server, and prints them. **Errors:** `Failure`; there are none such.
void end_sessions(const AdminOrder& order);
