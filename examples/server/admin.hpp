#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/server/status.hpp>

/// Where the words `who`, `kick` and `limits` look for the server if they are not told.
inline constexpr const char* usual_admin_socket = "/run/ftplike/admin";

/// Why there are none here; null if there are.
const char* why_no_admin_sockets() noexcept;

/// What the words do with the server.
struct Administration {
  using Which = std::function<bool(const ftplike::SessionInfo&)>;
  std::function<ftplike::awaitable<std::vector<ftplike::SessionStatus>>()> list;
  std::function<ftplike::awaitable<std::vector<ftplike::SessionInfo>>(Which)> end;
  /// Gives a limit another value. **Errors:** `std::invalid_argument`.
  std::function<void(const std::string& name, const std::string& value)> change_limit;
  /// Has an operation end after a few seconds.
  std::function<ftplike::awaitable<void>(ftplike::awaitable<void>)> limit;
};

/// Answers `who`, `kick` and `limits` on a socket of this machine that only its own user, and root, can use: a line comes, the answer
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

/// What the words are told.
struct AdminOrder {
  std::string socket = usual_admin_socket;
  std::string user, address;
  unsigned long long session = 0;
  std::vector<std::pair<std::string, std::string>> limits;  // names and values
};

/// Prints the sessions of the server, a line each. **Errors:** `Failure`.
void list_sessions(const AdminOrder& order);
/// Ends sessions of the server, and prints them. **Errors:** `Failure`; there are none such.
void end_sessions(const AdminOrder& order);
/// Changes limits of the server until it ends. **Errors:** `Failure`; those before the one that is wrong have changed.
void change_limits(const AdminOrder& order);
