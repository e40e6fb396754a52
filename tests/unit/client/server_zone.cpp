#include <ftplike/client/server_zone.hpp>

#include <chrono>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

constexpr Timestamp day(int number) { return Timestamp{sys_days{January / 1 / 2025}} + days{number} + 12h; }

TEST(ServerZone, IsKnownBetweenTimesThatAgreeAndAreNear) {
  detail::ServerZone zone;
  EXPECT_EQ(zone.at(day(0)), std::nullopt);
  EXPECT_EQ(zone.nearest(day(0)), std::nullopt);
  zone.learn(day(0), 60min);
  zone.learn(day(50), 60min);
  zone.learn(day(100), 120min);
  zone.learn(day(300), 120min);
  EXPECT_EQ(zone.at(day(0)), 60min);
  EXPECT_EQ(zone.at(day(20)), 60min);
  EXPECT_EQ(zone.at(day(60)), std::nullopt);
  EXPECT_EQ(zone.at(day(200)), std::nullopt);
  EXPECT_EQ(zone.at(day(-1)), std::nullopt);
  EXPECT_EQ(zone.at(day(301)), std::nullopt);
  EXPECT_EQ(zone.nearest(day(60)), 60min);
  EXPECT_EQ(zone.nearest(day(90)), 120min);
  EXPECT_EQ(zone.nearest(day(-1)), 60min);
  EXPECT_EQ(zone.nearest(day(400)), 120min);
  zone.given = 30min;
  EXPECT_EQ(zone.at(day(60)), 30min);
}

TEST(ServerZone, IsLearnedFromFewFilesOfMany) {
  std::vector<Entry> entries;
  for (int i = 0; i < 2000; ++i) entries.emplace_back(std::to_string(i), Entry::Type::file, 1, day(i / 4));
  std::vector<const Entry*> files;
  for (const Entry& entry : entries) files.push_back(&entry);
  const auto truth = [](Timestamp told) { return told >= day(88) && told < day(298) ? 120min : 60min; };
  detail::ServerZone zone;
  int asked = 0;
  for (; const Entry* const file = detail::telling_one(zone, files); ++asked)
    zone.learn(file->modified, truth(file->modified));
  EXPECT_LT(asked, 25);
  for (const Entry& entry : entries) EXPECT_EQ(zone.at(entry.modified), truth(entry.modified)) << entry.name;
}

TEST(ServerZone, IsAMultipleOfAQuarterOfAnHour) {
  EXPECT_EQ(detail::zone_between(day(1) + 5h + 45min, day(1) + 45s), 345min);
  EXPECT_EQ(detail::zone_between(day(1), day(1) + 3h + 30min + 59s), -210min);
  EXPECT_EQ(detail::zone_between(day(1), day(2)), std::nullopt);
}

}  // namespace
}  // namespace ftplike
