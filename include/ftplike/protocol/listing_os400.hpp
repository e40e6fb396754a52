#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

inline Entry::Type os400_type(std::string_view kind, std::string_view name) noexcept {
  using enum Entry::Type;
  if (kind == "*DIR" || kind == "*DDIR" || kind == "*LIB" || kind == "*FLR") return directory;
  const bool save_file = kind == "*FILE" && name.ends_with(".SAVF");
  return kind == "*STMF" || kind == "*DSTMF" || kind == "*MEM" || save_file ? file : other;
}

/// Reads a line of OS/400: `OWNER  77824 11/22/25 17:11:05 *DIR  name/`, or of a member, which has neither a size nor a
/// date: `OWNER  *MEM  NOTES.MBR`.
inline std::optional<Entry> read_os400(const Words& words) {
  const std::size_t at = words[1].starts_with('*') ? 1 : 4;  // the kind
  const auto kind = words[at];
  if (!kind.starts_with('*') || words.count() < at + 2 || (at == 1 && kind != "*MEM")) return std::nullopt;
  Entry entry;
  if (at > 1) {
    const auto size = number_in<std::uint64_t>(words[1]);
    const auto date = date_in(words[2]);
    const auto clock = clock_in(words[3]);
    const auto modified = date && clock ? moment((*date)[0], (*date)[1], (*date)[2], *clock) : std::nullopt;
    if (!size || !modified) return std::nullopt;
    entry.size = *size;
    entry.modified = *modified;
    entry.in_utc = false;
  }
  auto name = words.line().substr(words.begin_of(at + 1));
  if (name.ends_with('/')) name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  entry.name = name;
  entry.type = os400_type(kind, name);
  entry.owner = words[0];
  return entry;
}

}  // namespace ftplike::detail
