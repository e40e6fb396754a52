#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <ftplike/storage/partials.hpp>

/// Keeps the partial files of folders to their rules: looks through them at its beginning and then again and again, on a thread
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

  PartialKeeper(Folders folders, const ftplike::PartialRules& rules, std::chrono::seconds interval = std::chrono::minutes{10})
      : folders_{std::move(folders)}, rules_{rules}, interval_{interval}, thread_{[this] { work(); }} {}
  PartialKeeper(const PartialKeeper&) = delete;
  PartialKeeper& operator=(const PartialKeeper&) = delete;
  ~PartialKeeper() {
    {
      const std::lock_guard lock{mutex_};
      is_over_ = true;
      ended_.notify_all();
    }
    thread_.join();
  }

  Figures last() const {
    const std::lock_guard lock{mutex_};
    return last_;
  }

 private:
  void work() {
    std::unique_lock lock{mutex_};
    while (!is_over_) {
      lock.unlock();
      const Figures figures = look();
      lock.lock();
      last_ = figures;
      ended_.wait_for(lock, interval_, [this] { return is_over_; });
    }
  }
  Figures look() const {
    Figures figures;
    for (const auto& folder : folders_()) {
      try {
        const auto report = ftplike::purge_partials(folder.place, rules_);  // each has a share of the disk that it is on
        if (!folder.is_outermost) continue;
        figures.files += report.left.size();
        figures.bytes += report.bytes_left();
      } catch (const std::system_error&) {  // the folder is away just now
      }
    }
    return figures;
  }

  const Folders folders_;
  const ftplike::PartialRules rules_;
  const std::chrono::seconds interval_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  Figures last_;
  std::thread thread_;
};
