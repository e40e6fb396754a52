#include <ftplike/protocol/reply_buffer.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::string_literals;

std::vector<Reply> replies(std::string_view bytes, std::size_t piece = 1) {
  ReplyBuffer buffer;
  std::vector<Reply> result;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    buffer.feed(bytes.substr(0, piece));
    while (auto reply = buffer.next()) result.push_back(*reply);
  }
  EXPECT_FALSE(buffer.defect());
  EXPECT_TRUE(buffer.empty());
  return result;
}

std::error_code defect(std::string_view bytes) {
  ReplyBuffer buffer;
  buffer.feed(bytes);
  while (buffer.next()) {}
  return buffer.defect();
}

TEST(ReplyBuffer, TakesCrLfAndBareLfAsTheEndOfALine) {
  EXPECT_EQ(replies("220 FTP Server Ready\r\n150 51045\n226 \r\r\n"),
            (std::vector{Reply{220, "FTP Server Ready"}, Reply{150, "51045"}, Reply{226, ""}}));
}

TEST(ReplyBuffer, TakesACodeAlone) { EXPECT_EQ(replies("200\r\n"), std::vector{Reply(200, "")}); }

TEST(ReplyBuffer, JoinsTheLinesOfAReply) {
  EXPECT_EQ(replies("211-Features:\r\n MDTM\r\n REST STREAM\r\n211 End\r\n"),
            std::vector{Reply(211, "Features:\n MDTM\n REST STREAM\nEnd")});
}

TEST(ReplyBuffer, TakesTheCodeOfItsOwnReplyOffTheLinesBetween) {
  EXPECT_EQ(replies("230-one\n230-two\n220-three\n220 four\n\n2300 five\n23\n230 six\n"),
            std::vector{Reply(230, "one\ntwo\n220-three\n220 four\n\n2300 five\n23\nsix")});
}

TEST(ReplyBuffer, EndsAReplyOfSeveralLinesAtItsCodeAlone) {
  EXPECT_EQ(replies("230-\nhello\n230\n200 ok\n"), (std::vector{Reply(230, "\nhello\n"), Reply(200, "ok")}));
}

TEST(ReplyBuffer, GivesTheSameRepliesHoweverTheBytesAreSplit) {
  const auto bytes =
      "220-a\r\n b\r\n220 c\r\n\xFF\xFB\x01"
      "257 \"\xFF\xFF\"\r\n200\n"s;
  const auto whole = replies(bytes, bytes.size());
  EXPECT_EQ(whole, (std::vector{Reply(220, "a\n b\nc"), Reply(257, "\"\xFF\""), Reply(200, "")}));
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) EXPECT_EQ(replies(bytes, piece), whole) << piece;
}

TEST(ReplyBuffer, ReadsWhatAReplyWrites) {
  for (const auto& reply :
       {Reply{200, ""}, Reply{226, "Download complete"}, Reply{257, "\"caf\xE9 \xFF\xFF\xFE\" made"},
        Reply{211, "Features:\n MDTM\n  x\nEnd"}, Reply{550, "550 no"}, Reply{211, "a\n\nb"s.replace(2, 1, " \n")}}) {
    EXPECT_EQ(replies(reply.wire()), std::vector{reply});
  }
}

TEST(ReplyBuffer, TakesWhatIsNoReplyAsADefect) {
  for (const auto* bytes : {"hello\n", "\n", "22 x\n", "2200 x\n", "099 x\n", "660 x\n", "999 x\n", "220x\n", "2 0 x\n",
                            " 220 x\n", "-20 x\n", "2\xB2\x30 x\n", "HTTP/1.1 400 Bad Request\r\n"}) {
    EXPECT_EQ(defect(bytes), Errc::bad_reply) << bytes;
  }
  EXPECT_FALSE(defect("100 x\n659 y\n"));
}

TEST(ReplyBuffer, TakesANulForNoEndOfALine) {
  ReplyBuffer buffer;
  buffer.feed("200 a\0b\r\n226 c\r\n"s);
  EXPECT_EQ(buffer.next(), Reply(200, "a\0b"s));
  EXPECT_EQ(buffer.next(), Reply(226, "c"));
  buffer.feed("\0 200 ok\r\n"s);
  EXPECT_FALSE(buffer.next());
  EXPECT_EQ(buffer.defect(), Errc::bad_reply);
}

TEST(ReplyBuffer, GivesTheRepliesBeforeADefectAndNothingAfterIt) {
  ReplyBuffer buffer;
  buffer.feed("200 ok\ngarbage\n200 ok\n");
  EXPECT_EQ(buffer.next(), Reply(200, "ok"));
  EXPECT_FALSE(buffer.defect());
  EXPECT_FALSE(buffer.next());
  EXPECT_EQ(buffer.defect(), Errc::bad_reply);
  buffer.feed("200 ok\n");
  EXPECT_FALSE(buffer.next());
  EXPECT_EQ(buffer.defect(), Errc::bad_reply);
}

TEST(ReplyBuffer, AllowsALineOfTheLimitAndNoLonger) {
  const auto line = [](std::size_t size) { return "200 " + std::string(size - 4, 'x'); };
  EXPECT_FALSE(defect(line(ReplyBuffer::longest_line) + "\n"));
  EXPECT_EQ(defect(line(ReplyBuffer::longest_line + 1) + "\n"), Errc::line_too_long);
  EXPECT_EQ(defect(line(ReplyBuffer::longest_line + 1)), Errc::line_too_long);
  EXPECT_FALSE(defect(line(ReplyBuffer::longest_line)));
}

TEST(ReplyBuffer, EndsAReplyThatNeverEndsAtItsLimit) {
  ReplyBuffer buffer;
  buffer.feed("220-\n");
  std::size_t fed = 0;
  const auto line = std::string(1000, 'x') + "\n";
  for (; !buffer.defect() && fed < 10'000'000; fed += line.size()) {
    buffer.feed(line);
    ASSERT_FALSE(buffer.next());
  }
  EXPECT_EQ(buffer.defect(), Errc::line_too_long);
  EXPECT_LE(fed, ReplyBuffer::longest_reply + 2 * line.size());
  EXPECT_GT(fed, ReplyBuffer::longest_reply - 2 * line.size());
}

TEST(ReplyBuffer, DropsAFloodAndSaysSoAfterTheRepliesThatFit) {
  ReplyBuffer buffer;
  const auto reply = "200 " + std::string(996, 'x') + "\n";
  for (int i = 0; i < 5000; ++i) buffer.feed(reply);
  std::size_t count = 0;
  while (buffer.next()) ++count;
  EXPECT_EQ(count, (ReplyBuffer::longest_reply + ReplyBuffer::longest_line) / reply.size());
  EXPECT_EQ(buffer.defect(), Errc::line_too_long);
}

TEST(ReplyBuffer, PassesOverABannerIfToldTo) {
  ReplyBuffer buffer;
  buffer.skip_banner();
  buffer.feed("\r\nWelcome\r\n2024 is over\r\n");
  EXPECT_FALSE(buffer.next());
  EXPECT_TRUE(buffer.skipped());
  buffer.feed("220 Hello\r\nWelcome\r\n");
  EXPECT_EQ(buffer.next(), Reply(220, "Hello"));
  EXPECT_FALSE(buffer.next());
  EXPECT_EQ(buffer.defect(), Errc::bad_reply);

  ReplyBuffer waiting;
  waiting.skip_banner();
  waiting.feed("\r\n120 Soon\r\n\r\nNow\r\n220 Hello\r\n\r\n");
  EXPECT_EQ(waiting.next(), Reply(120, "Soon"));
  EXPECT_EQ(waiting.next(), Reply(220, "Hello"));
  EXPECT_FALSE(waiting.next());
  EXPECT_EQ(waiting.defect(), Errc::bad_reply);

  ReplyBuffer other;
  other.skip_banner();
  other.feed("SSH-2.0-OpenSSH\r\n");
  EXPECT_FALSE(other.next());
  EXPECT_EQ(other.defect(), Errc::bad_reply);

  ReplyBuffer endless;
  endless.skip_banner();
  for (int i = 0; i < 5000 && !endless.defect(); ++i) {
    endless.feed(std::string(999, 'x') + '\n');
    EXPECT_FALSE(endless.next());
  }
  EXPECT_EQ(endless.defect(), Errc::line_too_long);
}

TEST(ReplyBuffer, TellsWhetherAnythingWaits) {
  ReplyBuffer buffer;
  EXPECT_TRUE(buffer.empty());
  buffer.feed("234 go on\r\n");
  EXPECT_FALSE(buffer.empty());
  EXPECT_TRUE(buffer.next());
  EXPECT_TRUE(buffer.empty());
  for (const auto* rest : {"2", "230-x\r\n", "200 x\r\n", "\xFF"}) {
    ReplyBuffer other;
    other.feed("234 go on\r\n");
    other.feed(rest);
    EXPECT_TRUE(other.next());
    EXPECT_FALSE(other.empty()) << rest;
  }
}

}  // namespace
}  // namespace ftplike
