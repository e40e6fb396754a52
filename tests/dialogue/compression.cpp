#include <ftplike/deflate.hpp>

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <zlib.h>

#include "support/client.hpp"
#include "support/dialogue.hpp"
#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/scripted_server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// MODE Z of both ends; the other end is zlib's own functions, or our own.

namespace {

std::string deflated(std::string_view text) {
  std::string made(compressBound(static_cast<uLong>(text.size())), '\0');
  auto size = static_cast<uLongf>(made.size());
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(made.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                     static_cast<uLong>(text.size())),
            Z_OK);
  made.resize(size);
  return made;
}
std::string inflated(std::string_view bytes, std::size_t most = 1'000'000) {
  std::string made(most, '\0');
  auto size = static_cast<uLongf>(made.size());
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(made.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                       static_cast<uLong>(bytes.size())),
            Z_OK);
  made.resize(size);
  return made;
}
/// Lines of a log, which become about a tenth.
std::string some_text(std::size_t count) {
  std::string text;
  for (unsigned i = 0; text.size() < count; ++i) text += "line " + std::to_string(i * 7919) + " of a log\n";
  text.resize(count);
  return text;
}
ClientOptions compressing() {
  ClientOptions options;
  options.compression = deflate();
  return options;
}

}  // namespace

TEST(Compression, IsOfferedAndUnderstoodOnlyWhereTheServerHasIt) {
  TestNetwork network{1};
  {
    auto server = serve(network, {}, some_users());
    Dialogue client{network};
    client.log_in();
    EXPECT_EQ(client.say("FEAT").find("MODE Z"), std::string::npos);
    EXPECT_EQ(client.say("MODE Z"), "504 Only mode S\r\n");
    EXPECT_EQ(client.say("OPTS MODE Z LEVEL 3"), "501 Not a mode with options\r\n");
    EXPECT_EQ(client.say("MODE S"), "200 Mode is stream\r\n");
  }
  auto server = serve(network, {}, some_users(), deflate());
  Dialogue client{network};
  client.log_in();
  EXPECT_NE(client.say("FEAT").find("\r\n MODE Z\r\n"), std::string::npos);
  EXPECT_EQ(client.say("MODE B"), "504 Only modes S and Z\r\n");
  EXPECT_EQ(client.say("MODE Z"), "200 Mode is deflate\r\n");
}

TEST(Compression, CarriesFilesAndListingsAsZlibHasThem) {
  TestNetwork network{1};
  const std::string text = some_text(200'000);
  auto server = serve(network, {{"/a.txt", text}, {"/empty", ""}}, some_users(), deflate());
  Dialogue client{network};
  client.log_in().binary().say("MODE Z");
  const std::string sent = client.fetch("RETR a.txt");
  EXPECT_LT(sent.size(), text.size() / 4);
  EXPECT_EQ(inflated(sent), text);
  EXPECT_EQ(inflated(client.fetch("RETR empty")), "");
  EXPECT_EQ(inflated(client.fetch("NLST")), "a.txt\r\nempty\r\n");
  EXPECT_EQ(client.store("STOR b.txt", deflated(text)), "226 Upload complete\r\n");
  EXPECT_EQ(inflated(client.fetch("RETR b.txt")), text);
  EXPECT_EQ(client.store("STOR nothing", ""), "226 Upload complete\r\n");
  client.say("MODE S");
  EXPECT_EQ(client.fetch("RETR b.txt"), text);
  EXPECT_EQ(client.fetch("RETR nothing"), "");
}

TEST(Compression, CountsOffsetsInTheFileAndConvertsLinesBeforeIt) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a.txt", "one\ntwo\n"}}, some_users(), deflate());
  Dialogue client{network};
  client.log_in().say("MODE Z");
  EXPECT_EQ(inflated(client.fetch("RETR a.txt")), "one\r\ntwo\r\n");
  client.binary();
  client.say("REST 4");
  EXPECT_EQ(inflated(client.fetch("RETR a.txt")), "two\n");
  client.say("REST 4");
  EXPECT_EQ(client.store("STOR a.txt", deflated("2\n")), "226 Upload complete\r\n");
  EXPECT_EQ(inflated(client.fetch("RETR a.txt")), "one\n2\n");
}

TEST(Compression, TakesLevelsFromItsOptionsAndNothingElse) {
  TestNetwork network{1};
  const std::string text = some_text(100'000);
  auto server = serve(network, {{"/a.txt", text}}, some_users(), deflate());
  Dialogue client{network};
  client.log_in().binary().say("MODE Z");
  EXPECT_EQ(client.say("OPTS MODE Z LEVEL 1"), "200 MODE Z LEVEL is 1\r\n");
  const std::string quick = client.fetch("RETR a.txt");
  EXPECT_EQ(client.say("OPTS MODE Z ENGINE ZLIB LEVEL 9 METHOD 8"), "200 MODE Z LEVEL is 9\r\n");
  const std::string small = client.fetch("RETR a.txt");
  EXPECT_LT(small.size(), quick.size());
  EXPECT_EQ(inflated(quick), inflated(small));
  for (const std::string wrong : {"LEVEL 0", "LEVEL 10", "LEVEL", "LEVEL x", "BLOCKSIZE 4", "LEVEL 3 X"}) {
    EXPECT_EQ(client.code("OPTS MODE Z " + wrong), 501) << wrong;
  }
  EXPECT_EQ(client.say("OPTS MODE Z"), "200 MODE Z LEVEL is 6\r\n") << "the server's own";
}

TEST(Compression, KeepsNoUploadThatIsCutDamagedOrGoesOnBehindItsEnd) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users(), deflate());
  Dialogue client{network};
  client.log_in().binary().say("MODE Z");
  const std::string good = deflated(some_text(100'000));
  std::string damaged = good;
  damaged.back() = static_cast<char>(damaged.back() + 1);  // of its checksum
  EXPECT_EQ(client.store("STOR cut", good.substr(0, good.size() - 1)), "426 Connection closed: fewer bytes than promised\r\n");
  EXPECT_EQ(client.store("STOR damaged", damaged), "426 Connection closed: damaged compressed data\r\n");
  EXPECT_EQ(client.store("STOR text", "no zlib at all"), "426 Connection closed: damaged compressed data\r\n");
  EXPECT_EQ(client.store("STOR more", good + "more"), "426 Connection closed: damaged compressed data\r\n");
  EXPECT_EQ(inflated(client.fetch("NLST")), "");
}

TEST(Compression, RefusesAnUploadThatGrowsOutOfAllProportionOrBeyondTheLargestFile) {
  TestNetwork network{1};
  UploadRules rules;
  rules.largest = 3'000'000;
  auto server = serve(network, {}, some_users(), deflate(), rules);
  Dialogue client{network};
  client.log_in().binary().say("MODE Z");
  EXPECT_EQ(client.store("STOR zeros", deflated(std::string(2'000'000, '\0'))), "550 refused for safety\r\n");
  EXPECT_EQ(client.store("STOR few-zeros", deflated(std::string(1'000'000, '\0'))), "226 Upload complete\r\n");
  EXPECT_EQ(client.store("STOR large", deflated(some_text(4'000'000))), "552 file larger than allowed\r\n");
  EXPECT_EQ(inflated(client.fetch("NLST")), "few-zeros\r\n");
}

TEST(Compression, EndsWithItsTransferWhenThatIsBrokenOff) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a.txt", some_text(8'000'000)}}, some_users(), deflate());
  Dialogue client{network};
  client.log_in().binary().say("MODE Z");
  const auto port = client.passive();
  client.say("RETR a.txt");
  auto data = client.open(port);
  network.settle();
  EXPECT_EQ(client.say("ABOR"), abor_replies);
  EXPECT_EQ(inflated(client.fetch("NLST")), "a.txt\r\n");
}

TEST(Compression, GoesBothWaysBetweenOurEnds) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {}, some_users(), deflate());
  TestClient client = log_in(network, compressing());
  for (const std::size_t size : {0u, 1u, 65'536u, 700'000u}) {
    const std::string text = some_text(size);
    folder.write("here", text);
    EXPECT_EQ(network.run(client.upload(folder / "here", "there")).transferred, size);
    EXPECT_EQ(network.run(client.download("there", folder / "back")).transferred, size);
    EXPECT_TRUE(folder.read("back") == text) << size;
  }
  EXPECT_EQ(network.run(client.list()).at(0).name, "there");
  const auto said = server.diary().of("command");
  EXPECT_EQ(std::count(said.begin(), said.end(), "MODE Z (anna)"), 1);
  EXPECT_EQ(std::count(said.begin(), said.end(), "OPTS MODE Z LEVEL 6 (anna)"), 1);
}

TEST(Compression, IsGoneOnWithWhereATransferWasCut) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a.txt", some_text(500'000)}}, some_users(), deflate());
  TestClient client = log_in(network, compressing());
  TransferOptions stopping;
  stopping.progress = [](const Progress& progress) { return progress.transferred > 200'000 ? Go::stop : Go::on; };
  EXPECT_THROW(network.run(client.download("a.txt", folder / "a.txt", stopping)), ClientError);
  TransferOptions resuming;
  resuming.resume = true;
  const TransferResult rest = network.run(client.download("a.txt", folder / "a.txt", resuming));
  EXPECT_GT(rest.offset, 0u);
  EXPECT_EQ(rest.offset + rest.transferred, 500'000u);
  EXPECT_TRUE(folder.read("a.txt") == some_text(500'000));
}

TEST(Compression, IsLeftAloneByAServerThatHasNoneOrTakesBackItsOffer) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a.txt", "text"}}, some_users());
  TestClient client = log_in(network, compressing());
  EXPECT_EQ(network.run(text_of(client, "a.txt")), "text");
  EXPECT_EQ(server.diary().of("command MODE").size(), 0u);

  ScriptedServer fickle{network};
  fickle.welcomes({"MODE Z", "EPSV"}).dialogue("TYPE I", "200 OK").dialogue("MODE Z", "504 No").passive();
  fickle.accepts_data().hears("RETR a").says("150 Here").sends("text").closes_data().says("226 Done");
  TestClient other = enter(network, compressing());
  EXPECT_EQ(network.run(text_of(other, "a")), "text");
  other.close();
}
