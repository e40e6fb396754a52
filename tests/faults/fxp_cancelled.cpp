#include <ftplike/client/fxp.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "support/client.hpp"
#include "support/server.hpp"
#include "support/started.hpp"

// A transfer from server to server, cancelled after each of its turns. One server is both: it hears of its own address,
// which is the client's.

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

const std::string sent_by_fxp(9'000, 'f');

/// Whether the session is closed, or answers what was asked.
bool is_open_and_in_step(TestNetwork& network, TestClient& client) {
  if (!client.is_open()) return false;
  const auto known = network.run(client.size("known"));
  EXPECT_EQ(known, 5u);
  return true;
}

}  // namespace

TEST(CancelledFxp, LeavesBothSessionsInStepOrClosedWhereverItWaits) {
  bool both_kept = false, both_closed = false;
  for (std::uint64_t turns = 1;; ++turns) {
    SCOPED_TRACE("after " + std::to_string(turns) + " turns");
    TestNetwork network{turns, {.window = 4096}};
    MemoryStorage files{{"/there", sent_by_fxp}, {"/known", "12345"}};
    auto server = serve(network, files, some_users());
    bool under_way = false;
    {
      TestClient source = log_in(network), target = log_in(network);
      Started started{network.executor(), transfer_between(source, target, "there", "copy")};
      network.call_after(network.turns() + turns, [started]() mutable { started.cancel(); });
      network.settle();
      under_way = started.error() == Errc::aborted || started.error() == asio::error::operation_aborted;
      EXPECT_TRUE(started.done());
      if (!under_way) started.result();
      const bool source_kept = is_open_and_in_step(network, source), target_kept = is_open_and_in_step(network, target);
      EXPECT_TRUE(source_kept == target_kept || !under_way);
      both_kept = both_kept || (source_kept && target_kept);
      both_closed = both_closed || (!source_kept && !target_kept);
    }
    network.advance(10min);
    EXPECT_EQ(network.open_streams(), 0u);
    EXPECT_EQ(network.pending_timers(), 0u);
    const auto copy = files.text("/copy");
    EXPECT_TRUE(!copy || *copy == sent_by_fxp);
    if (!under_way || HasFailure()) break;
  }
  EXPECT_TRUE(both_kept) << "at the beginning";
  EXPECT_TRUE(both_closed) << "in the middle";
}
