#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

inline bool heads_nonstop(const Words& words) noexcept {
  return words[0] == "File" && words[1] == "Code" && words[2] == "EOF";
}

/// Reads a line of NonStop, whose Guardian knows files only: name, code, size, date, owner, rights.
/// `NOTES   101   16354 22-Nov-25 17:11:05 244, 10 "nunu"`.
inline std::optional<Entry> read_nonstop(const Words& words) {
  auto code = words[1];
  while (code.ends_with('+') || code.ends_with('O') || code.ends_with('P')) code.remove_suffix(1);  // it is open
  const auto size = number_in<std::uint64_t>(words[2]);
  const auto date = day_month_year(words[3]);
  const auto clock = clock_in(words[4]);
  const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  const bool rights = words.line().ends_with('"');
  if (!number_in(code) || !size || !modified || !clock->has_seconds || !rights) return std::nullopt;
  Entry entry;
  entry.name = words[0];
  entry.size = *size;
  entry.modified = *modified;
  entry.in_utc = false;
  return entry;
}

}  // namespace ftplike::detail
