#pragma once
// Files of Windows through descriptors of the C library, beneath open folders, with the errors of POSIX in errno.
#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/status.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <io.h>
#include <memory>

namespace ftplike::inline v0_2::detail {

inline bool is_regular(const FileStatus& status) noexcept { return (status.st_mode & 0170000) == mode_of_files; }
inline bool is_folder(const FileStatus& status) noexcept { return (status.st_mode & 0170000) == mode_of_folders; }
inline bool is_link(const FileStatus& status) noexcept { return (status.st_mode & 0170000) == mode_of_links; }
inline timespec time_of_change(const FileStatus& status) noexcept { return status.st_mtim; }

namespace sys {

using Offset = std::int64_t;
using Count = std::ptrdiff_t;

// How to open: `open_at` and `open_file` take one of these.
inline constexpr int to_read = 0, to_read_on = 0, to_write = 1, to_make = 2, to_list = 3, to_pass = 4, to_edit = 5, to_append = 6, to_empty = 7;

inline HANDLE handle_of(int descriptor) noexcept {
  return descriptor < 0 ? INVALID_HANDLE_VALUE : reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor));
}
/// -1, with the reason in errno, where there is no handle or no room for one more descriptor.
inline int descriptor_of(Handle handle) noexcept {
  if (!handle) return -1;
  const int made = ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle.get()), _O_BINARY);
  if (made >= 0) handle.release();
  return made;
}
inline int closed(int descriptor) noexcept { return ::_close(descriptor); }

/// What has exactly that name in a folder; "." is the folder.
inline Handle open_exactly(int folder, const char* name, ACCESS_MASK access, ULONG options) {
  const std::string_view wanted = name;
  if (wanted == ".") return Handle{nt::open_in(handle_of(folder), {}, access, nt::open_existing, options)};
  FileStatus status;
  errno = EINVAL;
  if (!is_name_of_windows(wanted)) return {};
  const Found found = find_name(handle_of(folder), wanted, &status);
  if (found == Found::nothing || found == Found::other_name) errno = ENOENT;
  if (found != Found::this_name) return {};
  return Handle{nt::open_in(handle_of(folder), wide_text(wanted), access, nt::open_existing, options)};
}

/// Opens a name in a folder. A link (a symbolic one, a junction) is none: ELOOP.
inline int open_at(int folder, const char* name, int how, unsigned = 0) {
  Handle opened;
  if (how == to_make) {
    errno = EINVAL;
    if (!is_name_of_windows(name)) return -1;
    return descriptor_of(Handle{nt::open_in(handle_of(folder), wide_text(name), FILE_GENERIC_READ | FILE_GENERIC_WRITE, nt::make_new,
                                            nt::is_no_folder)});
  }
  const bool is_for_folders = how == to_list || how == to_pass;
  opened = how == to_write ? open_exactly(folder, name, FILE_GENERIC_READ | FILE_GENERIC_WRITE, nt::is_no_folder)
                           : open_exactly(folder, name, FILE_GENERIC_READ | (is_for_folders ? FILE_TRAVERSE : 0U), 0);
  if (!opened) return -1;
  FileStatus status;
  if (status_of_handle(opened.get(), &status) != 0) return -1;
  errno = is_link(status) ? ELOOP : ENOTDIR;
  if (is_link(status) || (is_for_folders && !detail::is_folder(status))) return -1;
  return descriptor_of(std::move(opened));
}

/// Opens a file by its path, in UTF-8 or wide; links are followed.
inline int open_file(const wchar_t* path, int how, unsigned = 0) {
  const DWORD access = how == to_write || how == to_edit ? GENERIC_READ | GENERIC_WRITE
                       : how == to_append                ? FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE
                       : how == to_empty                 ? GENERIC_WRITE
                                                         : GENERIC_READ;
  const DWORD disposition = how == to_make                          ? CREATE_NEW
                            : how == to_edit || how == to_append ? OPEN_ALWAYS
                            : how == to_empty                    ? CREATE_ALWAYS
                                                                 : OPEN_EXISTING;
  Handle opened{::CreateFileW(path, access | (how == to_make ? GENERIC_WRITE : 0U), FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              nullptr, disposition, FILE_FLAG_BACKUP_SEMANTICS, nullptr)};
  if (!opened) {
    keep_error();
    return -1;
  }
  FileStatus status;
  const bool is_for_folders = how == to_list || how == to_pass;
  if (is_for_folders && (status_of_handle(opened.get(), &status) != 0 || !detail::is_folder(status))) {
    errno = ENOTDIR;
    return -1;
  }
  return descriptor_of(std::move(opened));
}
inline int open_file(const char* path, int how, unsigned = 0) { return open_file(wide_text(path).c_str(), how); }

inline int status_of(int descriptor, FileStatus* status) noexcept { return status_of_handle(handle_of(descriptor), status); }
inline int status_at(int folder, const char* name, FileStatus* status) {
  if (std::string_view{name} == ".") return status_of(folder, status);
  errno = EINVAL;
  if (!is_name_of_windows(name)) return -1;
  const Found found = find_name(handle_of(folder), name, status);
  if (found == Found::nothing || found == Found::other_name) errno = ENOENT;
  return found == Found::this_name ? 0 : -1;
}
/// Of what a path leads to, or of the link in its last place.
template <class Path> int status_of_path(const Path& path, FileStatus* status, bool of_link = false) {
  const Handle opened{::CreateFileW(path.c_str(), FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | (of_link ? FILE_FLAG_OPEN_REPARSE_POINT : 0U), nullptr)};
  if (opened) return status_of_handle(opened.get(), status);
  keep_error();
  return -1;
}
/// No link is read: a target is a path of Windows, from a drive on, and nothing within the folder. Links are shown, and are
/// removed and renamed as such.
inline Count link_text_at(int, const char*, char*, std::size_t) noexcept {
  errno = EINVAL;
  return -1;
}

inline OVERLAPPED place_of(Offset at) noexcept {
  OVERLAPPED place{};
  place.Offset = static_cast<DWORD>(at & 0xFFFFFFFF);
  place.OffsetHigh = static_cast<DWORD>(at >> 32);
  return place;
}
inline DWORD piece_of(std::size_t size) noexcept { return static_cast<DWORD>(std::min<std::size_t>(size, 1U << 30)); }

inline Count read_at(int file, void* room, std::size_t size, Offset at) noexcept {
  OVERLAPPED place = place_of(at);
  DWORD n = 0;
  if (::ReadFile(handle_of(file), room, piece_of(size), &n, &place) || ::GetLastError() == ERROR_HANDLE_EOF) return static_cast<Count>(n);
  keep_error();
  return -1;
}
inline Count write_at(int file, const void* bytes, std::size_t size, Offset at) noexcept {
  OVERLAPPED place = place_of(at);
  DWORD n = 0;
  if (::WriteFile(handle_of(file), bytes, piece_of(size), &n, &place)) return static_cast<Count>(n);
  keep_error();
  return -1;
}
inline Count read_some(int file, void* room, std::size_t size) noexcept { return ::_read(file, room, piece_of(size)); }
inline Count write_some(int file, const void* bytes, std::size_t size) noexcept { return ::_write(file, bytes, piece_of(size)); }
inline Offset seek(int file, Offset by, int from) noexcept { return ::_lseeki64(file, by, from); }
inline int seek(std::FILE* file, Offset by, int from) noexcept { return ::_fseeki64(file, by, from); }
inline Offset tell(std::FILE* file) noexcept { return ::_ftelli64(file); }

inline int result_of(BOOL done) noexcept {
  if (done) return 0;
  keep_error();
  return -1;
}
inline int resize(int file, Offset size) noexcept {
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = size;
  return result_of(::SetFileInformationByHandle(handle_of(file), FileEndOfFileInfo, &end, sizeof end));
}
inline int flush(int file) noexcept { return result_of(::FlushFileBuffers(handle_of(file))); }
/// A folder of Windows cannot be, and is written as the file system likes.
inline int flush_folder(int) noexcept { return 0; }
/// A new file has the rights that its folder gives: there are no others to take over.
inline int take_over_rights(int, int) noexcept { return 0; }
/// Locks a byte behind all that can be there: Windows would keep everybody else from bytes that are.
inline int lock(int file, bool may_wait) noexcept {
  OVERLAPPED behind = place_of(std::int64_t{1} << 62);
  const DWORD how = LOCKFILE_EXCLUSIVE_LOCK | (may_wait ? 0U : static_cast<DWORD>(LOCKFILE_FAIL_IMMEDIATELY));
  return result_of(::LockFileEx(handle_of(file), how, 0, 1, 0, &behind));
}
/// The same beside others who lock it so, and not beside one who has it alone. Does not wait.
inline int lock_with_others(int file) noexcept {
  OVERLAPPED behind = place_of(std::int64_t{1} << 62);
  return result_of(::LockFileEx(handle_of(file), LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &behind));
}
/// What is written is seen by everybody at once.
inline int write_through(int) noexcept { return 0; }

inline int make_folder_at(int folder, const char* name) {
  errno = EINVAL;
  if (!is_name_of_windows(name)) return -1;
  const Handle made{nt::open_in(handle_of(folder), wide_text(name), FILE_LIST_DIRECTORY, nt::make_new, nt::is_folder, FILE_ATTRIBUTE_NORMAL)};
  return made ? 0 : -1;
}

/// The new way of a kind of call, or, where the system or the file system has none, the one of old.
template <class Information> int set_in_one_way(HANDLE file, Information& now, ULONG way, Information& of_old, ULONG way_of_old, std::size_t size) {
  IO_STATUS_BLOCK result{};
  NTSTATUS status = nt::Calls::get().set_information(file, &result, &now, static_cast<ULONG>(size), way);
  const auto code = static_cast<ULONG>(status);
  const bool is_unknown = code == 0xC0000002U || code == 0xC0000003U || code == 0xC000000DU || code == 0xC0000010U || code == 0xC00000BBU;
  if (is_unknown) status = nt::Calls::get().set_information(file, &result, &of_old, static_cast<ULONG>(size), way_of_old);
  if (status >= 0) return 0;
  nt::keep_error(status);
  return -1;
}

/// Removes a file, or an empty folder. A name that somebody still has open is gone all the same (Windows 10, NTFS);
/// elsewhere, when the last one closes it.
inline int remove_at(int folder, const char* name, bool folders = false) {
  const Handle file = open_exactly(folder, name, DELETE | FILE_READ_ATTRIBUTES, 0);
  FileStatus status;
  if (!file || status_of_handle(file.get(), &status) != 0) return -1;
  errno = folders ? ENOTDIR : EISDIR;
  if (detail::is_folder(status) != folders) return -1;
  ULONG now = 1 | 2;  // FILE_DISPOSITION_DELETE, FILE_DISPOSITION_POSIX_SEMANTICS
  ULONG of_old = 1;
  return set_in_one_way(file.get(), now, nt::disposition_information_ex, of_old, nt::disposition_information, sizeof now);
}

struct NewName {  // FILE_RENAME_INFORMATION, with room for the name
  ULONG flags = 0;  // of old: a byte
  HANDLE folder = nullptr;
  ULONG bytes = 0;
  wchar_t name[512]{};
};

/// Puts a file under another name, in place of the one that has it: at once, whoever reads sees one or the other.
inline int rename_at(int from_folder, const char* from, int to_folder, const char* to, bool replaces = true) {
  const Handle file = open_exactly(from_folder, from, DELETE | FILE_READ_ATTRIBUTES, 0);
  FileStatus source, target;
  if (!file || status_of_handle(file.get(), &source) != 0) return -1;
  errno = EINVAL;
  const std::wstring name = wide_text(to);
  if (!is_name_of_windows(to) || name.size() > std::size(NewName{}.name)) return -1;
  const Found found = find_name(handle_of(to_folder), to, &target);
  if (found == Found::failed) return -1;
  const bool is_itself = found != Found::nothing && target.st_ino == source.st_ino && target.st_dev == source.st_dev;
  errno = EEXIST;
  if (found == Found::other_name && !is_itself) return -1;
  errno = detail::is_folder(target) ? EISDIR : ENOTDIR;
  if (found == Found::this_name && !is_itself && replaces && detail::is_folder(source) != detail::is_folder(target)) return -1;
  const bool is_folder_over_folder = found == Found::this_name && !is_itself && detail::is_folder(source) && detail::is_folder(target);
  if (is_folder_over_folder && replaces && remove_at(to_folder, to, true) != 0) return -1;  // only an empty one gives way
  NewName now;
  now.folder = handle_of(to_folder);
  now.bytes = static_cast<ULONG>(name.size() * sizeof(wchar_t));
  std::copy(name.begin(), name.end(), now.name);
  NewName of_old = now;
  now.flags = 2U | (replaces ? 1U : 0U);  // FILE_RENAME_POSIX_SEMANTICS, FILE_RENAME_REPLACE_IF_EXISTS
  of_old.flags = replaces ? 1U : 0U;
  return set_in_one_way(file.get(), now, nt::rename_information_ex, of_old, nt::rename_information, sizeof now);
}

inline int set_time_at(int folder, const char* name, const timespec& modified) {
  const Handle file = open_exactly(folder, name, FILE_WRITE_ATTRIBUTES, 0);
  if (!file) return -1;
  const auto ticks = static_cast<std::uint64_t>(ticks_of(modified));
  const FILETIME time{static_cast<DWORD>(ticks & 0xFFFFFFFF), static_cast<DWORD>(ticks >> 32)};
  return result_of(::SetFileTime(file.get(), nullptr, nullptr, &time));
}
/// Windows has no permission bits: EPERM.
inline int set_mode_at(int, const char*, unsigned) noexcept {
  errno = EPERM;
  return -1;
}
inline int set_mode(int, unsigned) noexcept { return set_mode_at(-1, "", 0); }

/// What is free for this user on the disk of an open file or folder.
struct DiskSize {  // FILE_FS_FULL_SIZE_INFORMATION
  LARGE_INTEGER all, ours, of_the_disk;
  ULONG sectors, bytes;
};
inline int size_of_disk(int file, DiskSize& known) {
  IO_STATUS_BLOCK result{};
  const NTSTATUS status = nt::Calls::get().query_volume(handle_of(file), &result, &known, sizeof known, nt::full_size_information);
  if (status >= 0) return 0;
  nt::keep_error(status);
  return -1;
}
inline int free_bytes(int file, std::uint64_t* bytes) {
  DiskSize known{};
  const int result = size_of_disk(file, known);
  *bytes = static_cast<std::uint64_t>(known.ours.QuadPart) * known.sectors * known.bytes;
  return result;
}
/// What the disk of an open file or folder holds in all.
inline int all_bytes(int file, std::uint64_t* bytes) {
  DiskSize known{};
  const int result = size_of_disk(file, known);
  *bytes = static_cast<std::uint64_t>(known.all.QuadPart) * known.sectors * known.bytes;
  return result;
}

/// A folder that is being read.
class Folder {
 public:
  explicit Folder(int descriptor) noexcept : descriptor_{descriptor} {}
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { ::_close(descriptor_); }
  int descriptor() const noexcept { return descriptor_; }
  void rewind() noexcept {
    has_begun_ = false;
    next_ = nullptr;
  }
  /// Null at the end, or, with errno, where it failed.
  const char* next() {
    if (next_ == nullptr && !read()) return nullptr;
    const auto& entry = *reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(next_);
    name_ = utf8_text({entry.FileName, entry.FileNameLength / sizeof(wchar_t)});
    next_ = entry.NextEntryOffset == 0 ? nullptr : next_ + entry.NextEntryOffset;
    return name_.c_str();
  }

 private:
  bool read() {
    const auto how = has_begun_ ? FileIdBothDirectoryInfo : FileIdBothDirectoryRestartInfo;
    has_begun_ = true;
    if (::GetFileInformationByHandleEx(handle_of(descriptor_), how, room_.get(), static_cast<DWORD>(size))) {
      next_ = room_.get();
      return true;
    }
    if (::GetLastError() != ERROR_NO_MORE_FILES && ::GetLastError() != ERROR_FILE_NOT_FOUND) keep_error();
    return false;
  }

  static constexpr std::size_t size = 64 * 1024;
  int descriptor_;
  std::unique_ptr<std::byte[]> room_ = std::make_unique<std::byte[]>(size);
  const std::byte* next_ = nullptr;
  std::string name_;
  bool has_begun_ = false;
};
/// Takes the descriptor over, unless it gives null with the reason in errno.
inline Folder* begin_to_read(int descriptor) { return new Folder{descriptor}; }
inline void end_reading(Folder* folder) noexcept { delete folder; }
inline const char* read_name(Folder* folder) { return folder->next(); }
inline void read_again(Folder* folder) noexcept { folder->rewind(); }
inline int descriptor_of(Folder* folder) noexcept { return folder->descriptor(); }

}  // namespace sys

/// The modes of opening that have a name of their own elsewhere, too.
inline constexpr int directory_only = sys::to_pass;

inline bool is_same_file(const FileStatus& a, const FileStatus& b) noexcept { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

}  // namespace ftplike::detail
#endif
