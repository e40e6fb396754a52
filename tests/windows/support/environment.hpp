#pragma once
// The environment of this process as the C library of Windows has it.
#include <ctime>
#include <stdlib.h>

inline void set_variable(const char* name, const char* value) { ::_putenv_s(name, value); }
inline void remove_variable(const char* name) { ::_putenv_s(name, ""); }
/// Has local times be those of the variable TZ.
inline void take_zone() { ::_tzset(); }
