#pragma once
// What every caller of the system needs: a descriptor that closes itself, and calls whose errors are thrown.
#include <cerrno>
#include <system_error>
#include <utility>

#include <ftplike/system/ways.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <io.h>
#else
#include <sys/types.h>
#include <unistd.h>

static_assert(sizeof(off_t) >= 8, "for files beyond 2 GiB define _FILE_OFFSET_BITS=64 for the whole program");
#endif

namespace ftplike::inline v0_2::detail {

/// A file descriptor, on Windows one of the C library's, that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_{number} {}
  Descriptor(Descriptor&& other) noexcept : number_{other.release()} {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }
  void close() noexcept {
#if FTPLIKE_WINDOWS_WAYS
    if (number_ >= 0) ::_close(release());
#else
    if (number_ >= 0) ::close(release());
#endif
  }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// An error of errno, which is the system's own where that is POSIX.
inline std::error_code error_of_errno(int error) noexcept {
  return {error, FTPLIKE_WINDOWS_WAYS ? std::generic_category() : std::system_category()};
}
[[noreturn]] inline void fail_with(int error) { throw std::system_error(error_of_errno(error)); }

/// The result of a system call, made again where a signal came in between; throws its error.
template <class Call> auto checked(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0) return result;
    if (errno != EINTR) fail_with(errno);
  }
}

}  // namespace ftplike::detail
