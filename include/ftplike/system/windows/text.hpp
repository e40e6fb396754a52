#pragma once
// Names in UTF-8 and in the UTF-16 of Windows.
#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/errors.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <string>
#include <string_view>
#include <system_error>

namespace ftplike::inline v0_2::detail {

/// Empty where the text is no UTF-8.
inline std::wstring wide_text(std::string_view text) {
  const int size = static_cast<int>(text.size());
  const int room = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), size, nullptr, 0);
  std::wstring result(static_cast<std::size_t>(room > 0 ? room : 0), L'\0');
  (void)::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), size, result.data(), room);
  return result;
}

/// Half a surrogate, which is no text, becomes U+FFFD.
inline std::string utf8_text(std::wstring_view text) {
  const int size = static_cast<int>(text.size());
  const int room = ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
  std::string result(static_cast<std::size_t>(room > 0 ? room : 0), '\0');
  (void)::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, result.data(), room, nullptr, nullptr);
  return result;
}

/// The errors of Windows and of Winsock: what they say, and which `std::errc` they are.
inline const std::error_category& windows_category() noexcept {
  static const class : public std::error_category {
    const char* name() const noexcept override { return "windows"; }
    std::string message(int value) const override {
      wchar_t room[512];
      const DWORD how = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
      std::wstring_view text{room, ::FormatMessageW(how, nullptr, static_cast<DWORD>(value), 0, room, static_cast<DWORD>(std::size(room)), nullptr)};
      while (!text.empty() && (text.back() == L'\n' || text.back() == L'\r' || text.back() == L'.')) text.remove_suffix(1);
      return text.empty() ? "error " + std::to_string(value) : utf8_text(text);
    }
    std::error_condition default_error_condition(int value) const noexcept override {
      return {errno_of_socket(value), std::generic_category()};
    }
  } category;
  return category;
}

}  // namespace ftplike::detail
#endif
