#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// Whether a line is the one that `ls -l` begins with, `total 12`, in whichever language.
inline bool totals_unix(const Words& words) noexcept {
  constexpr std::string_view names =
      "total totale totaal totalt insgesamt razem celkem spolu összesen yhteensä toplam итого всього σύνολο 合計 "
      "总用量 "
      "总计 總計 총 합계";
  const auto last = words.count() > 0 ? words.count() - 1 : 0;
  const bool named = (last == 1 && has_word(names, words[0])) || (last == 2 && words.joined(0, 1) == "i alt");
  return named && is_digit(words[last][0]);
}

/// A date in the words of a line: how many words it takes, and where the name begins behind them.
class DateWords {
 public:
  Timestamp time{};
  std::size_t count = 0;
  std::size_t padding = 0;  // blanks before the name beyond the one that there always is
  bool in_utc = false;      // its zone is told
};

/// The day is known, what tells the time or the year stands in word `at`.
inline std::optional<DateWords> finish_date(unsigned month, unsigned day, const Words& words, std::size_t at,
                                            Timestamp now) noexcept {
  const auto year_in = [&words](std::size_t i) {
    const auto digits = words[i].find_first_not_of("0123456789");
    return std::min(digits, words[i].size()) == 4 ? number_of_date(words[i]) : std::nullopt;
  };
  std::optional<Timestamp> time;
  std::size_t count = 3;
  if (const auto year = year_in(at)) {
    time = moment(*year, month, day, Clock{});
  } else if (const auto clock = clock_in(words[at])) {
    const auto later_year = clock->has_seconds ? year_in(at + 1) : std::nullopt;
    if (later_year) ++count;
    time = later_year ? moment(*later_year, month, day, *clock) : latest(month, day, *clock, now);
  }
  if (!time) return std::nullopt;
  return DateWords{*time, count};
}

/// `2026-11-22 17:11`, `2026-11-22 17:11:05.000000000 +0100`, `2026-11-22 `, `11-22 17:11`: the ISO styles of ls.
inline std::optional<DateWords> read_iso_date(const Words& words, std::size_t at, Timestamp now) noexcept {
  const auto day = words[at];
  const auto clock = clock_in(words[at + 1]);
  if (day.size() == 5 && day[2] == '-' && clock) {
    const auto month_number = number_in(day.substr(0, 2)), day_number = number_in(day.substr(3));
    const auto time = month_number && day_number ? latest(*month_number, *day_number, *clock, now) : std::nullopt;
    return time ? std::optional{DateWords{*time, 2}} : std::nullopt;
  }
  if (day.size() != 10 || day[4] != '-') return std::nullopt;
  const auto date = date_in(day);
  auto time = date ? moment((*date)[0], (*date)[1], (*date)[2], clock.value_or(Clock{})) : std::nullopt;
  if (!time) return std::nullopt;
  if (!clock) return DateWords{*time, 1, 1};
  const auto zone = words[at + 2];
  const auto offset = zone.size() == 5 && clock->has_seconds ? number_in(zone.substr(1)) : std::nullopt;
  if (!offset || (zone[0] != '+' && zone[0] != '-')) return DateWords{*time, 2};
  const std::chrono::minutes ahead{*offset / 100 * 60 + *offset % 100};
  return DateWords{zone[0] == '+' ? *time - ahead : *time + ahead, 3, 0, true};
}

/// The date that begins at word `at`: `Nov 22 17:11`, `Nov 22  2025`, `22 Nov 17:11`, or an ISO style.
inline std::optional<DateWords> read_unix_date(const Words& words, std::size_t at, Timestamp now) noexcept {
  if (const auto month = month_of(words[at])) {
    const auto day = number_of_date(words[at + 1]);
    return day ? finish_date(*month, *day, words, at + 2, now) : std::nullopt;
  }
  if (const auto month = month_of(words[at + 1])) {
    const auto day = number_of_date(words[at]);
    return day ? finish_date(*month, *day, words, at + 2, now) : std::nullopt;
  }
  return read_iso_date(words, at, now);
}

/// The type and the mode that `drwxr-xr-x` tells; letters behind the tenth are marks of ACLs and the like.
inline bool read_mode(std::string_view word, Entry& entry) noexcept {
  constexpr std::string_view types = "-dlbcpsDMnm|?", rights = "-rwxsStTlL";
  if (word.size() < 10 || types.find(word[0]) == types.npos) return false;
  if (word.substr(1, 9).find_first_not_of(rights) != word.npos) return false;
  using enum Entry::Type;
  entry.type = word[0] == '-' ? file : word[0] == 'd' ? directory : word[0] == 'l' ? link : other;
  for (std::size_t i = 1; i <= 9; ++i) {
    const char letter = word[i];
    const bool set = letter != '-' && letter != 'S' && letter != 'T' && letter != 'l' && letter != 'L';
    entry.mode = entry.mode << 1 | (set ? 1U : 0U);
  }
  const auto special = [word](std::size_t at) { return word[at] != '-' && word[at] != 'x'; };
  if (special(3)) entry.mode |= 04000;
  if (special(6)) entry.mode |= 02000;
  if (special(9)) entry.mode |= 01000;
  return true;
}

/// The words between the mode and the size: links, owner and group, of which some servers leave out some.
inline void read_owners(const Words& words, std::size_t first, std::size_t end, Entry& entry) {
  if (first < end && number_in<std::uint64_t>(words[first])) ++first;
  if (first == end) return;
  const auto last = end - 1;
  if (first == last) {
    entry.owner = words[first];
  } else {
    entry.owner = words.joined(first, last - 1);
    entry.group = words[last];
  }
}

/// The number before a date and that date, from word `first` on.
class SizeAndDate {
 public:
  std::size_t at = 0;
  std::uint64_t bytes = 0;
  DateWords date;
};

inline std::optional<SizeAndDate> size_at(const Words& words, std::size_t at, Timestamp now) noexcept {
  const auto comma = words[at].find(',');  // a device has two numbers instead, `8,0` or `8, 0`
  const auto bytes = number_in<std::uint64_t>(words[at].substr(comma == std::string_view::npos ? 0 : comma + 1));
  const auto date = bytes ? read_unix_date(words, at + 1, now) : std::nullopt;
  if (!date) return std::nullopt;
  const bool device = comma != std::string_view::npos || words[at - 1].ends_with(',');
  return SizeAndDate{at, device ? 0 : *bytes, *date};
}

/// A number at `first` is the count of links, even of an owner with the name of a month, unless no other fits.
inline std::optional<SizeAndDate> find_size(const Words& words, std::size_t first, Timestamp now) noexcept {
  for (auto at = first + 1; at + 1 < words.count(); ++at) {
    if (const auto found = size_at(words, at, now)) return found;
  }
  return size_at(words, first, now);
}

/// Reads a line of `ls -l` in its many forms, or of NetWare: the size is the number before the date, the name all that
/// follows the date.
inline std::optional<Entry> read_unix(const Words& words, Timestamp now) {
  Entry entry;
  std::size_t owners = 1;
  const bool netware = (words[0] == "d" || words[0] == "-") && words[1].starts_with('[') && words[1].ends_with(']');
  if (netware) {
    entry.type = words[0] == "d" ? Entry::Type::directory : Entry::Type::file;
    owners = 2;
  } else if (!read_mode(words[0], entry)) {
    return std::nullopt;
  }
  const auto size = find_size(words, owners, now);
  if (!size) return std::nullopt;
  entry.size = size->bytes;
  entry.modified = size->date.time;
  entry.in_utc = size->date.in_utc;
  const bool second_number = size->at > owners && words[size->at - 1].ends_with(',');
  read_owners(words, owners, second_number ? size->at - 1 : size->at, entry);

  auto name = words.behind(size->at + size->date.count);
  for (auto blanks = size->date.padding; blanks > 0 && name.starts_with(' '); --blanks) name.remove_prefix(1);
  if (netware) name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
  constexpr std::string_view arrow = " -> ";
  if (const auto at = name.find(arrow); entry.type == Entry::Type::link && at != name.npos) {
    entry.target = name.substr(at + arrow.size());
    name = name.substr(0, at);
  }
  if (entry.is_directory() && name.ends_with('/')) name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  entry.name = name;
  return entry;
}

}  // namespace ftplike::detail
