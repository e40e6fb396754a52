#pragma once
// Which ways of the system are taken. FTPLIKE_PORTABLE_POSIX, defined for the whole program, keeps Linux to what every
// POSIX system has. Android is a Linux whose sandbox ends a program for a call that it does not know (openat2).
#if defined(__linux__) && !defined(__ANDROID__) && !defined(FTPLIKE_PORTABLE_POSIX)
#define FTPLIKE_LINUX_WAYS 1
#else
#define FTPLIKE_LINUX_WAYS 0
#endif
#if defined(_WIN32)
#define FTPLIKE_WINDOWS_WAYS 1
#else
#define FTPLIKE_WINDOWS_WAYS 0
#endif
