// Sessions that change what is under a quota, again and again, each time with one more step before something goes wrong.
// Whatever goes wrong, what is counted is what lies there.
#include <ftplike/storage/quota.hpp>

#include "support/client.hpp"
#include "support/run.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// One way of each kind to change something, refusals included.
awaitable<void> change_all(TestNetwork& network) {
  TestClient client = co_await connect(network, anna());
  TextSource fresh{std::string(3'000, 'n')}, other{std::string(2'000, 'o')}, more{std::string(1'000, 'm')},
      too_many{std::string(9'000, 't')};
  co_await client.upload(fresh, "new");
  co_await client.upload(other, "there");
  co_await client.mkdir("d");
  co_await client.rename("new", "d/new");
  co_await client.append(more, "there");
  Settled<TransferResult> refused;
  co_await settle(client.upload(too_many, "large"), refused);
  co_await client.remove("there");
  co_await client.quit();
}

class QuotaFaultSuite : public testing::TestWithParam<Fault> {};

TEST_P(QuotaFaultSuite, CountsWhatLiesThereWhereverTheFaultIs) {
  std::uint64_t failures = 0;
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE("operation " + std::to_string(n));
    TestNetwork network{n};
    MemoryStorage files{{"/there", "old"}, {"/gone", "part"}};
    const Quota quota{{.bytes = 10'000, .files = 10}};
    QuotaStorage<MemoryStorage> limited{files, quota};
    std::uint64_t last = 0;
    {
      Served server{network, limited, some_users()};
      const auto before = network.operations();
      network.fail({.operation = n}, GetParam());
      try {
        network.run(change_all(network));
      } catch (const std::system_error&) { ++failures; }
      last = network.operations() - before;
    }
    const Usage counted = ::run(limited.used());
    ::run(limited.recount());
    EXPECT_EQ(counted, quota.used()) << counted.bytes << " bytes, " << counted.files << " files";
    if (last < n || HasFailure()) break;
  }
  EXPECT_GT(failures, 10u);
}

INSTANTIATE_TEST_SUITE_P(All, QuotaFaultSuite,
                         testing::Values(Fault::reset, Fault::end, Fault::refuse, Fault::stall));

}  // namespace
