// The server program under TLS, met by the clients that people have.
#include <algorithm>
#include <asio/use_future.hpp>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <support/certificates.hpp>
#include <utility>
#include <vector>

#include <ftplike/client/pool.hpp>
#include <ftplike/tls.hpp>

#include "running_server.hpp"
#include "support/wire.hpp"
#include "tree.hpp"

namespace {

/// A server on a folder, which demands everything that TLS can give.
class TlsInterop : public testing::Test {
 protected:
  TlsInterop() : files{certificates.issue("server")} {}

  void serve(const std::vector<std::string>& more = {"--tls", "required", "--tls-reuse", "required"}) {
    std::vector<std::string> options{"--cert", files.certificate, "--key", files.key, "--tls-implicit", "127.0.0.1:0"};
    options.insert(options.end(), more.begin(), more.end());
    server = std::make_unique<RunningServer>(theirs.string(), options);
    const auto where = server->process().line_after("listening with TLS on ");
    implicit_port = where.substr(where.rfind(':') + 1);
  }
  Outcome run(std::vector<std::string> arguments, std::string_view input = {}) const {
    Program program{std::move(arguments)};
    program.in(ours.string()).with("HOME", home.string()).with("LC_ALL", "C.UTF-8");
    return outcome_of(program, input);
  }
  Outcome curl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"curl", "--disable", "--silent", "--show-error", "--max-time", "55", "--user",
                                         "tester:secret", "--cacert", certificates.authority()});
    return run(std::move(arguments));
  }
  std::string url(bool implicit, const std::string& path = {}) const {
    return (implicit ? "ftps://127.0.0.1:" + implicit_port : "ftp://127.0.0.1:" + server->port()) + '/' + path;
  }
  /// A session of openssl s_client, which says `input` after the handshake.
  Outcome s_client(std::vector<std::string> options, std::string_view input) const {
    options.insert(options.begin(), {"openssl", "s_client", "-quiet", "-nocommands", "-CAfile",
                                     certificates.authority(), "-verify_return_error"});
    return run(std::move(options), input);
  }

  Certificates certificates;
  CertificateFiles files;
  TestFolder theirs, ours, home;
  std::unique_ptr<RunningServer> server;
  std::string implicit_port;
};

TEST_F(TlsInterop, ServesCurlInBothVersionsAndFromTheFirstByteOn) {
  serve();
  for (const bool implicit : {false, true}) {
    for (const std::vector<std::string>& version :
         {std::vector<std::string>{"--tls-max", "1.2"}, std::vector<std::string>{"--tlsv1.3"}}) {
      for (const std::size_t size : {0u, 16'385u, 3'000'000u}) {
        ours.write("up", noise(size));
        auto words = version;
        words.insert(words.end(), {"--ssl-reqd", "--upload-file", "up", url(implicit, "file")});
        ASSERT_TRUE(ended_well(curl(words))) << size;
        EXPECT_TRUE(theirs.read("file") == noise(size)) << size;
        words = version;
        words.insert(words.end(), {"--ssl-reqd", "--output", "down", url(implicit, "file")});
        ASSERT_TRUE(ended_well(curl(words))) << size;
        EXPECT_TRUE(ours.read("down") == noise(size)) << size;
      }
    }
  }
}

// In TLS 1.2: of 1.3 curl's process has one session, which OpenSSL takes once, so that now and then one of many transfers
// that begin at the same moment has none.
TEST_F(TlsInterop, ServesCurlsParallelTransfersWhereAnySessionOfTheUserWillDo) {
  serve({"--tls", "required", "--tls-reuse", "same-user"});
  std::vector<std::string> down{"--parallel", "--parallel-immediate", "--ssl-reqd", "--tls-max", "1.2"};
  auto up = down;
  const auto content = [](const std::string& name) { return noise(30'000, static_cast<unsigned>(name.back())); };
  const std::vector<std::string> names{"a", "b", "c", "d", "e", "f", "g", "h"};
  for (const auto& name : names) {
    theirs.write(name, content(name));
    ours.write("ours_" + name, content(name));
    down.insert(down.end(), {"--output", "down_" + name, url(false, name)});
    up.insert(up.end(), {"--upload-file", "ours_" + name, url(false, "up_" + name)});
  }
  ASSERT_TRUE(ended_well(curl(down)));
  ASSERT_TRUE(ended_well(curl(up)));
  for (const auto& name : names) {
    EXPECT_TRUE(ours.read("down_" + name) == content(name)) << name;
    EXPECT_TRUE(theirs.read("up_" + name) == content(name)) << name;
  }
}

TEST_F(TlsInterop, ServesAProgramWithoutCoroutines) {
  serve();
  theirs.write("file", noise(300'000));
  const ftplike::Url tester{"ftpes://tester:secret@127.0.0.1:" + server->port()};
  ftplike::TlsBlockingClient client{ftplike::TlsClient{{.ca_file = certificates.authority()}}, tester};
  EXPECT_EQ(client.tls().version, "TLSv1.3");
  EXPECT_TRUE(client.peer_certificate());
  client.download("file", ours / "down");
  EXPECT_TRUE(ours.read("down") == noise(300'000));
  client.upload(ftplike::TextSource{"hello"}, "up");
  EXPECT_EQ(theirs.read("up"), "hello");
}

TEST_F(TlsInterop, ServesAPoolOnALoopOfItsProgram) {
  serve();
  const ftplike::Url tester{"ftpes://tester:secret@127.0.0.1:" + server->port()};
  asio::io_context loop;
  ftplike::TlsTransport network{ftplike::TlsClient{{.ca_file = certificates.authority()}}, loop};
  ftplike::ClientPool pool{network, tester};
  auto sent = asio::co_spawn(loop, pool.upload(ftplike::TextSource{"hello"}, "up"), asio::use_future);
  loop.run();
  EXPECT_EQ(sent.get().transferred, 5u);
  EXPECT_EQ(theirs.read("up"), "hello");
}

TEST_F(TlsInterop, GivesCurlNothingInClear) {
  serve();
  theirs.write("file", "secret");
  const auto clear = curl({url(false, "file")});
  EXPECT_EQ(clear.status, 67) << clear.errors;
  const auto control_only = curl({"--ftp-ssl-control", url(false, "file")});
  EXPECT_NE(control_only.status, 0);
  EXPECT_EQ(control_only.output, "");
}

TEST_F(TlsInterop, IsNotTrustedByACurlThatKnowsAnotherAuthority) {
  serve();
  const Certificates others{"Another authority"};
  const auto outcome = run({"curl", "--disable", "--silent", "--show-error", "--ssl-reqd", "--user", "tester:secret",
                            "--cacert", others.authority(), url(false)});
  EXPECT_EQ(outcome.status, 60) << outcome.errors;
}

TEST_F(TlsInterop, ServesLftpWithATree) {
  serve();
  grow_tree(ours);
  const auto tree = tree_of(ours);
  TestFolder back;
  const auto lftp = [&](const std::string& where) {
    return run({"lftp", "--norc", "-c",
                "set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 20; set ftp:ssl-force yes; "
                "set ssl:ca-file " +
                    certificates.authority() + "; open --user tester --password secret " + where +
                    "; mirror --reverse --parallel=3 . /up; mirror --parallel=3 /up " + back.string()});
  };
  ASSERT_TRUE(ended_well(lftp("ftp://localhost:" + server->port())));
  EXPECT_TRUE(tree_of(back) == tree);
  ASSERT_TRUE(ended_well(lftp("ftps://localhost:" + implicit_port)));
}

TEST_F(TlsInterop, ServesPythonsClient) {
  serve();
  const auto script = std::string{FTPLIKE_EXAMPLES} + "/../tests/interop/ftplib_tls.py";
  EXPECT_TRUE(ended_well(run({"python3", "-I", script, "127.0.0.1", server->port(), certificates.authority()})));
}

TEST_F(TlsInterop, TalksToOpenssl) {
  serve();
  for (const auto* const version : {"-tls1_2", "-tls1_3"}) {
    const auto explicit_one = s_client({version, "-starttls", "ftp", "-connect", "127.0.0.1:" + server->port()},
                                       "USER tester\r\nPASS secret\r\nQUIT\r\n");
    EXPECT_NE(explicit_one.output.find("230 Logged in\r\n221 Goodbye\r\n"), std::string::npos)
        << explicit_one.output << explicit_one.errors;
    const auto implicit_one = s_client({version, "-connect", "127.0.0.1:" + implicit_port, "-alpn", "ftp"}, "QUIT\r\n");
    EXPECT_EQ(implicit_one.output, "220 FTP Server Ready\r\n221 Goodbye\r\n") << implicit_one.errors;
  }
  EXPECT_NE(s_client({"-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0", "-connect", "127.0.0.1:" + implicit_port}, "").status,
            0);
  EXPECT_NE(s_client({"-connect", "127.0.0.1:" + implicit_port, "-alpn", "http/1.1"}, "QUIT\r\n").status, 0);
}

TEST_F(TlsInterop, ObeysNothingThatSomebodyPutBehindAuth) {
  serve();
  Wire together{server->port()};
  EXPECT_EQ(together.reply(), "220 FTP Server Ready");
  together.send("AUTH TLS\r\nUSER tester\r\nPASS secret\r\n");
  EXPECT_EQ(together.receive_all(), "503 Nothing may follow AUTH before the handshake\r\n");
  Wire after{server->port()};
  after.reply();
  EXPECT_EQ(after.ask("AUTH TLS"), "234 Begin the TLS handshake");
  after.send("USER tester\r\nPASS secret\r\n");
  const std::string answer = after.receive_all();
  EXPECT_EQ(answer.find("331"), std::string::npos) << answer;
  Wire web{implicit_port};
  web.send("GET / HTTP/1.1\r\n\r\n");
  const std::string page = web.receive_all();
  EXPECT_EQ(page.find("220"), std::string::npos) << page;
}

TEST_F(TlsInterop, TakesAnotherCertificateWithoutLosingASession) {
  serve();
  const auto serial = [this] {
    const auto shown = run({"openssl", "s_client", "-connect", "127.0.0.1:" + implicit_port});
    return shown.output.substr(0, shown.output.find("-----END CERTIFICATE"));
  };
  const std::string before = serial();
  Process kept{{"openssl", "s_client", "-quiet", "-nocommands", "-connect", "127.0.0.1:" + implicit_port}};
  EXPECT_EQ(kept.line(), "220 FTP Server Ready\r");
  certificates.issue("server");
  server->process().signal(SIGHUP);
  EXPECT_EQ(server->process().error_line(), "ftplike-server: read again: 1 users");
  EXPECT_NE(serial(), before);
  kept.say("NOOP\r\nQUIT\r\n");
  EXPECT_EQ(kept.line(), "200 OK\r");
  EXPECT_EQ(kept.line(), "221 Goodbye\r");
}

TEST_F(TlsInterop, LetsACertificateIn) {
  const TestFolder configuration;
  configuration.write("users", "carl:*:/:write:certificate=carl\n");
  serve({"--tls", "required", "--tls-client-ca", certificates.authority(), "--users", configuration / "users"});
  const auto carl = certificates.issue("carl", {.common_name = "carl", .alternative_names = ""});
  const std::string login = "USER carl\r\nQUIT\r\n";
  const auto shown =
      s_client({"-connect", "127.0.0.1:" + implicit_port, "-cert", carl.certificate, "-key", carl.key}, login);
  EXPECT_EQ(shown.output, "220 FTP Server Ready\r\n232 Logged in by certificate\r\n221 Goodbye\r\n") << shown.errors;
  const auto without = s_client({"-connect", "127.0.0.1:" + implicit_port}, login);
  EXPECT_EQ(without.output, "220 FTP Server Ready\r\n331 Password required\r\n221 Goodbye\r\n") << without.errors;
}

/// Our client program on such a server.
class TlsClientProgram : public TlsInterop {
 protected:
  Outcome client(std::vector<std::string> words, std::string_view input = {}) const {
    words.insert(words.begin(), {FTPLIKE_CLIENT_PROGRAM, "--quiet"});
    return run(std::move(words), input);
  }
  std::string at(const std::string& scheme, const std::string& path) const {
    const std::string port = scheme == "ftps" ? implicit_port : server->port();
    return scheme + "://tester:secret@127.0.0.1:" + port + '/' + path;
  }
};

TEST_F(TlsClientProgram, CarriesFilesBothWaysWhereDataMustResumeTheSession) {
  serve();
  const std::string authority = certificates.authority();
  for (const std::string scheme : {"ftpes", "ftps"}) {
    for (const std::size_t size : {0u, 16'385u, 3'000'000u}) {
      ours.write("up", noise(size));
      ASSERT_TRUE(ended_well(client({"--cafile", authority, "put", "up", at(scheme, "file")}))) << size;
      EXPECT_TRUE(theirs.read("file") == noise(size)) << size;
      ASSERT_TRUE(ended_well(client({"--cafile", authority, "get", at(scheme, "file"), "down"}))) << size;
      EXPECT_TRUE(ours.read("down") == noise(size)) << size;
    }
  }
  ASSERT_TRUE(ended_well(client({"--tls", "explicit", "--cafile", authority, "get", at("ftp", "file"), "again"})));
}

TEST_F(TlsClientProgram, MirrorsATree) {
  serve();
  grow_tree(ours);
  const auto tree = tree_of(ours);
  const std::string authority = certificates.authority();
  ASSERT_TRUE(ended_well(client({"--cafile", authority, "mirror", "--reverse", ".", at("ftpes", "up")})));
  TestFolder back;
  ASSERT_TRUE(ended_well(client({"--cafile", authority, "mirror", at("ftpes", "up"), back.string()})));
  EXPECT_TRUE(tree_of(back) == tree);
}

TEST_F(TlsClientProgram, ShowsTheProtectionInThePrompt) {
  serve();
  const auto said = [this](std::vector<std::string> words) {
    words.push_back(at("ftpes", ""));
    words.insert(words.begin(), FTPLIKE_CLIENT_PROGRAM);
    return run(std::move(words), "pwd\nquit\n");
  };
  const auto trusted = said({"--cafile", certificates.authority()});
  EXPECT_TRUE(trusted.output.starts_with("ftp [TLSv1.3]> pwd\n257 \"/\"")) << trusted.output << trusted.errors;
  const auto insecure = said({"--insecure"});
  EXPECT_TRUE(insecure.output.starts_with("ftp [TLSv1.3, unverified]> pwd\n")) << insecure.output;
  EXPECT_EQ(insecure.errors, "ftplike-client: warning: nobody checks who this server is (--insecure)\n");
}

TEST_F(TlsClientProgram, TrustsTheCertificateThatIsPinnedAndNoOther) {
  serve();
  theirs.write("file", "content");
  const auto pin_of = [this](const CertificateFiles& of) {
    const auto told =
        run({"openssl", "x509", "-in", of.certificate, "-noout", "-fingerprint", "-sha256"}).output;  // name=number
    return told.substr(told.find('=') + 1, 95);
  };
  const std::string right = pin_of(files), wrong = pin_of(certificates.issue("other"));
  for (const std::string scheme : {"ftpes", "ftps"}) {
    EXPECT_TRUE(ended_well(client({"--pin", right, "get", at(scheme, "file"), scheme})));
    EXPECT_TRUE(ended_well(client({"--pin", wrong, "--pin", right, "get", at(scheme, "file"), scheme})));
    EXPECT_EQ(ours.read(scheme), "content");
    EXPECT_EQ(client({"--pin", wrong, "get", at(scheme, "file"), "x"}).errors,
              "ftplike-client: TLS: 127.0.0.1: the certificate is not the pinned one\n");
  }
  const auto nonsense = client({"--pin", "nonsense", "get", at("ftps", "file"), "x"});
  EXPECT_EQ(nonsense.status, 2);
  EXPECT_EQ(nonsense.errors,
            "ftplike-client: --pin: 64 hexadecimal digits are wanted, with or without colons, and no label\n");
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"--insecure"}, {"--cafile", certificates.authority()}}) {
    std::vector<std::string> words{"--pin", right, "get", at("ftps", "file"), "x"};
    words.insert(words.begin(), other.begin(), other.end());
    EXPECT_EQ(client(words).status, 2) << other.front();
  }
  EXPECT_FALSE(ours.has("x"));
}

TEST_F(TlsClientProgram, WantsNoCertificateOfAServerInClear) {
  const RunningServer clear{theirs.string()};
  theirs.write("file", "content");
  const std::string pin(64, '0');
  for (const std::vector<std::string>& wish :
       {std::vector<std::string>{"--pin", pin}, {"--cafile", certificates.authority()}}) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"get", clear.url("file")},
                                                  {"mirror", clear.url(), "."},
                                                  {clear.url(), "-c", "pwd"}}) {
      std::vector<std::string> all = wish;
      all.insert(all.end(), words.begin(), words.end());
      const auto refused = client(all);
      EXPECT_EQ(refused.status, 2) << words.front();
      EXPECT_EQ(refused.errors, "ftplike-client: --pin and --cafile want ftpes://, ftps:// or --tls\n");
    }
  }
  EXPECT_FALSE(ours.has("file"));
}

TEST_F(TlsClientProgram, SaysWhyItDoesNotGoOn) {
  serve();
  theirs.write("file", "content");
  const RunningServer without{theirs.string()};
  const auto get = [this](std::vector<std::string> words) {
    const auto outcome = client(std::move(words));
    EXPECT_NE(outcome.status, 0);
    EXPECT_EQ(outcome.output, "");
    return outcome.errors;
  };
  const std::string prefix = "ftplike-client: ";
  EXPECT_EQ(get({"get", at("ftpes", "file")}), prefix + "TLS: 127.0.0.1: nobody trusted has signed the certificate\n");
  EXPECT_EQ(get({"--cafile", certificates.path("none"), "get", at("ftpes", "file")}),
            prefix + "certificates " + certificates.path("none") + ": No such file or directory\n");
  EXPECT_EQ(get({"get", at("ftp", "file")}), prefix + "USER: 530 TLS is required: say AUTH TLS first\n");
  const std::string there = "tester:secret@127.0.0.1:" + without.port() + "/file";
  EXPECT_EQ(get({"get", "ftpes://" + there}), prefix + "AUTH: 502 TLS is not offered here\n");
  EXPECT_EQ(get({"get", "ftps://" + there}), prefix + "TLS: 127.0.0.1: the peer does not speak TLS\n");
  EXPECT_EQ(ours.count(), 0u);
}

TEST(TlsOptions, AreRefusedInOneLineWhereTheyMakeNoSense) {
  Certificates certificates;
  const auto files = certificates.issue("server"), others = certificates.issue("others");
  const TestFolder root;
  const auto refusal = [&root](std::vector<std::string> options) {
    options.insert(options.begin(), {FTPLIKE_SERVER_PROGRAM, "--check", "--root", root.string()});
    const auto outcome = outcome_of(Program{std::move(options)});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
    return outcome.errors;
  };
  const std::string prefix = "ftplike-server: ";
  EXPECT_EQ(refusal({"--cert", files.certificate}), prefix + "cert: its key is missing (key)\n");
  EXPECT_EQ(refusal({"--key", files.key}), prefix + "key: without cert there is no TLS\n");
  EXPECT_EQ(refusal({"--tls", "required"}), prefix + "tls: without cert there is no TLS\n");
  EXPECT_EQ(refusal({"--tls-implicit", "127.0.0.1:0"}), prefix + "tls-implicit: without cert there is no TLS\n");
  EXPECT_EQ(refusal({"--tls", "maybe"}), prefix + "--tls: 'maybe' is not off, offered or required\n");
  EXPECT_EQ(refusal({"--tls-reuse", "no"}),
            prefix + "--tls-reuse: 'no' is not off, preferred, same-user or required\n");
  EXPECT_EQ(refusal({"--cert", files.certificate, "--key", files.key, "--tls", "off", "--tls-implicit", "127.0.0.1:0"}),
            prefix + "tls-implicit: tls is off\n");
  EXPECT_EQ(refusal({"--cert", certificates.path("none"), "--key", files.key}),
            prefix + "certificate " + certificates.path("none") + ": No such file or directory\n");
  EXPECT_EQ(refusal({"--cert", files.certificate, "--key", others.key}),
            prefix + "key " + others.key + ": TLS: key values mismatch\n");
}

}  // namespace
