#pragma once
// Text in UTF-8 and in the UTF-16 of Windows.
#include <string>
#include <string_view>

#include "system.hpp"

inline std::wstring wide_text(std::string_view text) {
  const int size = static_cast<int>(text.size());
  const int room = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0);
  std::wstring result(static_cast<std::size_t>(room > 0 ? room : 0), L'\0');
  (void)::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, result.data(), room);
  return result;
}

inline std::string utf8_text(std::wstring_view text) {
  const int size = static_cast<int>(text.size());
  const int room = ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
  std::string result(static_cast<std::size_t>(room > 0 ? room : 0), '\0');
  (void)::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, result.data(), room, nullptr, nullptr);
  return result;
}

inline std::wstring wide_variable(const wchar_t* name) {
  const DWORD size = ::GetEnvironmentVariableW(name, nullptr, 0);
  std::wstring value(size, L'\0');
  value.resize(size > 0 ? ::GetEnvironmentVariableW(name, value.data(), size) : 0);
  return value;
}
