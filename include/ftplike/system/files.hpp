#pragma once
// The system's calls for files: they give -1 with the reason in errno, as POSIX has it, on every system.
#include <ftplike/system/descriptor.hpp>
#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/files.hpp>

#if !FTPLIKE_WINDOWS_WAYS
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

namespace ftplike::inline v0_2::detail {

using FileStatus = struct stat;
inline bool is_regular(const FileStatus& status) noexcept { return S_ISREG(status.st_mode); }
inline bool is_folder(const FileStatus& status) noexcept { return S_ISDIR(status.st_mode); }
inline bool is_link(const FileStatus& status) noexcept { return S_ISLNK(status.st_mode); }

/// To pass through a directory needs no right to read it, where the system can tell these apart.
#if FTPLIKE_LINUX_WAYS
inline constexpr int directory_only = O_PATH | O_DIRECTORY | O_CLOEXEC;
#elif defined O_SEARCH
inline constexpr int directory_only = O_SEARCH | O_DIRECTORY | O_CLOEXEC;
#else
inline constexpr int directory_only = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif
/// Opening must not wait for the other end of a FIFO, nor make a terminal ours.
inline constexpr int quietly = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

/// When the contents of a file have changed.
inline timespec time_of_change(const FileStatus& status) noexcept {
#ifdef __APPLE__
  return status.st_mtimespec;
#else
  return status.st_mtim;
#endif
}

/// What of the disk a file holds.
inline std::uint64_t allocated_bytes(const FileStatus& status) noexcept {
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}
inline bool is_same_file(const FileStatus& a, const FileStatus& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

namespace sys {

using Offset = off_t;
using Count = ssize_t;
using Folder = DIR;

// How to open: `open_at` and `open_file` take one of these, or `directory_only`. `to_read_on` waits for who writes a FIFO.
inline constexpr int to_read = O_RDONLY | quietly, to_read_on = O_RDONLY | O_CLOEXEC, to_list = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
inline constexpr int to_write = O_WRONLY | quietly, to_make = O_WRONLY | O_CREAT | O_EXCL | quietly;
inline constexpr int to_edit = O_RDWR | O_CREAT | O_CLOEXEC, to_append = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
inline constexpr int to_empty = O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC;

/// Opens a name in a folder. A link is none: ELOOP, on some systems EMLINK.
inline int open_at(int folder, const char* name, int how, mode_t mode = 0666) noexcept {
  return ::openat(folder, name, how | O_NOFOLLOW | O_CLOEXEC, mode);
}
/// Opens a file by its path; links are followed.
inline int open_file(const char* path, int how, mode_t mode = 0640) noexcept { return ::open(path, how | O_CLOEXEC, mode); }

inline int status_of(int file, FileStatus* status) noexcept { return ::fstat(file, status); }
/// Of a name in a folder; of a link, of itself.
inline int status_at(int folder, const char* name, FileStatus* status) noexcept {
  return ::fstatat(folder, name, status, AT_SYMLINK_NOFOLLOW);
}
/// Of what a path leads to, or of the link in its last place.
template <class Path> int status_of_path(const Path& path, FileStatus* status, bool of_link = false) noexcept {
  return of_link ? ::lstat(path.c_str(), status) : ::stat(path.c_str(), status);
}
inline Count link_text_at(int folder, const char* name, char* room, std::size_t size) noexcept {
  return ::readlinkat(folder, name, room, size);
}

inline Count read_at(int file, void* room, std::size_t size, Offset at) noexcept { return ::pread(file, room, size, at); }
inline Count write_at(int file, const void* bytes, std::size_t size, Offset at) noexcept {
  return ::pwrite(file, bytes, size, at);
}
inline Count read_some(int file, void* room, std::size_t size) noexcept { return ::read(file, room, size); }
inline Count write_some(int file, const void* bytes, std::size_t size) noexcept { return ::write(file, bytes, size); }
inline Offset seek(int file, Offset by, int from) noexcept { return ::lseek(file, by, from); }
inline int seek(std::FILE* file, Offset by, int from) noexcept { return ::fseeko(file, by, from); }
inline Offset tell(std::FILE* file) noexcept { return ::ftello(file); }
inline int resize(int file, Offset size) noexcept { return ::ftruncate(file, size); }
inline int flush(int file) noexcept { return ::fsync(file); }
inline int flush_folder(int folder) noexcept { return ::fsync(folder); }
/// Gives a file the owner and the group of another one, and its permissions but those of everybody.
inline int take_over_rights(int fresh, int old) noexcept {
  FileStatus ours{}, theirs{};
  if (status_of(fresh, &ours) != 0 || status_of(old, &theirs) != 0) return -1;
  const bool is_ours = ours.st_uid == theirs.st_uid && ours.st_gid == theirs.st_gid;
  if (!is_ours && ::fchown(fresh, theirs.st_uid, theirs.st_gid) != 0) return -1;
  return ::fchmod(fresh, theirs.st_mode & 0660U);
}
/// Locks a file for whoever opened it, until it is closed. EAGAIN (EWOULDBLOCK) where somebody has it and it may not wait.
inline int lock(int file, bool may_wait) noexcept { return ::flock(file, may_wait ? LOCK_EX : LOCK_EX | LOCK_NB); }
/// The same beside others who lock it so, and not beside one who has it alone. Does not wait.
inline int lock_with_others(int file) noexcept { return ::flock(file, LOCK_SH | LOCK_NB); }
/// Has a file system that writes when a file is closed write now, as those of networks do. Locks stay.
inline int write_through(int file) noexcept {
  const int same = ::fcntl(file, F_DUPFD_CLOEXEC, 0);
  return same < 0 ? -1 : ::close(same);
}

inline int make_folder_at(int folder, const char* name) noexcept { return ::mkdirat(folder, name, 0777); }
/// Removes a file or a link, or an empty folder.
inline int remove_at(int folder, const char* name, bool folders = false) noexcept {
  return ::unlinkat(folder, name, folders ? AT_REMOVEDIR : 0);
}
/// Puts a file under another name, in place of the one that has it: at once, whoever reads sees one or the other.
inline int rename_at(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return ::renameat(from_folder, from, to_folder, to);
}

/// Sets when a name in a folder was modified; of a link, itself.
inline int set_time_at(int folder, const char* name, const timespec& modified) noexcept {
  timespec times[2]{{}, modified};
  times[0].tv_nsec = UTIME_OMIT;
  return ::utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW);
}
inline int set_mode_at(int folder, const char* name, unsigned mode) noexcept {
  return ::fchmodat(folder, name, static_cast<mode_t>(mode), AT_SYMLINK_NOFOLLOW);
}
inline int set_mode(int file, unsigned mode) noexcept { return ::fchmod(file, static_cast<mode_t>(mode)); }

/// What is free for this user on the disk of an open file or folder.
inline int free_bytes(int file, std::uint64_t* bytes) noexcept {
  struct statvfs disk {};
  const int result = ::fstatvfs(file, &disk);
  *bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  return result;
}

/// What the disk of an open file or folder holds in all.
inline int all_bytes(int file, std::uint64_t* bytes) noexcept {
  struct statvfs disk {};
  const int result = ::fstatvfs(file, &disk);
  *bytes = std::uint64_t{disk.f_blocks} * disk.f_frsize;
  return result;
}

/// Takes the descriptor over, unless it gives null with the reason in errno.
inline Folder* begin_to_read(int descriptor) noexcept { return ::fdopendir(descriptor); }
inline void end_reading(Folder* folder) noexcept { ::closedir(folder); }
/// The next name, which lives until the next call. Null at the end, or, with errno, where it failed.
inline const char* read_name(Folder* folder) noexcept {
  const dirent* found = ::readdir(folder);
  return found != nullptr ? found->d_name : nullptr;
}
inline void read_again(Folder* folder) noexcept { ::rewinddir(folder); }
inline int descriptor_of(Folder* folder) noexcept { return ::dirfd(folder); }

}  // namespace sys
}  // namespace ftplike::detail
#endif
