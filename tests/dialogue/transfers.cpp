// Files over the data connection: whole, resumed, as text, cut off.
#include <ftplike/verbs/transfer.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

std::string long_text(std::size_t size) {
  std::string text(size, '.');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * 7 % 26 + i / 997 % 3);
  return text;
}

// ---- downloads

TEST(Retr, SendsTheFileThenSaysSo) {
  TestNetwork network{7};
  auto server = serve(network, TestFiles{{"/a.txt", "hello"}});
  Dialogue client{network};
  EXPECT_EQ(client.say("RETR a.txt"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(server.diary().of("transfer"), (std::vector<std::string>{"RETR /a.txt sent 5 bytes from 0: complete"}));
}

TEST(Retr, SendsFilesOfAnySizeByteForByte) {
  for (const std::size_t size :
       std::initializer_list<std::size_t>{0, 1, 511, 512, 16 * 1024, 64 * 1024, 64 * 1024 + 1, 1'000'000}) {
    TestNetwork network{size, {.split = Split::somewhere, .interleave = true}};
    const auto text = long_text(size);
    auto server = serve(network, {{"/file", text}}, some_users());
    Dialogue client{network};
    EXPECT_EQ(client.log_in().binary().fetch("RETR file"), text);
  }
}

TEST(Retr, EndsItsDataConnectionAndDoesNotJustCloseIt) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a.txt", "hello"}}, some_users());
  Dialogue client{network};
  auto data = client.log_in().binary().open(client.passive());
  client.say("RETR a.txt\r\nNOOP");
  EXPECT_EQ(data.text(), "hello");
  const auto lines = network.last_operations();
  const auto ends = [](const std::string& line) { return line.find("data: finish") != line.npos; };
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), ends)) << "a child of the server may have that socket, too";
}

TEST(Retr, SaysNothingBeforeTheClientHasConnected) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a.txt", "hello"}}, some_users());
  Dialogue client{network};
  client.log_in().binary().passive();
  EXPECT_EQ(client.say("RETR a.txt"), "150 Opening data connection for a.txt (5 bytes).\r\n");
  EXPECT_EQ(client.hear(), "");
}

TEST(Retr, BeginsWhereRestSays) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a.txt", "0123456789"}}, some_users());
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.say("REST 4"), "350 Restarting at 4\r\n");
  EXPECT_EQ(client.fetch("RETR a.txt"), "456789");
  EXPECT_EQ(client.fetch("RETR a.txt"), "0123456789") << "REST is for one transfer";
  EXPECT_EQ(client.code("REST 10"), 350);
  EXPECT_EQ(client.fetch("RETR a.txt"), "");
  EXPECT_EQ(client.code("REST 11"), 350);
  EXPECT_EQ(client.fetch("RETR a.txt"), "554 no transfer can begin at that position\r\n");
  EXPECT_EQ(client.fetch("RETR a.txt"), "0123456789") << "a REST that failed is over, too";
  EXPECT_EQ(server.diary().of("transfer").at(0), "RETR /a.txt sent 6 bytes from 4: complete (anna)");
}

TEST(Rest, TakesNothingButAPosition) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  client.log_in();
  for (const auto command : {"REST", "REST x", "REST -1", "REST 1 2", "REST 1x", "REST 99999999999999999999"}) {
    EXPECT_EQ(client.code(command), 501) << command;
  }
  EXPECT_EQ(client.say("REST 18446744073709551615"), "350 Restarting at 18446744073709551615\r\n");
}

TEST(Rest, IsRefusedForTextWhosePositionsNobodyKnows) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a.txt", "0123456789"}}, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.code("REST 4"), 350);
  EXPECT_EQ(Dialogue::code_of(client.fetch("RETR a.txt")), 554);
}

TEST(Retr, RefusesWhatIsNoFile) {
  TestNetwork network{1};
  auto server = serve(network, {{"/d/a.txt", "hello"}}, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.fetch("RETR nowhere"), "550 File not found\r\n");
  EXPECT_EQ(client.fetch("RETR d"), "550 Is a directory\r\n");
  EXPECT_EQ(client.fetch("RETR d/a.txt/b"), "550 Not a directory\r\n");
  EXPECT_EQ(client.fetch("RETR .ftplike-partial.a"), "553 file name not allowed\r\n");
  EXPECT_EQ(client.fetch("RETR " + std::string(256, 'x')), "553 File name not allowed\r\n");
}

TEST(Retr, GoesOnWithTheOldFileWhenANewOneTakesItsName) {
  TestNetwork network{1, {.window = 100}};
  const auto old = long_text(10'000);
  TestFiles files{{"/a", old}};
  auto server = serve(network, files, some_users());
  Dialogue reader{network}, writer{network};
  reader.log_in().binary();
  writer.log_in().binary();
  auto data = reader.open(reader.passive());
  EXPECT_EQ(reader.code("RETR a"), 150);
  EXPECT_EQ(writer.store("STOR a", "new"), "226 Upload complete\r\n");
  EXPECT_EQ(reader.all_of(data), old);
  EXPECT_EQ(reader.hear(), "226 Download complete\r\n");
  EXPECT_EQ(reader.fetch("RETR a"), "new");
}

TEST(Retr, EndsWhenTheClientDropsTheDataConnection) {
  for (const bool reset : {true, false}) {
    TestNetwork network{1, {.window = 100}};
    auto server = serve(network, {{"/a", long_text(10'000)}}, some_users());
    Dialogue client{network};
    client.log_in().binary();
    auto data = client.open(client.passive());
    EXPECT_EQ(client.code("RETR a"), 150);
    if (reset)
      data.reset();
    else
      data.hang_up();
    EXPECT_EQ(client.hear(), "426 Connection closed: connection lost\r\n");
    EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  }
}

// ---- uploads

TEST(Stor, PutsTheFileUnderItsNameBeforeItSaysSo) {
  TestNetwork network{1};
  TestFiles files{{"/a", "old"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  const auto port = client.passive();
  EXPECT_EQ(client.say("STOR a"), "150 Opening data connection for a\r\n");
  auto data = client.open(port);
  data.type("the new file");
  network.settle();
  EXPECT_EQ(files.text("/a"), "old") << "never a mix of both";
  data.finish();
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "the new file");
  EXPECT_EQ(server.diary().of("transfer"),
            (std::vector<std::string>{"STOR /a received 12 bytes from 0: complete (anna)"}));
}

TEST(Stor, TakesFilesOfAnySizeByteForByte) {
  for (const std::size_t size :
       std::initializer_list<std::size_t>{0, 1, 511, 512, 16 * 1024, 64 * 1024, 64 * 1024 + 1, 1'000'000}) {
    TestNetwork network{size, {.split = Split::somewhere, .interleave = true}};
    TestFiles files;
    auto server = serve(network, files, some_users());
    Dialogue client{network};
    const auto text = long_text(size);
    EXPECT_EQ(client.log_in().binary().store("STOR file", text), "226 Upload complete\r\n");
    EXPECT_EQ(files.text("/file"), text);
  }
}

TEST(Stor, RefusesPlacesWhereNoFileCanBe) {
  TestNetwork network{1};
  TestFiles files{{"/d/a.txt", "hello"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.store("STOR d", "x"), "550 Is a directory\r\n");
  EXPECT_EQ(client.store("STOR nowhere/a", "x"), "550 File not found\r\n");
  EXPECT_EQ(client.store("STOR d/a.txt/b", "x"), "550 Not a directory\r\n");
  EXPECT_EQ(client.store("STOR /", "x"), "550 Is a directory\r\n");
  EXPECT_EQ(client.store("STOR .ftplike-partial.a", "x"), "553 file name not allowed\r\n");
  EXPECT_EQ(files.paths(), (std::vector<std::string>{"/d/", "/d/a.txt"}));
}

TEST(Stor, OfTwoAtOneNameEndsWithOneWholeFile) {
  TestNetwork network{1};
  TestFiles files;
  auto server = serve(network, files, some_users());
  Dialogue first{network}, second{network};
  first.log_in().binary();
  second.log_in().binary();
  auto one = first.open(first.passive());
  auto two = second.open(second.passive());
  EXPECT_EQ(first.code("STOR a"), 150);
  EXPECT_EQ(second.code("STOR a"), 150);
  one.type("one, ");
  two.type("two, ");
  network.settle();
  one.type("and all of it");
  two.type("whole");
  two.finish();
  EXPECT_EQ(second.hear(), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "two, whole");
  one.finish();
  EXPECT_EQ(first.hear(), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "one, and all of it");
}

TEST(Stor, SaysThatTheStorageIsFullAndTheSessionLives) {
  TestNetwork network{1};
  TestFiles files{{{"/a", "old"}}, 100};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.store("STOR a", long_text(200)), "552 Storage full\r\n");
  EXPECT_EQ(files.text("/a"), "old");
  EXPECT_EQ(client.say("DELE a"), "250 File removed\r\n") << "and what had come of the new one";
  EXPECT_EQ(client.store("STOR a", long_text(100)), "226 Upload complete\r\n");
  EXPECT_EQ(server.diary().of("transfer").at(0).find("STOR /a received"), 0u);
}

// ---- uploads that are cut off

/// Has a client send the beginning of a file and lose the data connection. Gives what the server says to that.
std::string lose_upload(TestNetwork& network, Dialogue& client, const std::string& command) {
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code(command), 150);
  data.type("some of");
  network.settle();
  data.reset();
  return client.hear();
}

/// A client that sends some of the new file at a name, and is gone before the end.
struct CutOff {
  explicit CutOff(std::string_view old = "old") : files{{"/a", old}} {
    client.emplace(network);
    client->log_in().binary();
    data.emplace(client->open(client->passive()));
    EXPECT_EQ(client->code("STOR a"), 150);
    data->type("some of");
    network.settle();
  }
  TestNetwork network{1};
  TestFiles files;
  TestServer server = serve(network, files, some_users());
  std::optional<Dialogue> client;
  std::optional<TestPeer> data;
};

TEST(CutOffUpload, LeavesTheOldFileWhenTheClientVanishes) {
  // The client's system closes both connections for it, in whatever order.
  const std::vector<void (*)(CutOff&)> ends{[](CutOff& it) { it.data->finish(), it.client->control().finish(); },
                                            [](CutOff& it) { it.client->control().finish(), it.data->finish(); },
                                            [](CutOff& it) { it.data->hang_up(), it.client->control().hang_up(); },
                                            [](CutOff& it) { it.client->control().hang_up(), it.data->hang_up(); },
                                            [](CutOff& it) { it.data->reset(), it.client->control().reset(); },
                                            [](CutOff& it) { it.client->control().reset(), it.data->reset(); },
                                            [](CutOff& it) { it.client->control().reset(), it.data->finish(); },
                                            [](CutOff& it) { it.data->finish(), it.client->control().reset(); }};
  for (std::size_t i = 0; i < ends.size(); ++i) {
    CutOff it;
    ends[i](it);
    it.network.settle();
    EXPECT_EQ(it.files.text("/a"), "old") << "way " << i;
    EXPECT_EQ(it.server.sessions(), 0u) << "way " << i;
  }
}

TEST(CutOffUpload, OfSomeLengthIsKnownByAControlConnectionThatEndsALittleLater) {
  CutOff it;
  it.network.advance(10s);
  it.data->finish();
  it.network.advance(19ms);
  it.client->control().hang_up();
  it.network.advance(1ms);
  EXPECT_EQ(it.files.text("/a"), "old");
  EXPECT_EQ(it.server.sessions(), 0u);
}

TEST(CutOffUpload, LeavesTheOldFileWhenTheDataConnectionIsLost) {
  CutOff it;
  it.data->reset();
  EXPECT_EQ(it.client->hear(), "426 Connection closed: connection lost\r\n");
  EXPECT_EQ(it.files.text("/a"), "old");
  EXPECT_EQ(it.client->say("NOOP"), "200 OK\r\n");
}

TEST(CutOffUpload, IsHiddenAndKeptToBeGoneOnWith) {
  CutOff it;
  it.data->reset();
  it.client->hear();
  EXPECT_EQ(it.client->say("DELE a"), "250 File removed\r\n");
  EXPECT_EQ(it.client->say("SIZE a"), "550 File not found\r\n") << "with the file goes what was to be its successor";

  EXPECT_EQ(it.client->code("RNFR a"), 550);
  EXPECT_EQ(lose_upload(it.network, *it.client, "STOR b"), "426 Connection closed: connection lost\r\n");
  EXPECT_EQ(it.files.paths(), std::vector<std::string>{});
  EXPECT_EQ(it.client->fetch("LIST"), "");
  EXPECT_EQ(it.client->fetch("NLST"), "");
  EXPECT_EQ(it.client->fetch("MLSD"), "");
  EXPECT_EQ(it.client->fetch("RETR b"), "550 File not found\r\n");
  EXPECT_EQ(it.client->say("SIZE b"), "213 7\r\n");
  EXPECT_EQ(it.client->code("REST 7"), 350);
  EXPECT_EQ(it.client->store("STOR b", " the file"), "226 Upload complete\r\n");
  EXPECT_EQ(it.files.text("/b"), "some of the file");
}

TEST(CutOffUpload, IsGoneOnWithByAnotherSession) {
  CutOff it{""};
  it.data->reset();
  it.client.reset();
  Dialogue next{it.network};
  next.log_in().binary();
  EXPECT_EQ(next.code("REST 4"), 350) << "the client may know better how far it was";
  EXPECT_EQ(next.store("STOR a", " other"), "226 Upload complete\r\n");
  EXPECT_EQ(it.files.text("/a"), "some other");
}

TEST(CutOffUpload, IsGoneOnWithByAppe) {
  TestNetwork network{1};
  TestFiles files;
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  (void)lose_upload(network, client, "STOR a");
  EXPECT_EQ(client.store("APPE a", " the file"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "some of the file");
}

TEST(CutOffUpload, IsGoneOnWithByAppeAlsoByWhoMayNotAppendToFiles) {
  TestNetwork network{1};
  TestFiles files{{"/whole", "all of it"}};
  UserTable users;
  users.add(UserEntry{Account{"anna", Path{}, "list,read,write"}, Password::plain("secret")});
  users.add(UserEntry{Account{"blind", Path{}, "none,write"}, Password::plain("secret")});
  auto server = serve(network, files, std::move(users));
  Dialogue client{network};
  client.log_in().binary();
  (void)lose_upload(network, client, "STOR a");
  client.log_in("blind").binary();
  for (const std::string name : {"a", "whole", "new"}) {
    EXPECT_EQ(client.say("APPE " + name), "550 Permission denied\r\n") << "it would tell what there is";
  }
  client.log_in().binary();
  EXPECT_EQ(client.store("APPE a", " the file"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "some of the file");
  EXPECT_EQ(server.diary().of("transfer").back(), "APPE /a received 9 bytes from 7: complete (anna)");
  EXPECT_EQ(client.store("APPE new", "new"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/new"), "new");
  for (const std::string name : {"a", "whole", "new"}) {
    EXPECT_EQ(client.say("APPE " + name), "550 Permission denied\r\n");
  }
  EXPECT_EQ(client.say("APPE nowhere/a"), "550 File not found\r\n");
  EXPECT_EQ(files.text("/whole"), "all of it");
}

TEST(CutOffUpload, IsForgottenByStorFromTheBeginning) {
  CutOff it;
  it.data->reset();
  it.client->hear();
  EXPECT_EQ(it.client->store("STOR a", "whole"), "226 Upload complete\r\n");
  EXPECT_EQ(it.files.text("/a"), "whole");
}

TEST(CutOffUpload, BehindWhoseEndRestPointsIsRefused) {
  CutOff it;
  it.data->reset();
  it.client->hear();
  EXPECT_EQ(it.client->code("REST 8"), 350);
  EXPECT_EQ(it.client->store("STOR a", "x"), "554 no transfer can begin at that position\r\n");
}

TEST(Upload, IsCompleteIfTheClientSaysQuitBeforeItCloses) {
  CutOff it;
  it.data->type(" all");
  it.client->type("QUIT\r\n");
  it.data->finish();
  it.client->control().finish();
  EXPECT_EQ(it.client->hear(), "226 Upload complete\r\n221 Goodbye\r\n");
  EXPECT_EQ(it.files.text("/a"), "some of all");
}

TEST(Upload, OfAClientThatIsUnpluggedIsKeptWhenItStalls) {
  TestNetwork network{1};
  TestFiles files{{"/a", "old"}};
  network.host("127.0.0.1", "10.0.0.1");
  network.host("10.0.0.2");
  auto server = serve(network, files, some_users());
  server.listen({address("10.0.0.1"), TestServer::port});
  Dialogue client{network, "10.0.0.2", "10.0.0.1"};
  client.log_in().binary();
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("STOR a"), 150);
  data.type("some of");
  network.settle();
  network.unplug("10.0.0.2");
  network.advance(10min);
  EXPECT_EQ(server.sessions(), 0u);
  EXPECT_EQ(files.text("/a"), "old");
  EXPECT_EQ(server.diary().of("transfer").at(0), "STOR /a received 7 bytes from 0: transfer stalled (anna)");
  Dialogue next{network};
  next.log_in().binary();
  EXPECT_EQ(next.code("REST 7"), 350);
  EXPECT_EQ(next.store("STOR a", "!"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "some of!");
}

// ---- APPE, STOU, ALLO

TEST(Appe, GoesOnAtTheEndAndMakesWhatIsNotThere) {
  TestNetwork network{1};
  TestFiles files{{"/a", "one"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.store("APPE a", " two"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "one two");
  EXPECT_EQ(client.store("APPE b", "new"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/b"), "new");
  EXPECT_EQ(server.diary().of("transfer").at(0), "APPE /a received 4 bytes from 3: complete (anna)");
}

TEST(Appe, TakesNoNoticeOfRest) {
  TestNetwork network{1};
  TestFiles files{{"/a", "one"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.code("REST 1"), 350);
  EXPECT_EQ(client.store("APPE a", " two"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "one two");
  EXPECT_EQ(client.fetch("RETR a"), "one two");
}

TEST(Stou, TellsTheNameThatNobodyHad) {
  TestNetwork network{1};
  TestFiles files{{"/a", "old"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  auto port = client.passive();
  EXPECT_EQ(client.say("STOU a"), "150 FILE: a.1\r\n");
  client.put(port, "new");
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n");
  port = client.passive();
  EXPECT_EQ(client.say("STOU"), "150 FILE: upload\r\n");
  client.put(port, "any");
  client.hear();
  EXPECT_EQ(files.text("/a"), "old");
  EXPECT_EQ(files.text("/a.1"), "new");
  EXPECT_EQ(files.text("/upload"), "any");
}

TEST(Allo, SaysWhetherThereIsRoom) {
  TestNetwork network{1};
  TestFiles files{{{"/a", "old"}}, 100};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.say("ALLO 97"), "200 There is room\r\n");
  EXPECT_EQ(client.say("ALLO 97 R 10"), "200 There is room\r\n");
  EXPECT_EQ(client.say("ALLO 98"), "552 Only 97 bytes are free\r\n");
  EXPECT_EQ(client.code("ALLO many"), 501);
}

// ---- text

TEST(Ascii, IsTheTypeOfAStandardSessionThatSaysNothing) {
  TestNetwork network{1};
  TestFiles files{{"/a", "one\ntwo\n"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.fetch("RETR a"), "one\r\ntwo\r\n");
  EXPECT_EQ(client.store("STOR b", "one\r\ntwo\r\n"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/b"), "one\ntwo\n");
  EXPECT_EQ(server.diary().of("transfer").at(0), "RETR /a sent 10 bytes from 0 as text: complete (anna)");
  client.binary();
  EXPECT_EQ(client.fetch("RETR a"), "one\ntwo\n");
  EXPECT_EQ(client.code("TYPE A"), 200);
  EXPECT_EQ(client.fetch("RETR a"), "one\r\ntwo\r\n");
  EXPECT_EQ(client.code("TYPE L 8"), 200);
  EXPECT_EQ(client.fetch("RETR a"), "one\ntwo\n");
}

TEST(Ascii, IsConvertedAcrossTheEdgesOfPieces) {
  std::string local, wire;
  for (int i = 0; i < 20'000; ++i) {
    const std::string line(static_cast<std::size_t>(i % 7), 'x');
    local += line + "\n";
    wire += line + "\r\n";
  }
  for (const auto split : {Split::every_byte, Split::somewhere, Split::nowhere}) {
    TestNetwork network{1, {.split = split}};
    TestFiles files{{"/a", local}};
    auto server = serve(network, files, some_users());
    Dialogue client{network};
    client.log_in();
    EXPECT_EQ(client.fetch("RETR a"), wire);
    EXPECT_EQ(client.store("STOR b", wire), "226 Upload complete\r\n");
    EXPECT_EQ(files.text("/b"), local);
  }
}

TEST(Ascii, KeepsALoneCrEvenAtTheEnd) {
  TestNetwork network{1};
  TestFiles files;
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.store("STOR a", "x\ry\r\nz\r"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "x\ry\nz\r");
}

TEST(Ascii, AppendsAsText) {
  TestNetwork network{1};
  TestFiles files{{"/a", "one\n"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.store("APPE a", "two\r\n"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "one\ntwo\n");
}

}  // namespace
