#include <ftplike/client/reply_error.hpp>

#include <gtest/gtest.h>

using namespace ftplike;

TEST(ReplyError, SaysWhichCommandGotWhichReply) {
  const ReplyError error{Reply{550, "File not found"}, "RETR"};
  EXPECT_STREQ(error.what(), "RETR: 550 File not found");
  EXPECT_EQ(error.reply().code(), 550);
  EXPECT_EQ(error.verb(), "RETR");
  EXPECT_EQ(error.code().value(), 550);
  EXPECT_EQ(error.code().category(), reply_category());
  EXPECT_EQ(error.code().message(), "the server replied 550");
}

TEST(ReplyError, IsASystemErrorThatTellsWhereAndHowFar) {
  try {
    throw ReplyError{Reply{426, "Aborted"}, "STOR", Channel::data, 100};
  } catch (const ClientError& error) {
    const std::system_error& thrown = error;
    EXPECT_EQ(thrown.code(), std::errc::connection_reset);
    EXPECT_EQ(error.channel(), Channel::data);
    EXPECT_EQ(error.transferred(), 100u);
    EXPECT_EQ(name_of(error.channel()), "data connection");
  }
}

TEST(ReplyError, EqualsTheSystemsErrorWhereItsCodeMeansOneThingOnly) {
  const auto code = [](int value) { return std::error_code{value, reply_category()}; };
  EXPECT_EQ(code(421), std::errc::connection_aborted);
  EXPECT_EQ(code(425), std::errc::not_connected);
  EXPECT_EQ(code(426), std::errc::connection_reset);
  EXPECT_EQ(code(552), std::errc::no_space_on_device);
  EXPECT_EQ(code(502), std::errc::function_not_supported);
  EXPECT_EQ(code(501), std::errc::invalid_argument);
  EXPECT_EQ(code(530), std::errc::permission_denied);
  EXPECT_NE(code(550), std::errc::no_such_file_or_directory);
  EXPECT_NE(code(550), std::errc::permission_denied);
}

TEST(ClientError, SaysWhatIsWrongInTheWordsOfItsCode) {
  EXPECT_STREQ((ClientError{Errc::timed_out, "NOOP", Channel::control}.what()), "NOOP: timed out");
  EXPECT_STREQ((ClientError{Errc::timed_out, "", Channel::control}.what()), "timed out");
  EXPECT_STREQ((ClientError{Errc::timed_out, "STOR", Channel::local, 0, "a: gone"}.what()), "STOR: a: gone");
}

TEST(ClientError, TellsTheVerbOfACommandAndNothingElseOfIt) {
  EXPECT_EQ(detail::verb_of("PASS secret"), "PASS");
  EXPECT_EQ(detail::verb_of("QUIT"), "QUIT");
}
