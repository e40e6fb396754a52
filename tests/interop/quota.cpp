// Quotas of the server program, against curl.
#include "running_server.hpp"

namespace {

using Words = std::vector<std::string>;

/// The users anna, whose folder may hold 1000 bytes in 3 files, and bert; all of it may hold 2000 bytes.
class QuotaOfTheProgram : public testing::Test {
 protected:
  QuotaOfTheProgram() {
    root.write("anna/a", "hello");
    root.write("bert/b", "");
    const std::string users = files / "users";
    for (const std::string name : {"anna", "bert"}) {
      const Program adding{{FTPLIKE_SERVER_PROGRAM, "add-user", users, name, "--root", '/' + name}};
      EXPECT_TRUE(ended_well(outcome_of(adding, "secret\n")));
    }
    auto text = files.read("users");
    text.insert(text.find('\n'), ":quota=1000,quota-files=3");
    files.write("users", text);
  }

  Outcome send(const RunningServer& server, const std::string& user, const std::string& name, std::size_t size) const {
    files.write("up", noise(size));
    return curl({"--upload-file", files / "up", url(server, user, name)});
  }
  /// All that the server says to a session of the user's that gives this command.
  std::string answer(const RunningServer& server, const std::string& user, const std::string& command) const {
    return curl({"--verbose", "--list-only", "--quote", command, url(server, user)}).errors;
  }
  /// What the program counts.
  std::string table() const {
    const auto said = outcome_of(Program{
        {FTPLIKE_SERVER_PROGRAM, "--root", root.string(), "--users", files / "users", "--quota", "2000", "quota"}});
    EXPECT_TRUE(ended_well(said));
    return said.output;
  }

  TestFolder root, files;

 private:
  static Outcome curl(Words words) {
    words.insert(words.begin(), {"curl", "--disable", "--silent", "--show-error", "--max-time", "55"});
    return outcome_of(Program{std::move(words)});
  }
  static std::string url(const RunningServer& server, const std::string& user, const std::string& name = "") {
    return "ftp://" + user + ":secret@" + server.host() + ':' + server.port() + '/' + name;
  }
};

TEST_F(QuotaOfTheProgram, RefusesWhatIsTooMuchAndTellsWhatIsLeft) {
  constexpr int storage_exceeded = 70;  // curl's word for 552
  const RunningServer server{root.string(), {"--users", files / "users", "--quota", "2000"}};
  EXPECT_EQ(send(server, "anna", "b", 996).status, storage_exceeded);
  EXPECT_EQ(table(), "user\troot\tbytes\tfiles\n"
                     "anna\t/anna\t5 of 1000\t1 of 3\n"
                     "bert\t/bert\t0 of any\t1 of any\n"
                     "(all)\t/\t5 of 2000\t4 of any\n")
      << "nothing is left of it";
  EXPECT_TRUE(ended_well(send(server, "anna", "b", 995)));
  EXPECT_NE(answer(server, "anna", "AVBL").find("< 213 0\r\n"), std::string::npos);
  EXPECT_NE(answer(server, "anna", "STAT").find("Quota: 1000 of 1000 bytes, 2 of 3 files\r\n"), std::string::npos);
  EXPECT_EQ(send(server, "bert", "c", 1001).status, storage_exceeded) << "of all there is no more";
  EXPECT_TRUE(ended_well(send(server, "bert", "c", 1000)));
  EXPECT_NE(answer(server, "anna", "DELE b").find("< 250 "), std::string::npos);
  EXPECT_NE(answer(server, "bert", "AVBL").find("< 213 995\r\n"), std::string::npos);
}

TEST_F(QuotaOfTheProgram, CountsAgainAtSIGHUPAndTellsPrometheus) {
  RunningServer server{root.string(), {"--users", files / "users", "--quota", "2000", "--metrics", "127.0.0.1:0"}};
  EXPECT_NE(answer(server, "bert", "AVBL").find("< 213 1995\r\n"), std::string::npos);
  root.write("bert/by hand", noise(100));
  server.process().signal(SIGHUP);
  std::string said;
  while (said.find("< 213 1895\r\n") == said.npos) said = answer(server, "bert", "AVBL");
  const auto where = server.process().line_after("metrics on ");
  const auto metrics = outcome_of(Program{{"curl", "--disable", "--silent", "--max-time", "55", where}});
  for (const char* line : {"ftplike_quota_used_bytes 105\n", "ftplike_quota_limit_bytes 2000\n", "ftplike_quota_refusals_total 0\n"}) {
    EXPECT_NE(metrics.output.find(line), std::string::npos) << line << " is not in\n" << metrics.output;
  }
}

TEST_F(QuotaOfTheProgram, DoesNotStartWithOneThatCannotBeRead) {
  const auto expect_refused = [&](Words words, const std::string& line) {
    words.insert(words.begin(), {FTPLIKE_SERVER_PROGRAM, "--root", root.string()});
    const auto said = outcome_of(Program{std::move(words)});
    EXPECT_EQ(said.status, 2);
    EXPECT_EQ(said.errors, "ftplike-server: " + line + '\n');
  };
  expect_refused({"--quota", "10X"}, "--quota: '10X' is not a number of bytes, as 1500 or 10G");
  expect_refused({"--quota-files", "few"}, "--quota-files: 'few' is not a whole number from 0 on");
  const std::string toml = files / "server.toml", users = files / "users";
  files.write("server.toml", "quota-files = 5\nquota = \"ten\"\n");
  expect_refused({"--config", toml}, toml + ":2: quota: 'ten' is not a number of bytes, as 1500 or 10G");
  auto text = files.read("users");
  text.replace(text.find("=1000"), 5, "=1Q");
  files.write("users", text);
  expect_refused({"--users", users}, "users: " + users + ":1: quota is not a number of bytes, as 10G: '1Q'");
}

}  // namespace
