#pragma once
#include <cstdio>
#include <string>

/// Has the system's shell run a command of the user's; its status, as shells tell it. Ctrl-C is the command's meanwhile.
///
/// **Errors:** `std::system_error` if there is no shell.
int run_by_shell(const std::string& command);

/// A temporary file that is shown page by page.
class PagedFile {
 public:
  /// **Errors:** `std::system_error`.
  PagedFile();
  PagedFile(const PagedFile&) = delete;
  PagedFile& operator=(const PagedFile&) = delete;
  ~PagedFile();

  std::FILE* get() const noexcept { return file_; }
  /// What shows the file, once all is in it: a command of the shell's, by the user's PAGER if that is set.
  std::string command();

 private:
  std::FILE* file_ = nullptr;
  std::string name_;  // empty: it has none
};
