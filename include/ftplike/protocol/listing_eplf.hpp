#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

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

}  // namespace ftplike::detail
