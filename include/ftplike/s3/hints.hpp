#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace ftplike::inline v0_2::detail {

/// How large the files of some keys were when they were last heard of. Others may have changed them since: this says
/// which question to ask a store first, and never answers one. **Threads:** any, at once.
class S3Hints {
 public:
  /// Nothing, if there was no such file, or nobody knows.
  std::optional<std::uint64_t> size(const std::string& key) const {
    const std::lock_guard lock{mutex_};
    const auto found = sizes_.find(key);
    return found == sizes_.end() ? std::nullopt : std::optional{found->second};
  }
  void note(const std::string& key, std::uint64_t size) {
    const std::lock_guard lock{mutex_};
    if (sizes_.size() >= most || bytes_of_keys_ >= most_bytes_of_keys) {
      sizes_.clear();
      bytes_of_keys_ = 0;
    }
    if (sizes_.insert_or_assign(key, size).second) bytes_of_keys_ += key.size();
  }
  void forget(const std::string& key) {
    const std::lock_guard lock{mutex_};
    if (sizes_.erase(key) > 0) bytes_of_keys_ -= key.size();
  }

 private:
  static constexpr std::size_t most = 100'000, most_bytes_of_keys = 8 * 1024 * 1024;  // with names of usual length, as many

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::uint64_t> sizes_;
  std::size_t bytes_of_keys_ = 0;
};

}  // namespace ftplike::inline v0_2::detail
