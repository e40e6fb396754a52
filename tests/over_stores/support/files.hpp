#pragma once
// What dialogues have their files in, in place of tests/support/files.hpp: a real store, which tests/fleet/swift.py or
// moosefs.py started. The tests do not notice: whatever a storage does there it has done before their network goes on.
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/storage/storage.hpp>

/// The words of a MemoryStorage for a prefix of a bucket, or a folder of a cluster file system: each has a fresh one,
/// and copies have the same. It has no bound, and the times that the store gives.
class TestFiles {
 public:
  class Reader;
  class Writer;
  class Listing;

  TestFiles(std::initializer_list<std::pair<std::string_view, std::string_view>> files = {});
  /// **Errors:** `std::logic_error`: a test that bounds its storage is none for this.
  TestFiles(std::initializer_list<std::pair<std::string_view, std::string_view>> files, std::uint64_t capacity);

  static std::string label() { return "store"; }
  ftplike::awaitable<ftplike::Entry> stat(ftplike::Path path);
  ftplike::awaitable<Listing> list(ftplike::Path path);
  ftplike::awaitable<Reader> open(ftplike::Path path, std::uint64_t offset);
  ftplike::awaitable<Writer> create(ftplike::Path path, std::uint64_t offset);
  ftplike::awaitable<Writer> append(ftplike::Path path);
  ftplike::awaitable<Writer> create_unique(ftplike::Path path);
  ftplike::awaitable<std::uint64_t> partial_size(ftplike::Path path);
  ftplike::awaitable<void> make_directory(ftplike::Path path);
  ftplike::awaitable<void> remove(ftplike::Path path);
  ftplike::awaitable<void> remove_directory(ftplike::Path path);
  ftplike::awaitable<void> rename(ftplike::Path from, ftplike::Path to);
  ftplike::awaitable<void> set_modified(ftplike::Path path, ftplike::Timestamp time);
  ftplike::awaitable<void> set_mode(ftplike::Path path, unsigned mode);

  void put(std::string_view path, std::string_view text);
  std::optional<std::string> text(std::string_view path) const;
  std::vector<std::string> paths() const;

 private:
  struct Store;
  template <class Act> Writer write(Act act);
  std::shared_ptr<Store> store_;
};

class TestFiles::Reader {
 public:
  ftplike::awaitable<std::size_t> read_some(std::span<std::byte> room);
  std::uint64_t size() const;
  ftplike::Entry entry() const;

 private:
  friend TestFiles;
  struct Its;
  std::shared_ptr<Its> its_;
};

class TestFiles::Writer {
 public:
  ftplike::awaitable<void> write(std::span<const std::byte> bytes);
  ftplike::awaitable<void> finish();
  void discard();
  ftplike::Path path() const;
  std::uint64_t size() const;

 private:
  friend TestFiles;
  struct Its;
  std::shared_ptr<Its> its_;
};

class TestFiles::Listing {
 public:
  ftplike::awaitable<std::vector<ftplike::Entry>> next();

 private:
  friend TestFiles;
  struct Its;
  std::shared_ptr<Its> its_;
};
