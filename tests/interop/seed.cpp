// The programs that the seed of this project describes, as small peers of our own: they speak as those did, no better.
#include <algorithm>
#include <cctype>
#include <exception>
#include <functional>
#include <map>
#include <thread>

#include "connection.hpp"
#include "running_server.hpp"

namespace {

/// The original client: a command is one send without a line ending, a reply is what one recv gives.
class SeedClient {
 public:
  explicit SeedClient(const std::string& port) : control_{port} {}
  std::string hear() { return control_.receive(1024); }
  std::string say(const std::string& command) {
    control_.say(command);
    return hear();
  }
  /// A transfer: the data connection to the port at the end of the 150.
  static Connection data(const std::string& reply) {
    EXPECT_TRUE(reply.starts_with("150 ")) << reply;
    const auto port = reply.substr(reply.rfind(' ') + 1);
    return Connection{port.substr(0, port.find_first_not_of("0123456789"))};
  }

 private:
  Connection control_;
};

std::string ftplike_server() { return FTPLIKE_SERVER_PROGRAM; }

TEST(SeedClient, HoldsItsSessionWithOurServer) {
  const TestFolder folder;
  folder.write("server/server_storage/sample_image.jpg", noise(100'000, 1));
  folder.write("server/server_storage/images/demo_photo.jpg", noise(70'000, 2));
  Process server{Program{{ftplike_server(), "--listen", "127.0.0.1:0"}}.in(folder.string())};
  SeedClient client{server.line_after("listening on 127.0.0.1:")};
  EXPECT_EQ(client.hear(), "220 FTP Server Ready\r\n");
  EXPECT_EQ(client.say("pwd"), "257 \"server/server_storage\"\r\n");

  EXPECT_EQ(SeedClient::data(client.say("RETR sample_image.jpg")).rest(), noise(100'000, 1));
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");

  {
    auto data = SeedClient::data(client.say("STOR upload_test.jpg"));
    data.say(noise(50'000, 3));
  }
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n");
  EXPECT_TRUE(folder.read("server/server_storage/upload_test.jpg") == noise(50'000, 3));

  EXPECT_EQ(client.say("CWD images"), "250 Directory changed to images\r\n");
  EXPECT_EQ(SeedClient::data(client.say("LIST")).receive(), "demo_photo.jpg");
  EXPECT_EQ(client.hear(), "226 Listing complete\r\n");
  EXPECT_EQ(SeedClient::data(client.say("RETR demo_photo.jpg")).rest(), noise(70'000, 2));
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(client.say("RETR none.jpg"), "550 File not found\r\n");
  EXPECT_EQ(client.say("CWD none"), "550 Directory not found\r\n");
  EXPECT_EQ(client.say("QUIT"), "221 Goodbye\r\n");
  EXPECT_EQ(client.hear(), "");
}

/// The original server: what one recv gives is one command, replies end with LF, and every transfer has a new port.
class SeedServer {
 public:
  explicit SeedServer(std::map<std::string, std::string> files) : files_{std::move(files)} {}
  std::string port() const { return std::to_string(control_.port()); }

  /// Serves one client to its QUIT, or until it goes.
  void serve() {
    auto client = control_.accept();
    client.say("220 FTP Server Ready\n");
    for (;;) {
      const auto command = client.receive(1024);
      if (command.empty()) return;
      commands.push_back(command);
      const auto trimmed = command.substr(0, command.find_last_not_of(" \r\n") + 1);
      const auto blank = trimmed.find(' ');
      auto verb = trimmed.substr(0, blank);
      for (char& c : verb) c = static_cast<char>(std::toupper(c));
      const auto argument = blank == trimmed.npos ? "" : trimmed.substr(blank + 1);
      if (verb == "QUIT") return client.say("221 Goodbye\n");
      if (verb == "PWD") {
        client.say("257 \"server/server_storage\"\n");
      } else if (verb == "CWD") {
        client.say(argument == "images" ? "250 Directory changed to images\n" : "550 Directory not found\n");
      } else if (verb == "LIST") {
        std::string names;
        for (const auto& [name, bytes] : files_) names += (names.empty() ? "" : "\n") + name;
        transfer(client, "Listing", [&](Connection& data) { data.say(names); });
      } else if (verb == "RETR" && !files_.contains(argument)) {
        client.say("550 File not found\n");
      } else if (verb == "RETR") {
        transfer(client, "Download", [&](Connection& data) { data.say(files_[argument]); });
      } else if (verb == "STOR") {
        transfer(client, "Upload", [&](Connection& data) { files_[argument] = data.rest(); });
      } else {
        client.say("502 Command not implemented\n");
      }
    }
  }
  const std::string& file(const std::string& name) { return files_[name]; }

  std::vector<std::string> commands;  // each as it came

 private:
  void transfer(Connection& client, const std::string& what, const std::function<void(Connection&)>& move) {
    const Listener port;
    client.say("150 " + std::to_string(port.port()) + "\n");
    auto data = port.accept();
    move(data);
    data.close();
    client.say("226 " + what + " complete\n");
  }

  Listener control_;
  std::map<std::string, std::string> files_;
};

TEST(SeedServer, HoldsItsSessionWithOurClient) {
  const TestFolder folder;
  folder.write("upload_test.jpg", noise(50'000, 3));
  SeedServer server{{{"sample_image.jpg", noise(100'000, 1)}, {"demo_photo.jpg", noise(70'000, 2)}}};
  std::exception_ptr failure;
  std::thread serving{[&] {
    try {
      server.serve();
    } catch (...) { failure = std::current_exception(); }
  }};
  const auto held =
      outcome_of(Program{{FTPLIKE_CLIENT_PROGRAM, "--files", folder.string(), "127.0.0.1", server.port()}},
                 "pwd\nRETR sample_image.jpg\nSTOR upload_test.jpg\nCWD images\nRETR demo_photo.jpg\nLIST\nQUIT\n");
  serving.join();
  ASSERT_EQ(failure, nullptr);
  ASSERT_TRUE(ended_well(held));
  EXPECT_TRUE(folder.read("sample_image.jpg") == noise(100'000, 1));
  EXPECT_TRUE(folder.read("demo_photo.jpg") == noise(70'000, 2));
  EXPECT_TRUE(server.file("upload_test.jpg") == noise(50'000, 3));
  for (const std::string line :
       {"257 \"server/server_storage\"", "226 Download complete", "226 Upload complete",
        "250 Directory changed to images", "demo_photo.jpg\nsample_image.jpg\n", "221 Goodbye"}) {
    EXPECT_NE(held.output.find(line), std::string::npos) << line << " is missing in:\n" << held.output;
  }
  for (const auto& command : server.commands) {
    EXPECT_LE(std::count(command.begin(), command.end(), '\n'), 1) << "more than a command at once: " << command;
  }
}

TEST(SeedServer, TellsOurUserWhatItRefusesAndTheSessionGoesOn) {
  const TestFolder folder;
  SeedServer server{{}};
  std::thread serving{[&] { server.serve(); }};
  const auto held =
      outcome_of(Program{{FTPLIKE_CLIENT_PROGRAM, "--files", folder.string(), "127.0.0.1", server.port()}},
                 "RETR none.jpg\nXYZZY\nCWD none\npwd\nQUIT\n");
  serving.join();
  EXPECT_EQ(held.status, 5) << held.output << held.errors;
  for (const std::string line :
       {"550 File not found", "502 Command not implemented", "550 Directory not found", "257 ", "221 Goodbye"}) {
    EXPECT_NE(held.output.find(line), std::string::npos) << line << " is missing in:\n" << held.output;
  }
  EXPECT_EQ(folder.count(), 0u);
}

}  // namespace
