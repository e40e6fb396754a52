#pragma once
// For tests with GoogleTest. Whatever file of a test program includes this, all of its tests have it.
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>
#include <ostream>
#include <string>

#include <ftplike/simulated/network.hpp>

namespace ftplike::inline v0_2 {

/// Tells at each failure of a test what led to it on the simulated networks that live then: the seed, the time, and the
/// last operations. It needs nothing but this header.
class SimulationListener : public testing::EmptyTestEventListener {
 public:
  /// Writes to `out` what to set to have the failure again.
  explicit SimulationListener(std::ostream& out) : out_{out} {}

  /// Called by GoogleTest.
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    SimulatedNetwork::for_each_of_this_thread([this](const SimulatedNetwork& network) { tell(network); });
  }

 private:
  void tell(const SimulatedNetwork& network) {
    if (&network == last_ && network.operations() == told_) return;  // of the failure before this one
    last_ = &network;
    told_ = network.operations();
    out_ << "On the simulated network of seed " << network.seed() << ", by now:\n";
    for (const auto& line : network.last_operations()) out_ << line << '\n';
  }

  std::ostream& out_;
  const SimulatedNetwork* last_ = nullptr;
  std::uint64_t told_ = 0;
};

/// Calls `body(seed)` for the seeds 1 to `count`, until one of them fails, which the failure then names.
///
/// The environment has a say: FTPLIKE_SEED=17 runs that one alone, FTPLIKE_SEEDS=5000 so many.
template <std::invocable<std::uint64_t> Body> void with_seeds(std::uint64_t count, Body body) {
  const auto said = [](const char* name, std::uint64_t otherwise) {
    const char* const value = std::getenv(name);
    return value ? std::strtoull(value, nullptr, 10) : otherwise;
  };
  const std::uint64_t only = said("FTPLIKE_SEED", 0), last = only ? only : said("FTPLIKE_SEEDS", count);
  for (std::uint64_t seed = only ? only : 1; seed <= last; ++seed) {
    const testing::ScopedTrace trace{__FILE__, __LINE__, "seed " + std::to_string(seed)};
    body(seed);
    if (testing::Test::HasFailure()) return;
  }
}

namespace detail {

inline bool listen_to_tests() {
  testing::UnitTest::GetInstance()->listeners().Append(new SimulationListener{std::cout});
  return true;
}
inline const bool listens_to_tests = listen_to_tests();

}  // namespace detail
}  // namespace ftplike::inline v0_2
