#pragma once
// What a name is: an object, a directory, or nothing.
#include <chrono>
#include <cstdint>
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
  // Of an upload's target: when it was looked for, and how many changes of directories were made by then.
  std::chrono::steady_clock::time_point seen{};
  std::uint64_t changes = 0;

  bool is_file() const noexcept { return kind == Kind::file; }
  bool is_directory() const noexcept { return kind == Kind::directory; }
  bool is_nothing() const noexcept { return kind == Kind::nothing; }
  S3Whole whole() const {
    if (!is_file()) return {};
    return {identity_of(answer), time_of_date(answer.field("last-modified")).value_or(first_timestamp)};
  }
};

/// A file is an object, a directory an object whose key ends with '/', or whatever has keys below it.
template <class = void> awaitable<S3Found> look(std::shared_ptr<S3State> state, Path path) {
  const std::string key = state->keys.file(path), directory = state->keys.marker(path);
  if (!path.is_root()) {
    S3Request request = head_request(key);
    S3Answer answer = co_await ask(state->client, std::move(request));
    if (!answer.is_absent()) {
      answer.check();
      S3Found found{S3Found::Kind::file, file_entry(path, key), std::move(answer)};
      take_fields(found.entry, found.answer);
      co_return found;
    }
  }
  S3Request request = head_request(directory);
  S3Answer answer = co_await ask(state->client, std::move(request));
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
  if (parent.is_root() || state->was_there(parent)) co_return;
  const S3Found found = co_await look(state, parent);
  if (found.is_file()) fail(std::errc::not_a_directory);
  if (found.is_nothing()) co_await fail_for_absent(state, parent);
  state->note_there(parent);
}
/// What there is; it has to be something.
template <class = void> awaitable<S3Found> find(std::shared_ptr<S3State> state, Path path) {
  check_names(path);
  S3Found found = co_await look(state, path);
  if (found.is_nothing()) co_await fail_for_absent(state, path);
  co_return found;
}

/// Where an upload is to go: nowhere but to the place of a file. Gives the file that is there, if one is.
template <class = void> awaitable<S3Found> find_target(std::shared_ptr<S3State> state, Path path) {
  const Executor executor = co_await asio::this_coro::executor;
  S3Pending below{state->client, executor, list_request(state->keys.inside(path), 1, std::string{}, false)};
  S3Request request = head_request(state->keys.file(path));
  S3Found old;
  old.seen = std::chrono::steady_clock::now();
  old.changes = state->changes_now();
  S3Answer answer = co_await ask(state->client, std::move(request));
  if (answer.is_absent()) {
    const S3Answer listed = co_await below.get();
    if (!page_of(listed).objects.empty()) fail(std::errc::is_a_directory);
    co_await check_parent(state, path);
    co_return old;
  }
  answer.check();
  old.kind = S3Found::Kind::file;
  old.entry = file_entry(path, state->keys.file(path));
  old.answer = std::move(answer);
  take_fields(old.entry, old.answer);
  co_return old;
}

}  // namespace ftplike::inline v0_2::detail
