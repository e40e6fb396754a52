// A server that is stricter than others: as its operator wants it.
#include <ftplike/observers/log.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/directory.hpp>

#include "support/dialogue.hpp"
#include "support/folder.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;

UserTable carl() {
  UserTable users;
  users.add(UserEntry{Account{"carl", Path{}, Rights::all()}, Password::plain("secret")});
  return users;
}

TEST(WithoutTextConversion, FilesAreSentStoredAndMeasuredAsTheyAreInTypeA) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/a", "1\n2\n"}};
  Served served{network, files, carl(), Conveniences{.converts_text = false}};
  Dialogue client{network};
  client.log_in("carl");
  EXPECT_EQ(client.say("TYPE A"), "200 Type is ASCII\r\n");
  EXPECT_EQ(client.fetch("RETR a"), "1\n2\n");
  EXPECT_EQ(client.say("SIZE a"), "213 4\r\n");
  client.store("STOR b", "3\r\n");
  EXPECT_EQ(files.text("/b"), "3\r\n");
}

TEST(WithoutPatterns, AStarIsPartOfAName) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/a.txt", "1"}, {"/*", "2"}};
  Served served{network, files, carl(), Conveniences{.takes_patterns = false}};
  Dialogue client{network};
  client.log_in("carl");
  EXPECT_EQ(client.fetch("NLST *"), "*\r\n");
  EXPECT_EQ(client.fetch("NLST *.txt"), "550 File not found\r\n");
}

/// Has carl send all of a file; how his two connections end then is up to `end`.
template <class End> void carl_uploads(TestNetwork& network, End end) {
  Dialogue client{network};
  client.log_in("carl").binary();
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("STOR a"), 150);
  data.type("all of it");
  network.settle();
  end(data, client.control());
  network.settle();
}
/// At once, in order, and without QUIT.
const auto close_both = [](auto& data, auto& control) {
  data.finish();
  control.finish();
};

/// A server to which he did that.
struct ClosesBoth {
  ClosesBoth(UserTable users, Conveniences conveniences) : served{network, files, std::move(users), conveniences} {
    carl_uploads(network, close_both);
  }

  TestNetwork network{1};
  MemoryStorage files;
  Served<MemoryStorage, UserTable, Conveniences> served;
};

UserTable carl_who(std::optional<UncertainEnds> takes) {
  UserTable users;
  Account account{"carl", Path{}, Rights::all()};
  account.takes_ends = takes;
  users.add(UserEntry{account, Password::plain("secret")});
  return users;
}

TEST(AnUploadWhoseClientClosesBothConnectionsWithoutQUIT, IsKeptAsideUnlessTheServerOrTheUserTakesIt) {
  constexpr UncertainEnds taken{.without_quit = true};
  const ClosesBoth kept{carl(), {}}, of_server{carl(), {.takes_ends = taken}}, of_user{carl_who(taken), {}},
      not_of_user{carl_who(UncertainEnds{}), {.takes_ends = taken}};
  EXPECT_EQ(kept.files.paths(), std::vector<std::string>{});
  EXPECT_EQ(of_server.files.text("/a"), "all of it");
  EXPECT_EQ(of_user.files.text("/a"), "all of it");
  EXPECT_EQ(not_of_user.files.paths(), std::vector<std::string>{});
}

TEST(AnUploadWhoseClientClosesBothConnectionsWithoutQUIT, IsToldOfInTheLogWithWhatBecameOfIt) {
  TestNetwork network{1};
  std::string lines;
  Served served{network, MemoryStorage{}, carl(), Log{[&lines](std::string_view line) { lines.append(line); }}};
  carl_uploads(network, close_both);
  EXPECT_NE(lines.find("incomplete: both connections closed without QUIT; its end does not prove that all has come"), std::string::npos) << lines;
}

/// What is told of the file that keeps carl's upload to a folder, once he has closed both connections.
template <class... Parts> std::string kept_by(const TestFolder& folder, Parts... parts) {
  TestNetwork network{1};
  std::string kept = "(no transfer)";
  const auto watch = [&kept](const TransferEnded& event) { kept = event.kept_as; };
  Served served{network, DirectoryStorage{folder.string()}, carl(), watch, std::move(parts)...};
  carl_uploads(network, close_both);
  return kept;
}

TEST(AnUploadWhoseClientClosesBothConnectionsWithoutQUIT, IsToldOfWithTheFileThatKeepsIt) {
  const TestFolder folder;
  EXPECT_EQ(kept_by(folder, UploadRules{.largest = 100}), ".ftplike-partial.a");
  EXPECT_EQ(folder.read(".ftplike-partial.a"), "all of it");
}

TEST(AnUploadThatFails, IsToldOfWithoutSuchAFileWhereNothingIsKept) {
  const TestFolder folder;
  EXPECT_EQ(kept_by(folder, UploadRules{.largest = 3}), "") << "it is too large";
  EXPECT_EQ(kept_by(folder, Conveniences{.takes_ends = {.without_quit = true}}), "") << "it does not fail";
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AnUploadWhoseControlConnectionBreaks, IsKeptAsideAlsoWhereEndsWithoutQUITAreTaken) {
  TestNetwork network{1};
  MemoryStorage files;
  Served served{network, files, carl(), Conveniences{.takes_ends = {.without_quit = true}}};
  carl_uploads(network, [](auto& data, auto& control) {
    control.reset();
    data.finish();
  });
  EXPECT_EQ(files.paths(), std::vector<std::string>{});
}

}  // namespace
