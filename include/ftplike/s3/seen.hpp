#pragma once
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/s3/answers.hpp>

namespace ftplike::inline v0_2::detail {

/// What objects told of themselves, so that a directory that is listed again asks only for those that have changed: a
/// page of keys has their ETags and dates. **Threads:** any, at once.
class S3Seen {
 public:
  /// The time and the mode of an object that looks as it did.
  std::optional<std::pair<Timestamp, unsigned>> find(const S3Object& object) const {
    const std::lock_guard lock{mutex_};
    const auto found = seen_.find(object.key);
    if (found == seen_.end() || found->second.look != look_of(object)) return std::nullopt;
    return std::pair{found->second.modified, found->second.mode};
  }
  /// Notes what one told. One of a moment ago may change and look the same: dates are of seconds.
  void note(const S3Object& object, const Entry& entry, Timestamp stored) {
    if (wall_clock() - stored < settled) return;
    const std::lock_guard lock{mutex_};
    if (seen_.size() >= most) seen_.clear();
    seen_[object.key] = Seen{look_of(object), entry.modified, entry.mode};
  }

 private:
  struct Seen {
    std::string look;
    Timestamp modified{};
    unsigned mode = 0;
  };
  static constexpr std::size_t most = 100'000;
  static constexpr std::chrono::seconds settled{5};

  static std::string look_of(const S3Object& object) {
    return object.etag + ' ' + object.modified + ' ' + std::to_string(object.size);
  }

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Seen> seen_;
};

}  // namespace ftplike::inline v0_2::detail
