#include "../terminal.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fcntl.h>
#include <io.h>

#include "system.hpp"
#include "text.hpp"

namespace {

HANDLE handle_of(int descriptor) {
  return ::GetStdHandle(descriptor == standard_input    ? STD_INPUT_HANDLE
                        : descriptor == standard_output ? STD_OUTPUT_HANDLE
                                                        : STD_ERROR_HANDLE);
}

}  // namespace

void prepare_streams() {
  ::SetConsoleOutputCP(CP_UTF8);
  for (const int descriptor : {standard_output, standard_error}) {
    (void)::_setmode(descriptor, _O_BINARY);
    DWORD mode = 0;
    const HANDLE console = handle_of(descriptor);
    if (::GetConsoleMode(console, &mode)) ::SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
  }
  // The C library of Windows holds back what is no console's, the messages of errors, too.
  std::setvbuf(stderr, nullptr, _IONBF, 0);
}

bool is_terminal(int descriptor) {
  DWORD mode = 0;  // NUL is a terminal to _isatty
  return ::GetConsoleMode(handle_of(descriptor), &mode) != 0;
}

std::size_t columns_of(int descriptor) {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (!::GetConsoleScreenBufferInfo(handle_of(descriptor), &info)) return 0;
  return static_cast<std::size_t>(std::max(0, info.srWindow.Right - info.srWindow.Left + 1));
}

bool has_colours(int descriptor) {
  DWORD mode = 0;
  return ::GetConsoleMode(handle_of(descriptor), &mode) != 0 && (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

std::optional<std::string> read_typed_line() {
  // What is typed comes in UTF-16: of a console that reads bytes all but ASCII is lost.
  std::wstring line;
  while (!line.ends_with(L'\n')) {
    std::array<wchar_t, 512> room{};
    DWORD count = 0;
    const bool is_good = ::ReadConsoleW(handle_of(standard_input), room.data(), static_cast<DWORD>(room.size()), &count, nullptr) != 0;
    constexpr wchar_t end_of_file = 26;  // Ctrl-Z
    if (!is_good || count == 0 || (line.empty() && room[0] == end_of_file)) return std::nullopt;
    line.append(room.data(), count);
  }
  while (line.ends_with(L'\n') || line.ends_with(L'\r')) line.pop_back();
  return utf8_text(line);
}
