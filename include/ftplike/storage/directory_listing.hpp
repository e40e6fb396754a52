#pragma once
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/storage/file.hpp>
#include <ftplike/system/new_shared.hpp>

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

/// A directory that is being read.
template <class = void> class BasicDirectoryReading {
 public:
  BasicDirectoryReading(std::shared_ptr<const DirectoryState> state, Path path, Descriptor directory)
      : state_{std::move(state)}, path_{std::move(path)}, stream_{stream_of(std::move(directory))} {}

  /// Whether the last entry has been read.
  bool has_ended() const noexcept { return !stream_; }
  /// The next entries, more each time, as the way to a worker and back costs as much as some dozen of them; none at the
  /// end.
  std::vector<Entry> read_batch() {
    constexpr std::size_t largest = 2048;
    const std::size_t size = std::exchange(batch_size_, std::min(batch_size_ * 2, largest));
    std::vector<Entry> batch;
    if (!stream_) return batch;
    batch.reserve(size);
    while (batch.size() < size) {
      const char* name = next_name(stream_.get());
      if (!name) {
        stream_.reset();
        break;
      }
      look(name, batch);
    }
    return batch;
  }

 private:
  /// Puts what there is under a name to the others, if it is to be seen.
  void look(std::string name, std::vector<Entry>& batch) const {
    const int directory = sys::descriptor_of(stream_.get());
    if (is_partial_name(name)) return remove_if_old(directory, name, state_->options.partial_lifetime);
    FileStatus status{};
    const bool is_known = sys::status_at(directory, name.c_str(), &status) == 0;
    if (!is_known && errno == ENOENT) return;
    if (is_known && is_link(status)) return look_behind(std::move(name), status, batch);
    batch.push_back(is_known ? entry_of(std::move(name), status) : Entry{std::move(name), Entry::Type::other, 0, {}});
  }
  /// The same of a link: what it leads to, or itself.
  void look_behind(std::string name, const FileStatus& status, std::vector<Entry>& batch) const {
    try {
      const auto place = state_->root.find(path_.resolve(name), Follow::yes);
      if (place.exists()) return batch.push_back(entry_of(std::move(name), place.status));
    } catch (const std::system_error&) {
      // It leads into nothing, or in circles.
    }
    auto target = link_text(sys::descriptor_of(stream_.get()), name);
    batch.push_back(entry_of(std::move(name), status));
    batch.back().target = std::move(target).value_or("");
  }

  std::shared_ptr<const DirectoryState> state_;
  Path path_;
  DirectoryStream stream_;
  std::size_t batch_size_ = 512;
};
using DirectoryReading = BasicDirectoryReading<>;  // a template, so that only what is called is compiled

}  // namespace detail

/// A directory of a DirectoryStorage, some entries at a time. A link that stays inside shows as what it leads to, any
/// other as a link. What vanishes meanwhile is left out, and so are partial files; those past their time are removed.
template <class = void> class BasicDirectoryListing {
 public:
  using DirectoryListing = BasicDirectoryListing;  // as what derives from it calls it
  awaitable<std::vector<Entry>> next() {
    if (reading_->has_ended()) co_return std::vector<Entry>{};
    auto read = [reading = reading_] { return reading->read_batch(); };
    std::vector<Entry> entries = co_await blocking(std::move(read), Workload{WorkKind::disk, client_});
    co_return entries;
  }

 private:
  template <class> friend class BasicDirectoryStorage;

  BasicDirectoryListing(std::shared_ptr<const detail::DirectoryState> state, Path path, detail::Descriptor directory,
                   ClientKey client = 0)
      : reading_{detail::new_shared<detail::DirectoryReading>(std::move(state), std::move(path), std::move(directory))},
        client_{client} {}

  std::shared_ptr<detail::DirectoryReading> reading_;  // shared with the read under way
  ClientKey client_;
};
using DirectoryListing = BasicDirectoryListing<>;  // a template, so that only what is called is compiled

}  // namespace ftplike
