#include <ftplike/system/descriptor.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace {

using ftplike::detail::checked;
using ftplike::detail::Descriptor;

Descriptor open_null() {
  return Descriptor{checked([] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); })};
}
bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

TEST(Descriptor, ClosesWhatItOwnsOnce) {
  int number = -1;
  {
    Descriptor first = open_null();
    number = first.get();
    Descriptor second = std::move(first);
    EXPECT_FALSE(first);
    EXPECT_EQ(second.get(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Descriptor, ClosesNothingThatItGaveAway) {
  int number = -1;
  {
    Descriptor first = open_null();
    number = first.release();
    EXPECT_FALSE(first);
  }
  EXPECT_TRUE(is_open(number));
  const Descriptor again{number};
}

TEST(Descriptor, CanBeClosedBeforeItsEnd) {
  Descriptor first = open_null();
  const int number = first.get();
  first.close();
  EXPECT_FALSE(is_open(number));
  EXPECT_FALSE(first);
}

TEST(Checked, MakesACallAgainAfterASignal) {
  int calls = 0;
  const auto result = checked([&] {
    errno = EINTR;
    return ++calls < 3 ? -1 : calls;
  });
  EXPECT_EQ(result, 3);
}

}  // namespace
