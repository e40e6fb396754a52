#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/client/reply_error.hpp>
#include <ftplike/io/blocking.hpp>
#include <ftplike/storage/directory.hpp>

namespace ftplike::detail {

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

/// Where a download goes: a folder of ours, and a name in it.
class LocalTarget {
 public:
  /// `local` is a file, or a folder in which the file is to have its name on the server.
  LocalTarget(const std::string& local, std::string_view remote) {
    std::error_code ignored;
    std::filesystem::path path = local.empty() ? "." : local;
    if (std::filesystem::is_directory(path, ignored)) {
      path /= remote_name(remote);
    } else if (std::filesystem::is_symlink(path, ignored)) {
      path = std::filesystem::canonical(path);  // chosen by the user, not by the server
    }
    folder = path.has_parent_path() ? path.parent_path().string() : ".";
    name = path.filename().string();
    if (!is_component(name)) throw std::system_error(std::make_error_code(std::errc::is_a_directory));
  }
  /// Whether an interrupted download has left something.
  bool has_partial() const {
    std::error_code error;
    const auto size = std::filesystem::file_size(std::filesystem::path{folder} / partial_name(name), error);
    return !error && size > 0;
  }
  std::string path() const { return (std::filesystem::path{folder} / name).string(); }

  std::string folder, name;
};

/// A file of ours to be sent, from `offset` on.
inline awaitable<FileReader> open_local(std::string local, std::uint64_t offset) {
  auto open = [&] {
    Descriptor file;
    do { file = Descriptor{::open(local.c_str(), O_RDONLY | quietly)}; } while (!file && errno == EINTR);
    if (!file) fail_with(errno);
    return file;
  };
  Descriptor file = co_await blocking(open);
  const std::string name = std::filesystem::path{local}.filename().string();
  co_return FileReader{name, std::move(file), offset};
}

}  // namespace ftplike::detail
