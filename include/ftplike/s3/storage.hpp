#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/s3/ahead.hpp>
#include <ftplike/s3/listing.hpp>
#include <ftplike/s3/lookup.hpp>
#include <ftplike/s3/options.hpp>
#include <ftplike/s3/reader.hpp>
#include <ftplike/s3/writer.hpp>
#include <ftplike/storage/storage.hpp>

namespace ftplike::inline v0_2 {

/// The objects of a bucket as files: of Amazon S3 or anything that speaks as it does.
///
///     S3Storage store{{.endpoint = "http://127.0.0.1:8080", .bucket = "inbox", .access_key = key, .secret_key =
///     secret}};
///
/// A file is an object, a directory an object of no bytes whose key ends with '/', or whatever has keys below it. An
/// upload is sent in parts and appears whole; an interrupted one stays as parts that the store has not put together,
/// and an object with what is less than a part below `.ftplike-partial/`, where any server of the bucket finds it. Free
/// space is not known to a store of objects, so there is no AVBL. docs/s3.md tells what of a disk's promises does not
/// hold here.
///
/// **Errors:** those of any storage, and `S3Errc`. What may pass is tried again (`S3Options::attempts`).
/// **Threads:** any, at once. Requests run on the event loop of whoever makes them, and need one that has sockets: not
/// a simulated network's. **Lifetime:** readers and writers may outlive it.
template <class = void> class BasicS3Storage {
 public:
  using S3Storage = BasicS3Storage;  // as what derives from it calls it
  using Reader = S3Reader;
  using Writer = S3Writer;
  using Listing = S3Listing;

  /// **Errors:** `std::errc::invalid_argument` for options that no store could have.
  explicit BasicS3Storage(S3Options options)
      : state_{detail::new_shared<detail::S3State>(checked(std::move(options)))} {}

  std::string label() const {
    const S3Options& options = state_->client.options;
    return "s3://" + options.bucket + (options.prefix.empty() ? "" : '/' + options.prefix);
  }
  /// The same files. While the store copies a large one, `progress` is called after each piece. A small file whose
  /// `stat` is asked for is read ahead: `open`, within a second, gives it as it was then, unless it was changed
  /// through this storage or a copy of it.
  BasicS3Storage for_client(ClientKey, std::function<void()> progress = {}) const {
    BasicS3Storage same{*this};
    same.progress_ = std::move(progress);
    same.ahead_ = detail::new_shared<detail::S3Ahead>();
    return same;
  }

  awaitable<Entry> stat(Path path) {
    const detail::S3Found found = co_await detail::find(state_, path, ahead_);
    co_return found.entry;
  }
  awaitable<Listing> list(Path path) {
    const detail::S3Found found = co_await detail::find(state_, path);
    if (found.is_file()) detail::fail(std::errc::not_a_directory);
    co_return Listing{state_, path};
  }
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    check_names(path);
    if (path.is_root()) detail::fail(std::errc::is_a_directory);
    std::optional<detail::S3Answer> known;
    if (ahead_) known = ahead_->take(state_->client, state_->keys.file(path), offset, detail::S3State::moment);
    Reader reader{state_, std::move(path), offset};
    if (known) {
      reader.begin_with(std::move(*known));
    } else {
      co_await reader.begin();
    }
    co_return reader;
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) {
    check_target_name(path);
    const bool is_busy = co_await detail::partial_is_busy(state_, path);
    if (is_busy && offset > 0) {
      (void)co_await detail::find_target(state_, path, false);
      detail::fail(Errc::busy);
    }
    co_await sweep();
    detail::S3Found old = co_await detail::find_target(state_, path, offset == 0);
    if (offset == 0) {
      auto writer = co_await begin_anew(std::move(path), std::move(old));
      co_return writer;
    }
    auto partial = co_await detail::find_partial(state_, path, true, old.whole());
    if (!partial) {
      if (!old.is_file() || old.entry.size.value_or(0) < offset) detail::fail(Errc::bad_restart);
      auto writer = co_await begin_with_copy(std::move(path), std::move(old), offset);
      co_return writer;
    }
    cut(*partial, offset);
    auto writer = co_await go_on(std::move(path), std::move(old), std::move(*partial));
    co_return writer;
  }
  awaitable<Writer> append(Path path) {
    check_target_name(path);
    const bool is_busy = co_await detail::partial_is_busy(state_, path);
    detail::S3Found old = co_await detail::find_target(state_, path, false);
    if (old.is_file()) {
      const auto size = old.entry.size.value_or(0);
      auto writer = co_await begin_with_copy(std::move(path), std::move(old), size);
      co_return writer;
    }
    if (is_busy) detail::fail(Errc::busy);
    auto partial = co_await detail::find_partial(state_, path, true, old.whole());
    if (!partial) {
      auto writer = co_await begin_anew(std::move(path), std::move(old));
      co_return writer;
    }
    auto writer = co_await go_on(std::move(path), std::move(old), std::move(*partial));
    co_return writer;
  }
  /// The name itself, or name.1, name.2, …: the first that is free, as a whole file and as a partial one. Servers that
  /// do so at the same moment may take the same.
  awaitable<Writer> create_unique(Path path) {
    check_target_name(path);
    co_await detail::check_parent(state_, path);
    const Executor executor = co_await asio::this_coro::executor;
    auto incoming = co_await detail::take_unique_name(state_, std::move(path), detail::S3IncomingPointer{},
                                                      std::set<std::string>{});
    co_return Writer{state_, std::move(incoming), executor};
  }
  awaitable<std::uint64_t> partial_size(Path path) {
    check_names(path);
    const std::uint64_t under_way = size_under_way(path);
    if (under_way > 0) co_return under_way;
    (void)co_await detail::partial_is_busy(state_, path);
    const detail::S3Found found = co_await detail::look(state_, path);
    const auto partial = co_await detail::find_partial(state_, path, false, found.whole());
    if (!partial || partial->size() == 0) detail::fail(std::errc::no_such_file_or_directory);
    co_return partial->size();
  }

  awaitable<void> make_directory(Path path) {
    check_names(path);
    if (path.is_root()) detail::fail(std::errc::file_exists);
    co_await detail::check_parent(state_, path);
    const detail::S3Found found = co_await detail::look(state_, path);
    if (!found.is_nothing()) detail::fail(std::errc::file_exists);
    state_->note_change();
    co_await put_marker(path, detail::S3Fields{});
    state_->note_change();
  }
  /// Removes a file and its partial file; where there is only a partial file, that one.
  awaitable<void> remove(Path path) {
    check_target_name(path);
    const bool is_busy = co_await detail::partial_is_busy(state_, path);
    const detail::S3Found found = co_await detail::look(state_, path);
    if (found.is_directory()) detail::fail(std::errc::is_a_directory);
    if (found.is_file()) co_await detail::delete_key(state_->client, state_->keys.file(path));
    state_->hints.forget(state_->keys.file(path));
    bool was_partial = false;
    if (!is_busy) {
      const bool removed = co_await detail::remove_partial(state_, path);
      was_partial = removed;
    }
    if (found.is_nothing() && !was_partial) co_await detail::fail_for_absent(state_, path);
  }
  /// Removes an empty directory. Partial files that nobody is at do not count.
  awaitable<void> remove_directory(Path path) {
    const detail::S3Found found = co_await detail::find(state_, path);
    if (found.is_file()) detail::fail(std::errc::not_a_directory);
    if (path.is_root()) detail::fail(std::errc::operation_not_permitted);
    co_await wait_for_partials(path);
    co_await check_empty(path);
    co_await remove_partials(path);
    state_->note_change();
    co_await detail::delete_key(state_->client, state_->keys.marker(path));
    state_->note_change();
  }
  /// Copies to the new name, then removes the old. Of a directory all copies are made before anything is removed.
  awaitable<void> rename(Path from, Path to) {
    const detail::S3Found source = co_await detail::find(state_, from);
    check_names(to);
    co_await detail::check_parent(state_, to);
    if (from.is_root() || to.is_root()) detail::fail(std::errc::operation_not_permitted);
    if (from == to) co_return;
    if (to.string().starts_with(detail::inside(from))) detail::fail(std::errc::invalid_argument);
    const detail::S3Found target = co_await detail::look(state_, to);
    if (source.is_file() && target.is_directory()) detail::fail(std::errc::is_a_directory);
    if (source.is_directory() && target.is_file()) detail::fail(std::errc::not_a_directory);
    if (source.is_file()) {
      co_await move_key(state_->keys.file(from), state_->keys.file(to));
      co_return;
    }
    if (target.is_directory()) co_await check_empty(to);
    co_await wait_for_partials(from);
    state_->note_change();
    co_await move_directory(from, to);
    state_->note_change();
  }
  awaitable<void> set_modified(Path path, Timestamp time) {
    return set(std::move(path), std::string{detail::modified_field}, detail::seconds_of(time));
  }
  awaitable<void> set_mode(Path path, unsigned mode) {
    return set(std::move(path), std::string{detail::mode_field}, detail::octal_of(mode));
  }

 private:
  static constexpr std::size_t smallest_part = 5 * 1024 * 1024;

  static S3Options checked(S3Options options) {
    const bool is_good = !options.bucket.empty() && options.part_size >= smallest_part && options.attempts > 0;
    if (!is_good) detail::fail(std::errc::invalid_argument);
    return options;
  }
  static void check_target_name(const Path& path) {
    check_names(path);
    if (path.is_root()) detail::fail(std::errc::is_a_directory);
  }
  /// Has the store looked through once in a while, and does not wait for that.
  awaitable<void> sweep() {
    const Executor here = co_await asio::this_coro::executor;
    {
      const auto now = std::chrono::steady_clock::now();
      const std::lock_guard lock{state_->mutex};
      const bool is_first = state_->swept == std::chrono::steady_clock::time_point{};
      if (!is_first && now - state_->swept < state_->client.options.sweep_interval) co_return;
      state_->swept = now;
    }
    start_on(here, detail::sweep_uploads(state_));
  }
  std::uint64_t size_under_way(const Path& path) {
    const std::lock_guard lock{state_->mutex};
    const auto partial = state_->partial_of(path);
    return partial && partial->is_busy ? partial->told.load() : 0;
  }

  Writer begin(Path path, const detail::S3Found& old, const Executor& executor) {
    auto incoming = state_->begin(path);
    incoming->seen = old.seen;
    const std::string mode = old.answer.field(detail::mode_field);
    if (old.is_file() && !mode.empty()) incoming->fields = {{std::string{detail::mode_field}, mode}};
    return Writer{state_, std::move(incoming), executor};
  }
  awaitable<Writer> begin_anew(Path path, detail::S3Found old) {
    const Executor executor = co_await asio::this_coro::executor;
    co_return begin(std::move(path), old, executor);
  }
  /// Begins with the first bytes of the whole file, which the store copies as far as they fill parts.
  awaitable<Writer> begin_with_copy(Path path, detail::S3Found old, std::uint64_t count) {
    const std::string etag = old.answer.field("etag");
    const std::string key = state_->keys.file(path);
    Writer writer = co_await begin_anew(std::move(path), std::move(old));
    detail::S3Incoming& incoming = *writer.incoming_;
    const std::uint64_t part = state_->client.options.part_size;
    while (count - incoming.base >= part) {
      if (incoming.upload.id.empty()) {
        incoming.key = key;
        detail::S3Fields fields = incoming.fields;
        detail::S3Upload upload = co_await detail::begin_parts(state_->client, key, std::move(fields));
        state_->name_upload(incoming, std::move(upload));
      }
      const std::uint64_t rest = count - incoming.base;
      const std::uint64_t size = std::min(rest - rest % part, std::max(part, detail::copied_part / part * part));
      detail::S3Request request = detail::part_request(key, incoming.upload.id, incoming.parts.size() + 1);
      detail::S3Part copied =
          co_await detail::copy_part(state_->client, std::move(request), key, etag, incoming.base, size);
      incoming.parts.push_back(std::move(copied));
      incoming.base += size;
      if (progress_) progress_();
    }
    if (count > incoming.base) {
      detail::S3Request request{.method = "GET", .key = key};
      request.headers = {{"if-match", etag},
                         {"range", "bytes=" + std::to_string(incoming.base) + '-' + std::to_string(count - 1)}};
      detail::S3Answer answer = co_await detail::order(state_->client, std::move(request));
      incoming.tail = std::move(answer.body);
      if (incoming.size() != count) detail::fail(S3Errc::changed);
    }
    co_return writer;
  }
  /// What the store has of a partial file goes up to here. Parts cannot be cut, so it is the end of one, or behind all.
  static void cut(detail::S3Partial& partial, std::uint64_t offset) {
    if (partial.size() < offset) detail::fail(Errc::bad_restart);
    if (offset >= partial.base) {
      partial.tail.resize(static_cast<std::size_t>(offset - partial.base));
      return;
    }
    partial.tail.clear();
    while (partial.base > offset) {
      partial.base -= partial.parts.back().size;
      partial.parts.pop_back();
    }
    if (partial.base < offset) detail::fail(Errc::bad_restart);
  }
  awaitable<Writer> go_on(Path path, detail::S3Found old, detail::S3Partial partial) {
    const Executor executor = co_await asio::this_coro::executor;
    Writer writer = begin(path, old, executor);
    detail::S3Incoming& incoming = *writer.incoming_;
    if (!incoming.is_kept) detail::fail(Errc::busy);
    incoming.key = state_->keys.file(path);
    state_->name_upload(incoming, std::move(partial.upload));
    incoming.parts = std::move(partial.parts);
    incoming.base = partial.base;
    incoming.tail = std::move(partial.tail);
    incoming.told = incoming.size();
    incoming.is_stored = partial.has_object;
    co_return writer;
  }

  awaitable<void> put_marker(Path path, detail::S3Fields fields) {
    detail::S3Request request{.method = "PUT", .key = state_->keys.marker(path), .headers = std::move(fields)};
    detail::set_field(request.headers, "content-type", "application/x-directory");
    (void)co_await detail::order(state_->client, std::move(request));
  }
  awaitable<void> set(Path path, std::string field, std::string value) {
    detail::S3Found found = co_await detail::find(state_, path);
    detail::S3Fields fields = detail::kept_fields(found.answer);
    if (found.entry.modified != Timestamp{}) {
      detail::set_field(fields, detail::modified_field, detail::seconds_of(found.entry.modified));
    }
    detail::set_field(fields, field, std::move(value));
    if (found.is_directory()) {
      co_await put_marker(std::move(path), std::move(fields));
      co_return;
    }
    const std::string key = state_->keys.file(path);
    co_await detail::copy_object(state_->client, key, std::move(found.answer), key, std::move(fields), progress_);
  }

  awaitable<void> check_empty(Path path) {
    const std::string prefix = state_->keys.inside(path);
    const detail::S3Page page = co_await detail::list_keys(state_->client, prefix, 2, std::string{}, false);
    for (const auto& object : page.objects) {
      if (object.key != prefix) detail::fail(std::errc::directory_not_empty);
    }
    const std::lock_guard lock{state_->mutex};
    for (const auto& incoming : state_->inside(path)) {
      if (incoming->is_busy) detail::fail(std::errc::directory_not_empty);
    }
  }
  awaitable<void> wait_for_partials(Path directory) {
    const std::vector<Path> paths = leaving(directory);
    for (const auto& path : paths) (void)co_await detail::partial_is_busy(state_, path);
  }
  std::vector<Path> leaving(const Path& directory) {
    const std::lock_guard lock{state_->mutex};
    std::vector<Path> paths;
    for (const auto& incoming : state_->inside(directory)) {
      if (!incoming->is_busy) paths.push_back(incoming->path);
    }
    return paths;
  }
  awaitable<void> remove_partials(Path directory) {
    const std::size_t prefix = state_->keys.partials().size();
    const std::vector<std::string> keys = co_await all_keys(state_->keys.partials_inside(directory));
    for (const auto& key : keys) {
      const Path path{detail::name_of(std::string_view{key}.substr(prefix))};
      (void)co_await detail::remove_partial(state_, path);
    }
  }
  awaitable<std::vector<std::string>> all_keys(std::string prefix) {
    std::vector<std::string> keys;
    for (std::string after;;) {
      detail::S3Page page = co_await detail::list_keys(state_->client, prefix, 1000, after, false);
      for (auto& object : page.objects) keys.push_back(std::move(object.key));
      if (page.next.empty()) co_return keys;
      after = std::move(page.next);
    }
  }
  /// Copies a key to another, with the time that it has. Gives the version that was copied.
  awaitable<std::string> copy_key(std::string from, std::string to) {
    detail::S3Request request = detail::head_request(from);
    detail::S3Answer answer = co_await detail::order(state_->client, std::move(request));
    Entry entry;
    take_fields(entry, answer);
    detail::S3Fields fields = detail::kept_fields(answer);
    detail::set_field(fields, detail::modified_field, detail::seconds_of(entry.modified));
    std::string copied = detail::version_of(answer);
    co_await detail::copy_object(state_->client, std::move(from), std::move(answer), std::move(to), std::move(fields),
                                 progress_);
    co_return copied;
  }
  /// Removes what was copied, unless something else stands there by now: that came meanwhile, and stays.
  awaitable<void> remove_copied(std::string key, std::string copied) {
    detail::S3Request request = detail::head_request(key);
    const detail::S3Answer now = co_await detail::ask(state_->client, std::move(request));
    if (now.is_absent() || detail::version_of(now) != copied) co_return;
    co_await detail::delete_key(state_->client, std::move(key));
  }
  awaitable<void> move_key(std::string from, std::string to) {
    std::string copied = co_await copy_key(from, std::move(to));
    co_await remove_copied(std::move(from), std::move(copied));
  }
  awaitable<void> move_directory(Path from, Path to) {
    const std::pair<std::string, std::string> places[] = {
        {state_->keys.inside(from), state_->keys.inside(to)},
        {state_->keys.partials_inside(from), state_->keys.partials_inside(to)}};
    std::vector<std::pair<std::string, std::string>> moved;  // keys, and what of them was copied
    for (const auto& [old_place, new_place] : places) {
      const std::vector<std::string> keys = co_await all_keys(old_place);
      for (const auto& key : keys) {
        std::string copied = co_await copy_key(key, new_place + key.substr(old_place.size()));
        moved.emplace_back(key, std::move(copied));
        if (progress_) progress_();
      }
    }
    for (const auto& [key, copied] : moved) co_await remove_copied(key, copied);
    const std::lock_guard lock{state_->mutex};
    for (const auto& incoming : state_->inside(from)) {
      const auto [first, last] = state_->incoming.equal_range(incoming->path.string());
      state_->incoming.erase(std::find_if(first, last, [&](const auto& one) { return one.second == incoming; }));
      incoming->path = Path{to.string() + incoming->path.string().substr(from.string().size())};
      state_->incoming.emplace(incoming->path.string(), incoming);
    }
  }

  std::shared_ptr<detail::S3State> state_;
  std::function<void()> progress_;
  std::shared_ptr<detail::S3Ahead> ahead_;  // of a client's
};
using S3Storage = BasicS3Storage<>;  // a template, so that only what is called is compiled

static_assert(AppendsToFiles<S3Storage> && MakesUniqueNames<S3Storage> && KeepsPartialFiles<S3Storage>);
static_assert(MakesDirectories<S3Storage> && RemovesFiles<S3Storage> && RemovesDirectories<S3Storage>);
static_assert(RenamesFiles<S3Storage> && SetsTimes<S3Storage> && KeepsModes<S3Storage> && TellsProgress<S3Storage>);
static_assert(ListsNamesAlone<S3Storage>);

}  // namespace ftplike::inline v0_2
