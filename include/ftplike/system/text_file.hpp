#pragma once
// A file of lines that several programs read and change: the users', the bans'.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/system/files.hpp>
#include <ftplike/system/random.hpp>

namespace ftplike::inline v0_2::detail {

/// What is before the next `separator`, which is removed with it; all of the text if there is none.
inline std::string_view take_until(std::string_view& text, char separator) {
  const auto result = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), result.size() + 1));
  return result;
}

inline std::string_view without_blanks(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(blanks)));
  return line.substr(0, line.find_last_not_of(blanks) + 1);
}

/// Whether a line is neither empty nor a comment.
inline bool says_something(std::string_view line) {
  line = without_blanks(line);
  return !line.empty() && !line.starts_with('#');
}

/// An open file. What fails throws `std::system_error` with its name.
class TextFile {
 public:
  TextFile(std::filesystem::path path, int descriptor) : path_{std::move(path)}, descriptor_{descriptor} {
    if (!descriptor_) fail();
  }

  int get() const noexcept { return descriptor_.get(); }
  /// The result of a system call, made again where a signal came in between, unless it failed.
  template <class Call> auto checked(Call call) const {
    for (;;) {
      const auto result = call();
      if (result >= 0) return result;
      if (errno != EINTR) fail();
    }
  }
  FileStatus status() const {
    FileStatus result{};
    checked([&] { return sys::status_of(get(), &result); });
    return result;
  }
  std::string read() const {
    std::string result;
    std::array<char, 16 * 1024> room;
    for (;;) {
      const auto n = checked([&] { return sys::read_some(get(), room.data(), room.size()); });
      if (n == 0) return result;
      result.append(room.data(), static_cast<std::size_t>(n));
    }
  }
  void write(std::string_view text) const {
    while (!text.empty()) {
      const auto n = checked([&] { return sys::write_some(get(), text.data(), text.size()); });
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

 private:
  [[noreturn]] void fail() const { throw std::system_error(errno, std::generic_category(), path_.string()); }

  std::filesystem::path path_;
  Descriptor descriptor_;
};

/// What is in the file. **Errors:** `std::system_error` if it cannot be read.
inline std::string read_text_file(const std::filesystem::path& file) {
  return TextFile{file, sys::open_file(file.c_str(), sys::to_read_on)}.read();
}

/// Puts `text` in place of the file at `path`, which was opened as `old`: whoever reads sees the old or the new one.
inline void replace_text_file(const std::filesystem::path& path, const TextFile& old, std::string_view text) {
  const auto directory = path.parent_path();
  const TextFile above{directory, sys::open_file(directory.c_str(), sys::to_list)};
  const auto bytes = path.filename().u8string();
  const std::string name{bytes.begin(), bytes.end()};
  const std::string fresh_name = name + '.' + std::to_string(random_number());
  const TextFile fresh{path, sys::open_at(above.get(), fresh_name.c_str(), sys::to_make, 0600)};
  try {
    fresh.write(text);
    // A server may run as somebody else than who edits its files, but they are not for everybody's eyes.
    fresh.checked([&] { return sys::take_over_rights(fresh.get(), old.get()); });
    fresh.checked([&] { return sys::flush(fresh.get()); });
    fresh.checked([&] { return sys::rename_at(above.get(), fresh_name.c_str(), above.get(), name.c_str()); });
  } catch (...) {
    sys::remove_at(above.get(), fresh_name.c_str());
    throw;
  }
  above.checked([&] { return sys::flush_folder(above.get()); });
}

/// Puts what `edit` makes of the file's text in its place. Who reads at the same time sees the old file or the new one,
/// and so does who comes after a crash; who edits at the same time waits. A new file can be read by its owner only.
///
/// **Errors:** `std::system_error`, and what `edit` throws. The file is then as it was.
template <class Edit> void edit_text_file(const std::filesystem::path& file, Edit edit) {
  for (;;) {
    const TextFile old{file, sys::open_file(file.c_str(), sys::to_edit, 0600)};
    old.checked([&] { return sys::lock(old.get(), true); });
    const auto path = std::filesystem::canonical(file);
    FileStatus named{};
    if (sys::status_of_path(path, &named) != 0 || !is_same_file(named, old.status())) {
      continue;  // somebody replaced it while we waited for the lock
    }
    const std::string text = edit(old.read());
    return replace_text_file(path, old, text);
  }
}

}  // namespace ftplike::inline v0_2::detail
