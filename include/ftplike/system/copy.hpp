#pragma once
// Copies between files.
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <ftplike/system/files.hpp>
#include <ftplike/system/ways.hpp>

namespace ftplike::inline v0_2::detail {

/// Copies up to `count` bytes of one file, from `at` on, to the same place of another and gives how many there were;
/// shares their blocks where the file system can.
inline std::uint64_t copy_bytes(int from, int to, std::uint64_t at, std::uint64_t count) {
  std::uint64_t done = 0;
#if FTPLIKE_LINUX_WAYS
  for (auto in = static_cast<loff_t>(at), out = in; done < count;) {
    const auto n = ::copy_file_range(from, &in, to, &out, static_cast<std::size_t>(count - done), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;  // whatever the reason is, it shows again below, or was none
    done += static_cast<std::uint64_t>(n);
  }
#endif
  std::vector<std::byte> room(done < count ? 256 * 1024 : 0);
  while (done < count) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), count - done));
    const auto got = checked([&] { return sys::read_at(from, room.data(), most, static_cast<sys::Offset>(at + done)); });
    if (got == 0) break;
    for (sys::Count put = 0; put < got;) {
      put += checked([&] {
        return sys::write_at(to, room.data() + put, static_cast<std::size_t>(got - put), static_cast<sys::Offset>(at + done) + put);
      });
    }
    done += static_cast<std::uint64_t>(got);
  }
  return done;
}

}  // namespace ftplike::detail
