#include <ftplike/storage/posix.hpp>

#include <limits>
#include <numeric>

#include <ftplike/storage/partial.hpp>

#include "fixture.hpp"

using ftplike::detail::checked;
using ftplike::detail::copy_bytes;
using ftplike::detail::Descriptor;
using namespace storage_test;

namespace {

class CopyBytes : public testing::Test {
 protected:
  CopyBytes() {
    text_.resize(600'000);
    std::iota(text_.begin(), text_.end(), '\0');
    write_file(folder_.path() / "from", text_);
  }
  std::uint64_t copy(std::uint64_t count, int flags) {
    const Descriptor from{checked([&] { return ::open((folder_.path() / "from").c_str(), O_RDONLY); })};
    const Descriptor to{
        checked([&] { return ::open((folder_.path() / "to").c_str(), O_WRONLY | O_CREAT | O_TRUNC | flags, 0600); })};
    return copy_bytes(from.get(), to.get(), 0, count);
  }
  std::string copied() const { return read_file(folder_.path() / "to"); }

  TemporaryFolder folder_;
  std::string text_;
};

TEST_F(CopyBytes, CopiesTheBeginningOfAFile) {
  EXPECT_EQ(copy(500'001, 0), 500'001u);
  EXPECT_EQ(copied(), text_.substr(0, 500'001));
}

TEST_F(CopyBytes, TellsHowManyThereAre) {
  EXPECT_EQ(copy(600'001, 0), 600'000u);
  EXPECT_EQ(copied(), text_);
  EXPECT_EQ(copy(0, 0), 0u);
  EXPECT_EQ(copied(), "");
}

// The kernel does not copy to the end of a file that is only appended to, which stands for all that it refuses.
TEST_F(CopyBytes, CopiesByItselfWhatTheKernelDoesNot) {
  EXPECT_EQ(copy(500'001, O_APPEND), 500'001u);
  EXPECT_EQ(copied(), text_.substr(0, 500'001));
  EXPECT_EQ(copy(600'001, O_APPEND), 600'000u);
  EXPECT_EQ(copied(), text_);
}

TEST(Times, OfTheSystemAreToldToTheMillisecondWhateverTheirYear) {
  using namespace std::chrono;
  using ftplike::Timestamp;
  using ftplike::detail::timespec_of;
  using ftplike::detail::timestamp_of;
  const auto noon = hours{12} + milliseconds{345};
  for (const int year : {0, 1601, 1901, 1970, 2026, 2262, 2263, 2446, 9999}) {
    const Timestamp time = sys_days{std::chrono::year{year} / 12 / 31} + noon;
    EXPECT_EQ(timestamp_of(timespec_of(time)), time) << year;
  }
  EXPECT_EQ(timestamp_of({0, 999'999'999}), Timestamp{milliseconds{999}});
  EXPECT_EQ(timestamp_of({-1, 999'999'999}), Timestamp{milliseconds{-1}});
}

TEST(Times, ThatTheProtocolCannotTellAreItsFirstOrLast) {
  using namespace std::chrono;
  using Seconds = std::numeric_limits<std::time_t>;
  EXPECT_EQ(ftplike::detail::timestamp_of({Seconds::max(), 0}), floor<seconds>(ftplike::last_timestamp));
  EXPECT_EQ(ftplike::detail::timestamp_of({Seconds::min(), 0}), ftplike::first_timestamp);
}

TEST(Times, OfAnyYearHaveAnAge) {
  using ftplike::detail::is_older_than;
  EXPECT_TRUE(is_older_than(std::chrono::seconds{5}, ftplike::first_timestamp));
  EXPECT_FALSE(is_older_than(std::chrono::seconds{5}, ftplike::last_timestamp));
}

TEST(RenameToFree, ReplacesNothing) {
  const TemporaryFolder folder;
  write_file(folder.path() / "a", "a");
  write_file(folder.path() / "b", "b");
  const Descriptor directory{checked([&] { return ::open(folder.path().c_str(), ftplike::detail::directory_only); })};
  EXPECT_FALSE(ftplike::detail::rename_to_free(directory.get(), "a", "b"));
  EXPECT_EQ(read_file(folder.path() / "b"), "b");
  EXPECT_TRUE(ftplike::detail::rename_to_free(directory.get(), "a", "c"));
  EXPECT_EQ(read_file(folder.path() / "c"), "a");
  EXPECT_THROW(ftplike::detail::rename_to_free(directory.get(), "a", "d"), std::system_error);
}

}  // namespace
