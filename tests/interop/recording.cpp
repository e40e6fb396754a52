// What our programs record, played again.
#include <ftplike/simulated/replay.hpp>

#include <optional>
#include <string>

#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/user_table.hpp>

#include "running_server.hpp"

namespace {
using namespace ftplike;

/// What differs if a recording is played against a server with that file; or what is wrong with it.
std::string played(const std::string& text, const std::string& contents) {
  std::string result;
  const auto recording = Recording::parse(text, result);
  if (!recording) return result;
  SimulatedNetwork network{1};
  UserTable users;
  users.add(UserEntry{Account{"tester", Path{}, Rights::all()}, Password::plain("secret")});
  Server server{network, MemoryStorage{{"/a.bin", contents}}, std::move(users)};
  const Endpoint where = server.listen("127.0.0.1", 21);
  ReplayOptions options;
  options.password = "secret";
  for (const auto& one : network.run(replay_clients(network, where, *recording, options))) {
    // The program offers digests, too, which this server does not.
    if (!one.recorded.starts_with("< 211 ")) result += one.recorded + " / " + one.seen + '\n';
  }
  return result;
}

TEST(Recordings, OfBothProgramsHaveTheSessionButNoPasswordAndNoContents) {
  const TestFolder folder;
  const std::string contents = "what is in the file " + std::string(300'000, 'x');
  folder.write("served/a.bin", contents);
  std::filesystem::create_directory(folder.path() / "ours");
  folder.write("server.txt", "what was there before");
  RunningServer server{folder / "served", {"--record", folder / "server.txt"}};
  const auto held = outcome_of(Program{{FTPLIKE_CLIENT_PROGRAM, "--quiet", "--files", folder / "ours", "--record",
                                        folder / "client.txt", server.url(), "-c", "get a.bin"}});
  ASSERT_TRUE(ended_well(held));
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_TRUE(folder.read("ours/a.bin") == contents);
  for (const auto& name : {"server.txt", "client.txt"}) {
    const auto text = folder.read(name);
    EXPECT_NE(text.find("> RETR a.bin\n"), text.npos) << text;
    EXPECT_NE(text.find(" data down 300020 "), text.npos) << text;
    EXPECT_EQ(text.find("secret"), text.npos) << text;
    EXPECT_EQ(text.find("what "), text.npos) << text;
    EXPECT_EQ(played(text, contents), "") << text;
    EXPECT_NE(played(text, "something else"), "") << text;
  }
}

TEST(Recordings, OfBothProgramsAreDrawn) {
  const TestFolder folder;
  folder.write("served/a.txt", "hello");
  std::filesystem::create_directory(folder.path() / "ours");
  RunningServer server{folder / "served", {"--record", folder / "server.txt"}};
  ASSERT_TRUE(ended_well(outcome_of(Program{{FTPLIKE_CLIENT_PROGRAM, "--quiet", "--files", folder / "ours", "--record",
                                             folder / "client.txt", server.url(), "-c", "get a.txt"}})));
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  for (const auto& name : {"server.txt", "client.txt"}) {
    const auto image = outcome_of(Program{{FTPLIKE_CLIENT_PROGRAM, "picture", folder / name}});
    EXPECT_TRUE(ended_well(image));
    EXPECT_TRUE(image.output.starts_with("<svg ")) << image.output;
    for (const auto& text : {">RETR a.txt<", ">PASS ***<", "  passive<", ">5 bytes in "}) {
      EXPECT_NE(image.output.find(text), std::string::npos) << text << " is not in\n" << image.output;
    }
    const auto page = outcome_of(Program{{FTPLIKE_CLIENT_PROGRAM, "picture", "--html", folder / name}});
    EXPECT_TRUE(ended_well(page));
    EXPECT_NE(page.output.find(R"("text": "RETR a.txt", "section": "RFC 959 §4.1.3")"), std::string::npos);
  }
}

TEST(Recordings, ThatCannotBeDrawnEndTheProgramWithAWord) {
  const TestFolder folder;
  folder.write("no_recording.txt", "hello\n");
  const auto drawn = [](const std::string& file) { return outcome_of(Program{{FTPLIKE_CLIENT_PROGRAM, "picture", file}}); };
  for (const auto& file : {folder / "nowhere.txt", folder.string(), folder / "no_recording.txt"}) {
    EXPECT_EQ(drawn(file).status, 6) << file;
    EXPECT_EQ(drawn(file).output, "") << file;
  }
  EXPECT_EQ(drawn(folder / "no_recording.txt").errors,
            "ftplike-client: " + folder / "no_recording.txt" + ": line 1: this is no recording\n");
}

TEST(Recordings, ThatCannotBeWrittenEndTheProgramsWithAWord) {
  const TestFolder folder;
  const auto nowhere = folder / "nowhere/record.txt";
  const auto of_client =
      outcome_of(Program{{FTPLIKE_CLIENT_PROGRAM, "--record", nowhere, "ftp://127.0.0.1:1", "-c", "ls"}});
  EXPECT_EQ(of_client.status, 6);
  EXPECT_EQ(of_client.errors, "ftplike-client: cannot write to " + nowhere + ": No such file or directory\n");
  const auto of_server = outcome_of(Program{{FTPLIKE_SERVER_PROGRAM, "--root", folder.string(), "--record", nowhere}});
  EXPECT_EQ(of_server.status, 1);
  EXPECT_NE(of_server.errors.find("cannot write to " + nowhere), std::string::npos) << of_server.errors;
}

}  // namespace
