#include <ftplike/client/options.hpp>

#include <type_traits>

#include <gtest/gtest.h>

using namespace ftplike;

TEST(ClientOptions, AreNoAggregates) {
  // g++ 12 destroys temporaries of aggregates twice where they are arguments of an awaited call.
  EXPECT_FALSE(std::is_aggregate_v<ClientOptions>);
  EXPECT_FALSE(std::is_aggregate_v<TransferOptions>);
}
