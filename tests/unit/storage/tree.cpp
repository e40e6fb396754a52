#include <ftplike/storage/tree.hpp>
// Above: that it stands alone.
#include <gtest/gtest.h>
#include <string>
#include <system_error>
#include <vector>

#include "support/error_of.hpp"
#include "support/run.hpp"

namespace {
using namespace ftplike;

struct Numbered {
  int number = 0;
  void describe(Entry& entry) const { entry.size = static_cast<std::uint64_t>(number); }
};
std::string names(const std::vector<Entry>& entries) {
  std::string text;
  for (const auto& entry : entries) text += entry.name + (entry.is_directory() ? "/ " : " ");
  return text;
}

TEST(FileTree, HasTheDirectoriesThatItsNamesImply) {
  FileTree<Numbered> tree{{"/a/b/c.txt", {1}}, {"/a/d.txt", {2}}, {"/a-z", {3}}, {"/z", {4}}};
  EXPECT_EQ(names(tree.list(Path{})), "a/ a-z z ");
  EXPECT_EQ(names(tree.list(Path{"/a"})), "b/ d.txt ");
  EXPECT_EQ(names(tree.list(Path{"/a/b"})), "c.txt ");
  EXPECT_TRUE(tree.stat(Path{}).is_directory());
  EXPECT_TRUE(tree.stat(Path{"/a/b"}).is_directory());
  EXPECT_FALSE(tree.stat(Path{"/a/b"}).size);
  EXPECT_EQ(tree.stat(Path{"/a/d.txt"}).size, 2u) << "a file tells of itself";
  EXPECT_EQ(tree.at(Path{"/a/b/c.txt"}).number, 1);
}

TEST(FileTree, KnowsTheSizeOfFilesThatHaveOne) {
  FileTree<std::string> tree{{"/a/b.txt", "hello"}};
  EXPECT_EQ(tree.stat(Path{"/a/b.txt"}).size, 5u);
  EXPECT_FALSE(tree.stat(Path{"/a"}).size);
  FileTree<int> others{{"/c", 1}};
  EXPECT_FALSE(others.stat(Path{"/c"}).size);
}

TEST(FileTree, SaysWhatIsNotAsItWasThought) {
  FileTree<int> tree{{"/a/b", 1}};
  EXPECT_EQ(error_of([&] { tree.at(Path{"/x"}); }), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error_of([&] { tree.at(Path{"/a/x/y"}); }), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error_of([&] { tree.at(Path{"/a/b/c"}); }), std::errc::not_a_directory);
  EXPECT_EQ(error_of([&] { tree.at(Path{"/a"}); }), std::errc::is_a_directory);
  EXPECT_EQ(error_of([&] { tree.list(Path{"/a/b"}); }), std::errc::not_a_directory);
  EXPECT_EQ(error_of([&] { tree.put(Path{"/a"}, 2); }), std::errc::is_a_directory);
  EXPECT_EQ(error_of([&] { tree.put(Path{}, 2); }), std::errc::is_a_directory);
  EXPECT_EQ(error_of([&] { tree.put(Path{"/a/b/c"}, 2); }), std::errc::not_a_directory);
  EXPECT_EQ(names(tree.list(Path{"/a"})), "b ") << "and nothing has changed";
}

TEST(FileTree, PutsInPlaceOfAnotherAndRemoves) {
  FileTree<int> tree{{"/a/b", 1}, {"/ab", 3}};
  tree.put(Path{"/a/b"}, 2);
  EXPECT_EQ(tree.at(Path{"/a/b"}), 2);
  tree.remove(Path{"/a/b"});
  EXPECT_EQ(names(tree.list(Path{"/a"})), "");
  EXPECT_EQ(error_of([&] { tree.put(Path{"/a"}, 2); }), std::errc::is_a_directory) << "though it is empty";
  tree.remove(Path{"/a"});
  EXPECT_EQ(names(tree.list(Path{})), "ab ");
  EXPECT_EQ(error_of([&] { tree.remove(Path{"/a"}); }), std::errc::no_such_file_or_directory);
  tree.remove(Path{});
  EXPECT_EQ(names(tree.list(Path{})), "");
}

TEST(EntryListing, GivesAllAtOnceAndThenNone) {
  EntryListing listing{{Entry{"a", Entry::Type::file, 1, Timestamp{}}}};
  EXPECT_EQ(names(run(listing.next())), "a ");
  EXPECT_EQ(names(run(listing.next())), "");
}

}  // namespace
