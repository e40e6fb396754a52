#include <ftplike/protocol/error.hpp>

#include <cerrno>
#include <set>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

TEST(Error, HasAMessageOfItsOwnForEveryCode) {
  std::set<std::string> messages;
  for (int value = 1; value <= static_cast<int>(Errc::refused_by_rule); ++value) {
    const std::error_code error{value, ftplike_category()};
    EXPECT_NE(error.message(), "unknown ftplike error") << value;
    EXPECT_TRUE(messages.insert(error.message()).second) << error.message();
  }
  EXPECT_EQ(std::error_code(9999, ftplike_category()).message(), "unknown ftplike error");
}

TEST(Error, IsAnErrorCodeByItself) {
  const std::error_code error = Errc::stalled;
  EXPECT_EQ(error, Errc::stalled);
  EXPECT_NE(error, Errc::aborted);
  EXPECT_STREQ(error.category().name(), "ftplike");
}

TEST(Error, BecomesAReplyOfTheRightCode) {
  const auto code = [](std::error_code error) { return reply_for(error).code(); };
  EXPECT_EQ(code(Errc::no_data_connection), 425);
  for (const auto error : {Errc::timed_out, Errc::stalled, Errc::aborted, Errc::peer_lost, Errc::too_short}) {
    EXPECT_EQ(code(error), 426);
  }
  EXPECT_EQ(code(Errc::shutting_down), 421);
  EXPECT_EQ(code(Errc::line_too_long), 500);
  EXPECT_EQ(code(Errc::bad_line), 500);
  EXPECT_EQ(code(Errc::bad_name), 553);
  EXPECT_EQ(code(Errc::bad_restart), 554);
  EXPECT_EQ(code(Errc::busy), 450);
  EXPECT_EQ(code(Errc::quota_exceeded), 552);
  EXPECT_EQ(code(Errc::too_large), 552);
  EXPECT_EQ(code(Errc::not_resumed), 522);
  EXPECT_EQ(code(Errc::refused_by_rule), 550);
}

TEST(Error, OfTheSystemBecomesAReplyOfTheRightCode) {
  using enum std::errc;
  const auto code = [](std::errc error) {
    const auto generic = reply_for(std::make_error_code(error)).code();
    EXPECT_EQ(generic, reply_for(std::error_code{static_cast<int>(error), std::system_category()}).code());
    return generic;
  };
  for (const auto error :
       {no_such_file_or_directory, permission_denied, operation_not_permitted, not_a_directory, is_a_directory,
        directory_not_empty, file_exists, cross_device_link, too_many_symbolic_link_levels, read_only_file_system}) {
    EXPECT_EQ(code(error), 550) << static_cast<int>(error);
  }
  EXPECT_EQ(code(filename_too_long), 553);
  EXPECT_EQ(code(no_space_on_device), 552);
  EXPECT_EQ(code(file_too_large), 552);
  EXPECT_EQ(code(connection_reset), 426);
  EXPECT_EQ(code(broken_pipe), 426);
  EXPECT_EQ(code(timed_out), 426);
  EXPECT_EQ(code(io_error), 451);
  EXPECT_EQ(code(too_many_files_open), 451);
}

#ifdef EDQUOT
TEST(Error, KnowsAUsedUpDiskQuota) {
  const Reply exceeded{552, "storage allocation exceeded"};  // the words of our own quotas
  EXPECT_EQ(reply_for(Errc::quota_exceeded), exceeded);
  EXPECT_EQ(reply_for({EDQUOT, std::system_category()}), exceeded);
  EXPECT_EQ(reply_for({EDQUOT, std::generic_category()}), exceeded);
  EXPECT_EQ(reply_for({EDQUOT, ftplike_category()}).code(), 451);  // the number of another category says nothing
}
#endif

TEST(Error, SaysFileNotFoundInTheSeedsWords) {
  EXPECT_EQ(reply_for(std::make_error_code(std::errc::no_such_file_or_directory)), Reply(550, "File not found"));
}

}  // namespace
}  // namespace ftplike
