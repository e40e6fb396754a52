#include <ftplike/client/retry.hpp>

#include <gtest/gtest.h>

using namespace ftplike;
using namespace std::chrono_literals;

TEST(RetryPolicy, WaitsTwiceAsLongEachTimeUpToItsBound) {
  RetryPolicy policy;
  policy.first = 1s;
  policy.longest = 10s;
  EXPECT_EQ(policy.pause(1), 1s);
  EXPECT_EQ(policy.pause(2), 2s);
  EXPECT_EQ(policy.pause(4), 8s);
  EXPECT_EQ(policy.pause(5), 10s);
  EXPECT_EQ(policy.pause(1000), 10s);
}

TEST(IsTransient, TellsWhatMayPassFromWhatWillNot) {
  const auto reply = [](int code) { return is_transient(ReplyError{Reply{code, "text"}, "RETR"}); };
  for (const int code : {421, 425, 426, 450, 451, 452}) EXPECT_TRUE(reply(code)) << code;
  for (const int code : {500, 530, 550, 552, 553, 213}) EXPECT_FALSE(reply(code)) << code;

  const auto error = [](std::error_code code, Channel channel = Channel::data) {
    return is_transient(ClientError{code, "RETR", channel});
  };
  for (const Errc code :
       {Errc::timed_out, Errc::stalled, Errc::peer_lost, Errc::too_short, Errc::too_long, Errc::shutting_down}) {
    EXPECT_TRUE(error(code));
  }
  for (const Errc code : {Errc::bad_reply, Errc::bad_listing, Errc::refused_by_rule, Errc::bad_name}) {
    EXPECT_FALSE(error(code));
  }
  EXPECT_TRUE(error(std::make_error_code(std::errc::connection_reset)));
  EXPECT_TRUE(error(std::make_error_code(std::errc::connection_refused)));
  EXPECT_TRUE(error(std::make_error_code(std::errc::broken_pipe)));
  EXPECT_FALSE(error(asio::error::operation_aborted));
  EXPECT_FALSE(error(asio::error::host_not_found));
  EXPECT_FALSE(error(std::make_error_code(std::errc::no_space_on_device), Channel::local));
  EXPECT_FALSE(error(Errc::timed_out, Channel::local));
}

TEST(Failure, KnowsWhatTheErrorSays) {
  const detail::Failure lost{std::make_exception_ptr(ClientError{Errc::peer_lost, "RETR", Channel::control, 5})};
  EXPECT_TRUE(lost.transient);
  EXPECT_TRUE(lost.moved);
  EXPECT_FALSE(lost.late);
  const detail::Failure late{std::make_exception_ptr(ClientError{Errc::stalled, "RETR", Channel::data})};
  EXPECT_TRUE(late.late);
  EXPECT_FALSE(late.moved);
  const detail::Failure refused{std::make_exception_ptr(ReplyError{Reply{530, "No"}, "PASS"})};
  EXPECT_FALSE(refused.transient);
  EXPECT_EQ(refused.code, 530);
  const detail::Failure foreign{std::make_exception_ptr(std::runtime_error("mine"))};
  EXPECT_FALSE(foreign.transient);
}

TEST(Failure, TellsAStepForwardFromOneOnTheSpot) {
  const auto after = [](std::uint64_t farthest, std::uint64_t offset, std::uint64_t moved) {
    const ClientError error{Errc::peer_lost, "RETR", Channel::data, moved, offset};
    return detail::Failure{std::make_exception_ptr(error), farthest};
  };
  EXPECT_TRUE(after(0, 0, 5).came_further);
  EXPECT_FALSE(after(5, 0, 5).came_further);
  EXPECT_TRUE(after(5, 4, 2).came_further);
  EXPECT_FALSE(after(0, 4, 0).came_further);
  EXPECT_EQ(after(5, 4, 2).farthest, 6u);
  EXPECT_EQ(after(5, 0, 2).farthest, 5u);
}

TEST(Retry, ReadsAsOneLine) {
  const ClientError error{Errc::peer_lost, "RETR", Channel::control};
  EXPECT_EQ((Retry{"download", "a.txt", 1, 5, error, 1s}.text()),
            "download of a.txt: RETR: connection lost; try 2 of 5 in 1 s");
  EXPECT_EQ((Retry{"use", "", 3, 4, error, 1500ms}.text()), "use: RETR: connection lost; try 4 of 4 in 1500 ms");
}
