// Passwords that PAM checks: the server program with the system's own PAM, and services in a folder of the test's.
#include <csignal>
#include <filesystem>

#include "running_server.hpp"

namespace {

using Words = std::vector<std::string>;
constexpr int login_refused = 67;  // curl's word

Outcome server_is_told(Words words, std::string_view input = {}) {
  words.insert(words.begin(), FTPLIKE_SERVER_PROGRAM);
  return outcome_of(Program{std::move(words)}, input);
}

/// A root with anna's folder, a users' file in which PAM has her password, and a service that takes `secret` for it.
struct Pam : testing::Test {
  Pam() {
    root.write("anna/a", "hers");
    root.write("theirs", "not hers");
    write_service(with_module("seen"));
    EXPECT_TRUE(ended_well(server_is_told({"add-user", users(), "anna", "--pam", "--root", "/anna", "--rights", "read"})));
  }
  void write_service(const std::string& text) const { files.write("pam.d/ftplike-test", text); }
  /// The service that asks pam_module.cpp, with the file that is told who asks, and more words for it.
  std::string with_module(std::string_view told, std::string_view more = {}) const {
    return "auth required " FTPLIKE_PAM_MODULE " " + (files / told) + ' ' + std::string{more} + "\naccount required pam_permit.so\n";
  }
  std::string users() const { return files / "users"; }
  std::string service() const { return files / "pam.d/ftplike-test"; }
  Words options() const { return {"--users", users(), "--pam", service(), "--log", "-"}; }
  static Outcome curl(const RunningServer& server, const std::string& user, const std::string& password, Words more = {}) {
    more.insert(more.begin(), {"curl", "--disable", "--silent", "--show-error", "--max-time", "55", "--user", user + ':' + password});
    more.push_back("ftp://" + server.host() + ':' + server.port() + "/a");
    return outcome_of(Program{std::move(more)});
  }
  /// Ends the server, and gives all that it said.
  static std::string told(RunningServer& server) {
    server.process().signal(SIGTERM);
    EXPECT_EQ(server.process().wait(), 0);
    return server.process().errors();
  }

  TestFolder root, files;
};

TEST_F(Pam, ChecksThePasswordOfAUserWhoseRootAndRightsTheUsersFileHas) {
  RunningServer server{root.string(), options()};
  const auto right = curl(server, "anna", "secret");
  EXPECT_TRUE(ended_well(right));
  EXPECT_EQ(right.output, "hers");
  constexpr int upload_failed = 25;
  files.write("up", "x");
  EXPECT_EQ(curl(server, "anna", "secret", {"--upload-file", files / "up"}).status, upload_failed);
  EXPECT_EQ(curl(server, "anna", "sesame").status, login_refused);
  EXPECT_EQ(files.read("seen"), "auth anna 127.0.0.1\nauth anna 127.0.0.1\nauth anna 127.0.0.1\n");
  const auto words = told(server);
  EXPECT_NE(words.find("login refused to anna: PAM: "), std::string::npos) << words;
  EXPECT_EQ(words.find("sesame"), std::string::npos) << words;
  EXPECT_EQ(words.find("secret"), std::string::npos) << words;
}

TEST_F(Pam, IsAskedWhetherTheAccountMayBeUsedAndTheLogSaysWhyNot) {
  write_service("auth required pam_permit.so\naccount required pam_deny.so\n");
  RunningServer server{root.string(), options()};
  EXPECT_EQ(curl(server, "anna", "secret").status, login_refused);
  const auto words = told(server);
  EXPECT_NE(words.find("login refused to anna: PAM: "), std::string::npos) << words;
}

TEST_F(Pam, LetsNobodyInWhoIsNotInTheUsersFileAndHasNothingToSayOfThosesWithHashes) {
  write_service("auth required pam_permit.so\naccount required pam_permit.so\n");
  EXPECT_TRUE(ended_well(server_is_told({"add-user", users(), "bert", "--root", "/anna"}, "his\n")));
  files.write("users", files.read("users") + "carl:*:/anna:read\n");
  RunningServer server{root.string(), options()};
  EXPECT_TRUE(ended_well(curl(server, "anna", "whatever"))) << "PAM permits it";
  EXPECT_EQ(curl(server, "eve", "whatever").status, login_refused);
  EXPECT_EQ(curl(server, "bert", "whatever").status, login_refused);
  EXPECT_TRUE(ended_well(curl(server, "bert", "his")));
  EXPECT_EQ(curl(server, "carl", "whatever").status, login_refused) << "a lock is a lock";
}

TEST_F(Pam, LocksTheUsersWhosePasswordsItWouldCheckWhereItIsNotAsked) {
  RunningServer server{root.string(), {"--users", users()}};
  EXPECT_EQ(curl(server, "anna", "secret").status, login_refused);
}

TEST_F(Pam, IsRefusedAtTheStartWithoutItsServiceAndInItsStead) {
  const auto check = [&](Words words) {
    words.insert(words.begin(), {"--root", root.string(), "--check"});
    return server_is_told(std::move(words));
  };
  EXPECT_EQ(check({"--users", users(), "--pam", service()}).status, 0);
  const auto none = check({"--users", users(), "--pam", files / "pam.d/none"});
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.errors, "ftplike-server: pam: there is no service " + (files / "pam.d/none") + "\n");
  EXPECT_EQ(check({"--users", users(), "--pam", "ftplike-of-nobody"}).errors,
            "ftplike-server: pam: there is no service /etc/pam.d/ftplike-of-nobody\n");
  files.write("pam.d/FTP", "auth required pam_permit.so\n");
  EXPECT_EQ(check({"--users", users(), "--pam", files / "pam.d/FTP"}).errors,
            "ftplike-server: pam: there is no service " + (files / "pam.d/FTP") + ": the names of services are in small letters\n");
  EXPECT_EQ(check({"--pam", service()}).errors,
            "ftplike-server: pam: users is not said, whose file names those whom PAM lets in\n");
}

TEST_F(Pam, RefusesLoginsOnceTheServiceIsGoneWhateverTheSystemHasForOthers) {
  files.write("pam.d/other", "auth required pam_permit.so\naccount required pam_permit.so\n");
  RunningServer server{root.string(), options()};
  std::filesystem::remove(service());
  EXPECT_NE(curl(server, "anna", "secret").status, 0);
  const auto words = told(server);
  EXPECT_NE(words.find("ftplike-server: PAM: there is no service " + service()), std::string::npos) << words;
}

TEST_F(Pam, BansNobodyForAModuleThatIsNotThere) {
  write_service("auth required pam_of_nobody.so\naccount required pam_permit.so\n");
  auto with_bans = options();
  with_bans.insert(with_bans.end(), {"--ban-after", "1"});
  RunningServer server{root.string(), with_bans};
  EXPECT_NE(curl(server, "anna", "secret").status, 0);
  write_service("auth required pam_permit.so\naccount required pam_permit.so\n");
  EXPECT_TRUE(ended_well(curl(server, "anna", "secret")));
}

TEST_F(Pam, CountsForBansAsOtherPasswordsDo) {
  auto with_bans = options();
  with_bans.insert(with_bans.end(), {"--ban-after", "2"});
  RunningServer server{root.string(), with_bans};
  EXPECT_EQ(curl(server, "anna", "wrong").status, login_refused);
  EXPECT_NE(curl(server, "anna", "wrong").status, 0);
  EXPECT_NE(curl(server, "anna", "secret").status, 0);
  const auto words = told(server);
  EXPECT_NE(words.find("turned away: banned"), std::string::npos) << words;
}

TEST_F(Pam, LetsThoseInWhoNeedNoWorkerWhileAModuleHangs) {
  // A worker is held by a password that hangs, as long as the test lasts; what needs no worker goes on.
  write_service(with_module("hangs", "hangs"));
  RunningServer server{root.string(), options()};
  Process waiting{Program{{"curl", "--disable", "--silent", "--max-time", "55", "ftp://anna:secret@" + server.host() + ':' + server.port() + "/a"}}};
  while (!files.has("hangs")) std::this_thread::yield();
  EXPECT_TRUE(ended_well(curl(server, "tester", "secret", {"--list-only"}))) << "he has no hash, and so needs no worker";
  waiting.signal(SIGTERM);
  waiting.wait();
}

}  // namespace
