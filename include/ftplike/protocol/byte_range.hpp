#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// The bytes of a file that a transfer or a checksum is about: what RANG says.
struct ByteRange {
  /// No bound: up to the end of the file.
  static constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t first = 0;  // the offset of its first byte
  std::uint64_t last = all;  // itself in

  /// How many there are at the most.
  constexpr std::uint64_t count() const noexcept { return last - first == all ? all : last - first + 1; }
  /// `<first> <last>`, where the first is not behind the last.
  static std::optional<ByteRange> parse(std::string_view text) noexcept {
    const auto space = text.find(' ');
    const auto first = number_in<std::uint64_t>(text.substr(0, space));
    if (!first || space == text.npos) return std::nullopt;
    const auto last = number_in<std::uint64_t>(text.substr(space + 1));
    if (!last || *last < *first) return std::nullopt;
    return ByteRange{*first, *last};
  }
};

}  // namespace ftplike
