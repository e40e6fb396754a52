#include <ftplike/client/fxp.hpp>

#include <gtest/gtest.h>

#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;

// From server to server.

namespace {

using HostClient = Client<SimulatedTransport>;

/// Two sessions of a host that our server takes for the other server: else it would not let that one fetch anything.
class Fxp : public testing::Test {
 protected:
  void log_in_to_both() {
    source.emplace(network.run(connect(host, anna())));
    ClientOptions options;
    options.dialect = Dialect::standard;
    target.emplace(network.run(connect(host, "ftp://ann:secret@10.0.0.2", options)));
  }

  SimulatedNetwork network{1};
  TestServer from = serve(network, {{"/a", "hello"}}, some_users(), DataPorts{40001, 40001});
  ScriptedServer to{network};
  SimulatedTransport host = network.host("10.0.0.2");
  std::optional<HostClient> source, target;
};

}  // namespace

TEST_F(Fxp, GoesFromOneServerToTheOther) {
  to.welcomes().dialogue("TYPE I", "200 OK").dialogue("PORT 127,0,0,1,156,65", "200 OK").hears("STOR b");
  to.connects_data().says("150 Here").receives("hello").says("226 Done").dialogue("STAT b", "211 b");
  log_in_to_both();
  // [docs]
  network.run(transfer_between(*source, *target, "a", "b"));
  // [/docs]
  EXPECT_EQ(network.run(target->command("STAT b")).text(), "b");
  EXPECT_EQ(network.run(source->size("a")), 5u);
}

TEST_F(Fxp, LeavesBothSessionsInStepWhereTheTargetRefuses) {
  to.welcomes().dialogue("TYPE I", "200 OK").dialogue("PORT 127,0,0,1,156,65", "500 Illegal PORT command");
  to.dialogue("STAT b", "211 b");
  log_in_to_both();
  EXPECT_EQ(error_of(network, transfer_between(*source, *target, "a")).code().value(), 500);
  EXPECT_EQ(network.run(target->command("STAT b")).text(), "b");
  EXPECT_EQ(network.run(source->size("a")), 5u);
}

TEST_F(Fxp, EndsBothSessionsWhereOneServerFailsHalfway) {
  to.welcomes().dialogue("TYPE I", "200 OK").dialogue("PORT 127,0,0,1,156,65", "200 OK").hears("STOR none");
  to.connects_data().says("150 Here").is_left();
  log_in_to_both();
  EXPECT_EQ(error_of(network, transfer_between(*source, *target, "none")).code().value(), 550);
  EXPECT_FALSE(source->is_open());
  EXPECT_FALSE(target->is_open());
}
