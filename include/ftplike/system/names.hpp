#pragma once
// Which names the files of this system can have.
#include <string_view>

#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/names.hpp>

namespace ftplike::inline v0_2::detail {

/// Whether a component of a path can be a file's name here, and names but that file.
inline bool is_name_of_system(std::string_view name) noexcept { return !FTPLIKE_WINDOWS_WAYS || is_name_of_windows(name); }

}  // namespace ftplike::detail
