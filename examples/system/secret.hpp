#pragma once
#include <optional>
#include <stdexcept>
#include <string>

/// Ctrl-C, where there was nothing else to end.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Asks for a secret without showing what is typed; none if there is no terminal. One at a time. Who ends the program
/// meanwhile gets a terminal that shows again what is typed. **Errors:** `Interrupted` at Ctrl-C.
std::optional<std::string> ask_secret(const std::string& prompt);
