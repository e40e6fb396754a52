#include "../command.hpp"

#include <array>
#include <system_error>

#include "system.hpp"
#include "text.hpp"

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), what);
}

std::wstring shell() {
  const std::wstring named = wide_variable(L"ComSpec");
  return named.empty() ? L"cmd.exe" : named;
}

}  // namespace

int run_by_shell(const std::string& command) {
  // The outer quotes are cmd's own, which it takes away: those of the command stay.
  std::wstring line = L'"' + shell() + L"\" /d /s /c \"" + wide_text(command) + L'"';
  STARTUPINFOW how{};
  how.cb = sizeof how;
  PROCESS_INFORMATION started{};
  if (!::CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &how, &started)) fail("cmd.exe");
  ::WaitForSingleObject(started.hProcess, INFINITE);
  DWORD status = 0;
  ::GetExitCodeProcess(started.hProcess, &status);
  ::CloseHandle(started.hThread);
  ::CloseHandle(started.hProcess);
  return static_cast<int>(status);
}

PagedFile::PagedFile() {
  std::array<wchar_t, MAX_PATH + 1> folder{}, name{};
  const DWORD size = ::GetTempPathW(static_cast<DWORD>(folder.size()), folder.data());
  if (size == 0 || ::GetTempFileNameW(folder.data(), L"ftp", 0, name.data()) == 0) fail("no room for a temporary file");
  name_ = utf8_text(name.data());
  file_ = ::_wfopen(name.data(), L"wb");
  if (file_ == nullptr) fail("no room for a temporary file");
}

PagedFile::~PagedFile() {
  if (file_ != nullptr) std::fclose(file_);
  ::DeleteFileW(wide_text(name_).c_str());
}

std::string PagedFile::command() {
  std::fclose(file_);
  file_ = nullptr;
  const std::string pager = utf8_text(wide_variable(L"PAGER"));
  return (pager.empty() ? "more" : pager) + " <\"" + name_ + '"';
}
