// A server that is stricter than others: as its operator wants it.
#include <ftplike/server.hpp>

#include "support/dialogue.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;

UserTable carl() {
  UserTable users;
  users.add(UserEntry{Account{"carl", Path{}, Rights::all()}, Password::plain("secret")});
  return users;
}

TEST(WithoutTextConversion, FilesAreSentStoredAndMeasuredAsTheyAreInTypeA) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/a", "1\n2\n"}};
  Served served{network, files, carl(), Conveniences{.converts_text = false}};
  Dialogue client{network};
  client.log_in("carl");
  EXPECT_EQ(client.say("TYPE A"), "200 Type is ASCII\r\n");
  EXPECT_EQ(client.fetch("RETR a"), "1\n2\n");
  EXPECT_EQ(client.say("SIZE a"), "213 4\r\n");
  client.store("STOR b", "3\r\n");
  EXPECT_EQ(files.text("/b"), "3\r\n");
}

TEST(WithoutPatterns, AStarIsPartOfAName) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/a.txt", "1"}, {"/*", "2"}};
  Served served{network, files, carl(), Conveniences{.takes_patterns = false}};
  Dialogue client{network};
  client.log_in("carl");
  EXPECT_EQ(client.fetch("NLST *"), "*\r\n");
  EXPECT_EQ(client.fetch("NLST *.txt"), "550 File not found\r\n");
}

}  // namespace
