#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include <ftplike/protocol/listing_months.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/protocol/timestamp.hpp>

namespace ftplike::inline v0_2::detail {

/// The first words of a line, at most 16: more than any listing has before the name.
class Words {
 public:
  explicit Words(std::string_view line) noexcept : line_{line} {
    constexpr std::string_view blanks = " \t";
    std::size_t at = line.find_first_not_of(blanks);
    while (at != line.npos && count_ < words_.size()) {
      const auto end = std::min(line.find_first_of(blanks, at), line.size());
      words_[count_++] = line.substr(at, end - at);
      at = line.find_first_not_of(blanks, end);
    }
  }
  std::string_view line() const noexcept { return line_; }
  std::size_t count() const noexcept { return count_; }
  /// Empty if there are not so many.
  std::string_view operator[](std::size_t i) const noexcept { return i < count_ ? words_[i] : std::string_view{}; }
  std::size_t begin_of(std::size_t i) const noexcept {
    return static_cast<std::size_t>(words_[i].data() - line_.data());
  }
  std::size_t end_of(std::size_t i) const noexcept { return begin_of(i) + words_[i].size(); }
  /// What follows word `i` and one blank: a name with all of its own blanks.
  std::string_view behind(std::size_t i) const noexcept { return line_.substr(std::min(end_of(i) + 1, line_.size())); }
  /// Words `first` to `last` with what stands between them.
  std::string_view joined(std::size_t first, std::size_t last) const noexcept {
    return line_.substr(begin_of(first), end_of(last) - begin_of(first));
  }

 private:
  std::string_view line_;
  std::array<std::string_view, 16> words_;
  std::size_t count_ = 0;
};

/// A time of day of a listing.
class Clock {
 public:
  unsigned hour = 0, minute = 0, second = 0;
  bool has_seconds = false;
};

/// `17:11`, `17:11:05`, `17:11:05.25`, `05:11PM`, `5:11p`.
inline std::optional<Clock> clock_in(std::string_view word) noexcept {
  std::optional<bool> afternoon;
  if (word.ends_with('M') || word.ends_with('m')) word.remove_suffix(1);
  if (word.ends_with('P') || word.ends_with('p')) afternoon = true;
  if (word.ends_with('A') || word.ends_with('a')) afternoon = false;
  if (afternoon) word.remove_suffix(1);

  const auto colon = word.find(':');
  if (colon == word.npos || colon > 2) return std::nullopt;
  const auto hour = number_in(word.substr(0, colon));
  word.remove_prefix(colon + 1);
  const auto minute = number_in(word.substr(0, 2));
  Clock clock;
  if (word.size() > 2) {
    const auto second = word[2] == ':' && word.size() > 4 ? number_in(word.substr(3, 2)) : std::nullopt;
    const bool fraction = word.size() > 5 && word[5] == '.' && word.find_first_not_of("0123456789", 6) == word.npos;
    if (!second || (word.size() > 5 && !fraction)) return std::nullopt;
    clock.second = *second;
    clock.has_seconds = true;
  }
  if (!hour || !minute || word.size() < 2 || *hour > 23 || (afternoon && (*hour == 0 || *hour > 12)))
    return std::nullopt;
  clock.hour = afternoon ? *hour % 12 + (*afternoon ? 12 : 0) : *hour;
  clock.minute = *minute;
  return clock;
}

inline std::optional<Timestamp> moment(unsigned year, unsigned month, unsigned day, const Clock& clock) noexcept {
  return moment(year, month, day, clock.hour, clock.minute, clock.second);
}

/// The last such moment that is not ahead of `now`, but for a day that clocks and time zones may differ.
inline std::optional<Timestamp> latest(unsigned month, unsigned day, const Clock& clock, Timestamp now) noexcept {
  const auto limit = now + std::chrono::hours{24};
  const auto this_year = Civil{limit}.year();
  for (unsigned back = 0; back <= std::min(this_year, 8U); ++back) {  // there may be 8 years between leap days
    const auto time = moment(this_year - back, month, day, clock);
    if (time && *time <= limit) return time;
  }
  return std::nullopt;
}

/// The year that two digits mean.
constexpr unsigned full_year(unsigned digits) noexcept { return digits + (digits < 70 ? 2000 : 1900); }

/// `22-NOV-2025` or `22-Nov-25` as year, month and day.
inline std::optional<std::array<unsigned, 3>> day_month_year(std::string_view word) noexcept {
  const auto first = word.find('-'), last = word.rfind('-');
  if (first == word.npos || last != first + 4) return std::nullopt;
  const auto day = number_in(word.substr(0, first)), month = month_of(word.substr(first + 1, 3));
  const auto year = number_in(word.substr(last + 1));
  const auto digits = word.size() - last - 1;
  if (!day || !month || !year || (digits != 2 && digits != 4)) return std::nullopt;
  return std::array{digits == 2 ? full_year(*year) : *year, *month, *day};
}

/// Whether a line has nothing but dashes, which rule off the head of a listing.
inline bool is_ruler(const Words& words) noexcept {
  return words.count() > 0 && words[0].size() > 2 && words.line().find_first_not_of("- \t") == words.line().npos;
}

/// The three numbers of `11-22-26`, `11/22/2026` or `2026-11-22` as year, month and day. A first number that is no
/// month is the day. RFC 959 leaves all this open; the order is that of IIS.
inline std::optional<std::array<unsigned, 3>> date_in(std::string_view word) noexcept {
  const auto first_end = word.find_first_of("-/.");
  if (first_end == word.npos) return std::nullopt;
  const auto second_end = word.find(word[first_end], first_end + 1);
  if (second_end == word.npos || word.size() > 10) return std::nullopt;
  const auto a = number_in(word.substr(0, first_end));
  const auto b = number_in(word.substr(first_end + 1, second_end - first_end - 1));
  const auto c = number_in(word.substr(second_end + 1));
  if (!a || !b || !c) return std::nullopt;
  if (first_end == 4) return std::array{*a, *b, *c};
  const auto year_size = word.size() - second_end - 1;
  if (year_size != 2 && year_size != 4) return std::nullopt;
  const auto year = year_size == 4 ? *c : full_year(*c);
  return *a > 12 ? std::array{year, *b, *a} : std::array{year, *a, *b};
}

}  // namespace ftplike::detail
