#pragma once
// What a file of Windows is, and whether a folder has exactly that name.
#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/names.hpp>
#include <ftplike/system/windows/nt.hpp>
#include <ftplike/system/windows/text.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

namespace ftplike::inline v0_2::detail {

/// What `struct stat` is elsewhere.
struct FileStatus {
  unsigned st_mode = 0;  // in the numbers of POSIX; 0: there is none
  std::uint64_t st_size = 0;
  std::uint64_t st_dev = 0, st_ino = 0;
  unsigned st_nlink = 1;
  timespec st_mtim{}, st_ctim{};  // on FAT there is no time of a change: 1601
};
/// What of the disk a file holds.
inline std::uint64_t allocated_bytes(const FileStatus& status) noexcept { return status.st_size; }

inline constexpr unsigned mode_of_files = 0100000, mode_of_folders = 0040000, mode_of_links = 0120000, mode_of_others = 0020000;

/// A handle that closes itself.
class Handle {
 public:
  Handle() = default;
  explicit Handle(HANDLE handle) noexcept : handle_{handle} {}
  Handle(Handle&& other) noexcept : handle_{other.release()} {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle() {
    if (*this) ::CloseHandle(handle_);
  }
  HANDLE get() const noexcept { return handle_; }
  HANDLE release() noexcept { return std::exchange(handle_, INVALID_HANDLE_VALUE); }
  explicit operator bool() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }

 private:
  HANDLE handle_ = INVALID_HANDLE_VALUE;
};

inline constexpr std::int64_t ticks_per_second = 10'000'000;
inline constexpr std::int64_t seconds_before_1970 = 11'644'473'600;  // from 1601 on, as Windows counts

inline timespec time_of_ticks(std::int64_t ticks) noexcept {
  timespec time{};
  time.tv_sec = static_cast<std::time_t>(ticks / ticks_per_second - seconds_before_1970);
  time.tv_nsec = static_cast<long>(ticks % ticks_per_second * 100);
  return time;
}
/// As far as Windows counts: from 1601 to 30827. 0 would mean "leave it".
inline std::int64_t ticks_of(const timespec& time) noexcept {
  constexpr std::int64_t last = 910'692'730'085;  // seconds, of which a 64-bit number still holds the ticks
  const std::int64_t seconds = std::min(std::max<std::int64_t>(time.tv_sec + seconds_before_1970, 0), last);
  return std::max<std::int64_t>(seconds * ticks_per_second + time.tv_nsec / 100, 1);
}

inline unsigned mode_of(DWORD attributes) noexcept {
  if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) return mode_of_links | 0777;
  if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return mode_of_folders | 0777;
  return mode_of_files | ((attributes & FILE_ATTRIBUTE_READONLY) != 0 ? 0444U : 0666U);
}
inline std::uint64_t joined_number(DWORD high, DWORD low) noexcept { return std::uint64_t{high} << 32 | low; }
inline std::int64_t ticks_in(const FILETIME& time) noexcept {
  return static_cast<std::int64_t>(joined_number(time.dwHighDateTime, time.dwLowDateTime));
}

/// 0, or -1 with the reason in errno.
inline int status_of_handle(HANDLE file, FileStatus* status) noexcept {
  if (::GetFileType(file) != FILE_TYPE_DISK) {
    *status = FileStatus{};
    status->st_mode = mode_of_others;
    return 0;
  }
  BY_HANDLE_FILE_INFORMATION known{};
  FILE_BASIC_INFO times{};
  if (!::GetFileInformationByHandle(file, &known) || !::GetFileInformationByHandleEx(file, FileBasicInfo, &times, sizeof times)) {
    keep_error();
    return -1;
  }
  status->st_mode = mode_of(known.dwFileAttributes);
  status->st_size = joined_number(known.nFileSizeHigh, known.nFileSizeLow);
  status->st_dev = known.dwVolumeSerialNumber;
  status->st_ino = joined_number(known.nFileIndexHigh, known.nFileIndexLow);
  status->st_nlink = known.nNumberOfLinks;
  status->st_mtim = time_of_ticks(ticks_in(known.ftLastWriteTime));
  status->st_ctim = time_of_ticks(times.ChangeTime.QuadPart);
  return 0;
}

/// What a folder has under a name. `other_name`: a file whose name differs in case, or whose short name this is. No
/// client may reach it by that: rules about names know but the one that listings show.
enum class Found { nothing, this_name, other_name, failed };

/// Looks into a folder for a name. Where it failed the reason is in errno.
inline Found find_name(HANDLE folder, std::string_view name, FileStatus* status) {
  const Handle looked_at{nt::open_in(folder, {}, FILE_LIST_DIRECTORY, nt::open_existing, nt::is_folder)};
  if (!looked_at) return Found::failed;
  std::wstring wide = wide_text(name);
  UNICODE_STRING mask = nt::text_of(wide);  // of which nothing is a wildcard: `is_name_of_windows`
  alignas(FILE_ID_BOTH_DIR_INFO) std::byte room[sizeof(FILE_ID_BOTH_DIR_INFO) + 512 * sizeof(wchar_t)];
  Found found = Found::nothing;
  for (BOOLEAN first = TRUE; found != Found::this_name; first = FALSE) {
    IO_STATUS_BLOCK result{};
    const NTSTATUS answer = nt::Calls::get().query_directory(looked_at.get(), nullptr, nullptr, nullptr, &result, room, sizeof room,
                                                             nt::id_both_directory_information, TRUE, &mask, first);
    if (answer == nt::no_such_file || answer == nt::no_more_files) return found;
    if (answer < 0) {
      nt::keep_error(answer);
      return Found::failed;
    }
    const auto& entry = *reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(room);
    found = std::wstring_view{entry.FileName, entry.FileNameLength / sizeof(wchar_t)} == wide ? Found::this_name : Found::other_name;
    BY_HANDLE_FILE_INFORMATION folder_known{};
    if (!::GetFileInformationByHandle(folder, &folder_known)) {
      keep_error();
      return Found::failed;
    }
    status->st_mode = mode_of(entry.FileAttributes);
    status->st_size = static_cast<std::uint64_t>(entry.EndOfFile.QuadPart);
    status->st_dev = folder_known.dwVolumeSerialNumber;
    status->st_ino = static_cast<std::uint64_t>(entry.FileId.QuadPart);
    status->st_nlink = 1;
    status->st_mtim = time_of_ticks(entry.LastWriteTime.QuadPart);
    status->st_ctim = time_of_ticks(entry.ChangeTime.QuadPart);
  }
  return found;
}

}  // namespace ftplike::detail
#endif
