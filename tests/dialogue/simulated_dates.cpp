#include <ftplike/simulated/network.hpp>

#include <chrono>
#include <string>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

TEST(SimulatedDates, AreThoseOfListMdtmAndNewFiles) {
  TestNetwork network{7};
  network.set_date(std::chrono::sys_days{2031y / 5 / 6} + 7h);
  MemoryStorage files;
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in();
  network.advance(90s);
  EXPECT_EQ(client.store("STOR a", "hello"), "226 Upload complete\r\n");
  EXPECT_EQ(client.say("MDTM a"), "213 20310506070130\r\n");
  EXPECT_NE(client.fetch("LIST").find("May  6 07:01 a\r\n"), std::string::npos);
  client.say("NOOP");
  network.set_date(std::chrono::sys_days{2032y / 5 / 6});
  EXPECT_NE(client.fetch("LIST").find("May  6  2031 a\r\n"), std::string::npos) << "it is old now";
  EXPECT_NE(client.say("STAT a").find("May  6  2031 a\r\n"), std::string::npos);
  EXPECT_EQ(client.say("MKD d").substr(0, 4), "257 ");
  EXPECT_NE(client.fetch("MLSD").find("modify=20320506000000"), std::string::npos);
}

}  // namespace
