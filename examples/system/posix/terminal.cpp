#include "../terminal.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

void prepare_streams() {}

bool is_terminal(int descriptor) { return ::isatty(descriptor) != 0; }

std::size_t columns_of(int descriptor) {
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool has_colours(int) {
  const char* const terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view{terminal} != "dumb";
}

std::optional<std::string> read_typed_line() {
  std::string line;
  return std::getline(std::cin, line) ? std::optional{line} : std::nullopt;
}
