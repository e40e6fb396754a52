// Three of our servers behind HAProxy, as docs/fleet.md has it: its configurations with other addresses and folders.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "haproxy.hpp"
#include "support/certificates.hpp"
#include "tree.hpp"

namespace {

/// With `from` replaced by `to` wherever it stands, which has to be somewhere.
std::string with(std::string text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), text.npos) << from << " is not in:\n" << text;
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// A file of examples/fleet.
std::string example(const std::string& name) {
  std::ifstream file{std::string{FTPLIKE_EXAMPLES} + "/fleet/" + name, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A port that nobody has at any address.
std::string port_of_ours() { return std::to_string(Listener{"0.0.0.0"}.port()); }

/// One of the servers.
struct Member {
  Member(std::string its_address, std::string its_log, const std::string& configuration)
      : address{std::move(its_address)},
        log{std::move(its_log)},
        process{{FTPLIKE_SERVER_PROGRAM, "--config", configuration, "--log-commands", "--guests", "write", "--metrics", address + ":0"}} {
    process.line_after("listening with TLS on ");
    metrics = process.line_after("metrics on ");
  }
  std::string text() const {
    std::ifstream file{log, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  /// The lines of its log that have this in them.
  std::vector<std::string> lines(std::string_view part) const {
    std::vector<std::string> found;
    std::ifstream file{log};
    for (std::string line; std::getline(file, line);) {
      if (line.find(part) != line.npos) found.push_back(line);
    }
    return found;
  }

  std::string address, log, metrics;
  Process process;
};

class FleetBehindHaproxy : public testing::Test {
 protected:
  FleetBehindHaproxy() {
    const auto files = certificates_.issue("server", {.alternative_names = "IP:" + public_});
    std::filesystem::copy_file(files.certificate, setup_ / "cert.pem");
    std::filesystem::copy_file(files.key, setup_ / "key.pem");
    setup_.write("ticket-keys", outcome_of(Program{{"openssl", "rand", "-hex", "80"}}).output);
    const Program add{{FTPLIKE_SERVER_PROGRAM, "add-user", setup_ / "users", "tester"}};
    EXPECT_TRUE(ended_well(outcome_of(add, "secret\n")));
    for (int i = 0; i < 3; ++i) members_.push_back(start(i));
    auto balancer = with(with(example("haproxy.cfg"), "203.0.113.10", public_), "10.0.0.1", net_ + "1");
    balancer = with(with(balancer, ":21\n", ':' + clear_ + '\n'), ":990\n", ':' + implicit_ + '\n');
    balancer = with(with(with(balancer, ":2121", ':' + control_), ":2990", ':' + secured_), "inter 2s", "inter 50ms");
    balancer = with(balancer, "maxconn 20000", "maxconn 200");  // for which any user's limit of descriptors is enough
    proxy_ = std::make_unique<HaProxy>(balancer + "\nfrontend health\n  mode http\n  bind " + public_ + ':' + health_ + "\n  stats enable\n  stats uri /\n");
    wait_for_health(3);
  }

  std::unique_ptr<Member> start(int number) const {
    const std::string its_own = net_ + "1" + std::to_string(number + 1);
    auto text = with(example("server.toml"), "10.0.0.11", its_own);
    text = with(with(text, ":2121", ':' + control_), ":2990", ':' + secured_);
    text = with(text, "20000-20999", std::to_string(20 + number) + "000-" + std::to_string(20 + number) + "999");
    text = with(with(text, "10.0.0.1/32", "127.0.0.1/32"), "203.0.113.10", public_);
    const auto log = setup_ / std::to_string(number) + ".log";
    text = with(with(text, "/srv/inbox", theirs_.string()), "/var/log/ftplike.log", log);
    const auto name = std::to_string(number) + ".toml";
    setup_.write(name, with(text, "/etc/ftplike/", setup_.string() + '/'));
    return std::make_unique<Member>(its_own, log, setup_ / name);
  }
  /// Waits until HAProxy takes so many of the servers for well, by what they answered.
  void wait_for_health(int well) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    for (int seen = -1; seen != well;) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << seen << " servers are well";
      const auto table = run({"curl", "--disable", "--silent", "http://" + public_ + ':' + health_ + "/;csv"}).output;
      seen = 0;
      for (auto at = table.find("L7OK"); at != table.npos; at = table.find("L7OK", at + 1)) ++seen;
    }
  }

  Outcome run(std::vector<std::string> arguments, std::string_view input = {}) const {
    Program program{std::move(arguments)};
    program.in(ours_.string()).with("HOME", home_.string()).with("LC_ALL", "C.UTF-8");
    return outcome_of(program, input);
  }
  Outcome curl(const std::string& source, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"curl", "--disable", "--silent", "--show-error", "--max-time", "55", "--interface", source,
                      "--user", "tester:secret", "--cacert", certificates_.authority(), "--no-ftp-skip-pasv-ip"});
    return run(std::move(arguments));
  }
  std::string url(bool implicit, const std::string& path = {}) const {
    return (implicit ? "ftps://" + public_ + ':' + implicit_ : "ftp://" + public_ + ':' + clear_) + '/' + path;
  }
  /// An address of a client whom HAProxy sends to that server.
  std::string client_of(const Member& member) const {
    for (int i = 2; i < 200; ++i) {
      const auto source = "127.0.7." + std::to_string(i);
      EXPECT_TRUE(ended_well(curl(source, {"--list-only", url(false)})));
      if (!member.lines(' ' + source + ':').empty()) return source;
    }
    ADD_FAILURE() << "nobody is sent to " << member.address;
    return {};
  }

  // All of 127/8 is this machine: a test's addresses are its own by its process.
  const std::string net_ = "127." + std::to_string(1 + ::getpid() / 250 % 250) + '.' + std::to_string(::getpid() % 250) + '.';
  const std::string public_ = net_ + "100";
  const std::string clear_ = port_of_ours(), implicit_ = port_of_ours(), control_ = port_of_ours(),
                    secured_ = port_of_ours(), health_ = port_of_ours();
  TestFolder theirs_, ours_, home_, setup_;
  Certificates certificates_;
  std::vector<std::unique_ptr<Member>> members_;
  std::unique_ptr<HaProxy> proxy_;
};

TEST_F(FleetBehindHaproxy, MovesFilesByEpsvAndPasvInClearAndUnderTls) {
  const auto sent = noise(300'000);
  ours_.write("up", sent);
  for (const auto& member : members_) {
    const auto source = client_of(*member);
    for (const std::string way : {"--ftp-pasv", "--disable-epsv"}) {
      for (const std::string protection : {"", "--ssl-reqd", "implicit"}) {
        const bool implicit = protection == "implicit";
        std::vector<std::string> options{way};
        if (!implicit && !protection.empty()) options.push_back(protection);
        const auto with_options = [&](std::vector<std::string> more) {
          more.insert(more.begin(), options.begin(), options.end());
          return curl(source, std::move(more));
        };
        ASSERT_TRUE(ended_well(with_options({"--upload-file", "up", url(implicit, "up")}))) << way << protection;
        EXPECT_TRUE(theirs_.read("up") == sent);
        EXPECT_TRUE(with_options({url(implicit, "up")}).output == sent) << way << protection;
        EXPECT_EQ(with_options({"--list-only", url(implicit)}).output, "up\n") << way << protection;
        std::filesystem::remove(theirs_ / "up");
      }
    }
    EXPECT_FALSE(member->lines("EPSV").empty());
    EXPECT_FALSE(member->lines("PASV").empty());
  }
}

TEST_F(FleetBehindHaproxy, MirrorsATreeWithLftpOfWhichEachServerKnowsTheAddress) {
  grow_tree(ours_);
  const auto tree = tree_of(ours_);
  const auto source = client_of(*members_[1]);
  const auto lftp = [&](const std::string& commands) {
    return run({"lftp", "--norc", "-c",
                "set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 20; set net:socket-bind-ipv4 " + source +
                    "; set ssl:ca-file " + certificates_.authority() +
                    "; set ftp:ssl-force yes; set ftp:ssl-protect-data yes; open --user tester --password secret " + url(false) +
                    "; " + commands});
  };
  ASSERT_TRUE(ended_well(lftp("mirror --reverse --parallel=3 . /up")));
  TestFolder back;
  ASSERT_TRUE(ended_well(lftp("mirror --parallel=3 /up " + back.string())));
  EXPECT_TRUE(tree_of(back) == tree);
  EXPECT_TRUE(members_[1]->lines("resumed for data").size() > 10);
}

TEST_F(FleetBehindHaproxy, ServesBothDialectsToOurClient) {
  const auto sent = noise(100'000);
  ours_.write("up", sent);
  for (const std::string dialect : {"ftplike", "standard"}) {
    for (const std::string protection : {"ftp", "ftpes"}) {
      const auto where = protection + "://tester:secret@" + public_ + ':' + clear_;
      std::vector<std::string> words{FTPLIKE_CLIENT_PROGRAM, "--dialect", dialect, where, "-c", "put up; ls; get up down"};
      if (protection == "ftpes") words.insert(words.end(), {"--cafile", certificates_.authority()});
      ASSERT_TRUE(ended_well(run(std::move(words)))) << dialect << protection;
      EXPECT_TRUE(theirs_.read("up") == sent) << dialect << protection;
      EXPECT_TRUE(ours_.read("down") == sent) << dialect << protection;
      std::filesystem::remove(theirs_ / "up");
      std::filesystem::remove(ours_ / "down");
    }
  }
}

TEST_F(FleetBehindHaproxy, ResumesATlsSessionAtAnotherServer) {
  const auto first = client_of(*members_[0]), second = client_of(*members_[2]);
  const auto session = [&](const std::string& source, const std::string& option) {
    return run({"openssl", "s_client", "-quiet", "-nocommands", "-tls1_3", "-starttls", "ftp", "-bind", source + ":0", "-connect",
                public_ + ':' + clear_, "-CAfile", certificates_.authority(), option, "session"}, "NOOP\r\nQUIT\r\n");
  };
  ASSERT_TRUE(ended_well(session(first, "-sess_out")));
  ASSERT_TRUE(ended_well(session(second, "-sess_in")));
  EXPECT_TRUE(members_[0]->lines("resumed").empty());
  EXPECT_EQ(members_[2]->lines("resumed").size(), 1u);
}

TEST_F(FleetBehindHaproxy, TellsOfClientsAloneAndNotOfTheChecks) {
  for (const auto& member : members_) {
    const auto source = client_of(*member);
    ASSERT_TRUE(ended_well(curl(source, {"--list-only", url(false)})));
  }
  wait_for_health(3);
  for (const auto& member : members_) {
    const auto connected = member->lines("connected to");
    EXPECT_EQ(member->lines(" 127.0.0.1:"), std::vector<std::string>{}) << "that is HAProxy";
    EXPECT_EQ(member->lines("connected to " + public_ + ':' + clear_).size(), connected.size());
    const auto counts = run({"curl", "--disable", "--silent", member->metrics}).output;
    EXPECT_NE(counts.find("\nftplike_sessions_total " + std::to_string(connected.size()) + '\n'), counts.npos) << counts;
    EXPECT_NE(counts.find("\nftplike_strangers_refused_total 0\n"), counts.npos);
  }
}

TEST_F(FleetBehindHaproxy, GoesOnWithTwoServersWhenOneIsKilled) {
  const auto source = client_of(*members_[0]);
  const auto sent = noise(2'000'000);
  ours_.write("up", sent);
  Program program{{"curl", "--disable", "--silent", "--interface", source, "--user", "tester:secret", "--limit-rate", "400k",
                   "--upload-file", "up", url(false, "up")}};
  program.in(ours_.string());
  Process upload{program};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (size_of(theirs_ / ".ftplike-partial.up") == 0) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  members_[0]->process.signal(SIGKILL);
  EXPECT_NE(upload.wait(), 0);
  wait_for_health(2);
  EXPECT_FALSE(theirs_.has("up"));
  ASSERT_TRUE(ended_well(curl(source, {"--continue-at", "-", "--upload-file", "up", url(false, "up")})));
  EXPECT_TRUE(theirs_.read("up") == sent);
  EXPECT_EQ(theirs_.count(), 1u);
}

}  // namespace
