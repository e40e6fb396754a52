#include <ftplike/storage/path_resolver.hpp>

#include "fixture.hpp"

using ftplike::Path;
using namespace ftplike::detail;
using namespace storage_test;

namespace {

class PathResolverTest : public testing::TestWithParam<bool> {
 protected:
  static std::string text_of(const Descriptor& file) {
    char text[100];
    const auto n = checked([&] { return ::pread(file.get(), text, sizeof text, 0); });
    return {text, static_cast<std::size_t>(n)};
  }

  TemporaryFolder folder_;
  const std::filesystem::path& root_ = folder_.path();
  const PathResolver resolver_{root_.string(), GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Resolution, PathResolverTest, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "ByTheKernel" : "ComponentByComponent"; });

TEST_P(PathResolverTest, OpensWhatIsThere) {
  std::filesystem::create_directories(root_ / "d/e");
  write_file(root_ / "d/e/a", "text");
  EXPECT_EQ(text_of(resolver_.open(Path{"/d/e/a"}, O_RDONLY)), "text");
  EXPECT_TRUE(resolver_.open(Path{}, directory_only));
  EXPECT_THROW(resolver_.open(Path{"/d/a"}, O_RDONLY), std::system_error);
}

TEST_P(PathResolverTest, GivesTheSameOrNothingWhereItMustNotWait) {
  write_file(root_ / "a", "text");
  const auto file = resolver_.open_if_cached(Path{"/a"}, O_RDONLY);
  if (file) { EXPECT_EQ(text_of(file), "text"); }
}

TEST_P(PathResolverTest, FindsThePlaceOfANameThatIsNotThere) {
  std::filesystem::create_directory(root_ / "d");
  const auto place = resolver_.find(Path{"/d/a"}, Follow::yes);
  EXPECT_FALSE(place.exists());
  EXPECT_EQ(place.name, "a");
  ASSERT_EQ(::mkdirat(place.directory, place.name.c_str(), 0777), 0);
  EXPECT_TRUE(std::filesystem::is_directory(root_ / "d/a"));
}

TEST_P(PathResolverTest, DoesNotOpenAPlaceThatHasBecomeALink) {
  std::filesystem::create_directory(root_ / "d");
  write_file(root_ / "a", "text");
  const auto file = resolver_.find(Path{"/a"}, Follow::yes);
  const auto directory = resolver_.find(Path{"/d"}, Follow::yes);
  EXPECT_EQ(text_of(open_in(file, O_RDONLY)), "text");
  std::filesystem::rename(root_ / "a", root_ / "b");
  std::filesystem::rename(root_ / "d", root_ / "e");
  std::filesystem::create_symlink("b", root_ / "a");
  std::filesystem::create_symlink("e", root_ / "d");
  EXPECT_THROW(open_in(file, O_RDONLY), std::system_error);
  EXPECT_THROW(open_in(directory, directory_only), std::system_error);
}

TEST_P(PathResolverTest, KeepsToThePlaceWhereverItsDirectoryGoes) {
  std::filesystem::create_directories(root_ / "d");
  const auto place = resolver_.find(Path{"/d/a"}, Follow::no);
  std::filesystem::rename(root_ / "d", root_ / "e");
  write_file(root_ / "e/a", "text");
  EXPECT_EQ(text_of(open_in(place, O_RDONLY)), "text");
}

}  // namespace
