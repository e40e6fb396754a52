// What nobody should say.
#include <ftplike/server/session.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;
using namespace std::string_literals;

TEST(LongLine, IsReportedOnceAndTheSessionLives) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  EXPECT_EQ(client.say("NOOP " + std::string(4091, 'x')), "200 OK\r\n") << "4096 bytes are allowed";
  EXPECT_EQ(client.say("NOOP " + std::string(4092, 'x')), "500 line too long\r\n");
  EXPECT_EQ(client.say("NOOP " + std::string(1'000'000, 'x')), "500 line too long\r\n");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

TEST(LongLine, WithoutAnEndIsReportedBeforeItHasOne) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  client.type(std::string(5000, 'x'));
  EXPECT_EQ(client.hear(), "500 line too long\r\n");
  for (int i = 0; i < 100; ++i) client.type(std::string(50'000, 'x'));
  EXPECT_EQ(client.hear_after(1s), "");
  EXPECT_EQ(client.say(""), "");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

TEST(LongLine, IsReportedOnceInTheDialectWithoutLineEndingsToo) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  client.type(std::string(100'000, 'x'));
  EXPECT_EQ(client.hear_after(1s), "500 line too long\r\n");
  client.type("NOOP");
  EXPECT_EQ(client.hear_after(1s), "") << "it is the end of that line";
  EXPECT_EQ(client.say(""), "");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

TEST(LongLine, IsAsLongAsTheLimitSays) {
  TestNetwork network{1};
  Limits limits;
  limits.line = 20;
  auto server = serve(network, {}, limits);
  Dialogue client{network};
  EXPECT_EQ(client.say("NOOP 678901234567890"), "200 OK\r\n");
  EXPECT_EQ(client.say("NOOP 6789012345678901"), "500 line too long\r\n");
}

TEST(BadBytes, InALineAreRefused) {
  TestNetwork network{1};
  MemoryStorage files;
  auto server = serve(network, files);
  Dialogue client{network};
  EXPECT_EQ(client.say("MKD a\0b"s), "500 NUL or lone CR in a line\r\n");
  EXPECT_EQ(client.say("MKD a\rDELE b"), "500 NUL or lone CR in a line\r\n");
  EXPECT_EQ(client.say("\0"s), "500 NUL or lone CR in a line\r\n");
  EXPECT_EQ(client.say("MKD a\r\r"), "500 NUL or lone CR in a line\r\n");
  EXPECT_EQ(files.paths(), std::vector<std::string>{});
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

TEST(EmptyLine, IsNoCommand) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  EXPECT_EQ(client.say(""), "500 Command expected\r\n");
  EXPECT_EQ(client.say("  "), "500 Command expected\r\n");
  EXPECT_EQ(client.say("\xC3\xA9"), "502 Command not implemented\r\n");
}

TEST(ForeignProtocol, EndsTheSessionAtItsFirstVerb) {
  for (const std::string_view request :
       {"GET / HTTP/1.1\r\nHost: x\r\nDELE a\r\n\r\n", "POST / HTTP/1.1\r\nDELE a\r\n", "HEAD / HTTP/1.0\r\nDELE a\r\n",
        "PUT /a HTTP/1.1\r\nDELE a\r\n", "CONNECT x:1 HTTP/1.1\r\nDELE a\r\n", "OPTIONS * HTTP/1.1\r\nDELE a\r\n",
        "EHLO x\r\nDELE a\r\n", "HELO x\r\nDELE a\r\n", "get / HTTP/1.1\r\nDELE a\r\n"}) {
    TestNetwork network{1};
    MemoryStorage files{{"/a", "kept"}};
    auto server = serve(network, files);
    Dialogue client{network};
    client.type(request);
    EXPECT_EQ(client.hear(), "421 This is an FTP server\r\n") << request;
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(files.text("/a"), "kept");
  }
}

TEST(ForeignProtocol, OfTlsGetsNoCommandThrough) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  std::string hello = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s;
  for (int i = 0; i < 505; ++i) hello += static_cast<char>(i * 37);
  client.type(hello);
  client.hear_after(1s);
  for (const auto& command : server.diary().of("command")) EXPECT_EQ(command.substr(0, 1), " ") << command;
  EXPECT_EQ(server.diary().of("listening").size(), 0u);
}

TEST(Flood, OfCommandsIsAnsweredOneByOne) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  std::string commands, replies;
  for (int i = 0; i < 10'000; ++i) {
    commands += "NOOP\r\n";
    replies += "200 OK\r\n";
  }
  client.type(commands);
  EXPECT_EQ(client.hear(), replies);
}

TEST(Flood, OfEmptyLinesIsAnsweredOneByOne) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  client.type(std::string(3000, '\n'));
  const auto replies = client.hear();
  EXPECT_EQ(replies.size(), 3000 * std::string_view{"500 Command expected\r\n"}.size());
}

TEST(Flood, OfPassivePortsLeavesOneOpen) {
  TestNetwork network{1};
  auto server = serve(network, {});
  const auto listeners = network.open_acceptors();
  Dialogue client{network};
  for (int i = 0; i < 1000; ++i) client.control().type("EPSV\r\n");
  client.hear();
  EXPECT_EQ(network.open_acceptors(), listeners + 1);
}

TEST(Flood, OfConnectionsThatSayNothingIsGoneAfterTheLimit) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  std::vector<std::unique_ptr<Dialogue>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<Dialogue>(network));
  EXPECT_EQ(server.sessions(), 200u);
  network.advance(60s);
  EXPECT_EQ(server.sessions(), 0u);
}

TEST(Reply, ShowsNoControlCharactersOfNames) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  EXPECT_EQ(client.say("MKD a\x1b[31m\tb"), "257 \"/a?[31m\tb\" created\r\n");
  EXPECT_EQ(client.say("MKD say \"hi\""), "257 \"/say \"\"hi\"\"\" created\r\n");
}

TEST(Names, AreBytesThatComeBackAsTheyWere) {
  TestNetwork network{1};
  MemoryStorage files;
  auto server = serve(network, files);
  Dialogue client{network};
  const std::vector<std::string> names{"caf\xC3\xA9", "caf\xE9", "a  b",       " leading",    "trailing ",
                                       "-dash",       "*",       "\"quoted\"", "semi;colon=", "\xFE"};
  for (const auto& name : names) {
    EXPECT_EQ(client.store("STOR " + name, name), "226 Upload complete\r\n") << name;
    EXPECT_EQ(files.text('/' + name), name);
    EXPECT_EQ(client.fetch("RETR " + name), name);
    const auto listing = "\r\n" + client.fetch("MLSD");
    EXPECT_NE(listing.find("; " + name + "\r\n"), std::string::npos) << name;
    EXPECT_EQ(client.code("DELE " + name), 250);
  }
}

TEST(Names, DoubleTheByteThatTelnetKeepsForItself) {
  TestNetwork network{1};
  MemoryStorage files;
  auto server = serve(network, files);
  Dialogue client{network};
  EXPECT_EQ(client.say("MKD a\xFF\xFF"
                       "b"),
            "257 \"/a\xFF\xFF"
            "b\" created\r\n");
  EXPECT_EQ(files.paths(), std::vector<std::string>{"/a\xFF"
                                                    "b/"});
}

TEST(Names, WithALineEndingInAStorageBreakNoListing) {
  TestNetwork network{1};
  MemoryStorage files{{"/a\r\nb", "x"}, {"/c", "x"}};
  auto server = serve(network, files);
  Dialogue client{network};
  const auto count = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  EXPECT_EQ(count(client.fetch("LIST")), 2);
  EXPECT_EQ(count(client.fetch("MLSD")), 2);
  EXPECT_EQ(client.fetch("NLST"), "c\r\n");
  EXPECT_EQ(client.say("LIST"), "150 40004\r\n");
  EXPECT_EQ(client.data(40004), "c") << "in the ftp-like dialect";
}

TEST(Pieces, OfEverySizeMakeTheSameCommands) {
  std::string heard;
  for (const auto split : {Split::nowhere, Split::every_byte, Split::somewhere}) {
    with_seeds(20, [&](std::uint64_t seed) {
      TestNetwork network{seed, {.split = split, .delay = 1ms, .jitter = 5ms, .interleave = true}};
      auto server = serve(network, {{"/a", "x"}}, some_users());
      Dialogue client{network};
      client.hear_after(1s);
      client.type("USER anna\r\nPASS secret\r\nCWD nowhere\r\nMKD d\r\nSIZE a\r\nABOR\r\nQUIT\r\n");
      const auto replies = client.hear_after(5s);
      if (heard.empty()) heard = replies;
      EXPECT_EQ(replies, heard);
      EXPECT_TRUE(client.ended());
    });
  }
  EXPECT_EQ(heard.substr(heard.size() - 13), "221 Goodbye\r\n");
}

}  // namespace
