#pragma once
#include <cerrno>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/system/files.hpp>

namespace ftplike::inline v0_2 {

/// Where an observer's lines go: anything that can be called with a line without its end. An observer calls it from the
/// threads of its sessions, but never twice at once. It is not to throw.
using LineSink = std::function<void(std::string_view line)>;

/// Adds lines to a file, each by one write, so that those of several writers do not mix. Lines for which there is no
/// room are lost. Copies write to the same file.
///
/// **Threads:** safe.
class LineFile {
 public:
  /// **Errors:** `std::system_error` if the file cannot be opened for writing.
  explicit LineFile(std::string path) : state_{std::make_shared<State>(std::move(path), -1, true)} { reopen(); }
  /// A descriptor that somebody else opened and closes, as stderr.
  explicit LineFile(int descriptor) : state_{std::make_shared<State>("", descriptor, false)} {}

  /// The same, but nothing is left of what was in the file.
  static LineFile anew(const std::string& path) {
    const detail::Descriptor emptied{detail::sys::open_file(path.c_str(), detail::sys::to_empty)};
    if (!emptied) throw std::system_error(errno, std::generic_category(), path);
    return LineFile{path};
  }

  /// Writes a line. **Threads:** any, at once.
  void operator()(std::string_view line) const {
    std::string whole{line};
    whole += '\n';
    const std::lock_guard lock{state_->mutex};
    std::string_view rest = whole;
    while (!rest.empty()) {
      const auto n = detail::sys::write_some(state_->descriptor, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  /// Goes on with the file that has the name now, after the one before was moved away. (logrotate)
  ///
  /// **Errors:** `std::system_error`; it then goes on with the one before.
  void reopen() const {
    if (!state_->ours) return;
    detail::Descriptor fresh{detail::sys::open_file(state_->path.c_str(), detail::sys::to_append)};
    if (!fresh) throw std::system_error(errno, std::generic_category(), state_->path);
    const std::lock_guard lock{state_->mutex};
    state_->descriptor = fresh.get();
    state_->owned = std::move(fresh);
  }

 private:
  struct State {
    State(std::string its_path, int its_descriptor, bool it_is_ours)
        : path{std::move(its_path)}, ours{it_is_ours}, descriptor{its_descriptor} {}
    const std::string path;
    const bool ours;  // or the descriptor is somebody else's
    std::mutex mutex;
    detail::Descriptor owned;
    int descriptor;
  };
  std::shared_ptr<State> state_;
};

}  // namespace ftplike
