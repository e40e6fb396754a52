#include <ftplike/protocol/listing_months.hpp>

#include <string>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

TEST(ListingMonths, AreReadInManyLanguages) {
  const auto numbers = [](const std::string& names) {
    std::string out;
    for (std::size_t at = 0; at < names.size();) {
      const auto end = std::min(names.find(' ', at), names.size());
      out += std::to_string(detail::month_of(names.substr(at, end - at)).value_or(0)) + ' ';
      at = end + 1;
    }
    return out;
  };
  for (const auto* names :
       {"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC",
        "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "Jan. Feb. M\344r. Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.",
        "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.",
        "jan fév mar avr mai jun jui ao\373 sep oct nov d\351c", "ene feb mar abr may jun jul ago sep oct nov dic",
        "gen feb mar apr mag giu lug ago set ott nov dic", "jan fev mar abr mai jun jul ago set out nov dez",
        "jan feb mrt apr mei jun jul aug sep okt nov dec", "jan feb mar apr maj jun jul aug sep okt nov des",
        "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
        "sty lut mar kwi maj cze lip sie wrz paź lis gru", "led úno bře dub kvě čen čec srp zář říj lis pro",
        "янв фев мар апр мая июн июл авг сен окт ноя дек", "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
        "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월"}) {
    EXPECT_EQ(numbers(names), "1 2 3 4 5 6 7 8 9 10 11 12 ") << names;
  }
  for (const auto* word : {"", ".", "Foo", "Janu", "月", "x月", "Mär Apr"})
    EXPECT_FALSE(detail::month_of(word)) << word;
}

TEST(ListingMonths, StandBesideNumbersWithSigns) {
  EXPECT_EQ(detail::number_of_date("22"), 22U);
  EXPECT_EQ(detail::number_of_date("22."), 22U);
  EXPECT_EQ(detail::number_of_date("22日"), 22U);
  EXPECT_EQ(detail::number_of_date("2025年"), 2025U);
  EXPECT_FALSE(detail::number_of_date("日"));
}

}  // namespace
}  // namespace ftplike
