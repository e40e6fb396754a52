#include <ftplike/system/paths.hpp>

#include <gtest/gtest.h>
#include <string>

namespace {

using ftplike::detail::last_name;
using ftplike::detail::path_of;
using ftplike::detail::text_of_path;

TEST(PathOfOurs, IsTheOneThatItsTextNamesInUtf8) {
  const std::u8string name = u8"Größe 日本 🎵.txt";
  EXPECT_EQ(path_of(std::string{name.begin(), name.end()}), std::filesystem::path{name});
}

TEST(PathOfOurs, IsToldAsTheTextThatItWasMadeOf) {
  for (const std::string text : {"", ".", "/a/b", "Gr\xC3\xB6\xC3\x9F" "e/\xE6\x97\xA5.txt"}) {
    EXPECT_EQ(text_of_path(path_of(text)), text);
  }
}

TEST(PathOfOurs, EndsInAName) {
  EXPECT_EQ(last_name("a/b/\xC3\xA4.txt"), "\xC3\xA4.txt");
  EXPECT_EQ(last_name("a/"), "");
}

}  // namespace
