#include <ftplike/system/processors.hpp>

#include <gtest/gtest.h>
#include <sched.h>

namespace {

using ftplike::usable_processors;

/// Keeps this thread to one of the processors that it may use, for as long as it lives.
class OnOneProcessor {
 public:
  OnOneProcessor() {
    if (::sched_getaffinity(0, sizeof before_, &before_) != 0) ADD_FAILURE() << "no processors are known";
    int first = 0;
    while (first < CPU_SETSIZE && !CPU_ISSET(first, &before_)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    if (::sched_setaffinity(0, sizeof one, &one) != 0) ADD_FAILURE() << "cannot stay on one processor";
  }
  OnOneProcessor(const OnOneProcessor&) = delete;
  OnOneProcessor& operator=(const OnOneProcessor&) = delete;
  ~OnOneProcessor() { ::sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

TEST(UsableProcessors, AreNoMoreThanLinuxLetsTheProgramUse) {
  const unsigned before = usable_processors();
  {
    const OnOneProcessor kept;
    EXPECT_EQ(usable_processors(), FTPLIKE_LINUX_WAYS ? 1u : before);
  }
  EXPECT_EQ(usable_processors(), before);
}

}  // namespace
