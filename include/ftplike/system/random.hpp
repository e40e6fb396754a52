#pragma once
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

namespace ftplike::inline v0_2::detail {

/// A number that nobody can guess, from the system. **Errors:** the system's. What <random> has for that costs a compiler as much as all of
/// <chrono>.
inline std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (::getentropy(&number, sizeof number) != 0) throw std::system_error(errno, std::generic_category(), "getentropy");
  return number;
}

}  // namespace ftplike::inline v0_2::detail
