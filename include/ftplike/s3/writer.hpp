#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/io/bytes.hpp>
#include <ftplike/s3/lookup.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// The names of files, directories and partial files that a unique name made from this one could meet.
template <class = void> awaitable<std::set<std::string>> names_taken(std::shared_ptr<S3State> state, Path wanted) {
  std::string beginning{wanted.name().substr(0, longest_name - 11)};  // what every number leaves of it
  while (!beginning.empty() && (static_cast<unsigned char>(beginning.back()) & 0x80) != 0) beginning.pop_back();
  const Path parent = wanted.parent();
  const std::string places[] = {state->keys.inside(parent), state->keys.partials_inside(parent)};
  std::set<std::string> taken;
  for (const auto& place : places) {
    for (std::string after;;) {
      S3Page page = co_await list_keys(state->client, place + key_of(beginning), 1000, after, true);
      for (const auto& object : page.objects) taken.insert(name_of(object.key.substr(place.size())));
      for (auto& prefix : page.prefixes)
        taken.insert(name_of(prefix.substr(place.size(), prefix.size() - place.size() - 1)));
      if (page.next.empty()) break;
      after = std::move(page.next);
    }
  }
  co_return taken;
}
/// The first free name, which it has by then: `incoming`, or a new one. `met` are names that are taken, too, though a
/// listing may not have them yet.
template <class = void> awaitable<S3IncomingPointer> take_unique_name(std::shared_ptr<S3State> state, Path wanted,
                                                                      S3IncomingPointer incoming,
                                                                      std::set<std::string> met) {
  std::set<std::string> taken = co_await names_taken(state, wanted);
  taken.merge(met);
  const std::lock_guard lock{state->mutex};
  if (incoming) state->forget(incoming);
  for (unsigned number = 0;; ++number) {
    const Path path = numbered(wanted, number);
    if (taken.contains(std::string{path.name()}) || state->incoming.contains(path.string())) continue;
    if (!incoming) incoming = new_shared<S3Incoming>();
    incoming->path = path;
    incoming->wanted = wanted;
    incoming->is_busy = true;
    state->incoming.emplace(path.string(), incoming);
    co_return incoming;
  }
}

/// Puts an upload under its name.
template <class = void> class S3Finish {
 public:
  S3Finish(std::shared_ptr<S3State> state, S3IncomingPointer incoming)
      : state_{std::move(state)}, incoming_{std::move(incoming)} {}

  awaitable<void> run() {
    co_await take_place();
    const Path path = state_->path_of(*incoming_);
    if (incoming_->upload.id.empty()) {
      co_await put(path);
    } else {
      co_await complete(path);
    }
    state_->hints.note(state_->keys.file(path), incoming_->size());
    state_->end(incoming_);
    if (!incoming_->is_stored) co_return;
    try {
      co_await delete_key(state_->client, state_->keys.partial(path));
    } catch (const std::system_error&) {  // the file stands; what is left beside it counts no more
    }
  }

 private:
  /// A directory that came meanwhile is not replaced, nor, by a unique name, anything.
  awaitable<void> take_place() {
    std::set<std::string> met;
    while (incoming_->wanted) {
      const Path path = state_->path_of(*incoming_);
      const S3Found found = co_await look(state_, path);
      if (found.is_nothing()) co_return;
      met.emplace(path.name());
      (void)co_await take_unique_name(state_, *incoming_->wanted, incoming_, met);
    }
    const Path path = state_->path_of(*incoming_);
    if (state_->holds(incoming_->seen)) co_return;
    S3Request request = head_request(state_->keys.marker(path));
    const S3Answer directory = co_await ask(state_->client, std::move(request));
    if (!directory.is_absent()) directory.check();
    if (directory.is_success()) fail(std::errc::is_a_directory);
  }
  awaitable<void> put(Path path) {
    S3Request request{.method = "PUT", .key = state_->keys.file(path), .headers = incoming_->fields};
    set_field(request.headers, token_field, new_token());
    const auto size = incoming_->tail.size();
    const auto body = new_shared<const std::string>(std::move(incoming_->tail));
    request.body = body;
    try {
      co_await order(state_->client, std::move(request));
    } catch (...) {
      incoming_->tail = *body;
      throw;
    }
    incoming_->base = size;
    incoming_->tail.clear();
  }
  awaitable<void> complete(Path path) {
    if (!incoming_->tail.empty()) co_await send_part(state_, incoming_, incoming_->tail.size());
    co_await settle_part(incoming_);
    S3Upload upload = incoming_->upload;
    std::vector<S3Part> parts = incoming_->parts;
    const std::string key = state_->keys.file(path);
    if (incoming_->key != key) {  // parts are completed under the name that they began with: not over somebody's file
      S3Request look = head_request(incoming_->key);
      const S3Answer there = co_await ask(state_->client, std::move(look));
      if (!there.is_absent()) fail(std::errc::file_exists);
    }
    co_await complete_parts(state_->client, incoming_->key, std::move(upload), std::move(parts));
    if (incoming_->key == key) co_return;
    // Its directory was renamed meanwhile, and parts cannot be.
    S3Request request = head_request(incoming_->key);
    S3Answer whole = co_await order(state_->client, std::move(request));
    S3Fields fields = kept_fields(whole);
    co_await copy_object(state_->client, incoming_->key, std::move(whole), key, std::move(fields),
                         std::function<void()>{});
    co_await delete_key(state_->client, incoming_->key);
  }

  std::shared_ptr<S3State> state_;
  S3IncomingPointer incoming_;
};

}  // namespace detail

/// Sends an upload to the store in parts, while it comes, and puts it under its name at the end. What comes in less
/// than a part stays here until then, and is put with the parts to be gone on with where there is no end.
///
/// **Threads:** its coroutine's. **Lifetime:** what it leaves is put aside by its event loop after it is gone.
template <class = void> class BasicS3Writer {
 public:
  BasicS3Writer(BasicS3Writer&& other) noexcept = default;
  BasicS3Writer& operator=(BasicS3Writer&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(incoming_, other.incoming_);
    std::swap(executor_, other.executor_);
    return *this;
  }
  ~BasicS3Writer() {
    if (incoming_) leave(incoming_->is_kept && incoming_->size() > 0);
  }

  awaitable<void> write(std::span<const std::byte> bytes) {
    const std::size_t part = state_->client.options.part_size;
    while (!bytes.empty()) {
      const auto some = bytes.first(std::min(bytes.size(), part - std::min(part, incoming_->tail.size())));
      if (incoming_->tail.size() >= begins_to_be_large) {  // room is made once: growing would copy
        incoming_->tail.reserve(std::min(part, most_room_at_once));
      }
      incoming_->tail.append(as_text(some));
      incoming_->told = incoming_->size();
      bytes = bytes.subspan(some.size());
      if (incoming_->tail.size() >= part) co_await detail::send_part(state_, incoming_, part);
    }
  }
  awaitable<void> finish() {
    detail::S3Finish<> finish{state_, incoming_};
    co_await finish.run();
  }
  void discard() { leave(false); }
  Path path() const { return state_->path_of(*incoming_); }
  std::uint64_t size() const noexcept { return incoming_->size(); }

 private:
  static constexpr std::size_t begins_to_be_large = 64 * 1024;
  static constexpr std::size_t most_room_at_once = 16 * 1024 * 1024;

  template <class> friend class BasicS3Storage;
  BasicS3Writer(std::shared_ptr<detail::S3State> state, detail::S3IncomingPointer incoming, Executor executor)
      : state_{std::move(state)}, incoming_{std::move(incoming)}, executor_{std::move(executor)} {}

  void leave(bool is_kept) {
    {
      const std::lock_guard lock{state_->mutex};
      if (!std::exchange(incoming_->is_busy, false)) return;
      if (!is_kept) state_->forget(incoming_);
    }
    if (has_ended(executor_)) return;
    if (is_kept) {
      start_on(executor_, detail::put_aside(state_, incoming_));
    } else if (!incoming_->upload.id.empty()) {
      start_on(executor_, detail::give_up(state_, incoming_));
    }
  }

  std::shared_ptr<detail::S3State> state_;
  detail::S3IncomingPointer incoming_;
  Executor executor_;
};
using S3Writer = BasicS3Writer<>;

}  // namespace ftplike::inline v0_2
