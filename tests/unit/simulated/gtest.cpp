#include <ftplike/simulated/gtest.hpp>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "support/environment.hpp"

namespace {

using namespace ftplike;

testing::TestPartResult result(testing::TestPartResult::Type type) {
  return testing::TestPartResult{type, "a.cpp", 1, "it is wrong"};
}

TEST(SimulationListener, TellsWhatLedToAFailureOnce) {
  std::ostringstream out;
  SimulationListener listener{out};
  SimulatedNetwork network{42};
  auto stream = network.listen(network.executor(), door);
  listener.OnTestPartResult(result(testing::TestPartResult::kSuccess));
  EXPECT_EQ(out.str(), "");
  listener.OnTestPartResult(result(testing::TestPartResult::kNonFatalFailure));
  const std::string told =
      "On the simulated network of seed 42, by now:\n"
      "    #1      0.000 s  127.0.0.1:21: listen\n";
  EXPECT_EQ(out.str(), told);
  listener.OnTestPartResult(result(testing::TestPartResult::kFatalFailure));
  EXPECT_EQ(out.str(), told) << "nothing has happened since";
}

TEST(SimulationListener, ForgetsNetworksThatAreGone) {
  std::ostringstream out;
  SimulationListener listener{out};
  { const SimulatedNetwork network{42}; }
  listener.OnTestPartResult(result(testing::TestPartResult::kNonFatalFailure));
  EXPECT_EQ(out.str(), "");
}

/// Sets a variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_{name} { set_variable(name, value); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { remove_variable(name_); }

 private:
  const char* name_;
};

std::vector<std::uint64_t> seeds_of(std::uint64_t count) {
  std::vector<std::uint64_t> seeds;
  with_seeds(count, [&seeds](std::uint64_t seed) { seeds.push_back(seed); });
  return seeds;
}

TEST(WithSeeds, RunsAsManyAsAskedOrAsTheEnvironmentSays) {
  EXPECT_EQ(seeds_of(3), (std::vector<std::uint64_t>{1, 2, 3}));
  {
    const Variable all{"FTPLIKE_SEEDS", "2"};
    EXPECT_EQ(seeds_of(3), (std::vector<std::uint64_t>{1, 2}));
  }
  const Variable one{"FTPLIKE_SEED", "17"};
  EXPECT_EQ(seeds_of(3), std::vector<std::uint64_t>{17});
}

}  // namespace
