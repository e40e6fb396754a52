#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// Whether a timestamp shows the part of a second that it has.
enum class Fraction { if_any, never };

namespace detail {

/// A moment taken apart. What lies outside of the years 0 to 9999 counts as the first or the last moment of these.
class Civil {
 public:
  explicit Civil(Timestamp time) noexcept {
    using namespace std::chrono;
    time = std::clamp(time, first_timestamp, last_timestamp);
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    year_ = static_cast<unsigned>(static_cast<int>(date.year()));
    month_ = static_cast<unsigned>(date.month());
    day_ = static_cast<unsigned>(date.day());
    hour_ = static_cast<unsigned>(clock.hours().count());
    minute_ = static_cast<unsigned>(clock.minutes().count());
    second_ = static_cast<unsigned>(clock.seconds().count());
    millisecond_ = static_cast<unsigned>(clock.subseconds().count());
  }
  unsigned year() const noexcept { return year_; }
  unsigned month() const noexcept { return month_; }
  unsigned day() const noexcept { return day_; }
  unsigned hour() const noexcept { return hour_; }
  unsigned minute() const noexcept { return minute_; }
  unsigned second() const noexcept { return second_; }
  unsigned millisecond() const noexcept { return millisecond_; }

 private:
  unsigned year_, month_, day_, hour_, minute_, second_, millisecond_;
};

/// The moment with these parts, if there is one. A leap second counts as the second before it.
inline std::optional<Timestamp> moment(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                                       unsigned second) noexcept {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                            std::chrono::day{day}};
  if (year > 9999 || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const unsigned since_midnight = (hour * 60 + minute) * 60 + std::min(second, 59U);
  return sys_days{date} + milliseconds{std::int64_t{since_midnight} * 1000};
}

/// Writes the last `digits` decimal digits of `value`, zeros in front, and gives the place behind them.
constexpr char* put_digits(char* at, unsigned value, std::size_t digits) noexcept {
  for (std::size_t i = digits; i > 0; value /= 10) at[--i] = static_cast<char>('0' + value % 10);
  return at + digits;
}

}  // namespace detail

/// Reads `YYYYMMDDHHMMSS[.sss]`, in UTC. Digits beyond the millisecond are cut off. RFC 3659 §2.3.
inline std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept {
  const auto fraction = text.substr(std::min<std::size_t>(text.size(), 14));
  if (text.size() < 14 || text.size() == 15 || (!fraction.empty() && fraction[0] != '.')) return std::nullopt;
  const auto digits_only = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), detail::is_digit);
  };
  if (!digits_only(text.substr(0, 14)) || !digits_only(fraction.substr(fraction.empty() ? 0 : 1))) return std::nullopt;

  const auto part = [text](std::size_t at, std::size_t size) {
    unsigned value = 0;
    for (const char digit : text.substr(at, size)) value = value * 10 + static_cast<unsigned>(digit - '0');
    return value;
  };
  auto result = detail::moment(part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2));
  if (!result) return std::nullopt;
  unsigned scale = 100;
  for (std::size_t i = 1; i < fraction.size() && scale > 0; ++i, scale /= 10) {
    *result += std::chrono::milliseconds{static_cast<unsigned>(fraction[i] - '0') * scale};
  }
  return result;
}

namespace detail {

/// Writes `YYYYMMDDHHMMSS`, and gives the place behind it.
inline char* put_timestamp(char* at, const Civil& civil) noexcept {
  at = put_digits(at, civil.year(), 4);
  for (const auto value : {civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second()}) {
    at = put_digits(at, value, 2);
  }
  return at;
}

}  // namespace detail

/// Appends `time` as `YYYYMMDDHHMMSS`, with `.sss` if it has a part of a second and that is wanted. RFC 3659 §2.3.
inline void append_timestamp(std::string& out, Timestamp time, Fraction fraction = Fraction::if_any) {
  const detail::Civil civil{time};
  std::array<char, 18> text;
  auto* at = detail::put_timestamp(text.data(), civil);
  if (fraction == Fraction::if_any && civil.millisecond() != 0) {
    *at++ = '.';
    at = detail::put_digits(at, civil.millisecond(), 3);
  }
  out.append(text.data(), at);
}

/// The same as a text of its own.
inline std::string format_timestamp(Timestamp time, Fraction fraction = Fraction::if_any) {
  std::string text;
  append_timestamp(text, time, fraction);
  return text;
}

}  // namespace ftplike
