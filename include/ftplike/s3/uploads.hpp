#pragma once
// Bytes on their way to a name, and the partial files that stay of them.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/s3/ahead.hpp>
#include <ftplike/s3/hints.hpp>
#include <ftplike/s3/objects.hpp>
#include <ftplike/s3/seen.hpp>
#include <ftplike/storage/names.hpp>

namespace ftplike::inline v0_2::detail {

/// When the store was asked for something, and how many changes of directories this server had made by then.
struct S3Mark {
  std::chrono::steady_clock::time_point when{};
  std::uint64_t changes = 0;
};

/// Bytes on their way to a name: parts that the store has, one that is on its way there, and the tail, which is here.
struct S3Incoming {
  Path path;
  bool is_kept = true;           // else somebody else was at the name, and nothing is left of it
  bool is_busy = true;           // a writer is at it
  bool is_stored = false;        // the partial file that this goes on with is still in the store
  std::optional<Path> wanted{};  // of a unique name: where the numbers start
  S3Fields fields{};             // of the object that it will be

  S3Mark seen{};                 // when it was last looked whether there is a directory of this name: there was none

  std::string key{};  // of the parts, whatever the path is now
  S3Upload upload{};  // empty: no part yet
  std::vector<S3Part> parts{};
  std::uint64_t base = 0;  // bytes in the parts, that on its way included
  S3Pending on_its_way{};
  std::uint64_t sent = 0;  // bytes of that
  std::string tail{};
  std::atomic<std::uint64_t> told = 0;  // the size, for other threads

  std::uint64_t size() const noexcept { return base + tail.size(); }
};
using S3IncomingPointer = std::shared_ptr<S3Incoming>;

/// A partial file as the store has it.
struct S3Partial {
  S3Upload upload;
  std::vector<S3Part> parts;
  std::uint64_t base = 0;  // bytes in the parts
  std::string tail;
  std::uint64_t tail_size = 0;  // where only that was asked for
  bool has_object = false;

  std::uint64_t size() const noexcept { return base + tail_size; }
};

/// What an S3Storage, its readers and its writers share. **Threads:** any, at once.
struct S3State {
  /// For so long what was seen of directories counts: an upload asks once, and not at each step.
  static constexpr std::chrono::seconds moment{1};
  static constexpr std::size_t most_directories = 10'000;

  explicit S3State(S3Options options) : client{std::move(options)}, keys{client.options.prefix} {}

  const S3Client client;
  const S3Keys keys;
  S3Seen seen;
  S3Hints hints;
  S3AllAhead ahead;

  std::mutex mutex;                                        // of what follows
  std::multimap<std::string, S3IncomingPointer> incoming;  // by path: with a writer, or being put aside
  std::vector<std::function<void()>> waiting;              // for one to be aside
  std::chrono::steady_clock::time_point swept{};
  std::uint64_t changes = 0;                                                 // of directories, by this server
  std::map<std::string, std::chrono::steady_clock::time_point> directories;  // that were there of late

  /// The one that is, or will be, the partial file of a name. Whoever calls holds the mutex.
  S3IncomingPointer partial_of(const Path& path) const {
    const auto [first, last] = incoming.equal_range(path.string());
    for (auto next = first; next != last; ++next) {
      if (next->second->is_kept) return next->second;
    }
    return nullptr;
  }
  /// Those to names in a directory. Whoever calls holds the mutex.
  std::vector<S3IncomingPointer> inside(const Path& directory) const {
    std::vector<S3IncomingPointer> found;
    const auto prefix = ftplike::detail::inside(directory);
    for (auto next = incoming.lower_bound(prefix); next != incoming.end() && next->first.starts_with(prefix); ++next) {
      found.push_back(next->second);
    }
    return found;
  }
  void forget(const S3IncomingPointer& gone) {
    const auto [first, last] = incoming.equal_range(gone->path.string());
    const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == gone; });
    if (found != last) incoming.erase(found);
    gone->is_busy = false;
    for (auto& wake : std::exchange(waiting, {})) wake();
  }
  /// Begins one; the name's partial file is to be of it, if it is not of another.
  S3IncomingPointer begin(const Path& path) {
    const std::lock_guard lock{mutex};
    auto begun = new_shared<S3Incoming>();
    begun->path = path;
    begun->is_kept = !partial_of(path);
    incoming.emplace(path.string(), begun);
    return begun;
  }
  void end(const S3IncomingPointer& gone) {
    const std::lock_guard lock{mutex};
    forget(gone);
  }
  bool is_in_use(const std::string& id) {
    const std::lock_guard lock{mutex};
    return std::any_of(incoming.begin(), incoming.end(), [&](const auto& one) { return one.second->upload.id == id; });
  }
  Path path_of(const S3Incoming& writer) {
    const std::lock_guard lock{mutex};
    return writer.path;
  }
  /// Names the upload that a writer's parts go to, where others see it.
  void name_upload(S3Incoming& writer, S3Upload upload) {
    const std::lock_guard lock{mutex};
    writer.upload = std::move(upload);
  }
  S3Mark mark() {
    const std::lock_guard lock{mutex};
    return {std::chrono::steady_clock::now(), changes};
  }
  /// Whether that was a moment ago, and nobody here changed any directory since.
  bool holds(const S3Mark& mark) {
    const std::lock_guard lock{mutex};
    return mark.changes == changes && std::chrono::steady_clock::now() - mark.when < moment;
  }
  /// Whether a directory was there a moment ago, and nobody here changed any since.
  bool was_there(const Path& directory) {
    const std::lock_guard lock{mutex};
    const auto found = directories.find(directory.string());
    return found != directories.end() && std::chrono::steady_clock::now() - found->second < moment;
  }
  /// The answer may be of before a change that was made while it came.
  void note_there(const Path& directory, const S3Mark& asked) {
    const std::lock_guard lock{mutex};
    if (asked.changes != changes) return;
    if (directories.size() >= most_directories) directories.clear();
    directories[directory.string()] = asked.when;
  }
  /// Before and after a directory is made, removed or renamed.
  void note_change() {
    const std::lock_guard lock{mutex};
    ++changes;
    directories.clear();
  }
  bool is_past(Timestamp when) const { return wall_clock() - when > client.options.partial_lifetime; }
};

/// Waits while what was left of an upload to this name is put aside. Gives whether a writer is at it.
template <class = void> awaitable<bool> partial_is_busy(std::shared_ptr<S3State> state, Path path) {
  const Executor executor = co_await asio::this_coro::executor;
  auto& work = asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context));
  for (;;) {
    BlockingWork::Wait wait{work, executor};
    {
      const std::lock_guard lock{state->mutex};
      const auto partial = state->partial_of(path);
      if (!partial || partial->is_busy) co_return partial != nullptr;
      state->waiting.push_back(wait.waker());
    }
    while (!wait.is_over()) co_await wait.change();
  }
}

/// Of a name that has no object in `partials`: the latest upload of parts that nobody could leave in an orderly way, and
/// of which the first part is there.
template <class = void>
awaitable<std::optional<S3Partial>> find_orphan(std::shared_ptr<S3State> state, std::string key, Timestamp whole) {
  S3Request request{.method = "GET", .query = {{"uploads", ""}, {"prefix", key}, {"encoding-type", "url"}}};
  const S3Answer answer = co_await order(state->client, std::move(request));
  const auto uploads = read_uploads(answer.body);
  if (!uploads) throw std::system_error(S3Errc::bad_answer);
  std::vector<std::pair<Timestamp, std::string>> left;
  for (const auto& upload : uploads->uploads) {
    const auto initiated = time_of_date(upload.initiated);
    if (upload.key != key || !initiated || state->is_past(*initiated) || state->is_in_use(upload.id)) continue;
    if (*initiated > whole) left.emplace_back(*initiated, upload.id);
  }
  std::sort(left.begin(), left.end(), std::greater<>{});
  for (const auto& [begun, id] : left) {
    auto parts = co_await list_parts(state->client, key, id);
    if (!parts || parts->empty()) continue;
    S3Partial partial;
    partial.upload.id = id;
    for (const auto& part : *parts) partial.base += part.size;
    partial.parts = std::move(*parts);
    co_return partial;
  }
  co_return std::nullopt;
}

/// The whole file that a partial one may be beside.
struct S3Whole {
  std::string identity{};              // empty: there is none
  Timestamp stored = first_timestamp;  // when it came
};

/// The partial file of a name, as the store has it. It counts as long as the whole file beside it is the same; parts
/// that nobody could leave in an orderly way, if they were begun after that came.
template <class = void> awaitable<std::optional<S3Partial>> find_partial(std::shared_ptr<S3State> state, Path path,
                                                                         bool with_tail, S3Whole whole) {
  S3Request request = head_request(state->keys.partial(path));
  if (with_tail) request.method = "GET";
  S3Answer answer = co_await ask(state->client, std::move(request));
  if (answer.is_absent()) {
    auto orphan = co_await find_orphan(state, state->keys.file(path), whole.stored);
    co_return orphan;
  }
  answer.check();
  if (answer.field(whole_field) != whole.identity) co_return std::nullopt;
  S3Partial partial;
  partial.has_object = true;
  partial.upload.id = answer.field(upload_field);
  partial.upload.token = answer.field(token_field);
  partial.tail_size = whole_size(answer).value_or(0);
  partial.tail = std::move(answer.body);
  const auto written = time_of_date(answer.field("last-modified"));
  if (written && state->is_past(*written)) co_return std::nullopt;
  if (partial.upload.id.empty()) co_return partial;
  auto parts = co_await list_parts(state->client, state->keys.file(path), partial.upload.id);
  if (!parts) co_return std::nullopt;
  for (const auto& part : *parts) partial.base += part.size;
  partial.parts = std::move(*parts);
  if (partial.base != number_of(answer.field(base_field)).value_or(0)) {  // more came behind it, through another server
    partial.tail.clear();
    partial.tail_size = 0;
  }
  co_return partial;
}
/// Removes the partial file of a name from the store; whether there was one.
template <class = void> awaitable<bool> remove_partial(std::shared_ptr<S3State> state, Path path) {
  S3Request request = head_request(state->keys.partial(path));
  const S3Answer answer = co_await ask(state->client, std::move(request));
  if (answer.is_absent()) co_return false;
  answer.check();
  const std::string id = answer.field(upload_field);
  if (!id.empty() && !state->is_in_use(id)) co_await abort_parts(state->client, state->keys.file(path), id);
  co_await delete_key(state->client, state->keys.partial(path));
  co_return true;
}

/// Takes in the part that is on its way.
template <class = void> awaitable<void> settle_part(S3IncomingPointer incoming) {
  if (!incoming->on_its_way) co_return;
  const S3Answer answer = co_await incoming->on_its_way.get();
  answer.check();
  incoming->parts.push_back({answer.field("etag"), incoming->sent});
  incoming->on_its_way = {};
}
/// Sends what there is of the tail, up to `most` bytes, as the next part, and does not wait until it is there.
template <class = void>
awaitable<void> send_part(std::shared_ptr<S3State> state, S3IncomingPointer incoming, std::size_t most) {
  const Executor executor = co_await asio::this_coro::executor;
  if (incoming->upload.id.empty()) {
    incoming->key = state->keys.file(state->path_of(*incoming));
    S3Fields fields = incoming->fields;
    S3Upload upload = co_await begin_parts(state->client, incoming->key, std::move(fields));
    state->name_upload(*incoming, std::move(upload));
  }
  co_await settle_part(incoming);
  if (incoming->parts.size() >= most_parts) fail(std::errc::file_too_large);
  S3Request request = part_request(incoming->key, incoming->upload.id, incoming->parts.size() + 1);
  std::string rest = incoming->tail.size() > most ? incoming->tail.substr(most) : std::string{};
  incoming->tail.resize(std::min(most, incoming->tail.size()));
  incoming->sent = incoming->tail.size();
  incoming->base += incoming->sent;
  request.body = new_shared<const std::string>(std::exchange(incoming->tail, std::move(rest)));
  incoming->on_its_way = S3Pending{state->client, executor, std::move(request)};
}

/// Gives up what the store has of an upload.
template <class = void> awaitable<void> give_up(std::shared_ptr<S3State> state, S3IncomingPointer incoming) {
  incoming->on_its_way = {};
  if (!incoming->upload.id.empty()) co_await abort_parts(state->client, incoming->key, incoming->upload.id);
}
/// Puts what a writer left aside, as the partial file of its name.
template <class = void> awaitable<void> put_aside(std::shared_ptr<S3State> state, S3IncomingPointer incoming) {
  struct End {
    ~End() { state->end(incoming); }
    std::shared_ptr<S3State> state;
    S3IncomingPointer incoming;
  } const end{state, incoming};
  bool has_gap = false;
  try {
    co_await settle_part(incoming);
  } catch (const std::system_error&) { has_gap = true; }
  if (has_gap) {  // what came behind the part that did not arrive is of no use
    incoming->base -= incoming->sent;
    incoming->tail.clear();
    incoming->told = incoming->size();
  }
  const Path path = state->path_of(*incoming);
  S3Request look = head_request(state->keys.file(path));
  const S3Answer whole = co_await ask(state->client, std::move(look));
  S3Request request{.method = "PUT", .key = state->keys.partial(path)};
  request.headers = {{std::string{whole_field}, whole.is_success() ? identity_of(whole) : std::string{}},
                     {std::string{upload_field}, incoming->upload.id},
                     {std::string{token_field}, incoming->upload.token},
                     {std::string{base_field}, std::to_string(incoming->base)}};
  std::erase_if(request.headers, [](const auto& header) { return header.second.empty(); });
  request.body = new_shared<const std::string>(std::move(incoming->tail));
  co_await order(state->client, std::move(request));
}

/// Whether the partial file beside a key goes on with that upload.
template <class = void>
awaitable<bool> is_put_aside(std::shared_ptr<S3State> state, std::string key, std::string id) {
  const std::size_t prefix = state->keys.inside(Path{}).size();
  S3Request request = head_request(state->keys.partials() + key.substr(std::min(prefix, key.size())));
  const S3Answer answer = co_await ask(state->client, std::move(request));
  co_return answer.is_success() && answer.field(upload_field) == id;
}
/// Looks through the store for partial files past their time, and removes them.
template <class = void> awaitable<void> sweep_uploads(std::shared_ptr<S3State> state) {
  const S3Keys& keys = state->keys;
  for (std::string after;;) {
    S3Page page = co_await list_keys(state->client, keys.partials(), 1000, after, false);
    for (const auto& object : page.objects) {
      const auto written = time_of_date(object.modified);
      if (!written || !state->is_past(*written) || object.key == keys.partials()) continue;
      const Path path{name_of(std::string_view{object.key}.substr(keys.partials().size()))};
      (void)co_await remove_partial(state, path);
    }
    if (page.next.empty()) break;
    after = std::move(page.next);
  }
  for (S3Uploads uploads;;) {
    S3Request request{.method = "GET",
                      .query = {{"uploads", ""}, {"prefix", keys.inside(Path{})}, {"encoding-type", "url"}}};
    if (!uploads.next_key.empty()) {
      request.query.emplace_back("key-marker", uploads.next_key);
      request.query.emplace_back("upload-id-marker", uploads.next_id);
    }
    const S3Answer answer = co_await order(state->client, std::move(request));
    auto read = read_uploads(answer.body);
    if (!read) throw std::system_error(S3Errc::bad_answer);
    uploads = std::move(*read);
    for (const auto& upload : uploads.uploads) {
      const auto begun = time_of_date(upload.initiated);
      if (!begun || !state->is_past(*begun) || state->is_in_use(upload.id)) continue;
      const bool is_aside = co_await is_put_aside(state, upload.key, upload.id);
      if (is_aside) continue;  // the time of its partial file counts
      co_await abort_parts(state->client, upload.key, upload.id);
    }
    if (uploads.next_key.empty()) co_return;
  }
}

}  // namespace ftplike::inline v0_2::detail
