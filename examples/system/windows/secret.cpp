#include "../secret.hpp"

#include "../terminal.hpp"
#include "system.hpp"
#include "text.hpp"

namespace {

/// A console, closed at the end, that gives each key as it comes and shows none.
class SilentConsole {
 public:
  SilentConsole()
      : in_{::CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr)},
        out_{::CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr)} {
    is_there_ = ::GetConsoleMode(in_, &before_) != 0;
    if (is_there_) ::SetConsoleMode(in_, before_ & ~static_cast<DWORD>(ENABLE_ECHO_INPUT | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT));
  }
  SilentConsole(const SilentConsole&) = delete;
  SilentConsole& operator=(const SilentConsole&) = delete;
  ~SilentConsole() {
    if (is_there_) ::SetConsoleMode(in_, before_);
    for (const HANDLE one : {in_, out_}) {
      if (one != INVALID_HANDLE_VALUE) ::CloseHandle(one);
    }
  }

  bool is_there() const noexcept { return is_there_; }
  void show(const std::wstring& text) const {
    DWORD count = 0;
    ::WriteConsoleW(out_, text.data(), static_cast<DWORD>(text.size()), &count, nullptr);
  }
  /// The next key; 0 where there are no more.
  wchar_t key() const {
    wchar_t key = 0;
    DWORD count = 0;
    return ::ReadConsoleW(in_, &key, 1, &count, nullptr) && count == 1 ? key : L'\0';
  }

 private:
  HANDLE in_, out_;
  DWORD before_ = 0;
  bool is_there_ = false;
  const ChangedTerminal changed_;
};

}  // namespace

std::optional<std::string> ask_secret(const std::string& prompt) {
  const SilentConsole console;
  if (!console.is_there()) return std::nullopt;
  console.show(wide_text(prompt));
  std::wstring secret;
  constexpr wchar_t interrupt = 3, end_of_file = 26;
  wchar_t key = console.key();
  for (; key != L'\0' && key != L'\r' && key != L'\n' && key != interrupt; key = console.key()) {
    if (key == L'\b') {
      if (!secret.empty()) secret.pop_back();
    } else if (key != end_of_file) {
      secret += key;
    }
  }
  console.show(L"\r\n");
  if (key == interrupt) throw Interrupted{"interrupted"};
  return utf8_text(secret);
}
