#include "../environment.hpp"

#include "system.hpp"
#include "text.hpp"

std::optional<std::string> take_variable(const char* name) {
  const std::wstring wide_name = wide_text(name);
  ::SetLastError(ERROR_SUCCESS);
  const std::wstring value = wide_variable(wide_name.c_str());
  if (value.empty() && ::GetLastError() == ERROR_ENVVAR_NOT_FOUND) return std::nullopt;
  ::SetEnvironmentVariableW(wide_name.c_str(), nullptr);
  return utf8_text(value);
}

std::string home_folder() { return utf8_text(wide_variable(L"USERPROFILE")); }

bool is_private(const std::string&) { return true; }
