#pragma once
// The calls of the kernel that take a name in an open folder, as POSIX's openat does: Win32 has none. They know neither
// drives nor devices nor "..": a name is a file's, or refused.
#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/errors.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <cstring>
#include <string>
#include <winternl.h>

namespace ftplike::inline v0_2::detail::nt {

// Numbers that not every winternl.h has.
inline constexpr ULONG open_existing = 1, make_new = 2;                           // FILE_OPEN, FILE_CREATE
inline constexpr ULONG is_folder = 0x1, is_no_folder = 0x40, synchronous = 0x20;  // FILE_DIRECTORY_FILE and so on
inline constexpr ULONG for_backup = 0x4000, the_link_itself = 0x200000;           // FILE_OPEN_REPARSE_POINT
inline constexpr ULONG id_both_directory_information = 37, rename_information = 10, rename_information_ex = 65;
inline constexpr ULONG disposition_information = 13, disposition_information_ex = 64, full_size_information = 7;
inline constexpr NTSTATUS no_such_file = static_cast<NTSTATUS>(0xC000000FU), no_more_files = static_cast<NTSTATUS>(0x80000006U);
inline constexpr NTSTATUS is_a_folder = static_cast<NTSTATUS>(0xC00000BAU), is_a_file = static_cast<NTSTATUS>(0xC0000103U);

/// What ntdll.dll has, found once: no library to link has all of it.
struct Calls {
  using Create = NTSTATUS(NTAPI*)(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, IO_STATUS_BLOCK*, LARGE_INTEGER*, ULONG, ULONG, ULONG,
                                  ULONG, void*, ULONG);
  using QueryDirectory = NTSTATUS(NTAPI*)(HANDLE, HANDLE, void*, void*, IO_STATUS_BLOCK*, void*, ULONG, ULONG, BOOLEAN,
                                          UNICODE_STRING*, BOOLEAN);
  using SetInformation = NTSTATUS(NTAPI*)(HANDLE, IO_STATUS_BLOCK*, void*, ULONG, ULONG);
  using QueryVolume = SetInformation;
  using ErrorOf = ULONG(NTAPI*)(NTSTATUS);

  Create create = found<Create>("NtCreateFile");
  QueryDirectory query_directory = found<QueryDirectory>("NtQueryDirectoryFile");
  SetInformation set_information = found<SetInformation>("NtSetInformationFile");
  QueryVolume query_volume = found<QueryVolume>("NtQueryVolumeInformationFile");
  ErrorOf error_of = found<ErrorOf>("RtlNtStatusToDosError");

  static const Calls& get() {
    static const Calls calls;
    return calls;
  }

 private:
  template <class Function> static Function found(const char* name) noexcept {
    const auto address = ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), name);
    Function function;
    static_assert(sizeof function == sizeof address);
    std::memcpy(&function, &address, sizeof function);
    return function;
  }
};

inline void keep_error(NTSTATUS status) {
  errno = status == is_a_folder ? EISDIR
          : status == is_a_file ? ENOTDIR
          : status == no_such_file || status == no_more_files ? ENOENT
                                : errno_of(Calls::get().error_of(status));
}

inline UNICODE_STRING text_of(std::wstring& name) noexcept {
  const auto bytes = static_cast<USHORT>(name.size() * sizeof(wchar_t));
  return {bytes, bytes, name.data()};
}

/// Opens or makes a name in a folder, a link itself; an empty name is the folder. Others may do anything with the file
/// meanwhile, also remove and rename it, as on other systems. INVALID_HANDLE_VALUE, with the reason in errno.
inline HANDLE open_in(HANDLE folder, std::wstring name, ACCESS_MASK access, ULONG disposition, ULONG options,
                      ULONG attributes = FILE_ATTRIBUTE_NORMAL) {
  UNICODE_STRING text = text_of(name);
  OBJECT_ATTRIBUTES object{};
  object.Length = sizeof object;
  object.RootDirectory = folder;
  object.ObjectName = &text;
  IO_STATUS_BLOCK result{};
  HANDLE opened = INVALID_HANDLE_VALUE;
  const NTSTATUS status = Calls::get().create(&opened, access | SYNCHRONIZE, &object, &result, nullptr, attributes,
                                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, disposition,
                                              options | synchronous | the_link_itself, nullptr, 0);
  if (status >= 0) return opened;
  keep_error(status);
  return INVALID_HANDLE_VALUE;
}

}  // namespace ftplike::detail::nt
#endif
