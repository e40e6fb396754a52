#include <ftplike/protocol/host_port.hpp>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

TEST(Port, ReadsSixNumbers) {
  EXPECT_EQ(parse_port("127,0,0,1,4,5"), HostPort("127.0.0.1", 1029));
  EXPECT_EQ(parse_port("255,255,255,255,255,255"), HostPort("255.255.255.255", 65535));
  EXPECT_EQ(parse_port("010,001,000,009,000,021"), HostPort("10.1.0.9", 21));
}

TEST(Port, RefusesAnythingElse) {
  for (const auto* text :
       {"", ",", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,3,4,5,6,", "1,2,3,4,5,6 ", " 1,2,3,4,5,6", "1,2,3,4,0,0",
        "256,2,3,4,5,6", "1,2,3,4,256,6", "1,2,3,4,5,256", "1,2,3,4,5,-6", "1,2,3,4,+5,6", "1,2,,4,5,6",
        "1,2,3,4,5,0006", "1.2.3.4,5,6", "a,2,3,4,5,6", "1,2,3,4,5,99999999999999999999", "(1,2,3,4,5,6)"}) {
    EXPECT_FALSE(parse_port(text)) << text;
  }
}

TEST(Port, WritesWhatItReads) {
  EXPECT_EQ(format_port({"192.168.1.20", 0xC001}), "192,168,1,20,192,1");
  for (const int port : {1, 255, 256, 40001, 65535}) {
    const HostPort address{"10.0.0.7", static_cast<std::uint16_t>(port)};
    EXPECT_EQ(parse_port(format_port(address)), address);
  }
}

TEST(Eprt, ReadsBothAddressFamiliesWithAnyDelimiter) {
  EXPECT_EQ(parse_eprt("|1|132.235.1.2|6275|"), HostPort("132.235.1.2", 6275));
  EXPECT_EQ(parse_eprt("|2|1080::8:800:200C:417A|5282|"), HostPort("1080::8:800:200C:417A", 5282));
  EXPECT_EQ(parse_eprt("|2|::ffff:10.0.0.1|21|"), HostPort("::ffff:10.0.0.1", 21));
  EXPECT_EQ(parse_eprt("!1!10.0.0.1!21!"), HostPort("10.0.0.1", 21));
}

TEST(Eprt, HasNoHostForAProtocolThatNobodyKnows) {
  EXPECT_EQ(parse_eprt("|3|whatever|21|"), HostPort("", 21));
  EXPECT_EQ(parse_eprt("|0|x|21|"), HostPort("", 21));
}

TEST(Eprt, RefusesAnythingElse) {
  for (const auto* text : {"",
                           "|",
                           "||||",
                           "|||||",
                           "|1|10.0.0.1|21",
                           "|1|10.0.0.1|21||",
                           "|1|10.0.0.1|21|x",
                           "|1|10.0.0.1|0|",
                           "|1|10.0.0.1|65536|",
                           "|1|10.0.0.1||",
                           "|1||21|",
                           "|1|10.0.0|21|",
                           "|1|10.0.0.256|21|",
                           "|1|10.0.0.1.2|21|",
                           "|1|::1|21|",
                           "|2|10.0.0.1|21|",
                           "|2|::1%eth0|21|",
                           "|2|g::1|21|",
                           "|x|10.0.0.1|21|",
                           "|99999999|10.0.0.1|21|",
                           "|1|10.0.0.1!21|",
                           " 1 10.0.0.1 21 ",
                           "|1|10.0.0.1|-1|",
                           "|2|1111:2222:3333:4444:5555:6666:111.111.111.1111|21|"}) {
    EXPECT_FALSE(parse_eprt(text)) << text;
  }
}

TEST(Eprt, WritesWhatItReads) {
  EXPECT_EQ(format_eprt({"10.0.0.1", 21}), "|1|10.0.0.1|21|");
  EXPECT_EQ(format_eprt({"::1", 65535}), "|2|::1|65535|");
}

TEST(Epsv, ReadsItsArgument) {
  EXPECT_EQ(parse_epsv(""), EpsvRequest::any);
  EXPECT_EQ(parse_epsv("1"), EpsvRequest::ipv4);
  EXPECT_EQ(parse_epsv("2"), EpsvRequest::ipv6);
  EXPECT_EQ(parse_epsv("3"), EpsvRequest::other);
  EXPECT_EQ(parse_epsv("ALL"), EpsvRequest::all);
  EXPECT_EQ(parse_epsv("all"), EpsvRequest::all);
  for (const auto* text : {"ALLES", "AL", "1 ", "-1", "one", "999999", " "}) EXPECT_FALSE(parse_epsv(text)) << text;
}

TEST(PasvReply, IsFoundWhateverStandsAroundIt) {
  const HostPort expected{"10.1.2.3", 1029};
  for (const auto* text : {"Entering Passive Mode (10,1,2,3,4,5)", "Entering Passive Mode (10,1,2,3,4,5).",
                           "Entering Passive Mode 10,1,2,3,4,5", "=10,1,2,3,4,5", "10,1,2,3,4,5",
                           "Mode 2 passive: 10,1,2,3,4,5, go", "Passive,10,1,2,3,4,5"}) {
    EXPECT_EQ(parse_pasv_reply(text), expected) << text;
  }
}

TEST(PasvReply, RefusesWhatIsNoAddress) {
  for (const auto* text :
       {"", "Entering Passive Mode", "(10,1,2,3,4)", "(256,1,2,3,4,5)", "(10,1,2,3,4,256)", "(10,1,2,3,0,0)",
        "(10,1,2,3,4,5,6)", "(10,1,2,3,4,5555)", "(10, 1, 2, 3, 4, 5)", "(1000,1,2,3,4,5)"}) {
    EXPECT_FALSE(parse_pasv_reply(text)) << text;
  }
}

TEST(EpsvReply, IsFoundWhateverStandsAroundIt) {
  for (const auto* text : {"Entering Extended Passive Mode (|||6446|)", "Entering Extended Passive Mode (|||6446|).",
                           "|||6446|", "(!!!6446!)", "ok... |||6446|"}) {
    EXPECT_EQ(parse_epsv_reply(text), 6446) << text;
  }
}

TEST(EpsvReply, RefusesWhatIsNoPort) {
  for (const auto* text : {"", "(|||0|)", "(|||65536|)", "(|||6446)", "(||6446|)", "(|||6446!)", "(||||)",
                           "(|||123456|)", "1115555", "(|||-1|)", "(|1|10.0.0.1|6446|)"}) {
    EXPECT_FALSE(parse_epsv_reply(text)) << text;
  }
}

TEST(AnnouncedReply, IsTheLastWord) {
  EXPECT_EQ(parse_announced_reply("51045"), 51045);
  EXPECT_EQ(parse_announced_reply("Opening a connection on 51045"), 51045);
  EXPECT_EQ(parse_announced_reply("1 2 3 "), 3);
  for (const auto* text : {"", " ", "0", "65536", "51045.", "port", "51045 ok", "-1"}) {
    EXPECT_FALSE(parse_announced_reply(text)) << text;
  }
}

}  // namespace
}  // namespace ftplike
