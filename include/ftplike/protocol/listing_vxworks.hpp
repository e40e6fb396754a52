#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// Whether a line stands at the head of a listing.
inline bool frames_vxworks(const Words& words) noexcept {
  return (words[0] == "size" && words[1] == "date" && words[3] == "name") || is_ruler(words);
}

/// Reads a line of VxWorks: `  512   NOV-22-2025  17:11:05   notes   <DIR>`.
inline std::optional<Entry> read_vxworks(const Words& words) {
  const auto size = number_in<std::uint64_t>(words[0]);
  const auto date = words[1];
  const auto clock = clock_in(words[2]);
  if (!size || date.size() != 11 || date[3] != '-' || date[6] != '-' || !clock || words.count() < 4)
    return std::nullopt;
  const auto month = month_of(date.substr(0, 3));
  const auto day = number_in(date.substr(4, 2)), year = number_in(date.substr(7));
  const auto modified = month && day && year ? moment(*year, *month, *day, *clock) : std::nullopt;
  if (!modified) return std::nullopt;
  auto name = words.line().substr(words.begin_of(3));
  constexpr std::string_view mark = "<DIR>";
  const bool directory = name.ends_with(mark);
  if (directory) {
    name.remove_suffix(mark.size());
    while (name.ends_with(' ')) name.remove_suffix(1);
  }
  if (name.empty()) return std::nullopt;
  Entry entry{std::string{name}, directory ? Entry::Type::directory : Entry::Type::file, *size, *modified};
  entry.in_utc = false;
  return entry;
}

}  // namespace ftplike::detail
