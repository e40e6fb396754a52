// A DirectoryStorage on a cluster file system, mounted twice as on two machines: MooseFS, by tests/fleet/moosefs.py.
#include <gtest/gtest.h>
#include <string>
#include <system_error>

#include <ftplike/storage/directory.hpp>

#include "fleet/cluster.hpp"
#include "unit/storage/behaviour.hpp"

namespace {

using ftplike::DirectoryStorage;
using ftplike::Errc;
using ftplike::Path;

struct OnCluster {
  using Storage = DirectoryStorage;
  ClusterFolder folder;
  Files<Storage> files{Storage{folder.here()}};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Cluster, StorageBehaviour, OnCluster);

class ClusterTwoServers : public testing::Test {
 protected:
  ClusterFolder folder_;
  storage_test::Files<DirectoryStorage> here_{DirectoryStorage{folder_.here()}}, there_{DirectoryStorage{folder_.elsewhere()}};
};

TEST_F(ClusterTwoServers, SeeAtOnceWhatTheOtherHasPutReplacedRenamedAndRemoved) {
  here_.put("/a", "one");
  EXPECT_EQ(there_.get("/a"), "one");
  there_.put("/a", "another");
  EXPECT_EQ(here_.get("/a"), "another");
  EXPECT_EQ(here_.stat("/a").size, 7u);
  here_.run(here_.storage.rename(Path{"/a"}, Path{"/b"}));
  EXPECT_EQ(there_.names("/"), "b");
  EXPECT_EQ(there_.error(there_.storage.stat(Path{"/a"})), std::errc::no_such_file_or_directory);
  there_.run(there_.storage.remove(Path{"/b"}));
  EXPECT_EQ(here_.names("/"), "");
}

TEST_F(ClusterTwoServers, KnowThatTheOtherIsAtAnUploadAndGoOnWithItWhenItHasLeft) {
  {
    auto writer = here_.create("/a");
    here_.write(writer, "begin");
    EXPECT_EQ(there_.error(there_.storage.create(Path{"/a"}, 5)), Errc::busy);
    EXPECT_EQ(there_.error(there_.storage.append(Path{"/a"})), Errc::busy);
  }
  EXPECT_EQ(there_.run(there_.storage.partial_size(Path{"/a"})), 5u);
  auto writer = there_.create("/a", 5);
  there_.write(writer, " and end");
  EXPECT_EQ(here_.error(here_.storage.stat(Path{"/a"})), std::errc::no_such_file_or_directory);
  there_.run(writer.finish());
  EXPECT_EQ(here_.get("/a"), "begin and end");
}

TEST_F(ClusterTwoServers, AgreeOnTimesInWholeSecondsFrom1970On) {
  here_.put("/a", "");
  for (const std::int64_t seconds : {1LL, 1'700'000'000LL, 4'000'000'000LL}) {
    here_.run(here_.storage.set_modified(Path{"/a"}, ftplike::Timestamp{std::chrono::seconds{seconds}}));
    EXPECT_EQ(there_.stat("/a").modified, ftplike::Timestamp{std::chrono::seconds{seconds}});
  }
}

TEST_F(ClusterTwoServers, NeverMixTwoUploadsOfOneName) {
  auto first = here_.create("/a");
  here_.write(first, "mine");
  auto second = there_.create("/a");
  there_.write(second, "yours");
  there_.run(second.finish());
  EXPECT_EQ(here_.get("/a"), "yours");
  here_.run(first.finish());
  EXPECT_EQ(there_.get("/a"), "mine");
  EXPECT_EQ(there_.names("/"), "a");
}

TEST_F(ClusterTwoServers, GiveAUniqueNameOnceOnly) {
  auto first = here_.run(here_.storage.create_unique(Path{"/a"}));
  auto second = there_.run(there_.storage.create_unique(Path{"/a"}));
  here_.write(first, "1");
  there_.write(second, "2");
  here_.run(first.finish());
  there_.run(second.finish());
  EXPECT_NE(first.path(), second.path());
  EXPECT_EQ(there_.get(first.path().string()), "1");
  EXPECT_EQ(here_.get(second.path().string()), "2");
}

}  // namespace
