#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// Where the version begins in `NOTES.TXT;3`; nothing if that is no name of VMS.
inline std::optional<std::size_t> vms_version(std::string_view word) noexcept {
  const auto at = word.rfind(';');
  if (at == word.npos || at == 0 || !number_in(word.substr(at + 1))) return std::nullopt;
  return at;
}
/// Whether a line is a name alone, too long for its column: the rest is in the next line.
inline bool is_vms_name(const Words& words) noexcept { return words.count() == 1 && vms_version(words[0]).has_value(); }

/// Whether a line stands at the head or the foot of a listing, or is what is left of an entry's: its protection.
inline bool frames_vms(const Words& words) noexcept {
  const auto line = words.line().substr(words.begin_of(0));
  const bool head = words[0] == "Directory" && words[1].ends_with(']') && words.count() == 2;
  const auto counted = line.starts_with("Total of ") ? words[2] : line.starts_with("Grand total of ") ? words[3] : "";
  const bool foot = number_in(counted).has_value();
  const bool protection = words.count() == 1 && line.starts_with('(') && line.ends_with(')') &&
                          line.find_first_not_of("(RWED,)") == line.npos;
  return head || foot || protection;
}

/// Reads a line of VMS: `NOTES.TXT;3   5/6   22-NOV-2025 17:11:05  [GROUP,OWNER]  (RWED,RWED,RE,)`. The name is without
/// its version, that of a directory without `.DIR`. The size is not known: what is told is blocks, used and perhaps
/// allocated ones, and records do not come over as they are stored.
inline std::optional<Entry> read_vms(const Words& words) {
  const auto version = vms_version(words[0]);
  if (!version || !number_in<std::uint32_t>(words[1].substr(0, words[1].find('/')))) return std::nullopt;
  const auto date = day_month_year(words[2]);
  const auto clock = clock_in(words[3]);
  const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  if (!modified) return std::nullopt;

  auto name = words[0].substr(0, *version);
  constexpr std::string_view folder = ".DIR";
  const bool directory = name.size() > folder.size() && same_word(name.substr(name.size() - folder.size()), folder);
  if (directory) name.remove_suffix(folder.size());
  Entry entry;
  entry.name = name;
  entry.type = directory ? Entry::Type::directory : Entry::Type::file;
  entry.modified = *modified;
  entry.in_utc = false;
  if (const auto owner = words[4]; owner.size() > 2 && owner.starts_with('[') && owner.ends_with(']')) {
    entry.owner = owner.substr(1, owner.size() - 2);
  }
  return entry;
}

}  // namespace ftplike::detail
