#pragma once
// Names in UTF-8 and in the UTF-16 of Windows.
#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/errors.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <string>
#include <string_view>

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

}  // namespace ftplike::detail
#endif
