#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <ftplike/storage/partials.hpp>

/// Keeps the partial files of folders to their rules: looks through them at its beginning and every ten minutes, on a thread
/// of its own, and asks each time which they are. **Threads:** safe.
class PartialKeeper {
 public:
  /// What was left when it looked last.
  struct Figures {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
  };

  struct Folder {
    std::string place;
    bool is_outermost;  // it lies beneath no other one, with which its files would be counted
  };
  using Folders = std::function<std::vector<Folder>()>;

  PartialKeeper(Folders folders, const ftplike::PartialRules& rules);
  PartialKeeper(const PartialKeeper&) = delete;
  PartialKeeper& operator=(const PartialKeeper&) = delete;
  ~PartialKeeper();

  Figures last() const;

 private:
  void work();

  const Folders folders_;
  const ftplike::PartialRules rules_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  Figures last_;
  std::thread thread_;
};

/// What `partials` is told.
struct PartialOrder {
  std::string root;
  double seconds = 0;  // age from which they go
};

/// Prints the partial files beneath a folder, a line each: bytes, the time of the last byte in UTC, the path. **Errors:**
/// `Failure`.
void list_partials(const PartialOrder& order);
/// Removes those that no upload is at, and prints them. **Errors:** `Failure`.
void purge_partials(const PartialOrder& order);
