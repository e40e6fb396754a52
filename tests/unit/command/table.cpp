#include <ftplike/command/table.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {
using namespace ftplike;

/// What these commands run on.
struct Desk {
  bool may(int key) const { return key == 1; }
};
/// One that has no keys.
struct Stool : Desk {};

struct Plain {
  static constexpr std::string_view verb = "PLAN";
  static Reply run(auto&, std::string_view argument) { return {200, std::string{argument}}; }
};
struct Rich {
  static constexpr std::string_view verb = "RICH";
  static constexpr std::string_view help = "RICH <all>: has everything";
  static constexpr std::string_view feature = "RICH!";
  static constexpr auto argument = ArgumentRule::required;
  static constexpr int needs = 2;
  static constexpr bool before_login = true;
  static constexpr bool at_once = true;
  static constexpr bool interruptible = true;
  static constexpr bool keeps_prepared = true;
  static constexpr bool keeps_blanks = true;
  static constexpr bool secret = true;
  static awaitable<Reply> run(auto&, std::string_view) { co_return Reply{200, "Rich"}; }
};
struct Keyed {
  static constexpr std::string_view verb = "KEYD";
  static constexpr int needs = 1;
  template <class S> static constexpr bool available = !std::is_same_v<S, Stool>;
  static bool secret(const auto&, std::string_view argument) { return argument == "key"; }
  static std::string feature(const auto&) { return "KEYD now"; }
  static Reply run(auto&, std::string_view) { return {200, "Open"}; }
};
struct OtherPlain : Plain {
  static Reply run(auto&, std::string_view) { return {201, "Other"}; }
};
using Table = CommandTable<Plain, Rich, Keyed>;

template <class T, class S = Desk> std::vector<std::string> verbs_of() {
  std::vector<std::string> verbs;
  for (const auto& entry : T::template entries<S>()) verbs.emplace_back(entry.verb.text());
  return verbs;
}

TEST(CommandTableTest, HasItsCommandsInTheOrderInWhichTheyWereNamed) {
  EXPECT_EQ(verbs_of<Table>(), (std::vector<std::string>{"PLAN", "RICH", "KEYD"}));
  EXPECT_EQ(Table::size, 3u);
}
TEST(CommandTableTest, FindsACommandByItsVerbInAnyCaseAndNothingElse) {
  const auto* found = Table::find<Desk>(Verb{"plan"});
  ASSERT_TRUE(found);
  Desk desk;
  EXPECT_EQ(found->answer(desk, "a b").text(), "a b");
  for (const auto* other : {"PLA", "PLANE", "XPLN", ""}) EXPECT_FALSE(Table::find<Desk>(Verb{other})) << other;
}
TEST(CommandTableTest, FindsNothingWhereItIsEmpty) { EXPECT_FALSE(CommandTable<>::find<Desk>(Verb{"PLAN"})); }
TEST(CommandTableTest, GivesACommandThatSaysNothingOfItselfTheCommonRules) {
  const auto* plain = Table::find<Desk>(Verb{"PLAN"});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->help, "PLAN");
  EXPECT_EQ(plain->argument, ArgumentRule::optional);
  EXPECT_FALSE(plain->before_login || plain->at_once || plain->interruptible || plain->keeps_prepared ||
               plain->keeps_blanks);
  EXPECT_FALSE(plain->secret || plain->allowed || plain->feature || plain->run);
}
TEST(CommandTableTest, GivesACommandTheRulesThatItStates) {
  const auto* rich = Table::find<Desk>(Verb{"RICH"});
  ASSERT_TRUE(rich);
  const Desk desk;
  EXPECT_EQ(rich->help, "RICH <all>: has everything");
  EXPECT_EQ(rich->argument, ArgumentRule::required);
  EXPECT_TRUE(rich->before_login && rich->at_once && rich->interruptible && rich->keeps_prepared && rich->keeps_blanks);
  EXPECT_TRUE(rich->secret(desk, "anything"));
  EXPECT_FALSE(rich->allowed(desk));
  EXPECT_EQ(rich->feature(desk), "RICH!");
  EXPECT_TRUE(rich->run && !rich->answer);
}
TEST(CommandTableTest, AsksTheCommandWhatDependsOnTheSessionOrTheArgument) {
  const auto* keyed = Table::find<Desk>(Verb{"KEYD"});
  ASSERT_TRUE(keyed);
  const Desk desk;
  EXPECT_TRUE(keyed->allowed(desk));
  EXPECT_TRUE(keyed->secret(desk, "key"));
  EXPECT_FALSE(keyed->secret(desk, "door"));
  EXPECT_EQ(keyed->feature(desk), "KEYD now");
}
TEST(CommandTableTest, TellsWhatACommandExpectsWithoutASession) {
  EXPECT_EQ(Table::argument_after(Verb{"RICH"}), ArgumentRule::required);
  EXPECT_EQ(Table::argument_after(Verb{"PLAN"}), ArgumentRule::optional);
  EXPECT_FALSE(Table::argument_after(Verb{"NONE"}));
}
TEST(CommandTableTest, IsMadeFromAnotherWithMoreWithoutSomeAndWithOthersInTheirPlace) {
  using Two = CommandTable<Plain, Rich>;
  EXPECT_EQ(verbs_of<Two::With<Keyed>>(), (std::vector<std::string>{"PLAN", "RICH", "KEYD"}));
  EXPECT_EQ(verbs_of<Table::Without<Rich>>(), (std::vector<std::string>{"PLAN", "KEYD"}));
  using Replaced = Two::Replacing<OtherPlain>;
  EXPECT_EQ(verbs_of<Replaced>(), (std::vector<std::string>{"RICH", "PLAN"}));
  Desk desk;
  EXPECT_EQ(Replaced::find<Desk>(Verb{"PLAN"})->answer(desk, "").code(), 201);
}
TEST(CommandTableTest, LeavesOutWhatASessionCannotHave) {
  EXPECT_EQ((verbs_of<Table::On<Stool>, Stool>()), (std::vector<std::string>{"PLAN", "RICH"}));
  EXPECT_EQ((verbs_of<Table::On<Desk>, Desk>()), (std::vector<std::string>{"PLAN", "RICH", "KEYD"}));
}

TEST(PerfectHashTest, GivesEachKeyItsOwnPlaceAndAnyOtherKeySomeOfThem) {
  constexpr std::array<std::uint64_t, 7> keys{1, 2, 3, 1000, 1001, ~std::uint64_t{0}, std::uint64_t{1} << 63};
  constexpr PerfectHash<keys.size()> hash{keys};
  for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(hash(keys[i]), i);
  for (std::uint64_t other = 4; other < 999; ++other) EXPECT_LT(hash(other), keys.size());
}

}  // namespace
