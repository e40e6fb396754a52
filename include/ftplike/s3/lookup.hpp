#pragma once
// What a name is: an object, a directory, or nothing.
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/s3/uploads.hpp>

namespace ftplike::inline v0_2::detail {

struct S3Found {
  enum class Kind { nothing, file, directory };
  Kind kind = Kind::nothing;
  Entry entry{};
  S3Answer answer{};  // of the object; of a directory, of its marker, if it has one

  bool is_file() const noexcept { return kind == Kind::file; }
  bool is_directory() const noexcept { return kind == Kind::directory; }
  bool is_nothing() const noexcept { return kind == Kind::nothing; }
  /// When a whole file came to the store.
  Timestamp stored() const {
    if (!is_file()) return first_timestamp;
    return time_of_date(answer.field("last-modified")).value_or(first_timestamp);
  }
};

/// A file is an object, a directory an object whose key ends with '/', or whatever has keys below it.
template <class = void> awaitable<S3Found> look(std::shared_ptr<S3State> state, Path path) {
  const Executor executor = co_await asio::this_coro::executor;
  const std::string key = state->keys.file(path), directory = state->keys.marker(path);
  S3Pending of_file;
  if (!path.is_root()) of_file = S3Pending{state->client, executor, head_request(key)};
  S3Pending of_directory{state->client, executor, head_request(directory)};
  if (of_file) {
    S3Answer answer = co_await of_file.get();
    if (!answer.is_absent()) {
      answer.check();
      S3Found found{S3Found::Kind::file, file_entry(path, key), std::move(answer)};
      take_fields(found.entry, found.answer);
      co_return found;
    }
  }
  S3Answer answer = co_await of_directory.get();
  S3Found found{S3Found::Kind::directory, directory_entry(path, directory), {}};
  if (!answer.is_absent()) {
    answer.check();
    take_fields(found.entry, answer);
    found.answer = std::move(answer);
    co_return found;
  }
  if (path.is_root()) co_return found;
  const S3Page page = co_await list_keys(state->client, directory, 1, std::string{}, false);
  if (page.objects.empty()) found.kind = S3Found::Kind::nothing;
  co_return found;
}
/// Says of a name that is nothing why: a file above it, or nothing there.
template <class = void> awaitable<void> fail_for_absent(std::shared_ptr<S3State> state, Path path) {
  for (Path above = path.parent(); !above.is_root(); above = above.parent()) {
    const S3Found found = co_await look(state, above);
    if (found.is_file()) fail(std::errc::not_a_directory);
    if (found.is_directory()) break;
  }
  fail(std::errc::no_such_file_or_directory);
}
/// Sees to it that a name is in a directory.
template <class = void> awaitable<void> check_parent(std::shared_ptr<S3State> state, Path path) {
  const Path parent = path.parent();
  if (parent.is_root()) co_return;
  const S3Found found = co_await look(state, parent);
  if (found.is_file()) fail(std::errc::not_a_directory);
  if (found.is_nothing()) co_await fail_for_absent(state, parent);
}
/// What there is; it has to be something.
template <class = void> awaitable<S3Found> find(std::shared_ptr<S3State> state, Path path) {
  check_names(path);
  S3Found found = co_await look(state, path);
  if (found.is_nothing()) co_await fail_for_absent(state, path);
  co_return found;
}

/// Where an upload is to go: nowhere but to the place of a file.
struct S3Target {
  S3Found old;
  bool has_partial = false;
};
template <class = void> awaitable<S3Target> find_target(std::shared_ptr<S3State> state, Path path) {
  const Executor executor = co_await asio::this_coro::executor;
  const Path above = path.parent();
  S3Pending parent;
  if (!above.is_root()) parent = S3Pending{state->client, executor, head_request(state->keys.marker(above))};
  S3Pending partial{state->client, executor, head_request(state->keys.partial(path))};
  S3Target target;
  S3Found old = co_await look(state, path);
  target.old = std::move(old);
  if (target.old.is_directory()) fail(std::errc::is_a_directory);
  if (parent) {
    const S3Answer marker = co_await parent.get();
    if (!marker.is_success()) co_await check_parent(state, path);
  }
  const S3Answer left = co_await partial.get();
  target.has_partial = left.is_success();
  co_return target;
}

}  // namespace ftplike::detail
