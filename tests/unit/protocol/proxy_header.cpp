#include <ftplike/protocol/proxy_header.hpp>

#include <gtest/gtest.h>
#include <string>
#include <string_view>

using namespace ftplike;
using namespace std::string_view_literals;
using State = ProxyHeader::State;

namespace {

/// A header of version 2.
std::string binary(unsigned char version_and_command, unsigned char family, std::string_view rest) {
  std::string header{"\r\n\r\n\0\r\nQUIT\n"sv};
  header += static_cast<char>(version_and_command);
  header += static_cast<char>(family);
  header += static_cast<char>(rest.size() >> 8);
  header += static_cast<char>(rest.size() & 0xFF);
  return header.append(rest);
}

constexpr std::string_view v4_ends = "\xC0\x00\x02\x07\xC6\x33\x64\x01\xC8\x22\x00\x15"sv;

void expect_ends(const ProxyHeader& header, const HostPort& client, const HostPort& server) {
  ASSERT_EQ(header.state, State::complete);
  ASSERT_TRUE(header.ends);
  EXPECT_EQ(header.ends->client.host, client.host);
  EXPECT_EQ(header.ends->client.port, client.port);
  EXPECT_EQ(header.ends->server.host, server.host);
  EXPECT_EQ(header.ends->server.port, server.port);
}

/// Every proper beginning of a header is incomplete, and what comes behind it does not change it.
void expect_framing(const std::string& header) {
  for (std::size_t n = 0; n < header.size(); ++n) {
    EXPECT_EQ(parse_proxy_header(std::string_view{header}.substr(0, n)).state, State::incomplete) << n;
  }
  for (const char* behind : {"", "USER anna\r\n", "\r\n"}) {
    const auto parsed = parse_proxy_header(header + behind);
    EXPECT_EQ(parsed.state, State::complete);
    EXPECT_EQ(parsed.size, header.size());
  }
}

}  // namespace

TEST(ProxyHeader, TellsBothEndsOfALine) {
  expect_ends(parse_proxy_header("PROXY TCP4 192.0.2.7 198.51.100.1 51234 21\r\n"), {"192.0.2.7", 51234},
              {"198.51.100.1", 21});
  expect_ends(parse_proxy_header("PROXY TCP6 2001:db8::7 ::ffff:1.2.3.4 65535 0\r\n"), {"2001:db8::7", 65535},
              {"::ffff:1.2.3.4", 0});
}

TEST(ProxyHeader, TellsBothEndsOfABinaryHeader) {
  expect_ends(parse_proxy_header(binary(0x21, 0x11, v4_ends)), {"192.0.2.7", 51234}, {"198.51.100.1", 21});
  const auto v6 =
      "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"
      "\x20\x01\x0d\xb8\xff\xff\0\0\0\0\0\0\0\0\0\x01\xC8\x22\x00\x15"sv;
  expect_ends(parse_proxy_header(binary(0x21, 0x21, v6)), {"2001:0db8:0000:0000:0000:0000:0000:0007", 51234},
              {"2001:0db8:ffff:0000:0000:0000:0000:0001", 21});
}

TEST(ProxyHeader, EndsWhereItSays) {
  expect_framing("PROXY TCP4 192.0.2.7 198.51.100.1 51234 21\r\n");
  expect_framing("PROXY UNKNOWN\r\n");
  expect_framing(binary(0x21, 0x11, v4_ends));
  expect_framing(binary(0x20, 0x00, ""));
}

TEST(ProxyHeader, LeavesExtensionsOfTheBinaryHeaderAside) {
  const auto header = binary(0x21, 0x11, std::string{v4_ends} + "\x04\x00\x02xx");
  expect_framing(header);
  expect_ends(parse_proxy_header(header), {"192.0.2.7", 51234}, {"198.51.100.1", 21});
}

TEST(ProxyHeader, HasNoEndsWhereTheProxySpeaksForItself) {
  for (const auto& header : {std::string{"PROXY UNKNOWN\r\n"}, std::string{"PROXY UNKNOWN ffff::1 whatever\r\n"},
                             binary(0x20, 0x11, v4_ends), binary(0x20, 0x00, ""), binary(0x21, 0x00, ""),
                             binary(0x21, 0x12, v4_ends), binary(0x21, 0x31, std::string(216, 'u'))}) {
    const auto parsed = parse_proxy_header(header);
    EXPECT_EQ(parsed.state, State::complete);
    EXPECT_EQ(parsed.size, header.size());
    EXPECT_FALSE(parsed.ends);
  }
}

TEST(ProxyHeader, RefusesLinesThatAreNotQuiteOne) {
  for (const auto line : {"USER anna\r\n",
                          "PROXY\r\n",
                          "PROXY \r\n",
                          "proxy TCP4 192.0.2.7 198.51.100.1 51234 21\r\n",
                          "PROXY UNKNOWNS\r\n",
                          "PROXY TCP5 192.0.2.7 198.51.100.1 51234 21\r\n",
                          "PROXY TCP4\r\n",
                          "PROXY TCP4 192.0.2.256 198.51.100.1 51234 21\r\n",
                          "PROXY TCP4 192.0.2 198.51.100.1 51234 21\r\n",
                          "PROXY TCP4 192.0.2.7.1 198.51.100.1 51234 21\r\n",
                          "PROXY TCP4 2001:db8::7 2001:db8::1 51234 21\r\n",
                          "PROXY TCP6 192.0.2.7 198.51.100.1 51234 21\r\n",
                          "PROXY TCP6 2001:db8::x 2001:db8::1 51234 21\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 65536 21\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 -1 21\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 51234\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 51234 \r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 51234 21 \r\n",
                          "PROXY TCP4  192.0.2.7 198.51.100.1 51234 21\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1  51234 21\r\n",
                          "PROXY TCP4 192.0.2.7 198.51.100.1 51234 21x\r\n"}) {
    EXPECT_EQ(parse_proxy_header(line).state, State::invalid) << line;
  }
}

TEST(ProxyHeader, RefusesALineThatDoesNotEndInTime) {
  const std::string endless = "PROXY UNKNOWN " + std::string(200, 'x');
  EXPECT_EQ(parse_proxy_header(endless.substr(0, 106)).state, State::incomplete);
  EXPECT_EQ(parse_proxy_header(endless.substr(0, 107)).state, State::invalid);
  EXPECT_EQ(parse_proxy_header(endless.substr(0, 105) + "\r\n").state, State::complete);
  EXPECT_EQ(parse_proxy_header(endless.substr(0, 106) + "\r\n").state, State::invalid);
}

TEST(ProxyHeader, RefusesBinaryHeadersOfOtherVersionsAndShapes) {
  EXPECT_EQ(parse_proxy_header(binary(0x11, 0x11, v4_ends)).state, State::invalid) << "version 1";
  EXPECT_EQ(parse_proxy_header(binary(0x31, 0x11, v4_ends)).state, State::invalid) << "version 3";
  EXPECT_EQ(parse_proxy_header(binary(0x22, 0x11, v4_ends)).state, State::invalid) << "an unknown command";
  EXPECT_EQ(parse_proxy_header(binary(0x21, 0x11, v4_ends.substr(1))).state, State::invalid) << "too short";
  EXPECT_EQ(parse_proxy_header(binary(0x21, 0x21, std::string(35, '\0'))).state, State::invalid) << "too short";
}

TEST(ProxyHeader, RefusesABinaryHeaderThatIsTooLongBeforeItHasCome) {
  const auto longest = binary(0x21, 0x11, std::string{v4_ends} + std::string(longest_proxy_header - 16 - 12, 't'));
  EXPECT_EQ(longest.size(), longest_proxy_header);
  EXPECT_EQ(parse_proxy_header(longest).state, State::complete);
  const auto longer = binary(0x21, 0x11, std::string{v4_ends} + std::string(longest_proxy_header - 16 - 11, 't'));
  EXPECT_EQ(parse_proxy_header(longer.substr(0, 16)).state, State::invalid);
}
