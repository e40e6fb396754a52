#pragma once
// Transfers verified by checksum: they need OpenSSL and zlib (CMake target ftplike::digests).
#include <cstddef>
#include <fcntl.h>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/io/blocking.hpp>
#include <ftplike/io/digests.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

inline std::string digest_of_file(const std::string& name, DigestAlgorithm algorithm) {
  const Descriptor file{checked([&] { return ::open(name.c_str(), O_RDONLY | quietly); })};
  Digest digest{algorithm};
  std::vector<std::byte> room(256 * 1024);
  for (;;) {
    const auto n = static_cast<std::size_t>(checked([&] { return ::read(file.get(), room.data(), room.size()); }));
    if (n == 0) return digest.text();
    digest.update(std::span{room}.first(n));
  }
}

}  // namespace detail

/// Compares a file of the server with one of ours by checksum, and gives the name of the algorithm; an empty one if the
/// server offers none.
///
/// **Errors:** `std::errc::illegal_byte_sequence` if they are not the same; as of `Client`.
template <class Session> awaitable<std::string> verify(Session& session, std::string remote, std::string local) {
  const auto theirs = co_await session.digest(std::move(remote));
  const auto algorithm = theirs ? Digest::parse(theirs->algorithm) : std::nullopt;
  if (!algorithm) co_return std::string{};
  auto work = [local, algorithm = *algorithm] { return detail::digest_of_file(local, algorithm); };
  const std::string ours = co_await blocking(std::move(work));
  if (ours == theirs->value) co_return theirs->algorithm;
  throw ClientError{std::make_error_code(std::errc::illegal_byte_sequence), "HASH", Channel::local, 0,
                    local + ": is not the same as the server's file"};
}

}  // namespace ftplike
