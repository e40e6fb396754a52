// Our server program behind HAProxy, which says of every connection whom it passes on.
#include <string>

#include "connection.hpp"
#include "haproxy.hpp"
#include "running_server.hpp"

namespace {

/// What has HAProxy listen on 127.0.0.1, before the ports of the same numbers at the server's address and one more for
/// control connections.
std::string before(const RunningServer& server, const std::string& control, const std::string& data,
                   const std::string& word) {
  return "defaults\n mode tcp\n timeout connect 30s\n timeout client 30s\n timeout server 30s\n"
         "listen control\n bind 127.0.0.1:" + control + "\n server ours " + server.host() + ':' + server.port() + ' ' +
         word + "\nlisten data\n bind 127.0.0.1:" + data + "\n server ours " + server.host() + ' ' + word + '\n';
}

std::string free_port() { return std::to_string(Listener{}.port()); }

TEST(BehindHaproxy, FilesAreWhatTheClientSendsAndStrangersGetNothing) {
  for (const std::string word : {"send-proxy", "send-proxy-v2"}) {
    const TestFolder theirs;
    theirs.write("a.txt", "hello");
    const std::string control = free_port(), data = free_port();
    RunningServer server{theirs.string(), {"--trusted-proxy", "127.0.0.1/32", "--data-ports", data + '-' + data}, "127.0.0.2"};
    const HaProxy proxy{before(server, control, data, word)};
    Connection client{control, "127.0.0.7"};
    EXPECT_TRUE(client.reply().starts_with("220 "));
    client.ask("USER tester");
    EXPECT_EQ(client.ask("PASS secret"), "230 Logged in");
    client.ask("TYPE I");

    EXPECT_TRUE(client.ask("EPSV").starts_with("229 "));
    client.say("STOR new\r\n");
    EXPECT_TRUE(client.reply().starts_with("150 "));
    Connection stranger{data, "127.0.0.8"};
    stranger.say("not the client's");
    EXPECT_EQ(stranger.rest(), "");
    {
      Connection upload{data, "127.0.0.7"};
      upload.say("content");
    }
    EXPECT_EQ(client.reply(), "226 Upload complete");
    EXPECT_EQ(theirs.read("new"), "content") << word;

    EXPECT_TRUE(client.ask("PASV").starts_with("227 "));
    client.say("RETR a.txt\r\n");
    EXPECT_TRUE(client.reply().starts_with("150 "));
    {
      Connection download{data, "127.0.0.7"};
      EXPECT_EQ(download.rest(), "hello") << word;
    }
    EXPECT_EQ(client.reply(), "226 Download complete");
  }
}

}  // namespace
