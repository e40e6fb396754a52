#pragma once
// What the tests of the storages share: each storage in each way of running it, and short words for what they do.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/storage/storage.hpp>

#include "support/new_folder.hpp"
#include "support/run.hpp"

namespace storage_test {

/// A folder that vanishes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    path_ = new_folder("ftplike-");
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream{path, std::ios::binary} << text;
}
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Runs what a storage does, and says it shortly.
template <class Storage> class Files {
 public:
  explicit Files(Storage its_storage) : storage{std::move(its_storage)} {}

  template <class R> R run(ftplike::awaitable<R> operation) { return ::run(context_, std::move(operation)); }
  /// The error of an operation; none if it succeeds.
  template <class R> std::error_code error(ftplike::awaitable<R> operation) {
    try {
      run(std::move(operation));
      return {};
    } catch (const std::system_error& thrown) { return thrown.code(); }
  }

  typename Storage::Writer create(std::string_view path, std::uint64_t offset = 0) {
    return run(storage.create(ftplike::Path{path}, offset));
  }
  void write(typename Storage::Writer& writer, std::string_view text) { run(writer.write(ftplike::as_bytes(text))); }
  void put(std::string_view path, std::string_view text) {
    auto writer = create(path);
    write(writer, text);
    run(writer.finish());
  }
  /// Begins an upload and gives it up.
  void leave(std::string_view path, std::string_view text, std::uint64_t offset = 0) {
    auto writer = create(path, offset);
    write(writer, text);
  }
  std::string read(typename Storage::Reader& reader) {
    std::string text;
    std::vector<std::byte> room(1000);
    while (const std::size_t n = run(reader.read_some(room))) text += ftplike::as_text(std::span{room}.first(n));
    return text;
  }
  std::string get(std::string_view path, std::uint64_t offset = 0) {
    auto reader = run(storage.open(ftplike::Path{path}, offset));
    return read(reader);
  }
  std::vector<ftplike::Entry> list(std::string_view path) {
    auto listing = run(storage.list(ftplike::Path{path}));
    std::vector<ftplike::Entry> all;
    for (;;) {
      auto some = run(listing.next());
      if (some.empty()) break;
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
  }
  std::string names(std::string_view path) {
    std::string all;
    for (const auto& entry : list(path)) all += (all.empty() ? "" : " ") + entry.name;
    return all;
  }
  ftplike::Entry stat(std::string_view path) { return run(storage.stat(ftplike::Path{path})); }

  Storage storage;

 private:
  asio::io_context context_;
};

}  // namespace storage_test
