// What the server program's live page is told, whoever watches, and whose questions it answers.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "../examples/server/host_header.hpp"
#include "../examples/server/live_rows.hpp"

namespace {
using namespace std::chrono_literals;

class LiveRowsTest : public testing::Test {
 protected:
  void add(Row::Kind kind, std::uint64_t session, const std::string& text, std::uint64_t bytes = 0) {
    Row row;
    row.kind = kind;
    row.session = session;
    row.text = text;
    row.bytes = bytes;
    rows.add(row);
  }
  static std::size_t count(const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
    return found;
  }

  std::chrono::steady_clock::time_point now{};
  LiveRows rows{[this] { return now; }};
};

TEST_F(LiveRowsTest, TellABrowserWhatWasAndThenWhatIsNew) {
  add(Row::Kind::command, 1, "PWD");
  const auto browser = rows.join();
  const auto first = browser->news();
  EXPECT_TRUE(first.starts_with("event: afresh\ndata: {\"missed\":0,")) << first;
  EXPECT_NE(first.find("\n\ndata: [{\"kind\": \"command\""), first.npos) << first;
  EXPECT_TRUE(first.ends_with("}]\n\n")) << first;
  EXPECT_EQ(browser->news(), "");
  add(Row::Kind::reply, 1, "257 one");
  add(Row::Kind::reply, 1, "257 two");
  const auto next = browser->news();
  EXPECT_TRUE(next.starts_with("data: [{")) << next;
  EXPECT_EQ(count(next, "257 "), 2u) << next;
}

TEST_F(LiveRowsTest, KeepNoMoreThanTheLastButTellHowOpenSessionsStand) {
  add(Row::Kind::opened, 1, "has stayed");
  add(Row::Kind::opened, 2, "has left");
  add(Row::Kind::login, 1, "anna");
  add(Row::Kind::connected, 1, "is open");
  add(Row::Kind::closed, 2, "");
  for (std::size_t i = 0; i < LiveRows::most_rows; ++i) add(Row::Kind::command, 3, "NOOP");
  const auto news = rows.join()->news();
  EXPECT_EQ(count(news, "NOOP"), LiveRows::most_rows);
  for (const char* word : {"has stayed", "anna", "is open"}) EXPECT_EQ(count(news, word), 1u) << word;
  EXPECT_EQ(count(news, "has left"), 0u);
  EXPECT_LT(news.find("has stayed"), news.find("is open"));
}

TEST_F(LiveRowsTest, DropWhatASlowBrowserHasNotReadAndTellItAfresh) {
  const auto slow = rows.join();
  slow->news();
  for (std::size_t i = 0; i <= LiveRows::most_unread; ++i) add(Row::Kind::command, 1, "NOOP");
  add(Row::Kind::command, 1, "PWD");
  const auto news = slow->news();
  EXPECT_NE(news.find("event: afresh\ndata: {\"missed\":4001,"), news.npos) << news.substr(0, 100);
  EXPECT_EQ(count(news, "NOOP"), LiveRows::most_rows - 1);
  EXPECT_EQ(count(news, "PWD"), 1u);
  EXPECT_EQ(slow->news(), "");
}

TEST_F(LiveRowsTest, LetNoMoreBrowsersWatchThanThereAreThreads) {
  std::vector<std::unique_ptr<LiveRows::Browser>> browsers;
  for (std::size_t i = 0; i < LiveRows::most_browsers; ++i) browsers.push_back(rows.join());
  EXPECT_TRUE(browsers.back());
  EXPECT_FALSE(rows.join());
  browsers.pop_back();
  EXPECT_TRUE(rows.join());
  rows.end();
  EXPECT_FALSE(rows.join());
  EXPECT_FALSE(rows.wait());
}

TEST_F(LiveRowsTest, CountTheBytesOfEachSecond) {
  const auto browser = rows.join();
  browser->news();
  add(Row::Kind::moved, 1, "", 100);
  add(Row::Kind::moved, 1, "", 250);
  now += 1s;
  add(Row::Kind::ended, 1, "", 300);
  now += 2s;
  add(Row::Kind::ended, 1, "", 7);
  now += 1s;
  const auto news = browser->news();
  for (const char* second : {"[0,250,0]", "[1,50,0]", "[2,0,0]", "[3,7,0]"}) {
    EXPECT_EQ(count(news, std::string{"event: second\ndata: "} + second + "\n\n"), 1u) << second << " is not in\n" << news;
  }
  EXPECT_EQ(count(rows.join()->news(), "event: second"), 4u);
  now += 1000s;
  EXPECT_EQ(count(rows.join()->news(), ",0,0]"), LiveRows::seconds_kept);
}

TEST(HostHeader, MayNameThisMachineAlone) {
  for (const char* host : {"127.0.0.1", "127.0.0.1:8021", "127.9.9.9:1", "localhost", "localhost:8021", "[::1]", "[::1]:80"}) {
    EXPECT_TRUE(names_this_machine(host)) << host;
  }
  for (const char* host : {"", "evil.example", "evil.example:8021", "192.0.2.1", "127.0.0.1.evil.example", "localhost.evil.example",
                           "[192.0.2.1]", "::1", "[::1", "127.0.0.1@evil.example", "0.0.0.0"}) {
    EXPECT_FALSE(names_this_machine(host)) << host;
  }
}

}  // namespace
