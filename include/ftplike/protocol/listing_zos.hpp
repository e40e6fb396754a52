#pragma once
#include <algorithm>
#include <optional>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// The first line of a listing of data sets.
inline bool heads_data_sets(const Words& words) noexcept {
  return words[0] == "Volume" && words[1] == "Unit" && words[words.count() - 1] == "Dsname";
}
/// The first line of a listing of the members of a data set, with or without statistics, or of load modules.
inline bool heads_members(const Words& words) noexcept {
  const bool statistics = words[1] == "VV.MM", modules = words[1] == "Size" && words[2] == "TTR";
  return words[0] == "Name" && (words.count() == 1 || statistics || modules);
}

inline Entry::Type data_set_type(std::string_view organization) noexcept {
  using enum Entry::Type;
  if (organization == "PS") return file;
  return organization == "PO" || organization == "PO-E" ? directory : other;
}

/// Whether a line says of a data set that it is where its attributes cannot be seen: `Migrated NAME`, `V00001 Tape NAME`.
inline bool is_elsewhere(const Words& words) noexcept {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@#$.-";
  const auto count = words.count();
  if (count < 2 || words[count - 1].find_first_not_of(letters) != letters.npos) return false;
  const std::string_view why = words.joined(0, count - 2), where = count > 2 ? words.joined(1, count - 2) : "";
  return why == "Migrated" || why == "Not Mounted" || why == "Error determining attributes" ||
         why == "User catalog connector" || where == "Tape" || where == "Not Mounted" ||
         where == "Not Direct Access Device" || (count == 4 && words[2] == "VSAM");
}

/// Reads a line of z/OS on a data set: `VOL001 3390   2025/11/22  1   15  FB      80 27920  PO  NOTES.TEXT`. One with
/// members is a directory; one that is elsewhere, as on a tape, is neither that nor a file. Its date is that of its last
/// use, and its size is in tracks, so that neither is known.
inline std::optional<Entry> read_data_set(const Words& words) {
  const auto count = words.count();
  if (count < 2) return std::nullopt;
  Entry entry;
  entry.name = words[count - 1];
  entry.type = Entry::Type::other;
  const auto line = words.line().substr(words.begin_of(0));
  if (is_elsewhere(words)) return entry;
  if (line.starts_with("Pseudo Directory") && count == 3) {
    entry.type = Entry::Type::directory;
    return entry;
  }
  const auto date = words[2];
  const bool used = date.size() == 10 && date[4] == '/' && date_in(date);
  if (count < 6 || (!used && date != "**NONE**") || !number_in(words[3])) return std::nullopt;
  const auto organization = words[count - 2];
  if (organization.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != organization.npos) return std::nullopt;
  entry.type = data_set_type(organization);
  return entry;
}

/// Whether that can be the name of a member: eight letters, digits and `@#$`, no digit first.
inline bool is_member(std::string_view word) noexcept {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ@#$0123456789";
  return !word.empty() && word.size() <= 8 && !is_digit(word[0]) && word.find_first_not_of(letters) == word.npos;
}

/// Reads a line of z/OS on a member with its statistics, of which the size is in lines:
/// `NOTES     01.03 2025/11/20 2025/11/22 17:11    11    11     0 ANN`.
inline std::optional<Entry> read_member(const Words& words) {
  const auto version = words[1];
  if (!is_member(words[0]) || version.size() != 5 || version[2] != '.' || !date_in(words[2])) return std::nullopt;
  const auto date = date_in(words[3]);
  const auto clock = clock_in(words[4]);
  const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  if (!modified) return std::nullopt;
  Entry entry;
  entry.name = words[0];
  entry.modified = *modified;
  entry.in_utc = false;
  if (words.count() > 8) entry.owner = words[8];
  return entry;
}
/// Reads a line below the head of a listing of members, of which some have no statistics.
inline std::optional<Entry> read_member_alone(const Words& words) {
  if (!is_member(words[0])) return std::nullopt;
  Entry entry;
  entry.name = words[0];
  return entry;
}

}  // namespace ftplike::detail
