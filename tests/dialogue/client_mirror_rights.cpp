#include <ftplike/client/mirror.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/client.hpp"
#include "support/folder.hpp"
#include "support/server.hpp"

using namespace ftplike;

// What a mirror makes of folders of ours that it may not read: a file of its own, for it wants POSIX's users.

namespace {

/// The rights of somebody from whom files can be kept, whoever runs the tests, on a folder that is to be his.
class NobodysRights {
 public:
  explicit NobodysRights(const TestFolder& folder) : folder_{folder} {
    constexpr ::uid_t nobody = 65534;
    if (own_ != 0) return;
    for (const auto& file : std::filesystem::recursive_directory_iterator{folder.path()}) give(file.path(), nobody);
    give(folder.path(), nobody);
    EXPECT_EQ(::seteuid(nobody), 0);
  }
  NobodysRights(const NobodysRights&) = delete;
  NobodysRights& operator=(const NobodysRights&) = delete;
  ~NobodysRights() {
    for (auto at = std::filesystem::directory_iterator{folder_.path()}; const auto& file : at) {
      if (file.is_directory()) std::filesystem::permissions(file.path(), std::filesystem::perms::owner_all);
    }
    EXPECT_EQ(::seteuid(own_), 0);
  }

 private:
  static void give(const std::filesystem::path& path, ::uid_t owner) {
    EXPECT_EQ(::chown(path.c_str(), owner, static_cast<::gid_t>(-1)), 0);
  }
  const TestFolder& folder_;
  const ::uid_t own_ = ::geteuid();
};

}  // namespace

TEST(Mirror, GoesOnWhereAFolderOfOursCannotBeRead) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "1");
  folder.write("locked/b", "1");
  folder.write("z/c", "1");
  const NobodysRights rights{folder};
  std::filesystem::permissions(folder / "locked", std::filesystem::perms::none);
  auto server = serve(network, {{"/locked/b", "1"}, {"/locked/d", "1"}, {"/old", "1"}}, some_users());
  TestPool pool{network, anna()};
  MirrorOptions upwards;
  upwards.direction = Direction::sent;
  upwards.delete_others = true;
  const MirrorPlan up = network.run(plan_mirror(pool, "", folder.string(), upwards));
  EXPECT_EQ(up.text(),
            "list locked: is not known\n"
            "remove old: is not in the source\n"
            "make directory z: is missing\n"
            "transfer a, 1 bytes: is missing\n"
            "transfer z/c, 1 bytes: is missing\n");
  EXPECT_EQ(code_of(up.failures.at(0).error), std::errc::permission_denied);
  EXPECT_EQ(network.run(plan_mirror(pool, "", folder.string())).text(),
            "list locked: is not known\n"
            "transfer old, 1 bytes: is missing\n");
}
