#pragma once
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

inline constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// What `ls` calls each month in other languages, in UTF-8 and in Latin-1. Croatian is not among them: its `lip`, `srp`
/// and `lis` are other months than those of its neighbours.
inline constexpr std::array<std::string_view, 12> foreign_months{
    "janv ene gen tammi sty led ian oca янв січ Ιαν",
    "févr fév fev helmi lut úno febr şub Şub shk фев лют Φεβ f\351vr f\351v \372no",
    "mär mrz mars mrt maalis bře márc мар бер Μάρ m\344r m\341rc",
    "avr avril abr huhti kwi dub ápr nis pri апр кві Απρ \341pr",
    "mai mag mei maj touko kvě máj май мая тра Μάι m\341j",
    "juin giu kesä cze čen jún iun haz qer июн чер Ιούν kes\344 j\372n",
    "juil jui lug heinä lip čec júl iul tem kor июл лип Ιούλ hein\344 j\372l",
    "août aoû ago elo sie srp avg ağu gsh авг сер Αύγ ao\373t ao\373",
    "sept set syys wrz zář szept eyl sht сен вер Σεπ",
    "okt ott out loka paź říj eki tet окт жов Οκτ",
    "marras lis kas nën ноя лис Νοέ n\353n",
    "dez déc dic des joulu gru pro ara dhj дек гру Δεκ d\351c"};

/// Whether a list of words, with a blank between them, has that one.
constexpr bool has_word(std::string_view list, std::string_view word) noexcept {
  while (!list.empty()) {
    const auto next = list.substr(0, list.find(' '));
    if (same_word(next, word)) return true;
    list.remove_prefix(std::min(next.size() + 1, list.size()));
  }
  return false;
}

/// The number before one of the signs that Chinese, Japanese and Korean write behind months, days and years; also
/// before a dot, or before nothing.
inline std::optional<unsigned> number_of_date(std::string_view word) noexcept {
  for (const std::string_view sign : {".", "月", "월", "日", "일", "年", "년"}) {
    if (word.ends_with(sign)) return number_in(word.substr(0, word.size() - sign.size()));
  }
  return number_in(word);
}

/// 1 to 12; nothing for a word that is no short name of a month. A dot may follow it.
inline std::optional<unsigned> month_of(std::string_view word) noexcept {
  const bool counted = word.ends_with("月") || word.ends_with("월");
  if (counted) return number_of_date(word);
  if (word.ends_with('.')) word.remove_suffix(1);
  for (unsigned i = 0; i < month_names.size(); ++i) {
    if (same_word(word, month_names[i]) || has_word(foreign_months[i], word)) return i + 1;
  }
  return std::nullopt;
}

}  // namespace ftplike::detail
