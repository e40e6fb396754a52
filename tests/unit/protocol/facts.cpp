#include <ftplike/protocol/facts.hpp>

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;
using namespace std::string_literals;

constexpr Timestamp example = sys_days{November / 22 / 2026} + 17h + 11min + 5s;

Entry file(std::string name) {
  Entry entry{std::move(name), Entry::Type::file, 1234, example};
  entry.mode = 0640;
  entry.unique = "801g12";
  return entry;
}

std::string facts(const Entry& entry, FactSet set = FactSet::all(), MlsxPlace place = MlsxPlace::inside) {
  std::string out;
  append_facts(out, entry, set, "rw", place);
  return out;
}

TEST(FactSet, ReadsTheArgumentOfOptsMlst) {
  const auto set = FactSet::parse("TYPE;Modify;unix.mode;nonsense;");
  EXPECT_TRUE(set.contains(Fact::type));
  EXPECT_TRUE(set.contains(Fact::modify));
  EXPECT_TRUE(set.contains(Fact::unix_mode));
  EXPECT_FALSE(set.contains(Fact::size));
  EXPECT_FALSE(set.contains(Fact::perm));
  EXPECT_FALSE(set.contains(Fact::unique));
  EXPECT_EQ(FactSet::parse("size"), FactSet::parse(";;size;;"));
  EXPECT_TRUE(FactSet::parse("").empty());
  EXPECT_TRUE(FactSet::parse("siz;sizes;").empty());
}

TEST(FactSet, WritesItselfForOptsAndForFeat) {
  EXPECT_EQ(FactSet::all().text(), "type;size;modify;perm;unique;UNIX.mode;");
  EXPECT_EQ(FactSet::all().feature(), "type*;size*;modify*;perm*;unique*;UNIX.mode*;");
  const auto some = FactSet::parse("size;type;");
  EXPECT_EQ(some.text(), "type;size;");
  EXPECT_EQ(some.feature(), "type*;size*;modify;perm;unique;UNIX.mode;");
  EXPECT_EQ(FactSet::parse(some.text()), some);
  EXPECT_EQ(FactSet{}.text(), "");
}

TEST(Facts, AreWrittenAsAsked) {
  EXPECT_EQ(facts(file("a b.txt")),
            "type=file;size=1234;modify=20261122171105;perm=rw;unique=801g12;UNIX.mode=0640; a b.txt");
  EXPECT_EQ(facts(file("a"), FactSet::parse("size;perm")), "size=1234;perm=rw; a");
  EXPECT_EQ(facts(file("a"), FactSet{}), " a");
}

TEST(Facts, HaveRoomForTheLongestOfAll) {
  Entry entry{std::string(300, 'n'), Entry::Type::link, 18446744073709551615U, last_timestamp};
  entry.target = std::string(400, 't');
  entry.unique = std::string(200, 'u');
  entry.mode = 07777;
  EXPECT_EQ(facts(entry), "type=OS.unix=slink:" + entry.target +
                              ";size=18446744073709551615;modify=99991231235959;perm=rw;unique=" + entry.unique +
                              ";UNIX.mode=7777; " + entry.name);
}

TEST(Facts, AreLeftOutIfTheyAreNotKnown) {
  EXPECT_EQ(facts(Entry{"a", Entry::Type::file, 0, {}}), "type=file;size=0;perm=rw; a");
  EXPECT_EQ(facts(Entry{"a", Entry::Type::file, std::nullopt, {}}), "type=file;perm=rw; a");
  EXPECT_EQ(facts(Entry{"d", Entry::Type::directory, 4096, {}}), "type=dir;perm=rw; d");
}

TEST(Facts, TellTimesInWholeSeconds) {
  auto entry = file("a");
  entry.modified = example + 999ms;
  EXPECT_EQ(facts(entry, FactSet::parse("modify")), "modify=20261122171105; a");
  entry.modified = Timestamp{} - 1ms;
  EXPECT_EQ(facts(entry, FactSet::parse("modify")), "modify=19691231235959; a");
}

TEST(Facts, TellTheTypeAndThePlace) {
  const auto type = [](Entry::Type its, MlsxPlace place) {
    return facts(Entry{"n", its, 0, {}}, FactSet::parse("type"), place);
  };
  EXPECT_EQ(type(Entry::Type::directory, MlsxPlace::itself), "type=cdir; n");
  EXPECT_EQ(type(Entry::Type::directory, MlsxPlace::above), "type=pdir; n");
  EXPECT_EQ(type(Entry::Type::other, MlsxPlace::inside), "type=OS.unix=other; n");
  Entry link{"n", Entry::Type::link, 0, {}};
  link.target = "../to it";
  EXPECT_EQ(facts(link, FactSet::parse("type")), "type=OS.unix=slink:../to it; n");
  link.target = "a;size=9";
  EXPECT_EQ(facts(link, FactSet::parse("type")), "type=OS.unix=slink:; n");
}

TEST(Facts, NeverBreakALine) {
  EXPECT_EQ(facts(file("a\r\nb\0c"s), FactSet{}), " a??b?c");
  Entry link{"n", Entry::Type::link, 0, {}};
  link.target = "a\nb";
  EXPECT_EQ(facts(link, FactSet::parse("type")), "type=OS.unix=slink:a?b; n");
}

TEST(Facts, WriteTheBitsAboveThePermissionsToo) {
  auto entry = file("a");
  entry.mode = 04755;
  EXPECT_EQ(facts(entry, FactSet::parse("unix.mode")), "UNIX.mode=4755; a");
}

TEST(Facts, AreReadAsTheyAreWritten) {
  for (const auto& name : {"a"s, " leading and  double "s, "semi;colon=equals; x"s, "caf\xE9"s, "\xFF\xFE"s, "-la"s}) {
    auto entry = file(name);
    entry.listed = facts(entry);
    EXPECT_EQ(parse_facts(entry.listed), entry) << name;
  }
}

TEST(Facts, AreReadInAnyCaseAndOrderAndUnknownOnesIgnored) {
  const auto entry =
      parse_facts("MODIFY=20261122171105.25;x.shiny=1;TYPE=File;Size=18446744073709551615;;UNIX.Mode=644; n");
  EXPECT_FALSE(entry);  // an empty fact is no fact
  const auto sound =
      parse_facts("MODIFY=20261122171105.25;x.shiny=1;TYPE=File;Size=18446744073709551615;UNIX.Mode=644; n");
  ASSERT_TRUE(sound);
  EXPECT_EQ(sound->type, Entry::Type::file);
  EXPECT_EQ(sound->size, 18446744073709551615U);
  EXPECT_EQ(sound->modified, example + 250ms);
  EXPECT_EQ(sound->mode, 0644U);
  EXPECT_EQ(sound->name, "n");
}

TEST(Facts, WithoutSenseCountAsUnknown) {
  const auto entry = parse_facts("type=file;size=18446744073709551616;modify=yesterday;UNIX.mode=rwx; n");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->size, std::nullopt);
  EXPECT_EQ(entry->modified, Timestamp{});
  EXPECT_EQ(entry->mode, 0U);
}

TEST(Facts, ReadOwnersByNameRatherThanByNumber) {
  const auto entry = parse_facts("unix.ownername=ann;unix.owner=1000;unix.group=5;unix.groupname=staff; n");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->owner, "ann");
  EXPECT_EQ(entry->group, "staff");
}

TEST(Facts, ReadLinks) {
  const auto link = parse_facts("type=OS.UNIX=slink:/to/it;sizd=7; n");
  ASSERT_TRUE(link);
  EXPECT_EQ(link->type, Entry::Type::link);
  EXPECT_EQ(link->target, "/to/it");
  EXPECT_EQ(link->size, 7U);
  EXPECT_EQ(parse_facts("type=OS.unix=symlink; n")->type, Entry::Type::link);
  EXPECT_EQ(parse_facts("type=OS.unix=chr-13/29; n")->type, Entry::Type::other);
  EXPECT_EQ(parse_facts("size=1; n")->type, Entry::Type::other);
}

TEST(Facts, NameNothingThatIsNotInTheDirectory) {
  for (const auto* line : {"type=cdir; a", "type=pdir; a", "Type=CDIR; /people", "type=file; a/b", "type=file; ../a",
                           "type=dir; .", "type=dir; .."}) {
    const auto entry = parse_facts(line);
    ASSERT_TRUE(entry) << line;
    EXPECT_EQ(entry->name, "") << line;
    EXPECT_EQ(entry->listed, line);
  }
  EXPECT_TRUE(parse_facts("type=pdir; a")->is_directory());
  EXPECT_EQ(parse_facts("type=file; a\0b"s)->name, "");
}

TEST(Facts, RefuseALineThatIsNone) {
  for (const auto* line : {"", " ", "a", "type=file;", "type=file; ", "type=file a", "type=file;a", "=x; a", "file; a",
                           "drwxr-xr-x 2 a b 1 Nov 22 17:11 c"}) {
    EXPECT_FALSE(parse_facts(line)) << line;
  }
  EXPECT_EQ(parse_facts(" a")->name, "a");
}

}  // namespace
}  // namespace ftplike
