#pragma once
#include <string>

/// A recording as a picture of its sessions: an SVG image, or the live page of the server as a file that shows them.
///
/// **Errors:** `LocalFailure` if the file cannot be read or is no recording.
std::string picture_of(const std::string& file, bool as_page);
