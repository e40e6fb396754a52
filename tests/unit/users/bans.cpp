// The bans that somebody adds, removes and writes into a file.
#include <gtest/gtest.h>

#include <ftplike/users/bans.hpp>

#include "support/error_of.hpp"
#include "support/folder.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

Subnet subnet(std::string_view text) { return Subnet::parse(text).value(); }
Timestamp time_of(std::string_view text) { return parse_timestamp(text).value(); }
const Timestamp now = time_of("20261127170000");

TEST(BanFile, NamesTheLineThatIsWrong) {
  const auto complaint = [](std::string_view text) -> std::string {
    try {
      parse_bans(text, "bans");
    } catch (const std::runtime_error& error) { return error.what(); }
    return "none";
  };
  EXPECT_EQ(complaint("# a comment\n\n  10.0.0.0/8\t20261127180000 \n::1 always"), "none");
  EXPECT_EQ(complaint("10.0.0.7 always\n10.0.0.0/33 always\n"), "bans:2: '10.0.0.0/33' is no address and no network");
  EXPECT_EQ(complaint("10.0.0.7"), "bans:1: '' is neither a time nor \"always\"");
  EXPECT_EQ(complaint("10.0.0.7 tomorrow"), "bans:1: 'tomorrow' is neither a time nor \"always\"");
}

TEST(Bans, AreListedWhileTheyAreInForce) {
  const Bans bans{BanRules{}};
  bans.add({subnet("10.0.0.7"), now + 1h}, now);
  bans.add({subnet("192.168.3.4/16")}, now);
  EXPECT_EQ(bans.list(now), (std::vector<Ban>{{subnet("192.168.0.0/16")}, {subnet("10.0.0.7"), now + 1h}}));
  EXPECT_EQ(bans.list(now + 1h), std::vector<Ban>{{subnet("192.168.0.0/16")}});
  EXPECT_TRUE(bans.remove(subnet("192.168.0.0/16"), now));
  EXPECT_FALSE(bans.remove(subnet("10.0.0.7"), now + 1h)) << "that is over";
  EXPECT_EQ(bans.list(now), std::vector<Ban>{});
}

TEST(Bans, HoldForGoodAndCountForGoodWhereTheRulesHaveNoEnd) {
  asio::io_context loop;
  const Bans bans{BanRules{.failures = 1, .within = std::chrono::seconds::max(), .lasting = std::chrono::seconds::max()}};
  const auto fail = [&bans]() -> awaitable<void> {
    const Address client = asio::ip::make_address("10.0.0.7");
    (void)co_await bans.failed(client);
  };
  start_on(loop.get_executor(), fail());
  loop.run();
  EXPECT_EQ(bans.list(), std::vector<Ban>{{subnet("10.0.0.7")}});
}

TEST(Bans, ChangeOneLineOfTheirFileAndKeepTheComments) {
  const TestFolder folder;
  folder.write("bans", "# known\n10.0.0.7 20261127180000\n# over\n10.0.0.8 20261127160000\n10.0.0.9 always\n# end");
  const Bans bans{BanRules{}, folder / "bans"};
  bans.add({subnet("10.0.0.7"), time_of("20261128000000")}, now);
  EXPECT_TRUE(bans.remove(subnet("10.0.0.9"), now));
  EXPECT_EQ(folder.read("bans"), "# known\n# over\n# end\n10.0.0.7 20261128000000\n");
}

TEST(Bans, ThrowWhatIsWrongWithTheirFileAndLeaveItAsItIs) {
  const TestFolder folder;
  folder.write("bans", "nobody always\n");
  EXPECT_THROW((Bans{BanRules{}, folder / "bans"}), std::runtime_error);
  EXPECT_THROW(detail::write_ban(folder / "bans", subnet("10.0.0.7"), Ban{subnet("10.0.0.7")}, now), std::runtime_error);
  EXPECT_EQ(folder.read("bans"), "nobody always\n");
  EXPECT_THROW((Bans{BanRules{}, folder.string()}), std::system_error) << "it is a folder";
}

}  // namespace
