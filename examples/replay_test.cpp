// A session that somebody recorded (docs/recording.md), played again against a server of ours.
#include <string>

#include <gtest/gtest.h>

#include <ftplike/server.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/simulated/replay.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

const std::string recorded = R"(ftplike-recording 1
# recorded by the server
1 0.000000 opened 127.0.0.1:3456 127.0.0.1:50001
1 0.000151 < 220 FTP Server Ready
1 0.020391 > USER anonymous
1 0.020402 < 331 Password required
1 0.030391 > PASS ***
1 0.030402 < 230 Logged in
1 0.031391 > TYPE I
1 0.031402 < 200 Type is binary
1 0.032391 > EPSV
1 0.032402 < 229 Entering Extended Passive Mode (|||34567|)
1 0.033391 > RETR a.txt
1 0.033402 < 150 Opening data connection for a.txt (5 bytes).
1 0.033410 connected 127.0.0.1:34567 127.0.0.1:50002
1 0.033420 data down 5 a430d84680aabd0b
1 0.033431 < 226 Download complete
1 0.050455 > QUIT
1 0.050460 < 221 Goodbye
1 0.050512 closed farewell
)";

// [readme]
TEST(Recorded, GoesAsItWentThen) {
  SimulatedNetwork network{7};
  Server server{network, MemoryStorage{{"/a.txt", "hello"}}, Anonymous{.logins = "read"}};
  const Endpoint where = server.listen("127.0.0.1", 21);
  std::string complaint;
  const auto recording = Recording::parse(recorded, complaint);
  ASSERT_TRUE(recording) << complaint;
  for (const auto& difference : network.run(replay_clients(network, where, *recording))) {
    ADD_FAILURE() << "line " << difference.line << " was " << difference.recorded << ", is " << difference.seen;
  }
}
// [/readme]
