#include <ftplike/data_channel/data_channel.hpp>

#include <cstdint>
#include <gtest/gtest.h>
#include <system_error>
#include <vector>

#include <ftplike/simulated/network.hpp>

namespace {
using namespace ftplike;

Address address_of(const char* text) { return asio::ip::make_address(text); }

class DataPortsTest : public testing::Test {
 protected:
  SimulatedNetwork::Acceptor listen(DataPorts& ports) { return ports.listen(network_, network_.executor(), home_); }
  SimulatedNetwork::Acceptor take(std::uint16_t port) { return network_.listen(network_.executor(), Endpoint{home_, port}); }

 private:
  SimulatedNetwork network_{1};
  const Address home_ = address_of("127.0.0.1");
};

TEST_F(DataPortsTest, AreGivenInTurnAndThenFromTheFirstAgain) {
  DataPorts ports{40001, 40003};
  std::vector<std::uint16_t> given;
  for (int i = 0; i < 4; ++i) given.push_back(listen(ports).endpoint().port());
  EXPECT_EQ(given, (std::vector<std::uint16_t>{40001, 40002, 40003, 40001}));
}
TEST_F(DataPortsTest, ArePassedOverWhereSomebodyHasThem) {
  const auto other = take(40001);
  DataPorts ports{40001, 40003};
  EXPECT_EQ(listen(ports).endpoint().port(), 40002);
}
TEST_F(DataPortsTest, AreAskedForInVainWhereAllAreTaken) {
  const auto first = take(40001), second = take(40002);
  DataPorts ports{40001, 40002};
  try {
    (void)listen(ports);
    ADD_FAILURE() << "there was none";
  } catch (const std::system_error& error) { EXPECT_EQ(error.code(), Errc::no_data_connection); }
}
TEST_F(DataPortsTest, MayBeARangeFromItsLastToItsFirst) {
  DataPorts ports{40002, 40001};
  EXPECT_EQ(listen(ports).endpoint().port(), 40001);
  EXPECT_EQ(listen(ports).endpoint().port(), 40002);
}
TEST_F(DataPortsTest, GoOnInACopyFromWhereTheyAre) {
  DataPorts ports{40001, 40003};
  (void)listen(ports);
  DataPorts copy = ports;
  EXPECT_EQ(listen(copy).endpoint().port(), 40002);
  DataPorts assigned;
  assigned = ports;
  EXPECT_EQ(listen(assigned).endpoint().port(), 40002);
}
TEST_F(DataPortsTest, AreTheDynamicOnesUnlessTold) {
  DataPorts ports;
  for (int i = 0; i < 3; ++i) EXPECT_GE(listen(ports).endpoint().port(), 49152);
}

TEST(PublicAddressTest, IsNoneUnlessTold) {
  EXPECT_FALSE(PublicAddress{}.seen_by(address_of("10.1.2.3")));
}
TEST(PublicAddressTest, IsTheSameForEveryClientWhereThereIsOneOnly) {
  const PublicAddress address{address_of("192.0.2.1")};
  EXPECT_EQ(address.seen_by(address_of("10.1.2.3")), address_of("192.0.2.1"));
  EXPECT_EQ(address.seen_by(address_of("2001:db8::1")), address_of("192.0.2.1"));
}
TEST(PublicAddressTest, IsThatOfTheFirstNetworkThatTheClientIsIn) {
  PublicAddress address;
  address.add(Subnet{address_of("10.1.0.0"), 16}, address_of("10.1.0.9"));
  address.add(Subnet{address_of("10.0.0.0"), 8}, address_of("10.0.0.9"));
  EXPECT_EQ(address.seen_by(address_of("10.1.2.3")), address_of("10.1.0.9"));
  EXPECT_EQ(address.seen_by(address_of("10.2.2.3")), address_of("10.0.0.9"));
  EXPECT_FALSE(address.seen_by(address_of("192.0.2.7")));
}

}  // namespace
