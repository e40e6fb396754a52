#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/client/reply_error.hpp>
#include <ftplike/io/blocking.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/system/paths.hpp>

namespace ftplike::inline v0_2::detail {

/// Throws what the local end failed with, as a client's error that names the file.
[[noreturn]] inline void fail_locally(const std::system_error& failure, std::string_view verb,
                                      const std::string& local) {
  throw ClientError{failure.code(), std::string{verb}, Channel::local, 0, local + ": " + failure.code().message()};
}

/// The last component of a path of a server, which has to be one: what it names is written in a folder of ours.
inline std::string remote_name(std::string_view remote) {
  while (remote.ends_with('/')) remote.remove_suffix(1);
  const auto name = remote.substr(remote.rfind('/') + 1);
  if (!is_component(name)) {
    throw ClientError{Errc::refused_by_rule, "RETR", Channel::local, 0,
                      "not a name for a file: " + std::string{remote}};
  }
  return std::string{name};
}

/// A file of ours that is to be written: a folder, and a path in it that does not lead out of it.
template <class = void> class BasicLocalTarget {
 public:
  /// `local` is a file, or a folder in which the file is to have its name on the server.
  ///
  /// **Errors:** `Errc::refused_by_rule` if it has none there; of the folder, as `DirectoryStorage`.
  BasicLocalTarget(const std::string& local, std::string_view remote) : BasicLocalTarget{resolved(local, remote)} {}
  BasicLocalTarget(DirectoryStorage its_folder, Path its_path) : folder{std::move(its_folder)}, path{std::move(its_path)} {}
  /// As people are told of it.
  std::string name() const { return text_of_path(path_of(folder.label()) / path_of(path.string().substr(1))); }

  DirectoryStorage folder;
  Path path;

 private:
  explicit BasicLocalTarget(const std::filesystem::path& file)
      : folder{file.has_parent_path() ? text_of_path(file.parent_path()) : "."}, path{text_of_path(file.filename())} {
    if (!is_component(text_of_path(file.filename()))) fail(std::errc::is_a_directory);
  }
  static std::filesystem::path resolved(const std::string& local, std::string_view remote) {
    std::error_code ignored;
    std::filesystem::path file = path_of(local.empty() ? "." : local);
    if (std::filesystem::is_directory(file, ignored)) return file / path_of(remote_name(remote));
    // A link that the user chose is followed, not replaced.
    return std::filesystem::is_symlink(file, ignored) ? std::filesystem::canonical(file) : file;
  }
};
using LocalTarget = BasicLocalTarget<>;  // a template, so that only what is called is compiled

/// Where a file of the server is to go.
///
/// **Errors:** `ClientError`.
inline LocalTarget local_target(const std::string& local, std::string_view remote) {
  try {
    return LocalTarget{local, remote};
  } catch (const ClientError&) { throw; } catch (const std::system_error& failure) {
    fail_locally(failure, "RETR", local);
  }
}

}  // namespace ftplike::detail
