#include <ftplike/client/digests.hpp>

#include <gtest/gtest.h>

#include <ftplike/client/blocking.hpp>
#include <ftplike/client/pool.hpp>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"

using namespace ftplike;

// Files compared by checksum.

namespace {

constexpr const char* md5_of_hello = "5d41402abc4b2a76b9719d911017c592";
constexpr const char* sha256_of_hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

}  // namespace

TEST(ClientDigests, ComeFromHashByTheBestAlgorithm) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"HASH SHA-1*;MD5;SHA-256"}).dialogue("TYPE I", "200 OK");
  server.dialogue("OPTS HASH SHA-256", "200 SHA-256");
  server.dialogue("HASH a", std::string{"213 SHA-256 0-5 "} + sha256_of_hello + " a");
  server.dialogue("HASH a", std::string{"213 SHA-256 0-5 "} + std::string(64, 'f') + " a");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(verify(client, "a", folder / "a")), "SHA-256");
  EXPECT_EQ(error_of(network, verify(client, "a", folder / "a")).code(), std::errc::illegal_byte_sequence);
}

TEST(ClientDigests, ComeFromXVerbsWhereThereIsNoHash) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"XCRC", "XMD5"}).dialogue("TYPE I", "200 OK");
  server.dialogue("XMD5 a", "250 5D41402ABC4B2A76B9719D911017C592");
  server.dialogue("XMD5 a", "250 nothing");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(verify(client, "a", folder / "a")), "MD5");
  EXPECT_EQ(error_of(network, verify(client, "a", folder / "a")).code(), Errc::bad_reply);
}

TEST(ClientDigests, AreNotAskedForWhereTheServerHasNone) {
  TestNetwork network{1};
  const TestFolder folder;
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(verify(client, "a", folder / "a")), std::nullopt);
  TextSource source{"hello"};
  EXPECT_EQ(network.run(verify(client, "a", source)), std::nullopt);
}

TEST(ClientDigests, AreComparedWithThoseOfASource) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"XMD5"}).dialogue("TYPE I", "200 OK");
  for (int i = 0; i < 3; ++i) server.dialogue("XMD5 a", std::string{"250 "} + md5_of_hello);
  TestClient client = enter(network);
  TextSource same{"hello"}, other{"hallo"};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(network.run(verify(client, "a", same)), "MD5") << "it was read before";
  EXPECT_EQ(error_of(network, verify(client, "a", other)).code(), std::errc::illegal_byte_sequence);
}

TEST(ClientDigests, AreComparedWithoutCoroutines) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"XMD5"}).dialogue("TYPE I", "200 OK");
  for (int i = 0; i < 2; ++i) server.dialogue("XMD5 a", std::string{"250 "} + md5_of_hello);
  Url url{"ftp://ann:secret@10.0.0.2"};
  const bool implicit = beginning_of_sessions == Beginning::implicit_tls;
  url.secure = implicit ? Secure::implicit_tls : Secure::no;
  ClientOptions options;
  options.dialect = Dialect::standard;
  BasicBlockingClient client{network, url, options};
  TextSource source{"hello"};
  EXPECT_EQ(verify(client, "a", source), "MD5");
  EXPECT_EQ(verify(client, "a", folder / "a"), "MD5");
}

TEST(ClientDigests, AreAskedForAgainByAPoolWhereAConnectionWasLost) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  for (int i = 0; i < 2; ++i) {
    server.welcomes({"XMD5"}).dialogue("TYPE I", "200 OK").hears("XMD5 a").closes().accepts();
    server.welcomes({"XMD5"}).dialogue("TYPE I", "200 OK").dialogue("XMD5 a", std::string{"250 "} + md5_of_hello);
    server.dialogue("XMD5 a", std::string{"250 "} + md5_of_hello);
    if (i == 0) server.closes().accepts();
  }
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  TextSource same{"hello"}, other{"hallo"};
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  EXPECT_EQ(network.run(verify(pool, "a", folder / "a")), "MD5");
  folder.write("a", "hallo");
  EXPECT_EQ(error_of(network, verify(pool, "a", folder / "a")).code(), std::errc::illegal_byte_sequence);
  network.settle();
  EXPECT_EQ(network.run(verify(pool, "a", same)), "MD5");
  EXPECT_EQ(error_of(network, verify(pool, "a", other)).code(), std::errc::illegal_byte_sequence);
}

TEST(ClientDigests, AreThoseOfTheWholeFile) {
  const TestFolder folder;
  folder.write("a", "hello");
  EXPECT_EQ(detail::digest_of_file(folder / "a", DigestAlgorithm::md5), md5_of_hello);
  EXPECT_EQ(detail::digest_of_file(folder / "a", DigestAlgorithm::sha256), sha256_of_hello);
  EXPECT_THROW(detail::digest_of_file(folder / "none", DigestAlgorithm::md5), std::system_error);
}
