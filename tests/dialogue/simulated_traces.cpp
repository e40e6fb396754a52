// Whole sessions at once on a network where much is left to chance: what happens, and when, is the seed's alone.
#include <ftplike/simulated/network.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <ftplike/client.hpp>
#include <ftplike/client/task_group.hpp>
#include <ftplike/observers/recorder.hpp>

#include "support/served.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// A session that goes through both directions, breaks one download off, and quits.
awaitable<void> wander(SimulatedNetwork& network, std::string own) {
  Url where{"127.0.0.1", TestServer::port};
  where.user = "anna";
  where.password = "secret";
  auto client = co_await connect(network, where);
  TextSource sent{std::string(3000, 'u')};
  co_await client.upload(sent, own);
  const auto entries = co_await client.list();
  EXPECT_GE(entries.size(), 2u);
  TextSink whole, part;
  co_await client.download("a", whole);
  EXPECT_EQ(whole.text().size(), 20'000u);
  TransferOptions some;
  some.progress = [](const Progress& now) { return now.transferred > 5000 ? Go::stop : Go::on; };
  Settled<TransferResult> broken_off;
  co_await settle(client.download("a", part, some), broken_off);
  EXPECT_TRUE(broken_off.failed());
  co_await client.remove(own);
  co_await client.quit();
}

/// What a server has seen of three such sessions at once, with times.
std::string trace_of_sessions(std::uint64_t seed) {
  SimulatedNetwork network{seed, {.window = 4096, .split = Split::somewhere, .jitter = 30ms, .interleave = true}};
  std::string tape;
  const auto keep = [&tape](std::string_view line) { tape.append(line) += '\n'; };
  const auto clock = [&network] { return network.now(); };
  const MemoryStorage files{{"/a", std::string(20'000, 'd')}};
  Served served{network, files, some_users(), Recorder{End::server, keep, RecordedContents::digests, clock}};
  detail::TaskGroup sessions{network.executor()};
  for (const auto* own : {"b", "c", "d"}) sessions.start(wander(network, own));
  network.run(sessions.join());
  return tape;
}

TEST(SimulatedSessions, LeaveTheSameTraceForTheSameSeedAndAnotherForAnother) {
  const std::string trace = trace_of_sessions(7);
  EXPECT_EQ(trace_of_sessions(7), trace);
  EXPECT_NE(trace_of_sessions(8), trace);
  QuickDigest digest;  // which tests/asio_versions.sh compares between copies of Asio
  digest.add(trace);
  RecordProperty("trace", std::to_string(digest.value()));
}

}  // namespace
