#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <ftplike/s3/client.hpp>
#include <ftplike/s3/objects.hpp>

namespace ftplike::inline v0_2::detail {

/// A small file that a session asked about, with its bytes: clients ask for the size of a file, and then fetch it. It
/// is given once, within a moment, and not if the file has been changed through the same storage since. A session that
/// asked about a file and did not fetch it may go on like that: no other is read ahead until it fetches one that it
/// asked about.
/// **Threads:** any, at once.
class S3Ahead {
 public:
  static constexpr std::size_t most = 16 * 1024;  // bytes of a file

  /// When a file was asked for, and how often it had been changed by then.
  struct Mark {
    std::chrono::steady_clock::time_point when{};
    std::uint32_t changes = 0;
  };
  static Mark mark(const S3Client& client, const std::string& key) {
    return {std::chrono::steady_clock::now(), client.changes.of(key)};
  }

  /// Whether a file that is asked about is likely to be fetched.
  bool is_worthwhile(const std::string& key) const {
    const std::lock_guard lock{mutex_};
    return !asked_ || asked_ == hash_of(key);
  }
  /// A file was asked about, whether it is kept or not.
  void note_asked(const std::string& key) {
    const std::lock_guard lock{mutex_};
    asked_ = hash_of(key);
  }
  /// Keeps what a store answered, if it is all of a file. Gives whether it is.
  bool keep(const std::string& key, Mark mark, S3Answer answer) {
    const std::lock_guard lock{mutex_};
    kept_.reset();
    // A store that gives more than it was asked for may give a large one.
    if (answer.body.size() <= most && whole_size(answer) == answer.body.size()) kept_ = Kept{key, mark, std::move(answer)};
    return kept_.has_value();
  }
  /// The file is fetched: gives the answer, if it has what comes from `offset` on and is no older than `age`.
  std::optional<S3Answer> take(const S3Client& client, const std::string& key, std::uint64_t offset,
                               std::chrono::steady_clock::duration age) {
    const std::lock_guard lock{mutex_};
    if (asked_ == hash_of(key)) asked_.reset();
    auto kept = std::exchange(kept_, std::nullopt);
    const bool is_it = kept && kept->key == key && kept->mark.changes == client.changes.of(key) &&
                       std::chrono::steady_clock::now() - kept->mark.when < age;
    if (!is_it || kept->answer.body.size() < offset) return std::nullopt;
    return std::move(kept->answer);
  }
  void forget() {
    const std::lock_guard lock{mutex_};
    kept_.reset();
  }

 private:
  struct Kept {
    std::string key;
    Mark mark;
    S3Answer answer;
  };
  static std::size_t hash_of(const std::string& key) noexcept { return std::hash<std::string>{}(key); }

  mutable std::mutex mutex_;
  std::optional<Kept> kept_;
  std::optional<std::size_t> asked_;  // the file that was asked about last, and not fetched since
};

/// Sessions that have read a file ahead: only so many at once, however many there are that never fetch theirs.
/// **Threads:** any, at once.
class S3AllAhead {
 public:
  static constexpr std::size_t most = 256;  // 4 MiB

  /// Has the session forget its file for which there is no room any more.
  void note(const std::shared_ptr<S3Ahead>& reader) {
    std::shared_ptr<S3Ahead> oldest;
    {
      const std::lock_guard lock{mutex_};
      auto& place = readers_[next_++ % most];
      oldest = place.lock();
      place = reader;
    }
    if (oldest && oldest != reader) oldest->forget();
  }

 private:
  std::mutex mutex_;
  std::array<std::weak_ptr<S3Ahead>, most> readers_;
  std::size_t next_ = 0;
};

}  // namespace ftplike::inline v0_2::detail
