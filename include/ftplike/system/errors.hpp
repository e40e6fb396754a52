#pragma once
// The system's errors that come as its own numbers, not in errno: Asio's and OpenSSL's.
#include <system_error>

#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/text.hpp>

namespace ftplike::inline v0_2::detail {

/// Such an error, as `std::errc` knows it.
inline std::error_code error_of_system(int error) noexcept {
#if FTPLIKE_WINDOWS_WAYS
  return {error, windows_category()};
#else
  return {error, std::system_category()};
#endif
}

}  // namespace ftplike::detail
