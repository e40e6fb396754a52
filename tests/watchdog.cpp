// Where one program runs all tests: ends it, and names the test, when one hangs.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

namespace {

constexpr unsigned patience = 300;  // seconds

std::string complaint;  // made beforehand: a signal's handler must not ask for memory

void complain(int) {
  if (::write(STDERR_FILENO, complaint.data(), complaint.size()) < 0) std::_Exit(1);
  std::abort();
}

class Watchdog : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo& test) override {
    complaint = std::string{"hangs: "} + test.test_suite_name() + '.' + test.name() + '\n';
    std::signal(SIGALRM, complain);
    ::alarm(patience);
  }
  void OnTestEnd(const testing::TestInfo&) override { ::alarm(0); }
};

const int watches = (testing::UnitTest::GetInstance()->listeners().Append(new Watchdog), 0);

}  // namespace
