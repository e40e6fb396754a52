#include <gtest/gtest.h>

#include <ftplike/command/command.hpp>
#include <ftplike/command/table.hpp>

namespace {
using namespace ftplike;

/// A session as far as a table needs one.
struct Bare {
  int mood = 0;
};

// [command]
/// The least that is a command.
struct Hello {
  static constexpr std::string_view verb = "HELO";
  static Reply run(auto&, std::string_view) { return {200, "Hello yourself"}; }
};
// [/command]
struct Later {
  static constexpr std::string_view verb = "LATE";
  static awaitable<Reply> run(auto&, std::string_view) { co_return Reply{200, "Later"}; }
};
struct Moody {
  static constexpr std::string_view verb = "MOOD";
  static Reply run(auto& session, std::string_view) requires requires { session.mood; }
  { return {200, "Fine"}; }
};
static_assert(Command<Hello, Bare> && Command<Later, Bare> && Command<Moody, Bare>);
static_assert(Command<Hello, int> && !Command<Moody, int>);

struct Nameless {
  static Reply run(auto&, std::string_view);
};
struct Silent {
  static constexpr std::string_view verb = "HUSH";
  static void run(auto&, std::string_view);
};
struct Deaf {
  static constexpr std::string_view verb = "DEAF";
  static Reply run(auto&);
};
static_assert(!Command<Nameless, Bare> && !Command<Silent, Bare> && !Command<Deaf, Bare>);

TEST(CommandConcept, NeedsNothingButAVerbAndARun) {
  using Table = CommandTable<Hello, Later, Moody>;
  Bare session;
  const auto* hello = Table::find<Bare>(Verb{"helo"});
  ASSERT_NE(hello, nullptr);
  EXPECT_EQ(hello->answer(session, "").code(), 200);
  EXPECT_EQ(hello->help, "HELO");
  EXPECT_FALSE(hello->before_login);
  EXPECT_EQ(Table::find<Bare>(Verb{"NOPE"}), nullptr);
}

}  // namespace
