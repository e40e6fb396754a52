#include <ftplike/client/mirror.hpp>

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// Two trees that are made the same.

namespace {

using MirrorKind = MirrorAction::Kind;
using MirrorReason = MirrorAction::Reason;

const Timestamp long_ago{std::chrono::sys_days{std::chrono::year{2020} / 1 / 2}};

MirrorOptions upwards() {
  MirrorOptions options;
  options.direction = Direction::sent;
  return options;
}
MirrorOptions with_removals(MirrorOptions options = {}) {
  options.delete_others = true;
  return options;
}

/// The lines of a plan.
std::string plan_of(TestNetwork& network, TestPool& pool, const std::string& remote, const std::string& local,
                    const MirrorOptions& options = {}) {
  return network.run(plan_mirror(pool, remote, local, options)).text();
}

/// A plan for two trees that are given by hand.
std::string plan_between(const detail::MirrorEntries& source, const detail::MirrorEntries& target,
                         const MirrorOptions& options = {}) {
  detail::MirrorTree from, to;
  from.entries = source;
  to.entries = target;
  return detail::MirrorPlanner{from, to, options}.plan().text();
}
Entry a_file(std::uint64_t size, Timestamp modified = long_ago) { return {"", Entry::Type::file, size, modified}; }
Entry a_directory() { return {"", Entry::Type::directory, 0, long_ago}; }
std::string text_of(const MirrorFailure& failure) {
  try {
    std::rethrow_exception(failure.error);
  } catch (const std::exception& error) { return error.what(); }
}
Entry a_link() { return {"", Entry::Type::link, 0, long_ago}; }

}  // namespace

TEST(Mirror, FetchesATreeAndThenHasNothingToDo) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/pub/a", "one"}, {"/pub/b/c/d", "two"}, {"/pub/e/", ""}, {"/x", "no"}}, some_users());
  TestPool pool{network, anna()};
  const MirrorResult result = network.run(mirror(pool, "pub", folder / "copy"));
  EXPECT_EQ(result.transferred, 2u);
  EXPECT_EQ(result.bytes, 6u);
  EXPECT_TRUE(result.failures.empty());
  EXPECT_EQ(folder.read("copy/a"), "one");
  EXPECT_EQ(folder.read("copy/b/c/d"), "two");
  EXPECT_TRUE(folder.has("copy/e"));
  EXPECT_EQ(folder.count(), 6u);
  EXPECT_EQ(plan_of(network, pool, "pub", folder / "copy"), "");
}

TEST(Mirror, SendsATreeAndThenHasNothingToDo) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "one");
  folder.write("b/c/d", "two");
  folder.write("e/f", "");
  auto server = serve(network, {}, some_users());
  TestPool pool{network, anna()};
  const MirrorResult result = network.run(mirror(pool, "pub", folder.string(), upwards()));
  EXPECT_EQ(result.transferred, 3u);
  EXPECT_TRUE(result.failures.empty());
  TestClient client = log_in(network);
  EXPECT_EQ(network.run(text_of(client, "pub/a")), "one");
  EXPECT_EQ(network.run(text_of(client, "pub/b/c/d")), "two");
  EXPECT_EQ(network.run(text_of(client, "pub/e/f")), "");
  EXPECT_EQ(plan_of(network, pool, "pub", folder.string(), upwards()), "");
}

TEST(Mirror, SaysWhatItWouldDoAndWhyBeforeItDoesAnything) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("b", "old");
  folder.write("mine/x", "1");
  auto server = serve(network, {{"/a", "12345"}, {"/b", "longer"}, {"/new/c", "1"}}, some_users());
  TestPool pool{network, anna()};
  const MirrorPlan plan = network.run(plan_mirror(pool, "", folder.string(), with_removals()));
  EXPECT_EQ(plan.text(),
            "remove mine/x: is not in the source\n"
            "remove directory mine: is not in the source\n"
            "make directory new: is missing\n"
            "transfer a, 5 bytes: is missing\n"
            "transfer b, 6 bytes: has another size\n"
            "transfer new/c, 1 bytes: is missing\n");
  EXPECT_EQ(plan.bytes(), 12u);
  EXPECT_EQ(plan.count(MirrorKind::transfer), 3u);
  EXPECT_EQ(folder.count(), 3u);
  network.run(carry_out(pool, plan));
  EXPECT_EQ(folder.read("b"), "longer");
  EXPECT_EQ(folder.count(), 4u);
}

TEST(Mirror, RemovesOnTheServerWhatIsNotHere) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "1");
  auto server = serve(network, {{"/up/a", "1"}, {"/up/b/c", "2"}, {"/other", "3"}}, some_users());
  TestPool pool{network, anna()};
  network.run(mirror(pool, "up", folder.string(), with_removals(upwards())));
  TestClient client = log_in(network);
  EXPECT_FALSE(network.run(client.exists("up/b")));
  EXPECT_TRUE(network.run(client.exists("up/a")));
  EXPECT_TRUE(network.run(client.exists("other")));
}

TEST(Mirror, RemovesNothingUnlessToldTo) {
  EXPECT_EQ(plan_between({}, {{"a", a_file(1)}, {"b", a_directory()}}), "");
  EXPECT_EQ(plan_between({{"a", a_file(1)}}, {{"a", a_directory()}, {"a/b", a_file(1)}}),
            "skip a: something else has that name in the target\n");
}

TEST(Mirror, MakesWayForWhatIsOfAnotherKind) {
  EXPECT_EQ(plan_between({{"a", a_file(7)}, {"b", a_directory()}, {"b/c", a_file(1)}},
                         {{"a", a_directory()}, {"a/x", a_file(1)}, {"b", a_file(1)}}, with_removals()),
            "remove a/x: is in the way\n"
            "remove directory a: is in the way\n"
            "remove b: is in the way\n"
            "make directory b: is missing\n"
            "transfer a, 7 bytes: is missing\n"
            "transfer b/c, 1 bytes: is missing\n");
}

TEST(Mirror, TransfersWhatIsNewerOrOfAnotherSize) {
  const auto later = long_ago + 1h;
  EXPECT_EQ(plan_between({{"a", a_file(1, later)}}, {{"a", a_file(1)}}), "transfer a, 1 bytes: is newer\n");
  EXPECT_EQ(plan_between({{"a", a_file(2)}}, {{"a", a_file(1, later)}}), "transfer a, 2 bytes: has another size\n");
  EXPECT_EQ(plan_between({{"a", a_file(1)}}, {{"a", a_file(1, later)}}), "");
  EXPECT_EQ(plan_between({{"a", a_file(1, Timestamp{})}}, {{"a", a_file(1)}}), "");
}

TEST(Mirror, TakesATimeThatNoFileSystemKeepsForAsNewAsTheLatestThatOneDoes) {
  constexpr Timestamp kept = std::chrono::sys_days{std::chrono::May / 10 / 2446};
  EXPECT_EQ(plan_between({{"a", a_file(1, last_timestamp)}}, {{"a", a_file(1, kept)}}), "");
  EXPECT_EQ(plan_between({{"a", a_file(1, last_timestamp)}}, {{"a", a_file(1)}}), "transfer a, 1 bytes: is newer\n");
}

TEST(Mirror, LeavesWhatIsAsNewAloneIfOnlyNewerFilesAreWanted) {
  const auto later = long_ago + 1h;
  MirrorOptions options;
  options.only_newer = true;
  EXPECT_EQ(plan_between({{"a", a_file(2)}}, {{"a", a_file(1, later)}}, options), "");
  EXPECT_EQ(plan_between({{"a", a_file(1, later)}}, {{"a", a_file(1)}}, options), "transfer a, 1 bytes: is newer\n");
  EXPECT_EQ(plan_between({{"a", a_file(1)}}, {}, options), "transfer a, 1 bytes: is missing\n");
}

TEST(Mirror, ComparesNoSizesOfText) {
  MirrorOptions options;
  options.transfer.ascii = true;
  EXPECT_EQ(plan_between({{"a", a_file(2)}}, {{"a", a_file(1)}}, options), "");
}

TEST(Mirror, DoesNotTakeTheMinutesOfAListForAnOldVersion) {
  detail::MirrorTree source, target;
  source.entries = {{"a", a_file(1, long_ago + 10h + 59s)}, {"b", a_file(1, long_ago + 12h)}};
  target.entries = {{"a", a_file(1, long_ago + 10h)}, {"b", a_file(1, long_ago)}};
  const MirrorOptions options;
  EXPECT_EQ((detail::MirrorPlanner{source, target, options}.plan().actions.size()), 2u);
  target.tells_seconds = false;
  EXPECT_EQ((detail::MirrorPlanner{source, target, options}.plan().text()), "");
}

TEST(Mirror, DoesNotTakeAChangeOfTheServersClockForANewVersion) {
  const auto plan = [](Duration later, bool in_utc, std::optional<Timestamp> came, std::uint64_t size = 1) {
    detail::MirrorTree source, target;
    Entry entry = a_file(size, std::chrono::floor<std::chrono::milliseconds>(long_ago + later));
    entry.in_utc = in_utc;
    source.entries = {{"a", entry}};
    target.entries = {{"a", a_file(1)}};
    target.came = [came](std::string_view path) { return path == "a" ? came : std::nullopt; };
    const MirrorOptions options;
    return detail::MirrorPlanner{source, target, options}.plan().text();
  };
  const std::string newer = "transfer a, 1 bytes: is newer\n";
  EXPECT_EQ(plan(1h, false, long_ago + 72h), "");
  EXPECT_EQ(plan(59min + 30s, false, long_ago + 72h), "");
  EXPECT_EQ(plan(1h, true, long_ago + 72h), newer);
  EXPECT_EQ(plan(1h, false, long_ago + 24h), newer);  // it may have been modified since
  EXPECT_EQ(plan(1h, false, std::nullopt), newer);
  EXPECT_EQ(plan(50min, false, long_ago + 72h), newer);
  EXPECT_EQ(plan(2h, false, long_ago + 72h), newer);
  EXPECT_EQ(plan(1h, false, long_ago + 72h, 2), "transfer a, 2 bytes: has another size\n");
}

TEST(Mirror, FetchesNothingAgainThatAListTellsAnHourLaterThanBefore) {
  const auto files_of = [](const std::string& time) {
    TestNetwork network{1};
    static const TestFolder folder;
    ScriptedServer server{network};
    server.welcomes().dialogue("TYPE A", "200 OK").passive().accepts_data().hears("LIST").says("150 Here");
    server.sends("07-01-25 " + time + " 1 a\r\n").closes_data().says("226 Done");
    server.is_left().dialogue("TYPE I", "200 Fine").passive().accepts_data().hears("RETR a").says("150 Here");
    server.sends("1").closes_data().says("226 Done");
    PoolOptions options;
    options.client.dialect = Dialect::standard;
    TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
    return network.run(mirror(pool, "", folder.string())).transferred;
  };
  EXPECT_EQ(files_of("12:00"), 1u);
  EXPECT_EQ(files_of("13:00"), 0u);
  EXPECT_EQ(files_of("12:00"), 0u);
  EXPECT_EQ(files_of("14:30"), 1u);
}

TEST(Mirror, ComparesNoSizesThatAreNotKnown) {
  Entry unknown = a_file(0);
  unknown.size.reset();
  EXPECT_EQ(plan_between({{"a", unknown}}, {{"a", a_file(7)}}), "");
  EXPECT_EQ(plan_between({{"a", a_file(7)}}, {{"a", unknown}}), "");
  EXPECT_EQ(plan_between({{"a", unknown}}, {}), "transfer a: is missing\n");
  unknown.modified += 1h;
  EXPECT_EQ(plan_between({{"a", unknown}}, {{"a", a_file(7)}}), "transfer a: is newer\n");
}

TEST(Mirror, ComparesTimesOfAnyYear) {
  const auto in = [](int year) { return Timestamp{std::chrono::sys_days{std::chrono::year{year} / 12 / 31} + 1h}; };
  for (const bool tells_seconds : {true, false}) {
    const auto plan = [&](int from_year, int to_year) {
      detail::MirrorTree from, to;
      from.entries = {{"a", a_file(1, in(from_year))}};
      to.entries = {{"a", a_file(1, in(to_year))}};
      to.tells_seconds = tells_seconds;
      return detail::MirrorPlanner{from, to, MirrorOptions{}}.plan().text();
    };
    for (const int year : {1, 1901, 2262, 2446, 9999}) {
      EXPECT_EQ(plan(year, year), "") << year;
      EXPECT_EQ(plan(1, year), "") << year;
      if (year < 2446) { EXPECT_EQ(plan(9999, year), "transfer a, 1 bytes: is newer\n") << year; }
    }
  }
}

TEST(Mirror, TransfersOnlyWhatIsIncludedAndNotExcluded) {
  MirrorOptions options = with_removals();
  options.include = {"*.jpg", "docs/*"};
  options.exclude = {"secret*", "docs/drafts"};
  EXPECT_EQ(plan_between({{"a.jpg", a_file(1)},
                          {"b.txt", a_file(1)},
                          {"docs", a_directory()},
                          {"docs/c.txt", a_file(1)},
                          {"empty", a_directory()},
                          {"secret.jpg", a_file(1)}},
                         {{"old.jpg", a_file(1)}, {"old.txt", a_file(1)}}, options),
            "remove old.jpg: is not in the source\n"
            "make directory docs: is missing\n"
            "transfer a.jpg, 1 bytes: is missing\n"
            "transfer docs/c.txt, 1 bytes: is missing\n");
}

TEST(Mirror, DoesNotLookIntoDirectoriesThatAreExcluded) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "1"}, {"/huge/b", "1"}}, some_users());
  TestPool pool{network, anna()};
  MirrorOptions options;
  options.exclude = {"huge"};
  EXPECT_EQ(plan_of(network, pool, "", folder.string(), options), "transfer a, 1 bytes: is missing\n");
  EXPECT_EQ(server.diary().of("command MLSD").size(), 1u);
}

TEST(Mirror, KeepsWhatIsExcludedAndTheDirectoriesThatItIsIn) {
  MirrorOptions options = with_removals();
  options.exclude = {"*.mine"};
  EXPECT_EQ(plan_between({{"b", a_file(1)}},
                         {{"a", a_directory()},
                          {"a/x.mine", a_file(1)},
                          {"a/y", a_file(1)},
                          {"b", a_directory()},
                          {"b/z.mine", a_file(1)}},
                         options),
            "remove a/y: is not in the source\n"
            "skip b: something else has that name in the target\n");
}

TEST(Mirror, LeavesLinksAloneAndWhatStandsInTheirPlace) {
  EXPECT_EQ(plan_between({{"a", a_link()}}, {{"a", a_directory()}, {"a/b", a_file(1)}}, with_removals()),
            "skip a: neither a file nor a directory\n");
}

TEST(Mirror, DoesNotFollowLinksOfOurs) {
  TestNetwork network{1};
  const TestFolder folder, elsewhere;
  elsewhere.write("secret", "1");
  std::filesystem::create_symlink(elsewhere.path(), folder / "way");
  auto server = serve(network, {}, some_users());
  TestPool pool{network, anna()};
  EXPECT_EQ(plan_of(network, pool, "", folder.string(), upwards()), "skip way: neither a file nor a directory\n");
}

TEST(Mirror, RemovesNothingWhereAListingCannotBeUnderstood) {
  detail::MirrorTree source, target;
  source.entries = {{"x", a_file(1)}};
  source.unread["d"].add("what is this?");
  source.unread["d"].add("and this?");
  target.unread[""].add("or this?");
  target.entries = {{"a", a_file(1)}, {"x", a_directory()}};
  const MirrorOptions options = with_removals();
  const MirrorPlan plan = detail::MirrorPlanner{source, target, options}.plan();
  EXPECT_EQ(plan.text(),
            "list d: is not known\n"
            "list .: is not known\n"
            "skip x: something else has that name in the target\n"
            "skip all removals: there are listings that cannot be understood\n");
  ASSERT_EQ(plan.failures.size(), 2u);
  EXPECT_EQ(text_of(plan.failures[0]), "LIST: lines that cannot be understood: 2, the first: what is this?");
  const detail::MirrorTree understood;
  EXPECT_EQ((detail::MirrorPlanner{understood, target, options}.plan().text()),
            "list .: is not known\n"
            "skip all removals: there are listings that cannot be understood\n");
}

TEST(Mirror, TakesNothingForAbsentThatIsInADirectoryThatCannotBeListed) {
  const auto denied = std::make_exception_ptr(std::system_error(std::make_error_code(std::errc::permission_denied)));
  detail::MirrorTree source, target;
  source.entries = {{"ours", a_directory()}, {"theirs", a_directory()}, {"theirs/a", a_file(1)}, {"way", a_file(1)}};
  source.unlisted.emplace("ours", denied);
  target.entries = {{"old", a_directory()},    {"ours", a_directory()},   {"ours/d", a_directory()},
                    {"ours/d/x", a_file(1)},   {"theirs", a_directory()}, {"way", a_directory()},
                    {"way/in", a_directory()}, {"way/known", a_file(1)},  {"z", a_file(1)}};
  for (const auto* path : {"old", "theirs", "way/in"}) target.unlisted.emplace(path, denied);
  EXPECT_EQ((detail::MirrorPlanner{source, target, with_removals()}.plan().text()),
            "list ours: is not known\n"
            "list old: is not known\n"
            "list theirs: is not known\n"
            "list way/in: is not known\n"
            "remove z: is not in the source\n"
            "skip way: something else has that name in the target\n");
}

TEST(Mirror, GoesOnWhereADirectoryOfTheServerCannotBeListed) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("secret/kept", "1");
  ScriptedServer server{network};
  const auto lists = [&server](std::string lines) {
    server.passive().accepts_data().hears("MLSD").says("150 Here").sends(std::move(lines));
    server.closes_data().says("226 Done");
  };
  server.welcomes({"MLST type*;size*;"});
  lists("type=dir; closed\r\ntype=dir; secret\r\ntype=dir; z\r\n");
  server.dialogue("PWD", "257 \"/\"").dialogue("CWD z", "250 Here");
  lists("type=file;size=1; a\r\n");
  server.dialogue("CWD /secret", "250 Here").passive().accepts_data().hears("MLSD").says("550 Permission denied");
  server.dialogue("CWD /closed", "550 Permission denied");
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  const MirrorPlan plan = network.run(plan_mirror(pool, "", folder.string(), with_removals()));
  EXPECT_EQ(plan.text(),
            "list closed: is not known\n"
            "list secret: is not known\n"
            "make directory closed: is missing\n"
            "make directory z: is missing\n"
            "transfer z/a, 1 bytes: is missing\n");
  ASSERT_EQ(plan.failures.size(), 2u);
  EXPECT_EQ(text_of(plan.failures[0]), "CWD: 550 Permission denied");
  EXPECT_EQ(text_of(plan.failures[1]), "MLSD: 550 Permission denied");
}

TEST(Mirror, TellsAtItsEndWhatCouldNotBeListed) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "1"}}, some_users());
  TestPool pool{network, anna()};
  MirrorPlan plan = network.run(plan_mirror(pool, "", folder.string()));
  const MirrorAction failed{MirrorKind::list, MirrorReason::not_known, "d"};
  plan.failures.push_back({failed, std::make_exception_ptr(std::runtime_error("no"))});
  MirrorOptions options;
  std::vector<std::string> told;
  options.done = [&told](const MirrorAction& action, const std::exception_ptr& failure) {
    told.push_back(action.text() + (failure ? " failed" : ""));
  };
  const MirrorResult result = network.run(carry_out(pool, plan, options));
  EXPECT_EQ(result.transferred, 1u);
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].action, failed);
  EXPECT_EQ(told, (std::vector<std::string>{"list d: is not known failed", "transfer a, 1 bytes: is missing"}));
}

TEST(Mirror, RemovesBeforeWhatMayHaveTheSameNameInTheTargetComes) {
  // As if the target took capital and small letters for the same.
  EXPECT_EQ(
      plan_between({{"A", a_file(1)}, {"D", a_directory()}}, {{"a", a_file(1)}, {"d", a_directory()}}, with_removals()),
      "remove directory d: is not in the source\n"
      "remove a: is not in the source\n"
      "make directory D: is missing\n"
      "transfer A, 1 bytes: is missing\n");
}

TEST(Mirror, LooksOnceIntoADirectoryThatIsListedTwice) {
  TestNetwork network{1};
  const TestFolder folder;
  ScriptedServer server{network};
  server.welcomes({"MLST type*;size*;"}).passive().accepts_data().hears("MLSD").says("150 Here");
  server.sends("type=dir; d\r\ntype=dir; d\r\n").closes_data().says("226 Done");
  server.dialogue("PWD", "257 \"/\"")
      .dialogue("CWD d", "250 Here")
      .passive()
      .accepts_data()
      .hears("MLSD")
      .says("150 Here")
      .closes_data()
      .says("226 Done");
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  EXPECT_EQ(plan_of(network, pool, "", folder.string()), "make directory d: is missing\n");
}

TEST(Mirror, TakesNoNameThatLeadsOutOfTheFolder) {
  TestNetwork network{1};
  const TestFolder folder;
  ScriptedServer server{network};
  server.welcomes({"MLST type*;size*;"}).passive().accepts_data().hears("MLSD").says("150 Here");
  server.sends("type=file;size=4; ../evil\r\ntype=file;size=4; /etc/evil\r\ntype=dir; ..\r\ntype=dir; .\r\n");
  server.closes_data().says("226 Done");
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  EXPECT_EQ(plan_of(network, pool, "", folder.string()), "list .: is not known\n");
}

TEST(Mirror, WritesThroughNoLinkThatLeadsOutOfTheFolder) {
  TestNetwork network{1};
  const TestFolder folder, elsewhere;
  std::filesystem::create_symlink(elsewhere.path(), folder / "way");
  auto server = serve(network, {{"/way/evil", "1"}}, some_users());
  TestPool pool{network, anna()};
  // A plan from before the link came.
  MirrorPlan plan;
  plan.local = folder.string();
  plan.actions.emplace_back(MirrorKind::transfer, MirrorReason::missing, "way/evil", a_file(1));
  const MirrorResult result = network.run(carry_out(pool, plan));
  EXPECT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(elsewhere.count(), 0u);
}

TEST(Mirror, GoesOnWhereOneFileFails) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "1"}, {"/c", "3"}}, some_users());
  TestPool pool{network, anna()};
  MirrorPlan plan;
  plan.local = folder.string();
  for (const auto* name : {"a", "b", "c"})
    plan.actions.emplace_back(MirrorKind::transfer, MirrorReason::missing, name, a_file(1));
  MirrorOptions options;
  std::vector<std::string> told;
  options.done = [&told](const MirrorAction& action, const std::exception_ptr& failure) {
    told.push_back(action.path + (failure ? " failed" : ""));
  };
  const MirrorResult result = network.run(carry_out(pool, plan, options));
  EXPECT_EQ(result.transferred, 2u);
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].action.path, "b");
  EXPECT_THROW(std::rethrow_exception(result.failures[0].error), ReplyError);
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, (std::vector<std::string>{"a", "b failed", "c"}));
}

TEST(Mirror, SaysThatARemovalWasRefusedWhereTheFileIsThereStill) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MDTM"}).dialogue("DELE d/a", "550 Permission denied").dialogue("PWD", "257 \"/\"");
  server.dialogue("CWD d", "250 Here").dialogue("TYPE A", "200 OK").passive().accepts_data().hears("LIST");
  server.says("150 Here").sends("-rw-r--r-- 1 ann x 5 Nov 22 2025 a\r\n").closes_data().says("226 Done");
  server.dialogue("CWD /", "250 Home").dialogue("MDTM d/a", "550 No").dialogue("DELE d/b", "550 Permission denied");
  server.dialogue("PWD", "257 \"/\"").dialogue("CWD d", "550 Permission denied").dialogue("TYPE A", "200 OK");
  server.passive().accepts_data().hears("LIST").says("550 Permission denied");
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  MirrorPlan plan;
  plan.direction = Direction::sent;
  plan.remote = "d";
  for (const auto* name : {"a", "b"})
    plan.actions.emplace_back(MirrorKind::remove, MirrorReason::not_in_source, name, a_file(5));
  const MirrorResult result = network.run(carry_out(pool, plan));
  ASSERT_EQ(result.failures.size(), 2u);
  for (const auto& failure : result.failures) {
    try {
      std::rethrow_exception(failure.error);
    } catch (const ReplyError& error) { EXPECT_EQ(error.verb(), "DELE"); }
  }
}

TEST(Mirror, UsesTheSessionsOfThePoolAtOnceAndSurvivesTheirLoss) {
  TestNetwork network{1, {.window = 4096, .delay = 1ms}};
  const TestFolder folder;
  MemoryStorage files;
  std::string text(50'000, 'x');
  for (int i = 0; i < 12; ++i) folder.write("files/" + std::to_string(i), text);
  auto server = serve(network, files, some_users());
  TestPool pool{network, anna()};
  for (const std::size_t operation : {200u, 300u, 400u}) network.fail({.operation = operation}, Fault::reset);
  const MirrorResult result = network.run(mirror(pool, "up", folder / "files", upwards()));
  EXPECT_GT(network.operations(), 400u);
  EXPECT_EQ(result.transferred, 12u);
  EXPECT_TRUE(result.failures.empty());
  EXPECT_GT(pool.sessions(), 1u);
  EXPECT_EQ(plan_of(network, pool, "up", folder / "files", upwards()), "");
}

TEST(Mirror, TellsTheProgressOfAllTransfersTogether) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "12345"}, {"/b", "678"}}, some_users());
  TestPool pool{network, anna()};
  MirrorOptions options;
  Progress last;
  options.transfer.progress = [&last](const Progress& progress) { last = progress; };
  network.run(mirror(pool, "", folder.string(), options));
  EXPECT_EQ(last.transferred, 8u);
  EXPECT_EQ(last.size, 8u);
}

TEST(Mirror, StopsWhenProgressSaysSo) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "12345"}, {"/b", "678"}, {"/c", "9"}}, some_users());
  TestPool pool{network, anna()};
  MirrorOptions options;
  options.transfer.progress = [](const Progress&) { return Go::stop; };
  EXPECT_EQ(error_of(network, mirror(pool, "", folder.string(), options)).code(), Errc::aborted);
  EXPECT_FALSE(folder.has("a"));
  network.run(pool.list());
}

TEST(Mirror, NeedsASource) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {}, some_users());
  TestPool pool{network, anna()};
  EXPECT_EQ(error_of(network, mirror(pool, "none", folder.string(), with_removals())).code(),
            std::errc::no_such_file_or_directory);
  EXPECT_EQ(error_of(network, mirror(pool, "", folder / "none", with_removals(upwards()))).channel(), Channel::local);
}

TEST(Mirror, NeedsListingsThatTellMoreThanNames) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "1"}});
  PoolOptions options;
  options.client.dialect = Dialect::ftplike;
  TestPool pool{network, Url{"127.0.0.1", TestServer::port}, options};
  EXPECT_EQ(error_of(network, mirror(pool, "", folder.string())).code(), std::errc::function_not_supported);
}

/// The error of a mirror that has to fail.
template <class R> std::error_code mirror_error(TestNetwork& network, awaitable<R> operation) {
  try {
    network.run(std::move(operation));
  } catch (const std::system_error& error) { return error.code(); }
  ADD_FAILURE() << "the mirror did not fail";
  return {};
}

TEST(Mirror, IsBounded) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "1"}, {"/b/c/d", "1"}}, some_users());
  TestPool pool{network, anna()};
  MirrorOptions few;
  few.entries = 3;
  EXPECT_EQ(mirror_error(network, mirror(pool, "", folder.string(), few)), Errc::bad_listing);
  MirrorOptions shallow;
  shallow.depth = 1;
  EXPECT_EQ(mirror_error(network, mirror(pool, "", folder.string(), shallow)), Errc::bad_listing);
  EXPECT_EQ(folder.count(), 0u);
}

TEST(Mirror, IsBoundedWithinOneDirectory) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/b/1", ""}, {"/b/2", ""}, {"/b/3", ""}, {"/b/4", ""}}, some_users());
  TestPool pool{network, anna()};
  MirrorOptions few;
  few.entries = 3;
  EXPECT_EQ(mirror_error(network, plan_mirror(pool, "", folder.string(), few)), Errc::bad_listing);
  few.entries = 5;
  EXPECT_EQ(network.run(plan_mirror(pool, "", folder.string(), few)).count(MirrorAction::Kind::transfer), 4u);
}

TEST(Mirror, IsBoundedWhereAServerSendsLinesThatNobodyUnderstandsAndNoEnd) {
  TestNetwork network{1};
  const TestFolder folder;
  ScriptedServer server{network};
  server.welcomes({"MLST type*;size*;"}).passive().accepts_data().hears("MLSD").says("150 Here");
  server.sends("?\r\n?\r\ntype=file;size=1; a\r\n?\r\n").is_left();
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  MirrorOptions few;
  few.entries = 3;
  EXPECT_EQ(mirror_error(network, plan_mirror(pool, "", folder.string(), few)), Errc::bad_listing);
}

TEST(Mirror, TakesTheLastOfWhatIsListedTwice) {
  EXPECT_EQ(plan_between({{"b", a_file(2)}, {"a", a_file(1)}, {"a", a_file(7)}}, {{"a", a_file(7)}, {"b", a_file(2)}}), "");
  EXPECT_EQ(plan_between({{"a", a_file(7)}, {"a", a_file(1)}}, {{"a", a_file(7)}}), "transfer a, 1 bytes: has another size\n");
}

TEST(Mirror, ComparesTreesOfWhichEachHasWhatTheOtherHasNot) {
  EXPECT_EQ(plan_between({{"c", a_file(1)}, {"a", a_file(1)}, {"d", a_file(1)}, {"d0", a_file(1)}},
                         {{"b", a_file(1)}, {"d", a_file(1)}, {"c", a_file(1)}, {"e", a_file(1)}}, with_removals()),
            "remove e: is not in the source\n"
            "remove b: is not in the source\n"
            "transfer a, 1 bytes: is missing\n"
            "transfer d0, 1 bytes: is missing\n");
}

TEST(Mirror, CanBeCancelled) {
  TestNetwork network{1, {.window = 4096, .delay = 10ms}};
  const TestFolder folder;
  auto server = serve(network, {{"/a", std::string(500'000, 'x')}, {"/b", std::string(500'000, 'y')}}, some_users());
  TestPool pool{network, anna()};
  Started running{network, mirror(pool, "", folder / "copy")};
  network.advance(500ms);
  EXPECT_FALSE(running.done());
  running.cancel(network);
  EXPECT_TRUE(running.done());
  EXPECT_THROW(running.result(), std::system_error);
  EXPECT_FALSE(folder.has("copy/a"));
  EXPECT_FALSE(folder.has("copy/b"));
}
