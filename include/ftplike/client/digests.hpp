#pragma once
// Transfers verified by checksum: they need OpenSSL and zlib (CMake target ftplike::digests).
#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/client/bodies.hpp>
#include <ftplike/io/blocking.hpp>
#include <ftplike/io/borrowed.hpp>
#include <ftplike/io/digests.hpp>
#include <ftplike/system/files.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

inline std::string digest_of_file(const std::string& name, DigestAlgorithm algorithm) {
  const Descriptor file{checked([&] { return sys::open_file(name.c_str(), sys::to_read); })};
  Digest digest{algorithm};
  std::vector<std::byte> room(256 * 1024);
  for (;;) {
    const auto n = static_cast<std::size_t>(checked([&] { return sys::read_some(file.get(), room.data(), room.size()); }));
    if (n == 0) return digest.text();
    digest.update(std::span{room}.first(n));
  }
}

/// What verifies a file: a session or a pool of them, whose calls are awaited.
template <class S>
concept AwaitedSession = requires(S& session, std::string path) {
  { session.digest(path) } -> std::same_as<awaitable<std::optional<RemoteDigest>>>;
};

/// The checksum of all that a source gives, worked out where that harms nobody.
inline awaitable<std::string> digest_of_source(AnySource source, DigestAlgorithm algorithm) {
  Digest digest{algorithm};
  std::vector<std::byte> room(256 * 1024);
  for (;;) {
    const std::size_t n = co_await source.read_some(room);
    if (n == 0) co_return digest.text();
    const std::function<void()> update = [&digest, bytes = std::span{room}.first(n)] { digest.update(bytes); };
    co_await blocking_on_borrowed(update);
  }
}

/// The algorithm of a checksum that the server told; nothing if there is none, or none that we know.
inline std::optional<DigestAlgorithm> algorithm_of(const std::optional<RemoteDigest>& theirs) {
  return theirs ? Digest::parse(theirs->algorithm) : std::nullopt;
}
inline std::string compared(const RemoteDigest& theirs, const std::string& ours, const std::string& name) {
  if (ours == theirs.value) return theirs.algorithm;
  throw ClientError{std::make_error_code(std::errc::illegal_byte_sequence), "HASH", Channel::local, 0,
                    name + ": is not the same as the server's file"};
}

template <class Session>
awaitable<std::optional<std::string>> compare_file(Session& session, std::string remote, std::string local) {
  const auto theirs = co_await session.digest(std::move(remote));
  const auto algorithm = algorithm_of(theirs);
  if (!algorithm) co_return std::nullopt;
  auto work = [local, algorithm = *algorithm] { return digest_of_file(local, algorithm); };
  const std::string ours = co_await blocking(std::move(work));
  co_return compared(*theirs, ours, local);
}
template <class Session, class Source>
awaitable<std::optional<std::string>> compare_source(Session& session, std::string remote, Source& local) {
  const auto theirs = co_await session.digest(remote);
  const auto algorithm = algorithm_of(theirs);
  if (!algorithm) co_return std::nullopt;
  local.seek(0);
  const std::string ours = co_await digest_of_source(AnySource{local}, *algorithm);
  co_return compared(*theirs, ours, remote);
}

}  // namespace detail

/// Compares a file of the server with one of ours by checksum, in a session or by a `ClientPool`, and gives the name of
/// the algorithm. Nothing if the server offers no checksum that we know: then nothing was compared.
///
///     if (!co_await ftplike::verify(client, "a.iso", "images/a.iso")) std::cerr << "the server has no checksums\n";
///
/// **Errors:** `std::errc::illegal_byte_sequence` if they are not the same; as of `Client`.
template <detail::AwaitedSession Session>
awaitable<std::optional<std::string>> verify(Session& session, std::string remote, std::string local) {
  return detail::telling(detail::compare_file(session, std::move(remote), std::move(local)));
}
/// The same with all that a source gives, from its beginning on.
///
/// **Errors:** `std::errc::invalid_seek` if it cannot seek after all. **Lifetime:** the source is used until the
/// operation has ended.
template <detail::AwaitedSession Session, SeekableByteSource Source>
awaitable<std::optional<std::string>> verify(Session& session, std::string remote, Source&& local) {
  return detail::begin_with(std::forward<Source>(local), [&](auto& from) {
    return detail::telling(detail::compare_source(session, std::move(remote), from));
  });
}
/// The same for a `BlockingClient`, of a file or a source.
template <class Client, class Local>
  requires requires(Client& client) { client.session(); }
std::optional<std::string> verify(Client& client, std::string remote, Local&& local) {
  return client.run(verify(client.session(), std::move(remote), std::forward<Local>(local)));
}

}  // namespace ftplike
