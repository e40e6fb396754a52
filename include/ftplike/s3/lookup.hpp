#pragma once
// What a name is: an object, a directory, or nothing.
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/s3/ahead.hpp>
#include <ftplike/s3/uploads.hpp>

namespace ftplike::inline v0_2::detail {

struct S3Found {
  enum class Kind { nothing, file, directory };
  Kind kind = Kind::nothing;
  Entry entry{};
  S3Answer answer{};  // of the object; of a directory, of its marker, if it has one
  S3Mark seen{};  // of an upload's target

  bool is_file() const noexcept { return kind == Kind::file; }
  bool is_directory() const noexcept { return kind == Kind::directory; }
  bool is_nothing() const noexcept { return kind == Kind::nothing; }
  S3Whole whole() const {
    if (!is_file()) return {};
    return {identity_of(answer), time_of_date(answer.field("last-modified")).value_or(first_timestamp)};
  }
};

/// What the object of a key says of itself; a small one is read ahead for whoever is going to fetch it.
template <class = void> awaitable<S3Answer> ask_of_file(std::shared_ptr<S3State> state, std::string key,
                                                        std::shared_ptr<S3Ahead> ahead) {
  const std::uint64_t size = state->hints.size(key).value_or(1);
  if (ahead && size > 0 && size <= S3Ahead::most && ahead->is_worthwhile(key)) {
    const S3Ahead::Mark mark = S3Ahead::mark(state->client, key);
    S3Request request = first_bytes_request(key, S3Ahead::most);
    S3Answer answer = co_await ask(state->client, std::move(request));
    const std::error_code error = answer.error();
    if (!error && ahead->keep(key, mark, answer)) state->ahead.note(ahead);
    // One of no bytes has no first ones; one that is archived cannot be read, and tells of itself all the same.
    if (error != Errc::bad_restart && error != std::errc::permission_denied) co_return answer;
  }
  S3Request request = head_request(std::move(key));
  S3Answer answer = co_await ask(state->client, std::move(request));
  co_return answer;
}
inline S3Found file_of(S3State& state, const Path& path, S3Answer answer) {
  const std::string key = state.keys.file(path);
  S3Found found{S3Found::Kind::file, file_entry(path, key), std::move(answer)};
  take_fields(found.entry, found.answer);
  state.hints.note(key, found.entry.size.value_or(0));
  return found;
}
/// A file is an object, a directory an object whose key ends with '/', or whatever has keys below it.
template <class = void>
awaitable<S3Found> look(std::shared_ptr<S3State> state, Path path, std::shared_ptr<S3Ahead> ahead = nullptr) {
  const std::string directory = state->keys.marker(path);
  const S3Mark now = state->mark();
  if (!path.is_root()) {
    S3Answer answer = co_await ask_of_file(state, state->keys.file(path), ahead);
    if (!answer.is_absent()) {
      answer.check();
      if (ahead) ahead->note_asked(state->keys.file(path));
      co_return file_of(*state, path, std::move(answer));
    }
  }
  S3Request request = head_request(directory);
  S3Answer answer = co_await ask(state->client, std::move(request));
  S3Found found{S3Found::Kind::directory, directory_entry(path, directory), {}};
  if (!answer.is_absent()) {
    answer.check();
    take_fields(found.entry, answer);
    found.answer = std::move(answer);
  } else if (!path.is_root()) {
    const S3Page page = co_await list_keys(state->client, directory, 1, std::string{}, false);
    if (page.objects.empty()) found.kind = S3Found::Kind::nothing;
  }
  if (found.is_directory()) state->note_there(path, now);
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
}
/// What there is; it has to be something.
template <class = void>
awaitable<S3Found> find(std::shared_ptr<S3State> state, Path path, std::shared_ptr<S3Ahead> ahead = nullptr) {
  check_names(path);
  S3Found found = co_await look(state, path, std::move(ahead));
  if (found.is_nothing()) co_await fail_for_absent(state, path);
  co_return found;
}

/// Whether there are keys of a file or below a directory of this name, as far as the first key that begins with it
/// tells; keys are listed in the order of their bytes.
enum class S3Listed { nothing, directory, unknown };
inline S3Listed listed_as(const S3Page& page, const std::string& key) {
  const std::string below = key + '/';
  if (page.objects.empty()) return S3Listed::nothing;
  const std::string& first = page.objects.front().key;
  if (first.starts_with(below)) return S3Listed::directory;
  return first > below ? S3Listed::nothing : S3Listed::unknown;
}
/// Where an upload is to go: nowhere but to the place of a file. Gives the file that is there, if one is.
///
/// Of a name that nobody here has heard of, one request tells that it is free: a listing, which may not have a file yet
/// that has just come through another server. So where more than the mode of that file matters (`is_replaced` is
/// false), and where there was a file, that is asked for first.
template <class = void>
awaitable<S3Found> find_target(std::shared_ptr<S3State> state, Path path, bool is_replaced) {
  const std::string key = state->keys.file(path);
  S3Found old;
  old.seen = state->mark();
  S3Listed listed = S3Listed::unknown;
  if (is_replaced && !state->hints.size(key)) {
    const S3Page page = co_await list_keys(state->client, key, 1, std::string{}, false);
    listed = listed_as(page, key);
  }
  if (listed == S3Listed::unknown) {
    S3Request request = head_request(key);
    S3Answer answer = co_await ask(state->client, std::move(request));
    if (!answer.is_absent()) {
      answer.check();
      S3Found file = file_of(*state, path, std::move(answer));
      file.seen = old.seen;
      co_return file;
    }
    state->hints.forget(key);
    const S3Page page = co_await list_keys(state->client, key + '/', 1, std::string{}, false);
    listed = listed_as(page, key);
  }
  if (listed == S3Listed::directory) fail(std::errc::is_a_directory);
  co_await check_parent(state, path);
  co_return old;
}

}  // namespace ftplike::inline v0_2::detail
