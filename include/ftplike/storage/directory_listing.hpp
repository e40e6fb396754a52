#pragma once
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/storage/file.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/system/new_shared.hpp>
#include <ftplike/system/processors.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

struct CloseStream {
  void operator()(sys::Folder* stream) const noexcept { sys::end_reading(stream); }
};
/// What reads the names of a directory.
using DirectoryStream = std::unique_ptr<sys::Folder, CloseStream>;

inline DirectoryStream stream_of(Descriptor directory) {
  DirectoryStream stream{sys::begin_to_read(directory.get())};
  if (!stream) fail_with(errno);
  directory.release();  // the stream closes it
  return stream;
}
/// The next name but "." and "..", which lives until the next call; null at the end.
inline const char* next_name(sys::Folder* stream) {
  for (;;) {
    errno = 0;
    const char* found = sys::read_name(stream);
    if (!found && errno != 0) fail_with(errno);
    if (!found) return nullptr;
    const std::string_view name = found;
    if (name != "." && name != "..") return found;
  }
}

/// Removes the partial files of a directory that holds nothing else.
inline void remove_partials(const DirectoryEntry& place) {
  const auto stream = stream_of(open_in(place, sys::to_list));
  while (const char* name = next_name(stream.get())) {
    if (!is_partial_name(name)) fail(std::errc::directory_not_empty);
  }
  sys::read_again(stream.get());
  while (const char* name = next_name(stream.get())) {
    if (is_partial_name(name)) remove_partial(sys::descriptor_of(stream.get()), name);
  }
}

/// Removes a partial file that has waited too long to be gone on with.
inline void remove_if_old(int directory, const std::string& name, std::chrono::seconds lifetime) {
  FileStatus status{};
  if (sys::status_at(directory, name.c_str(), &status) != 0) return;
  if (is_older_than(lifetime, modified(status))) remove_partial(directory, name);
}

/// What a partial file takes that nobody is writing.
inline Usage usage_of_partial(int directory, const char* name) {
  FileStatus status{};
  if (sys::status_at(directory, name, &status) != 0 || !is_regular(status)) return {};
  if (status.st_size == 0) return {};  // it may not be locked yet
  const Descriptor file{sys::open_at(directory, name, sys::to_read)};
  if (file && sys::lock_with_others(file.get()) != 0) return {};
  return {static_cast<std::uint64_t>(status.st_size), 1};
}
/// What a name takes that is no partial file's.
inline Usage usage_of_status(const FileStatus& status) noexcept {
  return {is_regular(status) ? static_cast<std::uint64_t>(status.st_size) : 0, 1};
}

/// Counts what is in a directory, and below it where that is wanted, a piece of work at a time. Directories that cannot be
/// read are left out.
template <class = void> class BasicUsageCount {
 public:
  BasicUsageCount(std::shared_ptr<const DirectoryState> state, Path directory, bool below)
      : state_{std::move(state)}, below_{below}, waiting_{std::move(directory)} {}

  /// Counts on; whether all has been counted.
  bool step() {
    constexpr int names_at_a_time = 4096;
    for (int i = 0; i < names_at_a_time; ++i) {
      while (!stream_) {
        if (waiting_.empty()) return true;
        begin_next();
      }
      const char* name = next_name(stream_.get());
      if (name) {
        look(name);
      } else {
        stream_.reset();
      }
    }
    return false;
  }
  const TreeUsage& result() const noexcept { return result_; }

 private:
  void begin_next() {
    here_ = std::move(waiting_.back());
    waiting_.pop_back();
    try {
      stream_ = stream_of(state_->root.open(here_, sys::to_list));
    } catch (const std::system_error&) {  // removed meanwhile, or nobody may look
    }
  }
  void look(const char* name) {
    const int directory = sys::descriptor_of(stream_.get());
    if (is_partial_name(name)) {
      result_.partial += usage_of_partial(directory, name);
      return;
    }
    FileStatus status{};
    if (!below_ || sys::status_at(directory, name, &status) != 0) return;
    result_.whole += usage_of_status(status);
    if (is_folder(status)) waiting_.push_back(here_.resolve(name));
  }

  std::shared_ptr<const DirectoryState> state_;
  bool below_;
  std::vector<Path> waiting_;
  Path here_;
  DirectoryStream stream_;
  TreeUsage result_;
};
using UsageCount = BasicUsageCount<>;  // a template, so that only what is called is compiled

/// Removes what uploads to a directory have left there and nobody goes on with any more, a piece of work at a time.
template <class = void> awaitable<void> sweep(std::shared_ptr<const DirectoryState> state, Descriptor directory) {
  constexpr int names_at_a_time = 4096;
  const std::shared_ptr<sys::Folder> stream = stream_of(std::move(directory));
  for (bool is_done = false; !is_done;) {
    auto look_on = [state, stream] {
      for (int i = 0; i < names_at_a_time; ++i) {
        const char* name = next_name(stream.get());
        if (!name) return true;
        if (is_partial_name(name)) remove_if_old(sys::descriptor_of(stream.get()), name, state->options.partial_lifetime);
      }
      return false;
    };
    const bool is_over = co_await blocking(std::move(look_on));
    is_done = is_over;
  }
}

/// A directory that is being read, by several workers at a time: names come to one after the other, and each looks at
/// what there is under those that it took.
template <class = void> class BasicDirectoryReading {
 public:
  BasicDirectoryReading(std::shared_ptr<const DirectoryState> state, Path path, Descriptor directory)
      : state_{std::move(state)}, path_{std::move(path)}, stream_{stream_of(std::move(directory))} {}

  /// Names need not be looked at from now on. Before the first batch.
  void names_only() noexcept { names_only_ = true; }
  /// Whether the last name has been read.
  bool has_ended() const noexcept { return has_ended_; }
  /// Some entries; none if there were no more names.
  std::vector<Entry> read_batch() {
    std::string names;
    const std::size_t count = take_names(names);
    std::vector<Entry> batch;
    batch.reserve(count);
    for (const char* name = names.data(); name != names.data() + names.size(); name += std::strlen(name) + 1) {
      look(name, batch);
    }
    return batch;
  }

 private:
  /// The next names, each with its NUL, and how many they are: more each time, as the way to a worker and back costs as
  /// much as some dozen of them, and no more than stay in the processor's cache until they are looked at.
  std::size_t take_names(std::string& names) {
    constexpr std::size_t largest = 1024;
    const std::lock_guard lock{mutex_};
    const std::size_t most = std::exchange(batch_size_, largest);
    std::size_t count = 0;
    while (count < most && !has_ended_) {
      const char* name = next_name(stream_.get());
      if (name) {
        names.append(name, std::strlen(name) + 1);
        ++count;
      }
      has_ended_ = !name;
    }
    return count;
  }
  /// Puts what there is under a name to the others, if it is to be seen: written in its place, as moving an entry takes
  /// as long as making one.
  void look(const char* name, std::vector<Entry>& batch) const {
    const int directory = sys::descriptor_of(stream_.get());
    if (is_partial_name(name)) return remove_if_old(directory, name, state_->options.partial_lifetime);
    Entry& entry = batch.emplace_back(name, Entry::Type::other, 0, Timestamp{});
    if (names_only_) return;
    FileStatus status{};
    const bool is_known = sys::status_at(directory, name, &status) == 0;
    if (!is_known && errno == ENOENT) return batch.pop_back();
    if (is_known) describe(entry, status);
    if (entry.type == Entry::Type::link) look_behind(entry);
  }
  /// Makes of a link what it leads to, where that is inside; else it stays one.
  void look_behind(Entry& link) const {
    try {
      const auto place = state_->root.find(path_.resolve(link.name), Follow::yes);
      if (place.exists()) return describe(link, place.status);
    } catch (const std::system_error&) {
      // It leads into nothing, or in circles.
    }
    link.target = link_text(sys::descriptor_of(stream_.get()), link.name).value_or("");
  }

  const std::shared_ptr<const DirectoryState> state_;
  const Path path_;
  const DirectoryStream stream_;
  bool names_only_ = false;
  std::mutex mutex_;  // of what is read from the stream, and of what follows
  std::size_t batch_size_ = 512;
  std::atomic<bool> has_ended_ = false;
};
using DirectoryReading = BasicDirectoryReading<>;  // a template, so that only what is called is compiled

/// How many workers read a large directory: on one processor they would only keep one another from the caches.
inline std::size_t reads_at_once() noexcept {
  static const std::size_t result = std::min(usable_processors(), 2u);
  return result;
}

}  // namespace detail

/// A directory of a DirectoryStorage, some entries at a time. A link that stays inside shows as what it leads to, any
/// other as a link. What vanishes meanwhile is left out, and so are partial files; those past their time are removed.
template <class = void> class BasicDirectoryListing {
 public:
  using DirectoryListing = BasicDirectoryListing;  // as what derives from it calls it
  /// Only names are wanted: nothing is asked of the files. To be called before `next`.
  void names_only() noexcept { reading_->names_only(); }
  /// Where there are several processors two workers read a large directory, one of them ahead.
  awaitable<std::vector<Entry>> next() {
    const Executor executor = co_await asio::this_coro::executor;
    for (;;) {
      begin_reads(executor);
      if (reads_.empty()) co_return std::vector<Entry>{};
      std::vector<Entry> entries = co_await reads_.front().get();
      reads_.pop_front();
      at_once_ = detail::reads_at_once();
      if (!entries.empty()) co_return entries;
    }
  }

 private:
  template <class> friend class BasicDirectoryStorage;
  struct Read {
    std::vector<Entry> operator()() const { return reading->read_batch(); }
    std::shared_ptr<detail::DirectoryReading> reading;  // may be left behind
  };

  BasicDirectoryListing(std::shared_ptr<const detail::DirectoryState> state, Path path, detail::Descriptor directory,
                   ClientKey client = 0)
      : reading_{detail::new_shared<detail::DirectoryReading>(std::move(state), std::move(path), std::move(directory))},
        client_{client} {}

  void begin_reads(const Executor& executor) {
    while (reads_.size() < at_once_ && !reading_->has_ended()) {
      reads_.emplace_back(executor, Read{reading_}, Workload{WorkKind::disk, client_});
    }
  }

  std::shared_ptr<detail::DirectoryReading> reading_;
  ClientKey client_;
  std::size_t at_once_ = 1;  // until it is known that there is more than the first batch
  std::list<detail::WorkUnderWay<Read>> reads_;
};
using DirectoryListing = BasicDirectoryListing<>;  // a template, so that only what is called is compiled

}  // namespace ftplike
