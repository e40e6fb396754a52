#pragma once
// Hashes of passwords by crypt(3).
#include <array>
#include <cerrno>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

#include <ftplike/system/random.hpp>
#include <ftplike/system/ways.hpp>

#if FTPLIKE_WINDOWS_WAYS
#elif __has_include(<crypt.h>)  // POSIX has crypt(3) in <unistd.h>; glibc leaves it to libxcrypt
#include <crypt.h>
#else
#include <unistd.h>
#endif

namespace ftplike::inline v0_2::detail {

/// Whether a hash is of the scheme that `like` names between its first two '$': a crypt(3) that does not know it may
/// take it for a salt of the oldest scheme, which has no '$'.
inline bool is_of_scheme(std::string_view hash, std::string_view like) noexcept {
  if (!like.starts_with('$')) return !hash.starts_with('*') && !hash.starts_with('$');
  return hash.starts_with(like.substr(0, like.find('$', 1))) && like.size() > 1;
}

/// The hash of a password with the scheme and salt of `like`; empty if the system cannot.
inline std::string crypt_hash([[maybe_unused]] const char* password, [[maybe_unused]] const std::string& like) {
  const char* result = nullptr;
#if FTPLIKE_LINUX_WAYS && __has_include(<crypt.h>)  // which Debian leaves out of its musl
  const auto room = std::make_unique<crypt_data>();  // 32 KiB
  result = crypt_r(password, like.c_str(), room.get());
#elif !defined(__ANDROID__) && !FTPLIKE_WINDOWS_WAYS  // which have no crypt(3) at all
  static std::mutex one_at_a_time;  // POSIX lets it keep its result where the next call puts its own
  const std::lock_guard lock{one_at_a_time};
  result = ::crypt(password, like.c_str());
#endif
  return result != nullptr && is_of_scheme(result, like) ? std::string{result} : std::string{};
}

/// `count` letters of the alphabet that salts are written in.
inline std::string random_salt(int count) {
  constexpr std::string_view alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string result;
  for (int i = 0; i < count; ++i) result += alphabet[static_cast<std::size_t>(random_number() % alphabet.size())];
  return result;
}

/// Whether the system has the scheme of a setting or a hash, which begins with '$'.
inline bool knows_scheme(const std::string& like) {
#if FTPLIKE_LINUX_WAYS && defined(CRYPT_CHECKSALT_AVAILABLE)
  return crypt_checksalt(like.c_str()) != CRYPT_SALT_INVALID;
#else
  if (like.find_first_of(" \t\r\n:;*!\\") != like.npos) return false;  // which no hash has (crypt(5))
  // It only says so by a hash: that of the least cost, for the schemes whose usual one takes long.
  for (const char* cheap : {"$6$rounds=1000$aa", "$5$rounds=1000$aa", "$2b$04$......................",
                            "$2a$04$......................", "$2y$04$......................"}) {
    if (is_of_scheme(cheap, like)) return !crypt_hash("", cheap).empty();
  }
  return !crypt_hash("", like).empty();
#endif
}

/// A setting with a fresh salt, of the scheme that the system prefers; where it does not say, of SHA-512, or bcrypt where
/// that is all there is (OpenBSD); empty if it has neither.
inline std::string fresh_salt() {
#if FTPLIKE_LINUX_WAYS && defined(CRYPT_GENSALT_IMPLEMENTS_DEFAULT_PREFIX)
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> room{};
  const char* result = crypt_gensalt_rn(nullptr, 0, nullptr, 0, room.data(), static_cast<int>(room.size()));
  if (result == nullptr) throw std::system_error(errno, std::generic_category(), "crypt_gensalt");
  return result;
#else
  if (knows_scheme("$6$")) return "$6$rounds=100000$" + random_salt(16);
  if (knows_scheme("$2b$")) return "$2b$12$" + random_salt(21) + '.';  // 128 bits leave the last letter next to no choice
  return {};
#endif
}

}  // namespace ftplike::detail
