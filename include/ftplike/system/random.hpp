#pragma once
#include <cerrno>
#include <cstdint>
#include <system_error>

#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/errors.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <bcrypt.h>
#else
#include <unistd.h>
#endif
#if defined(__APPLE__)
#include <sys/random.h>
#endif

namespace ftplike::inline v0_2::detail {

/// A number that nobody can guess, from the system. **Errors:** the system's. What <random> has for that costs a compiler as much as all of
/// <chrono>.
inline std::uint64_t random_number() {
  std::uint64_t number = 0;
#if FTPLIKE_WINDOWS_WAYS
  const auto status = ::BCryptGenRandom(nullptr, reinterpret_cast<unsigned char*>(&number), sizeof number, BCRYPT_USE_SYSTEM_PREFERRED_RNG);
  if (status != 0) throw std::system_error(EIO, std::generic_category(), "BCryptGenRandom");
#else
  if (::getentropy(&number, sizeof number) != 0) throw std::system_error(errno, std::generic_category(), "getentropy");
#endif
  return number;
}

}  // namespace ftplike::inline v0_2::detail
