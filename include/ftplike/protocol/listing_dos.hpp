#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// Reads a line of DOS or IIS: `11-22-26  05:11PM       <DIR>          name`, with 24 hours and long years as well.
inline std::optional<Entry> read_dos(const Words& words) {
  const auto date = date_in(words[0]);
  if (!date || words.count() < 4) return std::nullopt;
  std::size_t kind = 2;
  std::string time{words[1]};
  if (same_word(words[2], "AM") || same_word(words[2], "PM")) {
    time += words[2];
    kind = 3;
  }
  const auto clock = clock_in(time);
  const auto modified = clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
  if (!modified || kind + 1 >= words.count()) return std::nullopt;

  Entry entry;
  entry.modified = *modified;
  entry.in_utc = false;
  std::string_view name = words.behind(kind);
  if (const auto tag = words[kind]; tag.starts_with('<') && tag.ends_with('>')) {
    const bool link = same_word(tag, "<JUNCTION>") || same_word(tag, "<SYMLINK>") || same_word(tag, "<SYMLINKD>");
    if (!link && !same_word(tag, "<DIR>")) return std::nullopt;
    entry.type = link ? Entry::Type::link : Entry::Type::directory;
    constexpr std::size_t column = 15;  // the width of a tag with its blanks
    const auto padding = tag.size() + 1 < column ? column - tag.size() - 1 : 0;
    name.remove_prefix(std::min({padding, name.find_first_not_of(' '), name.size()}));
    if (const auto target = name.rfind(" ["); link && target != name.npos && name.ends_with(']')) {
      entry.target = name.substr(target + 2, name.size() - target - 3);
      name = name.substr(0, target);
    }
  } else {
    std::string digits{tag};
    std::erase(digits, ',');
    const auto size = number_in<std::uint64_t>(digits);
    if (!size) return std::nullopt;
    entry.size = *size;
  }
  if (name.empty()) return std::nullopt;
  entry.name = name;
  return entry;
}

}  // namespace ftplike::detail
