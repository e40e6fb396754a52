#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// Whether a line stands at the head of a listing: `Directory of . 17:11:05` for one. Without the time it may be a word on
/// why there is no listing.
inline bool frames_os9(const Words& words) noexcept {
  const bool place = words[0] == "Directory" && words[1] == "of" && words.count() == 4 && clock_in(words[3]);
  return place || (words[0] == "Owner" && words[1] == "Last") || is_ruler(words);
}

/// Reads a line of OS-9: owner, date, time, attributes, sector, size, name.
/// `20.20 25/11/22 1711 d-ewrewr 2650 85920 notes`.
inline std::optional<Entry> read_os9(const Words& words) {
  const auto dot = words[0].find('.');
  const auto date = words[1], time = words[2], rights = words[3];
  const bool owned = dot != words[0].npos && number_in(words[0].substr(0, dot)) && number_in(words[0].substr(dot + 1));
  const bool dated = date.size() == 8 && date[2] == '/' && date[5] == '/' && time.size() == 4;
  if (!owned || !dated || rights.size() != 8 || rights.find_first_not_of("dsewr-") != rights.npos) return std::nullopt;
  const auto year = number_in(date.substr(0, 2)), month = number_in(date.substr(3, 2)), day = number_in(date.substr(6));
  const auto hour = number_in(time.substr(0, 2)), minute = number_in(time.substr(2));
  const auto size = number_in<std::uint64_t>(words[5]);
  if (!year || !month || !day || !hour || !minute || !number_in(words[4], 16) || !size) return std::nullopt;
  const auto modified = moment(full_year(*year), *month, *day, *hour, *minute, 0);
  if (!modified || words.count() < 7) return std::nullopt;
  Entry entry;
  entry.name = words.line().substr(words.begin_of(6));
  entry.type = rights[0] == 'd' ? Entry::Type::directory : Entry::Type::file;
  entry.size = *size;
  entry.modified = *modified;
  entry.in_utc = false;
  entry.owner = words[0];
  return entry;
}

}  // namespace ftplike::detail
