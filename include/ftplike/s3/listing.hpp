#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <ftplike/s3/uploads.hpp>

namespace ftplike::inline v0_2 {

template <class> class BasicS3Storage;

/// A directory of an S3Storage, a page of keys at a time, sorted by key.
template <class = void> class BasicS3Listing {
 public:
  /// Only names are wanted: no object is asked for. To be called before `next`.
  void names_only() noexcept { names_only_ = true; }
  awaitable<std::vector<Entry>> next() {
    std::vector<Entry> batch;
    while (batch.empty() && (!is_last_ || !read_.empty())) {
      while (read_.size() < batch_size && !is_last_) co_await read_page();
      const auto count = std::min(read_.size(), batch_size);
      std::vector<Item> items{std::make_move_iterator(read_.begin()),
                              std::make_move_iterator(read_.begin() + static_cast<std::ptrdiff_t>(count))};
      read_.erase(read_.begin(), read_.begin() + static_cast<std::ptrdiff_t>(count));
      if (state_->client.options.exact_listings && !names_only_) co_await look(items);
      for (auto& item : items) {
        if (item.is_there) batch.push_back(std::move(item.entry));
      }
    }
    co_return batch;
  }

 private:
  template <class> friend class BasicS3Storage;
  struct Item {
    detail::S3Object object;  // of a directory only the key
    Entry entry;
    bool is_there = true;
  };
  static constexpr std::size_t batch_size = 512, page_size = 1000, looks_at_once = 16;

  BasicS3Listing(std::shared_ptr<detail::S3State> state, Path directory)
      : state_{std::move(state)}, directory_{std::move(directory)} {}

  awaitable<void> read_page() {
    const std::string prefix = state_->keys.inside(directory_);
    detail::S3Page page = co_await detail::list_keys(state_->client, prefix, page_size, after_, true);
    for (auto& object : page.objects) {
      Item item = item_of(std::move(object), prefix.size(), false);
      item.entry.size = item.object.size;
      item.entry.modified = detail::time_of_date(item.object.modified).value_or(Timestamp{});
      if (item.is_there) read_.push_back(std::move(item));
    }
    for (auto& inner : page.prefixes) {
      Item item = item_of(detail::S3Object{std::move(inner), 0, {}, {}}, prefix.size(), true);
      if (item.is_there) read_.push_back(std::move(item));
    }
    is_last_ = page.next.empty();
    after_ = std::move(page.next);
  }
  /// What no path can name, the directory's own marker, and partial files are not there.
  Item item_of(detail::S3Object object, std::size_t prefix, bool is_directory) const {
    std::string_view rest{object.key};
    rest.remove_prefix(prefix);
    if (is_directory) rest.remove_suffix(1);
    const std::string name = detail::name_of(rest);
    if (!is_component(name) || detail::is_partial_name(name)) return {{}, {}, false};
    const Path path = directory_.resolve(name);
    Entry entry = is_directory ? detail::directory_entry(path, object.key) : detail::file_entry(path, object.key);
    return {std::move(object), std::move(entry), true};
  }
  /// Asks for what only an object itself tells of it, some at a time.
  awaitable<void> look(std::vector<Item>& items) {
    const Executor executor = co_await asio::this_coro::executor;
    std::vector<Item*> unknown;
    for (auto& item : items) {
      const auto seen = state_->seen.find(item.object);
      if (seen) std::tie(item.entry.modified, item.entry.mode) = *seen;
      if (!seen) unknown.push_back(&item);
    }
    std::deque<detail::S3Pending> under_way;
    std::size_t begun = 0;
    for (Item* item : unknown) {
      while (begun < unknown.size() && under_way.size() < looks_at_once) {
        under_way.emplace_back(state_->client, executor, detail::head_request(unknown[begun++]->object.key));
      }
      detail::S3Pending pending = std::move(under_way.front());
      under_way.pop_front();
      const detail::S3Answer answer = co_await pending.get();
      take(*item, answer);
    }
  }
  void take(Item& item, const detail::S3Answer& answer) {
    if (answer.is_absent()) {
      item.is_there = item.entry.is_directory();  // one without a marker, or a file that has just gone
      return;
    }
    answer.check();
    take_fields(item.entry, answer);
    const auto stored = detail::time_of_date(answer.field("last-modified"));
    if (item.entry.is_file() && stored) state_->seen.note(item.object, item.entry, *stored);
  }

  std::shared_ptr<detail::S3State> state_;
  Path directory_;
  std::deque<Item> read_;
  std::string after_;
  bool is_last_ = false, names_only_ = false;
};
using S3Listing = BasicS3Listing<>;

}  // namespace ftplike::inline v0_2
