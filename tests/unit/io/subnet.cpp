// Which addresses belong together, and which are one client's.
#include <ftplike/io/subnet.hpp>

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace {
using namespace ftplike;

Address address_from(std::string_view text) { return asio::ip::make_address(std::string{text}); }
bool contains(std::string_view subnet, std::string_view text) {
  return Subnet::parse(subnet).value().contains(address_from(text));
}

TEST(SubnetTest, HasTheAddressesThatBeginWithItsBits) {
  EXPECT_TRUE(contains("10.1.2.3/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.1.2.3/8", "11.1.2.3"));
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.255"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(contains("192.0.2.7", "192.0.2.8"));
  EXPECT_TRUE(contains("fd00::/8", "fdff::1"));
  EXPECT_FALSE(contains("fd00::/8", "fe00::1"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
}

TEST(SubnetTest, HasNoAddressOfTheOtherFamilyUnlessItHasAll) {
  EXPECT_FALSE(contains("10.0.0.0/8", "a00::"));
  EXPECT_FALSE(contains("fd00::/8", "253.0.0.1"));
  EXPECT_TRUE(Subnet{}.contains(address_from("10.0.0.1")));
  EXPECT_TRUE(Subnet{}.contains(address_from("fd00::1")));
}

TEST(SubnetTest, IsReadFromAnAddressAndItsBitsAndFromNothingElse) {
  EXPECT_EQ(Subnet::parse("10.1.2.3/8")->text(), "10.0.0.0/8");
  EXPECT_EQ(Subnet::parse("2001:db8:1:2:3::/64")->text(), "2001:db8:1:2::/64");
  EXPECT_EQ(Subnet::parse("192.0.2.7/32")->text(), "192.0.2.7");
  for (const auto* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "a.example/8"}) {
    EXPECT_FALSE(Subnet::parse(text)) << text;
  }
}

TEST(ClientKeyTest, IsOneForTheAddressesThatOneHostOfIpv6Has) {
  const auto key = [](std::string_view text) { return client_key(address_from(text)); };
  EXPECT_EQ(key("2001:db8:1:2::7"), key("2001:db8:1:2:ffff::8"));
  EXPECT_NE(key("2001:db8:1:2::7"), key("2001:db8:1:3::7"));
  EXPECT_NE(key("192.0.2.7"), key("192.0.2.8"));
  EXPECT_NE(key("::1"), 0u) << "which is nobody's";
}

TEST(ClientKeyTest, OfAnIpv4AddressIsTheSameInTheMannerOfIpv6) {
  const auto key = [](std::string_view text) { return client_key(address_from(text)); };
  EXPECT_EQ(key("::ffff:192.0.2.7"), key("192.0.2.7"));
  EXPECT_NE(key("::ffff:192.0.2.7"), key("::ffff:192.0.2.8"));
}

}  // namespace
