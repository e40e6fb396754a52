#include <ftplike/storage/directory.hpp>

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <set>

#include "behaviour.hpp"
#include "support/full_disk.hpp"
#include "support/process.hpp"

using ftplike::DirectoryStorage;
namespace fs = std::filesystem;

namespace {

ftplike::DirectoryOptions without_help_of_the_kernel() {
  ftplike::DirectoryOptions options;
  options.kernel_resolves = false;
  options.slow_write = std::chrono::nanoseconds{0};
  return options;
}

struct OnDisk {
  using Storage = DirectoryStorage;
  TemporaryFolder folder;
  Files<DirectoryStorage> files{DirectoryStorage{folder.path().string()}};
};
/// Component by component, on threads that may block, and on a disk where every write counts as slow.
struct OnSlowDiskWithoutHelpOfTheKernel {
  using Storage = DirectoryStorage;
  TemporaryFolder folder;
  Files<DirectoryStorage> files{DirectoryStorage{folder.path().string(), without_help_of_the_kernel()}};
};
using Kinds = testing::Types<OnDisk, OnSlowDiskWithoutHelpOfTheKernel>;
INSTANTIATE_TYPED_TEST_SUITE_P(Directory, StorageBehaviour, Kinds);

/// A folder that is served, `root`, and beside it what must not be reached.
class DirectoryTest : public testing::Test {
 protected:
  explicit DirectoryTest(const ftplike::DirectoryOptions& options = {})
      : root_{make(folder_.path() / "root")},
        outside_{make(folder_.path() / "outside")},
        files{DirectoryStorage{root_.string(), options}} {
    write_file(outside_ / "secret", "secret");
  }
  static fs::path make(const fs::path& path) {
    fs::create_directory(path);
    return path;
  }
  static void date_back(const fs::path& path, std::chrono::hours age) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
  }
  std::vector<std::string> hidden() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{root_}) {
      if (ftplike::detail::is_partial_name(entry.path().filename().string())) names.push_back(entry.path().filename());
    }
    return names;
  }

  TemporaryFolder folder_;
  const fs::path root_;
  const fs::path outside_;

 public:
  Files<DirectoryStorage> files;
};

/// With the kernel's help, and component by component.
class DirectoryLinks : public DirectoryTest, public testing::WithParamInterface<bool> {
 protected:
  DirectoryLinks() : DirectoryTest{GetParam() ? ftplike::DirectoryOptions{} : without_help_of_the_kernel()} {}
};
INSTANTIATE_TEST_SUITE_P(Resolution, DirectoryLinks, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "ByTheKernel" : "ComponentByComponent"; });

TEST_P(DirectoryLinks, LeadNowhereOutside) {
  make(root_ / "d");
  const std::vector<std::string> targets{outside_ / "secret",
                                         "../outside/secret",
                                         "../../outside/secret",
                                         "d/../../outside/secret",
                                         "/../outside/secret",
                                         "./../outside/secret",
                                         "..//outside//secret",
                                         "d/../d/../../outside/secret",
                                         "/proc/self/root" + (outside_ / "secret").string(),
                                         "/d/../.." + (outside_ / "secret").string()};
  for (const auto& target : targets) {
    for (const char* link : {"link", "d/link"}) {
      fs::create_symlink(target, root_ / link);
      const Path path{link};
      EXPECT_EQ(files.error(files.storage.open(path, 0)), std::errc::no_such_file_or_directory) << target;
      EXPECT_EQ(files.error(files.storage.stat(path)), std::errc::no_such_file_or_directory) << target;
      EXPECT_EQ(files.error(files.storage.append(path)), std::errc::no_such_file_or_directory) << target;
      EXPECT_EQ(files.error(files.storage.create(path, 0)), std::errc::no_such_file_or_directory) << target;
      fs::remove(root_ / link);
    }
  }
  EXPECT_EQ(read_file(outside_ / "secret"), "secret");
}

TEST_P(DirectoryLinks, OfDirectoriesLeadNowhereOutside) {
  make(root_ / "d");
  for (const std::string& target : {outside_.string(), std::string{"../outside"}, std::string{"d/../../outside"}}) {
    fs::create_symlink(target, root_ / "link");
    EXPECT_EQ(files.error(files.storage.open(Path{"/link/secret"}, 0)), std::errc::no_such_file_or_directory) << target;
    EXPECT_EQ(files.error(files.storage.list(Path{"/link"})), std::errc::no_such_file_or_directory) << target;
    EXPECT_EQ(files.error(files.storage.create(Path{"/link/new"}, 0)), std::errc::no_such_file_or_directory) << target;
    EXPECT_EQ(files.error(files.storage.make_directory(Path{"/link/d"})), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(files.storage.remove(Path{"/link/secret"})), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(files.storage.rename(Path{"/link/secret"}, Path{"/s"})),
              std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(files.storage.rename(Path{"/d"}, Path{"/link/d"})), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(files.storage.set_mode(Path{"/link/secret"}, 0777)), std::errc::no_such_file_or_directory);
    fs::remove(root_ / "link");
  }
  EXPECT_EQ(std::distance(fs::directory_iterator{outside_}, {}), 1);
}

TEST_P(DirectoryLinks, ToTheTopLeadToTheFolderItself) {
  write_file(root_ / "a", "inside");
  make(root_ / "d");
  for (const char* target : {"/", "..", "../..", "../../../../..", ".", "/..", "d/..", "/d/../"}) {
    fs::create_symlink(target, root_ / "link");
    EXPECT_EQ(files.get("/link/a"), "inside") << target;
    EXPECT_EQ(files.names("/link"), "a d link") << target;
    EXPECT_TRUE(files.stat("/link").is_directory()) << target;
    EXPECT_EQ(files.error(files.storage.create(Path{"/link"}, 0)), std::errc::is_a_directory) << target;
    fs::remove(root_ / "link");
  }
}

TEST_P(DirectoryLinks, AreFollowedInside) {
  make(root_ / "d");
  make(root_ / "d/e");
  write_file(root_ / "d/e/a", "inside");
  fs::create_symlink("e", root_ / "d/relative");
  fs::create_symlink("/d/e", root_ / "d/absolute");
  fs::create_symlink("../d/./relative/../absolute", root_ / "d/chain");
  fs::create_symlink("chain/a", root_ / "d/file");
  for (const char* path : {"/d/relative/a", "/d/absolute/a", "/d/chain/a", "/d/file"}) {
    EXPECT_EQ(files.get(path), "inside") << path;
    EXPECT_EQ(files.stat(path).unique, files.stat("/d/e/a").unique) << path;
    EXPECT_EQ(files.stat(path).name, Path{path}.name());
  }
  EXPECT_EQ(files.names("/d/chain"), "a");
}

TEST_P(DirectoryLinks, InCirclesEndSomewhere) {
  fs::create_symlink("b", root_ / "a");
  fs::create_symlink("a", root_ / "b");
  EXPECT_EQ(files.error(files.storage.open(Path{"/a"}, 0)), std::errc::too_many_symbolic_link_levels);
  EXPECT_EQ(files.error(files.storage.open(Path{"/a/x"}, 0)), std::errc::too_many_symbolic_link_levels);
  EXPECT_EQ(files.error(files.storage.stat(Path{"/a"})), std::errc::too_many_symbolic_link_levels);
  EXPECT_EQ(files.error(files.storage.create(Path{"/a"}, 0)), std::errc::too_many_symbolic_link_levels);
}

TEST_P(DirectoryLinks, ShowAsWhatTheyLeadToOrElseAsLinks) {
  make(root_ / "d");
  write_file(root_ / "f", "12345");
  fs::create_symlink("d", root_ / "to-d");
  fs::create_symlink("f", root_ / "to-f");
  fs::create_symlink("none", root_ / "to-none");
  fs::create_symlink("../outside/secret", root_ / "to-outside");
  fs::create_symlink("to-self", root_ / "to-self");
  const auto entries = files.list("/");
  ASSERT_EQ(entries.size(), 7u);
  EXPECT_TRUE(entries[2].is_directory());
  EXPECT_EQ(entries[2].unique, entries[0].unique);
  EXPECT_EQ(entries[2].target, "");
  EXPECT_TRUE(entries[3].is_file());
  EXPECT_EQ(entries[3].name, "to-f");
  EXPECT_EQ(entries[3].size, 5u);
  EXPECT_EQ(entries[4].type, Entry::Type::link);
  EXPECT_EQ(entries[4].target, "none");
  EXPECT_EQ(entries[5].type, Entry::Type::link);
  EXPECT_EQ(entries[5].target, "../outside/secret");
  EXPECT_EQ(entries[6].type, Entry::Type::link);
}

TEST_P(DirectoryLinks, AreRemovedAndRenamedThemselves) {
  make(root_ / "d");
  write_file(root_ / "f", "file");
  fs::create_symlink("d", root_ / "to-d");
  fs::create_symlink("f", root_ / "to-f");
  fs::create_symlink(outside_ / "secret", root_ / "to-outside");
  EXPECT_EQ(files.error(files.storage.remove_directory(Path{"/to-d"})), std::errc::not_a_directory);
  files.run(files.storage.rename(Path{"/to-f"}, Path{"/renamed"}));
  EXPECT_TRUE(fs::is_symlink(root_ / "renamed"));
  for (const char* link : {"/to-d", "/renamed", "/to-outside"}) files.run(files.storage.remove(Path{link}));
  EXPECT_EQ(files.names("/"), "d f");
  EXPECT_EQ(read_file(outside_ / "secret"), "secret");
}

TEST_P(DirectoryLinks, AreReplacedAndNotFollowedByWhatIsRenamedToTheirNames) {
  files.put("/f", "kept");
  make(root_ / "d");
  fs::create_symlink("f", root_ / "to-f");
  fs::create_symlink("d", root_ / "to-d");
  fs::create_symlink(outside_ / "secret", root_ / "to-outside");
  for (const std::string link : {"/to-f", "/to-d", "/to-outside"}) {
    files.put("/new", "new");
    files.run(files.storage.rename(Path{"/new"}, Path{link}));
    EXPECT_FALSE(fs::is_symlink(root_ / link.substr(1))) << link;
    EXPECT_EQ(read_file(root_ / link.substr(1)), "new") << link;
  }
  EXPECT_EQ(read_file(root_ / "f"), "kept");
  EXPECT_EQ(files.names("/d"), "");
  EXPECT_EQ(read_file(outside_ / "secret"), "secret");
}

TEST_P(DirectoryLinks, AreUploadedThrough) {
  make(root_ / "d");
  write_file(root_ / "d/f", "old");
  fs::create_symlink("/d/f", root_ / "link");
  fs::create_symlink("d/new", root_ / "to-new");
  files.put("/link", "new text");
  EXPECT_EQ(read_file(root_ / "d/f"), "new text");
  EXPECT_TRUE(fs::is_symlink(root_ / "link"));
  files.leave("/link", "part");
  EXPECT_EQ(files.run(files.storage.partial_size(Path{"/link"})), 4u);
  EXPECT_EQ(files.run(files.storage.partial_size(Path{"/d/f"})), 4u);
  files.put("/to-new", "made");
  EXPECT_EQ(read_file(root_ / "d/new"), "made");
}

TEST_P(DirectoryLinks, PutInThePlaceOfADirectoryLeadNowhereOutside) {
  make(root_ / "d");
  write_file(root_ / "d/x", "inside");
  write_file(outside_ / "x", "outside");
  fs::create_symlink("../outside", root_ / "link");
  std::atomic<bool> is_over = false;
  std::thread swapper{[&] {
    for (int i = 0; i < 2000; ++i) {
      fs::rename(root_ / "d", root_ / "hidden");
      fs::rename(root_ / "link", root_ / "d");
      fs::rename(root_ / "d", root_ / "link");
      fs::rename(root_ / "hidden", root_ / "d");
    }
    is_over = true;
  }};
  std::vector<std::string> wrong;
  while (!is_over) {
    try {
      if (const auto text = files.get("/d/x"); text != "inside") wrong.push_back(text);
      files.put("/d/y", "new");
      files.run(files.storage.remove(Path{"/d/y"}));
    } catch (const std::system_error&) {
      // The directory was not there just now.
    }
  }
  swapper.join();
  EXPECT_EQ(wrong, std::vector<std::string>{});
  EXPECT_EQ(files.get("/d/x"), "inside");
  EXPECT_EQ(std::distance(fs::directory_iterator{outside_}, {}), 2);
  EXPECT_EQ(read_file(outside_ / "x"), "outside");
}

TEST_P(DirectoryLinks, PutInThePlaceOfAFileLeadNowhereOutside) {
  write_file(root_ / "x", "inside");
  fs::create_symlink("../outside/secret", root_ / "link");
  std::atomic<bool> is_over = false;
  std::thread swapper{[&] {
    for (int i = 0; i < 2000; ++i) {
      fs::rename(root_ / "x", root_ / "hidden");
      fs::rename(root_ / "link", root_ / "x");
      fs::rename(root_ / "x", root_ / "link");
      fs::rename(root_ / "hidden", root_ / "x");
    }
    is_over = true;
  }};
  std::vector<std::string> wrong;
  while (!is_over) {
    try {
      if (const auto text = files.get("/x"); text != "inside") wrong.push_back(text);
    } catch (const std::system_error&) {
      // The file was not there just now.
    }
    try {
      auto writer = files.run(files.storage.append(Path{"/x"}));
      files.write(writer, "?");
      const auto text = read_file(root_ / ".ftplike-partial.x");
      if (text != "inside?" && text != "?") wrong.push_back(text);
      writer.discard();
    } catch (const std::system_error&) {}
  }
  swapper.join();
  EXPECT_EQ(wrong, std::vector<std::string>{});
  EXPECT_EQ(files.get("/x"), "inside");
}

using DirectoryStorageTest = DirectoryTest;

TEST_F(DirectoryStorageTest, WritesIntoNoFileThatAWriterWhichDiedHasAlreadyGivenItsName) {
  write_file(root_ / "a", "whole");
  fs::create_hard_link(root_ / "a", root_ / ftplike::detail::partial_name("a"));  // as link and unlink leave it half way
  for (const bool ends : {false, true}) {
    auto writer = files.run(files.storage.create(Path{"/a"}, 0));
    files.write(writer, "new");
    EXPECT_EQ(read_file(root_ / "a"), "whole");
    if (ends) files.run(writer.finish());
  }
  EXPECT_EQ(read_file(root_ / "a"), "new");
  EXPECT_EQ(hidden(), std::vector<std::string>{});
}

TEST_F(DirectoryStorageTest, NamesTheFolderThatIsNotThere) {
  const auto failure = [](const fs::path& path) {
    try {
      DirectoryStorage{path.string()};
      return std::system_error{std::error_code{}};
    } catch (const std::system_error& thrown) { return thrown; }
  };
  const auto missing = failure(root_ / "none");
  EXPECT_EQ(missing.code(), std::errc::no_such_file_or_directory);
  EXPECT_NE(std::string_view{missing.what()}.find((root_ / "none").string()), std::string_view::npos) << missing.what();
  EXPECT_EQ(failure(outside_ / "secret").code(), std::errc::not_a_directory);
}

TEST_F(DirectoryStorageTest, IsLabelledAsTheOperatorNamedIt) {
  const std::string name = root_.string() + "/../root/.";
  EXPECT_EQ(DirectoryStorage{name}.label(), name);
}

TEST_F(DirectoryStorageTest, StaysWithItsFolderWhereverThatGoes) {
  files.put("/a", "text");
  fs::rename(root_, folder_.path() / "moved");
  make(root_);
  EXPECT_EQ(files.get("/a"), "text");
  files.put("/b", "new");
  EXPECT_EQ(read_file(folder_.path() / "moved/b"), "new");
}

TEST_F(DirectoryStorageTest, ReadsAndWritesRegularFilesOnly) {
  ASSERT_EQ(::mkfifo((root_ / "fifo").c_str(), 0666), 0);
  EXPECT_EQ(files.error(files.storage.open(Path{"/fifo"}, 0)), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(files.storage.create(Path{"/fifo"}, 0)), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(files.storage.append(Path{"/fifo"})), std::errc::operation_not_permitted);
  EXPECT_EQ(files.stat("/fifo").type, Entry::Type::other);
  EXPECT_EQ(files.list("/").at(0).type, Entry::Type::other);
  files.run(files.storage.remove(Path{"/fifo"}));
  EXPECT_EQ(files.names("/"), "");
}

TEST_F(DirectoryStorageTest, LeavesAloneWhatElseIsInThePlaceOfAPartialFile) {
  ASSERT_EQ(::mkfifo((root_ / ".ftplike-partial.fifo").c_str(), 0666), 0);
  fs::create_symlink("../outside/secret", root_ / ".ftplike-partial.link");
  make(root_ / ".ftplike-partial.directory");
  for (const char* name : {"fifo", "link", "directory"}) {
    files.put(name, "text");
    EXPECT_EQ(files.get(name), "text");
    EXPECT_EQ(files.error(files.storage.create(Path{name}, 1)), Errc::busy);
    files.run(files.storage.remove(Path{name}));
  }
  EXPECT_EQ(hidden().size(), 3u);
  EXPECT_EQ(read_file(outside_ / "secret"), "secret");
}

TEST_F(DirectoryStorageTest, KnowsTwoNamesOfOneFile) {
  files.put("/a", "text");
  fs::create_hard_link(root_ / "a", root_ / "b");
  EXPECT_EQ(files.stat("/a").unique, files.stat("/b").unique);
}

TEST_F(DirectoryStorageTest, LeavesOutWhatVanishesWhileItLists) {
  for (int i = 0; i < 600; ++i) write_file(root_ / std::to_string(i), "");
  auto listing = files.run(files.storage.list(Path{}));
  EXPECT_EQ(files.run(listing.next()).size(), 512u);
  for (int i = 0; i < 600; ++i) fs::remove(root_ / std::to_string(i));
  EXPECT_EQ(files.run(listing.next()).size(), 0u);
}

TEST_F(DirectoryStorageTest, ListsEachEntryOfALargeDirectoryOnce) {
  std::set<std::string> names, listed;
  for (int i = 0; i < 5000; ++i) {
    names.insert("f" + std::to_string(i));
    write_file(root_ / ("f" + std::to_string(i)), "");
  }
  const auto entries = files.list("/");
  for (const auto& entry : entries) listed.insert(entry.name);
  EXPECT_EQ(entries.size(), names.size());
  EXPECT_EQ(listed, names);
}

TEST_F(DirectoryStorageTest, AsksNothingOfFilesWhereOnlyNamesAreWanted) {
  write_file(root_ / "a", "text");
  fs::create_symlink("a", root_ / "link");
  files.leave("/b", "part");
  auto listing = files.run(files.storage.list(Path{}));
  listing.names_only();
  std::set<std::string> names;
  for (const auto& entry : files.run(listing.next())) {
    names.insert(entry.name);
    EXPECT_EQ(entry.unique, "") << "which every file has that was looked at";
  }
  EXPECT_EQ(names, (std::set<std::string>{"a", "link"}));
}

/// A pool whose jobs the test does, when it likes.
class Shelf final : public ftplike::WorkerPool {
 public:
  explicit Shelf(std::vector<Job>& jobs) : jobs_{jobs} {}
  bool submit(Job job, ftplike::ClientKey) override {
    jobs_.push_back(std::move(job));
    return true;
  }

 private:
  std::vector<Job>& jobs_;
};

TEST_F(DirectoryStorageTest, ReadsALargeDirectoryWithSeveralWorkersWhicheverIsReadyFirst) {
  for (int i = 0; i < 2500; ++i) write_file(root_ / std::to_string(i), "");
  std::vector<ftplike::WorkerPool::Job> jobs;
  asio::io_context loop;
  asio::make_service<ftplike::BlockingWork>(
      loop, std::make_shared<ftplike::WorkerPools>(std::make_unique<Shelf>(jobs), std::make_unique<ftplike::ThreadPool>(1u),
                                                   std::make_unique<ftplike::ThreadPool>(1u)));
  std::optional<DirectoryStorage::Listing> listing;
  const auto open = [&]() -> ftplike::awaitable<void> {
    auto opened = co_await files.storage.list(Path{});
    listing.emplace(std::move(opened));
  };
  std::set<std::string> listed;
  std::size_t batches = 0, ends = 0;
  const auto read = [&]() -> ftplike::awaitable<void> {
    const std::vector<Entry> entries = co_await listing->next();
    for (const auto& entry : entries) EXPECT_TRUE(listed.insert(entry.name).second) << entry.name;
    ++(entries.empty() ? ends : batches);
  };
  const auto go_on = [&loop] {
    loop.restart();
    loop.poll();
  };
  ftplike::start_on(loop.get_executor(), open());
  go_on();
  for (auto& job : std::exchange(jobs, {})) job();  // where opening it takes one
  go_on();
  ASSERT_TRUE(listing);

  ftplike::start_on(loop.get_executor(), read());
  go_on();
  ASSERT_EQ(jobs.size(), 1u) << "a small directory takes one worker";
  std::exchange(jobs, {}).front()();
  go_on();
  EXPECT_EQ(batches, 1u);
  ftplike::start_on(loop.get_executor(), read());
  go_on();
  ASSERT_EQ(jobs.size(), ftplike::detail::reads_at_once()) << "two, unless there is but one processor";
  for (std::size_t i = jobs.size(); i-- > 0;) {  // the last one first
    EXPECT_EQ(batches, 1u);
    jobs[i]();
    go_on();
  }
  EXPECT_EQ(batches, 2u);
  jobs.clear();
  while (ends == 0) {
    ftplike::start_on(loop.get_executor(), read());
    go_on();
    for (auto& job : std::exchange(jobs, {})) job();
    go_on();
  }
  EXPECT_EQ(listed.size(), 2500u);
  listing.reset();
}

TEST_F(DirectoryStorageTest, MakesFilesWithTheModeThatTheUmaskLeaves) {
  const auto before = ::umask(027);
  files.put("/a", "text");
  ::umask(before);
  EXPECT_EQ(files.stat("/a").mode, 0640u);
}

TEST_F(DirectoryStorageTest, HasTheBytesInMemoryAfterFetchingThem) {
  const std::string text(3'000'000, 'x');
  files.put("/a", text);
  auto reader = files.run(files.storage.open(Path{"/a"}, 5));
  ASSERT_EQ(::fdatasync(reader.descriptor()), 0);
  ::posix_fadvise(reader.descriptor(), 0, 0, POSIX_FADV_DONTNEED);
  EXPECT_EQ(reader.position(), 5u);
  EXPECT_EQ(files.run(reader.fetch(1'000'000)), 1'000'000u);
  std::vector<std::byte> room(1'000'000);
  const auto n = ftplike::detail::read_resident(reader.descriptor(), room, 5);
  if (n < 0) {
    EXPECT_EQ(errno, ftplike::detail::tells_resident ? EOPNOTSUPP : EAGAIN);
  } else {
    EXPECT_GT(n, 0);
  }
  reader.advance(1'000'000);
  EXPECT_EQ(files.read(reader).size(), text.size() - 1'000'005);
  EXPECT_EQ(files.run(reader.fetch(1)), 0u);
}

TEST_F(DirectoryStorageTest, DoesNotTakeAFileThatIsCutWhileItIsReadForAWholeOne) {
  files.put("/a", std::string(100, 'x'));
  auto reader = files.run(files.storage.open(Path{"/a"}, 0));
  std::vector<std::byte> room(50);
  EXPECT_EQ(files.run(reader.read_some(room)), 50u);
  fs::resize_file(root_ / "a", 50);
  EXPECT_EQ(files.error(reader.read_some(room)), std::errc::io_error);
}

TEST_F(DirectoryStorageTest, FreesLargeFilesElsewhere) {
  Files<DirectoryStorage> mine{DirectoryStorage{root_.string()}};
  constexpr auto large = 2 * ftplike::detail::large_file;  // sparse
  for (const char* name :
       {"replaced", "removed", "renamed over", ".ftplike-partial.begun anew", ".ftplike-partial.cut"}) {
    write_file(root_ / name, "first");
    fs::resize_file(root_ / name, large);
  }
  mine.put("/replaced", "new");
  mine.put("/begun anew", "new");
  mine.run(mine.storage.remove(Path{"/removed"}));
  mine.run(mine.storage.rename(Path{"/begun anew"}, Path{"/renamed over"}));
  auto writer = mine.create("/cut", 5);
  mine.run(writer.finish());
  EXPECT_EQ(mine.names("/"), "cut renamed over replaced");
  EXPECT_EQ(mine.get("/renamed over"), "new");
  EXPECT_EQ(mine.get("/replaced"), "new");
  EXPECT_EQ(mine.get("/cut"), "first");
}

TEST_F(DirectoryStorageTest, ReadsAndWritesBeyondFourGiB) {
  constexpr std::uint64_t far = 5'368'709'120;  // 5 GiB, sparse
  write_file(root_ / ".ftplike-partial.a", "begin");
  fs::resize_file(root_ / ".ftplike-partial.a", far);
  auto writer = files.create("/a", far);
  files.write(writer, "the end");
  files.run(writer.finish());
  EXPECT_EQ(files.stat("/a").size, far + 7);
  EXPECT_EQ(files.get("/a", far + 4), "end");
  auto reader = files.run(files.storage.open(Path{"/a"}, far - 3));
  EXPECT_EQ(files.read(reader), std::string(3, '\0') + "the end");
}

TEST_F(DirectoryStorageTest, GoesOnWithWhatAnEarlierServerLeft) {
  files.leave("/a", "part");
  EXPECT_EQ(hidden(), std::vector<std::string>{".ftplike-partial.a"});
  Files<DirectoryStorage> later{DirectoryStorage{root_.string()}};
  EXPECT_EQ(later.run(later.storage.partial_size(Path{"/a"})), 4u);
  auto writer = later.create("/a", 4);
  later.write(writer, "ner");
  later.run(writer.finish());
  EXPECT_EQ(later.get("/a"), "partner");
  EXPECT_EQ(hidden(), std::vector<std::string>{});
}

TEST_F(DirectoryStorageTest, SharesAFolderWithAnotherServer) {
  Files<DirectoryStorage> other{DirectoryStorage{root_.string()}};
  auto first = files.create("/a");
  files.write(first, "first");
  EXPECT_EQ(other.error(other.storage.create(Path{"/a"}, 3)), Errc::busy);
  auto second = other.create("/a");
  other.write(second, "second");
  files.run(first.finish());
  other.run(second.finish());
  EXPECT_EQ(files.get("/a"), "second");
  EXPECT_EQ(hidden(), std::vector<std::string>{});
}

TEST_F(DirectoryStorageTest, GivesPartialFilesFromHandToHandWithoutTearingAny) {
  std::atomic<int> torn = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&, number] {
      Files<DirectoryStorage> mine{files.storage};
      const std::string text(100, static_cast<char>('a' + number));
      for (int i = 0; i < 500; ++i) {
        mine.put("/a", text);
        const auto seen = mine.get("/a");
        if (seen.empty() || seen != std::string(100, seen.front())) ++torn;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(hidden(), std::vector<std::string>{});
}

TEST_F(DirectoryStorageTest, ForgetsPartialFilesAfterSevenDays) {
  const auto partial = root_ / ".ftplike-partial.a";
  files.leave("/a", "part");
  date_back(partial, std::chrono::hours{24 * 7 - 1});
  EXPECT_EQ(files.run(files.storage.partial_size(Path{"/a"})), 4u);
  EXPECT_EQ(files.names("/"), "");
  EXPECT_TRUE(fs::exists(partial));

  date_back(partial, std::chrono::hours{24 * 7 + 1});
  EXPECT_EQ(files.error(files.storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
  EXPECT_TRUE(fs::exists(partial));
  EXPECT_EQ(files.error(files.storage.create(Path{"/a"}, 2)), Errc::bad_restart);
  EXPECT_FALSE(fs::exists(partial));
}

TEST_F(DirectoryStorageTest, RemovesOldPartialFilesThatAListingMeets) {
  files.leave("/a", "part");
  files.leave("/b", "part");
  write_file(root_ / ".ftplike-partial~0123456789abcdef", "of a server that was killed");
  date_back(root_ / ".ftplike-partial.a", std::chrono::hours{24 * 7 + 1});
  date_back(root_ / ".ftplike-partial~0123456789abcdef", std::chrono::hours{24 * 7 + 1});
  EXPECT_EQ(files.names("/"), "");
  EXPECT_EQ(hidden(), std::vector<std::string>{".ftplike-partial.b"});
}

TEST_F(DirectoryStorageTest, RemovesPartialFilesThatNobodyWantsAnyMoreWhereNobodyListsButUploadsCome) {
  const auto past = std::chrono::hours{24 * 7 + 1};
  fs::create_directory(root_ / "d");
  for (const auto* name : {".ftplike-partial.a", ".ftplike-partial~0123456789abcdef", "d/.ftplike-partial.b"}) {
    write_file(root_ / name, "left");
    date_back(root_ / name, past);
  }
  write_file(root_ / ".ftplike-partial.young", "left");
  write_file(root_ / "old.txt", "not ours");
  date_back(root_ / "old.txt", past);
  files.put("/new", "text");
  EXPECT_EQ(hidden(), std::vector<std::string>{".ftplike-partial.young"});
  EXPECT_TRUE(fs::exists(root_ / "old.txt"));
  EXPECT_TRUE(fs::exists(root_ / "d/.ftplike-partial.b")) << "nobody sent anything there";
  files.run(files.storage.append(Path{"/d/c"}));
  EXPECT_FALSE(fs::exists(root_ / "d/.ftplike-partial.b"));
}

TEST_F(DirectoryStorageTest, LooksForSuchPartialFilesOnceInAWhileAndNotForEachUpload) {
  files.put("/first", "text");
  write_file(root_ / ".ftplike-partial.a", "left");
  date_back(root_ / ".ftplike-partial.a", std::chrono::hours{24 * 7 + 1});
  files.put("/second", "text");
  EXPECT_EQ(hidden(), std::vector<std::string>{".ftplike-partial.a"});

  ftplike::DirectoryOptions always;
  always.sweep_interval = std::chrono::seconds{0};
  Files<DirectoryStorage> eager{DirectoryStorage{root_.string(), always}};
  for (int i = 0; i < 2; ++i) {
    write_file(root_ / ".ftplike-partial.a", "left");
    date_back(root_ / ".ftplike-partial.a", std::chrono::hours{24 * 7 + 1});
    eager.run(eager.storage.create_unique(Path{"/third"}));
    EXPECT_EQ(hidden(), std::vector<std::string>{}) << i;
  }
}

TEST_F(DirectoryStorageTest, KeepsPartialFilesAsLongAsItIsTold) {
  const ftplike::DirectoryOptions one_day{.partial_lifetime = std::chrono::hours{24}};
  Files<DirectoryStorage> brief{DirectoryStorage{root_.string(), one_day}};
  for (const int age : {23, 25}) {
    files.leave("/a", "part");
    date_back(root_ / ".ftplike-partial.a", std::chrono::hours{age});
    EXPECT_EQ(brief.error(brief.storage.partial_size(Path{"/a"})) == std::error_code{}, age == 23) << age;
    EXPECT_EQ(files.run(files.storage.partial_size(Path{"/a"})), 4u) << "seven days for others";
  }
}

TEST_F(DirectoryStorageTest, SparesAnOldPartialFileThatSomebodyIsAt) {
  auto writer = files.create("/a");
  files.write(writer, "text");
  date_back(root_ / ".ftplike-partial.a", std::chrono::hours{24 * 7 + 1});
  EXPECT_EQ(files.names("/"), "");
  files.run(writer.finish());
  EXPECT_EQ(files.get("/a"), "text");
}

TEST_F(DirectoryStorageTest, LeavesAnEmptyPartialFileToWhoeverJustMadeIt) {
  const auto partial = root_ / ".ftplike-partial.a";
  write_file(partial, "");
  files.put("/a", "text");
  EXPECT_EQ(files.get("/a"), "text");
  EXPECT_TRUE(fs::exists(partial));
  date_back(partial, std::chrono::hours{1});
  files.leave("/a", "part");
  EXPECT_EQ(files.run(files.storage.partial_size(Path{"/a"})), 4u);
}

TEST_F(DirectoryStorageTest, WritesAFileAsideFromItsEndToItsBeginning) {
  files.put("/a", "old");
  files.run(files.storage.set_mode(Path{"/a"}, 0600));
  files.leave("/a", "part");
  auto writer = files.run(files.storage.create_aside(Path{"/a"}));
  files.run(writer.write_at(ftplike::as_bytes("world"), 6));
  files.run(writer.write_at(ftplike::as_bytes("hello "), 0));
  EXPECT_EQ(writer.size(), 11u);
  EXPECT_EQ(files.get("/a"), "old");
  files.run(writer.finish());
  EXPECT_EQ(files.get("/a"), "hello world");
  using enum fs::perms;
  EXPECT_EQ(fs::status(root_ / "a").permissions(), owner_read | owner_write);
  EXPECT_EQ(files.run(files.storage.partial_size(Path{"/a"})), 4u);
}

TEST_F(DirectoryStorageTest, KeepsNothingThatWasWrittenAsideAndNotFinished) {
  {
    auto writer = files.run(files.storage.create_aside(Path{"/a"}));
    files.run(writer.write_at(ftplike::as_bytes("text"), 0));
    EXPECT_EQ(hidden().size(), 1u);
  }
  EXPECT_TRUE(hidden().empty());
  EXPECT_EQ(files.error(files.storage.create_aside(Path{"/"})), std::errc::is_a_directory);
}

TEST_F(DirectoryStorageTest, KeepsWhatFittedWhereFilesMayNotBeLarger) {
  {
    auto writer = files.create("/a");
    const FullDisk disk{1000};
    const auto error = files.error(writer.write(ftplike::as_bytes(std::string(4096, 'x'))));
    EXPECT_EQ(error, std::errc::file_too_large);
    EXPECT_EQ(writer.size(), 1000u);
  }
  EXPECT_EQ(files.run(files.storage.partial_size(Path{"/a"})), 1000u);
  auto writer = files.create("/a", 1000);
  files.write(writer, "y");
  files.run(writer.finish());
  EXPECT_EQ(files.get("/a"), std::string(1000, 'x') + 'y');
}

/// Uploads one version of a file after the other until it is killed, and says a line after each step.
[[noreturn]] void upload_for_ever(const fs::path& folder) {
  Files<DirectoryStorage> files{DirectoryStorage{folder.string()}};
  const auto say = [] {
    if (::write(STDOUT_FILENO, "step\n", 5) != 5) ::_exit(1);
  };
  for (int version = 0;; ++version) {
    auto writer = files.create("/f");
    for (int i = 0; i < 16; ++i) {
      files.write(writer, std::string(4096, static_cast<char>('a' + version % 26)));
      say();
    }
    files.run(writer.finish());
    say();
  }
}

TEST_F(DirectoryStorageTest, ShowsWholeFilesAfterBeingKilledAtAnyMoment) {
  const char* const folder_of_the_parent = "FTPLIKE_TEST_UPLOAD_FOR_EVER";
  if (const char* folder = std::getenv(folder_of_the_parent)) upload_for_ever(folder);
  // This program anew: the child that is forked by one with several threads may wait for ever under AddressSanitizer.
  // What it leaves of its own, as it is killed, goes with our folder.
  const auto uploading = Program{{"/proc/self/exe", "--gtest_filter=*.ShowsWholeFilesAfterBeingKilledAtAnyMoment"}}
                             .with(folder_of_the_parent, root_.string())
                             .with("TMPDIR", outside_.string());
  std::mt19937 random{20'240'229};
  bool was_finished = false;
  for (int round = 0; round < 25; ++round) {
    const auto steps = 1 + random() % 120;
    {
      Process child{uploading};
      for (unsigned i = 0; i < steps; ++i) child.line_after("step");
    }  // kills it

    const auto names = files.names("/");
    was_finished = was_finished || steps >= 17;
    if (was_finished) { ASSERT_EQ(names, "f"); }
    if (names == "f") {
      const auto text = files.get("/f");
      ASSERT_EQ(text.size(), 16u * 4096) << "round " << round;
      ASSERT_EQ(text, std::string(text.size(), text.front())) << "round " << round;
    }
  }
  // The last of them may have been killed before it wrote anything, and such a file is left alone for a while.
  if (!hidden().empty()) date_back(root_ / ".ftplike-partial.f", std::chrono::hours{1});
  files.leave("/f", "the lock of the killed is gone");
  EXPECT_EQ(files.run(files.storage.partial_size(Path{"/f"})), 30u);
}

}  // namespace
