#pragma once
// The environment of this process; windows/support/ has another one of the same name.
#include <cstdlib>
#include <ctime>

inline void set_variable(const char* name, const char* value) { ::setenv(name, value, 1); }
inline void remove_variable(const char* name) { ::unsetenv(name); }
/// Has local times be those of the variable TZ.
inline void take_zone() { ::tzset(); }
