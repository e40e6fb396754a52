#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::detail {

/// Reads a line of EPLF, the easily parsed format: `+i8388621.29609,m824255902,/,` then a tab and the name.
inline std::optional<Entry> read_eplf(std::string_view line) {
  const auto tab = line.find('\t');
  if (!line.starts_with('+') || tab == line.npos || tab + 1 == line.size()) return std::nullopt;
  Entry entry;
  entry.type = Entry::Type::other;
  entry.name = line.substr(tab + 1);
  auto facts = line.substr(1, tab - 1);
  while (!facts.empty()) {
    const auto fact = facts.substr(0, facts.find(','));
    facts.remove_prefix(std::min(fact.size() + 1, facts.size()));
    if (fact == "/") entry.type = Entry::Type::directory;
    if (fact == "r") entry.type = Entry::Type::file;
    if (fact.starts_with('i')) entry.unique = fact.substr(1);
    if (fact.starts_with('s')) entry.size = number_in<std::uint64_t>(fact.substr(1));
    if (fact.starts_with('m')) {
      // Four bytes of seconds last until 2106; what is longer is no time of a file.
      entry.modified = Timestamp{std::chrono::seconds{number_in<std::uint32_t>(fact.substr(1)).value_or(0)}};
    }
    if (fact.starts_with("up")) entry.mode = number_in(fact.substr(2), 8).value_or(0) & 07777;
  }
  return entry;
}

/// Reads a line of VMS: `NOTES.TXT;3   5/6   22-NOV-2025 17:11:05  [GROUP,OWNER]  (RWED,RWED,RE,)`. The name is without
/// its version, that of a directory without `.DIR`. The size is in blocks of 512 bytes, so rounded up.
inline std::optional<Entry> read_vms(const Words& words) {
  const auto version = words[0].rfind(';');
  if (version == std::string_view::npos || version == 0 || !number_in(words[0].substr(version + 1)))
    return std::nullopt;
  const auto blocks = number_in<std::uint32_t>(words[1].substr(0, words[1].find('/')));
  const auto date = words[2];
  const auto day_end = date.find('-');
  if (!blocks || day_end == date.npos || date.size() != day_end + 9 || date[day_end + 4] != '-') return std::nullopt;
  const auto day = number_in(date.substr(0, day_end));
  const auto month = month_of(date.substr(day_end + 1, 3));
  const auto year = number_in(date.substr(day_end + 5));
  const auto clock = clock_in(words[3]);
  const auto modified = day && month && year && clock ? moment(*year, *month, *day, *clock) : std::nullopt;
  if (!modified) return std::nullopt;

  auto name = words[0].substr(0, version);
  constexpr std::string_view folder = ".DIR";
  const bool directory = name.size() > folder.size() && same_word(name.substr(name.size() - folder.size()), folder);
  if (directory) name.remove_suffix(folder.size());
  Entry entry{std::string{name}, directory ? Entry::Type::directory : Entry::Type::file, std::uint64_t{*blocks} * 512,
              *modified};
  if (const auto owner = words[4]; owner.size() > 2 && owner.starts_with('[') && owner.ends_with(']')) {
    entry.owner = owner.substr(1, owner.size() - 2);
  }
  return entry;
}

inline Entry::Type os400_type(std::string_view kind) noexcept {
  using enum Entry::Type;
  if (kind == "*DIR" || kind == "*DDIR" || kind == "*LIB" || kind == "*FLR") return directory;
  return kind == "*STMF" || kind == "*DSTMF" || kind == "*MEM" ? file : other;
}

/// Reads a line of OS/400: `OWNER  77824 11/22/25 17:11:05 *DIR  name/`.
inline std::optional<Entry> read_os400(const Words& words) {
  const auto kind = words[4];
  if (!kind.starts_with('*') || words.count() < 6) return std::nullopt;
  const auto size = number_in<std::uint64_t>(words[1]);
  const auto date = date_in(words[2]);
  const auto clock = clock_in(words[3]);
  const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  if (!size || !modified) return std::nullopt;

  auto name = words.line().substr(words.begin_of(5));
  if (name.ends_with('/')) name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  Entry entry{std::string{name}, os400_type(kind), *size, *modified};
  entry.owner = words[0];
  return entry;
}

}  // namespace ftplike::detail
