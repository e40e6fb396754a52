#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/tls.hpp>

#include "support/certificates.hpp"
#include "support/environment.hpp"
#include "support/folder.hpp"
#include "support/scripted_server.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

/// Our client and our server on a simulated network with TLS.
class TlsClientSession : public testing::Test {
 protected:
  using Wire = TlsTransport<SimulatedTransport>;
  using TheServer = ServerOf<Wire, MemoryStorage, UserTable>;
  static constexpr std::uint16_t port = 21, implicit_port = 990;

  void serve(const CertificateFiles& shown, TlsPolicy policy = TlsPolicy::required) {
    TlsServerSettings settings;
    settings.certificate = shown.certificate;
    settings.key = shown.key;
    settings.reuse = TlsReuse::required;
    settings.oldest = settings.newest = version;
    serve(TlsServer{settings}, policy);
  }
  void serve(TlsServer tls, TlsPolicy policy) {
    const bool has_certificate = static_cast<bool>(tls);
    transport = std::make_unique<Wire>(std::move(tls), network);
    UserTable users{Anonymous{.without_login = "write"}};
    users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
    server = std::make_unique<TheServer>(*transport, Ftp{}, storage, std::move(users), policy);
    server->listen({asio::ip::address_v4::loopback(), port});
    const Endpoint secured{asio::ip::address_v4::loopback(), implicit_port};
    if (has_certificate) {
      server->listen(secured, Beginning::implicit_tls);
    } else {
      server->listen(secured);
    }
  }
  void serve() { serve(certificates.issue("server")); }
  ~TlsClientSession() override {
    if (server) server->stop();
    network.advance(1h);
    EXPECT_EQ(network.open_streams(), 0u);
    EXPECT_EQ(network.open_acceptors(), 0u);
    EXPECT_EQ(network.pending_timers(), 0u);
  }

  static Url anna(Secure secure) {
    Url url{"127.0.0.1", secure == Secure::implicit_tls ? implicit_port : port};
    url.secure = secure;
    url.user = "anna";
    url.password = "secret";
    return url;
  }
  TlsClientSettings trusting() const {
    TlsClientSettings settings;
    settings.ca_file = certificates.authority();
    return settings;
  }
  Client<Wire> log_in(const Url& url, ClientOptions options = {}) {
    ours = std::make_unique<Wire>(TlsClient{trusting()}, network);
    return network.run(connect(*ours, url, options));
  }
  /// What a client says that is not let in.
  std::string complaint(const TlsClientSettings& settings, const Url& url) {
    ours = std::make_unique<Wire>(TlsClient{settings}, network);
    try {
      network.run(connect(*ours, url));
    } catch (const ClientError& error) { return error.what(); }
    return "none";
  }
  std::string complaint(const TlsClientSettings& settings) { return complaint(settings, anna(Secure::explicit_tls)); }
  void carry_files(Client<Wire>& client) {
    folder.write("b.txt", std::string(200'000, 'b'));
    network.run(client.download("a.txt", folder / "a.txt"));
    network.run(client.upload(folder / "b.txt", "b.txt"));
    network.run(client.download("b.txt", folder / "c.txt"));
    EXPECT_EQ(folder.read("a.txt"), "hello");
    EXPECT_EQ(folder.read("c.txt"), std::string(200'000, 'b'));
    EXPECT_EQ(network.run(client.list()).size(), 2u);
  }

  SimulatedNetwork network{7};
  Certificates certificates;
  TestFolder folder;
  TlsVersion version = TlsVersion::tls_1_3;
  MemoryStorage storage{{"/a.txt", "hello"}};
  std::unique_ptr<Wire> transport, ours;
  std::unique_ptr<TheServer> server;
};

TEST_F(TlsClientSession, CarriesFilesBothWaysWhereDataMustResumeTheSession) {
  for (const auto each : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    version = each;
    serve();
    auto client = log_in(anna(Secure::explicit_tls));
    EXPECT_EQ(client.tls().version, each == TlsVersion::tls_1_2 ? "TLSv1.2" : "TLSv1.3");
    carry_files(client);
    network.run(client.quit());
    server->stop();
    network.advance(1h);
  }
}

TEST_F(TlsClientSession, BeginsWithTheHandshakeWhereTlsIsImplicit) {
  serve();
  auto client = log_in(anna(Secure::implicit_tls));
  carry_files(client);
  network.run(client.quit());
}

TEST_F(TlsClientSession, ResumesAsManyTransfersAsThereAre) {
  serve();
  auto client = log_in(anna(Secure::explicit_tls));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(network.run(client.list()).size(), 1u);
  network.run(client.quit());
}

TEST_F(TlsClientSession, CanBeAnFtpLikeOne) {
  serve();
  Url url{"127.0.0.1", port};
  url.secure = Secure::explicit_tls;
  auto client = log_in(url);
  EXPECT_EQ(client.dialect(), Dialect::ftplike);
  carry_files(client);
  network.run(client.quit());
}

TEST_F(TlsClientSession, IsTheSameHoweverTheBytesAreSplit) {
  network.conditions().split = Split::every_byte;
  network.conditions().interleave = true;
  serve();
  auto client = log_in(anna(Secure::explicit_tls));
  network.run(client.download("a.txt", folder / "a.txt"));
  network.run(client.upload(folder / "a.txt", "b.txt"));
  EXPECT_EQ(network.run(client.size("b.txt")), 5u);
  network.run(client.quit());
}

TEST_F(TlsClientSession, ComplainsOfEveryCertificateThatItCannotTrust) {
  const auto refused = [this](const std::string& file, const CertificateWish& wish) {
    serve(certificates.issue(file, wish));
    const std::string words = complaint(trusting());
    server->stop();
    network.advance(1h);
    return words;
  };
  EXPECT_EQ(refused("old", {.begins = -7200, .ends = -3600}), "TLS: 127.0.0.1: the certificate has expired");
  EXPECT_EQ(refused("early", {.begins = 3600, .ends = 7200}), "TLS: 127.0.0.1: the certificate is not valid yet");
  EXPECT_EQ(refused("other", {.alternative_names = "DNS:other.example,IP:10.0.0.1"}),
            "TLS: 127.0.0.1: the certificate is for another address");
  EXPECT_EQ(refused("own", {.signed_by_itself = true}),
            "TLS: 127.0.0.1: the certificate is self-signed and not trusted");
  const Certificates others{"Other authority"};
  serve();
  TlsClientSettings strangers, pinned, system;
  strangers.ca_file = others.authority();
  EXPECT_EQ(complaint(strangers), "TLS: 127.0.0.1: nobody trusted has signed the certificate");
  EXPECT_EQ(complaint(system), "TLS: 127.0.0.1: nobody trusted has signed the certificate");
  pinned.pinned.push_back(*Fingerprint::parse(std::string(64, '0')));
  EXPECT_EQ(complaint(pinned), "TLS: 127.0.0.1: the certificate is not the pinned one");
}

TEST_F(TlsClientSession, TrustsTheSystemsAuthoritiesWhichItReadsBeforeItsFirstHandshake) {
  serve();
  ours = std::make_unique<Wire>(TlsClient{}, network);
  set_variable("SSL_CERT_FILE", certificates.authority().c_str());
  auto client = network.run(connect(*ours, anna(Secure::explicit_tls)));
  remove_variable("SSL_CERT_FILE");
  network.run(client.quit());
}

TEST_F(TlsClientSession, TrustsNobodyButWhomTheLastWordOnItsContextLeaves) {
  serve();
  set_variable("SSL_CERT_FILE", certificates.authority().c_str());
  TlsClientSettings settings;
  int known = 0;
  settings.context = [&known](SSL_CTX* context) {
    known = sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context)));
    SSL_CTX_set_cert_store(context, X509_STORE_new());
  };
  EXPECT_EQ(complaint(settings), "TLS: 127.0.0.1: nobody trusted has signed the certificate");
  EXPECT_GT(known, 0) << "what it would leave was not there yet";
  remove_variable("SSL_CERT_FILE");
}

TEST_F(TlsClientSession, TrustsAPinnedCertificateOrAnyIfToldTo) {
  serve(certificates.issue("own", {.alternative_names = "", .signed_by_itself = true}));
  TlsClientSettings settings;
  settings.insecure = true;
  ours = std::make_unique<Wire>(TlsClient{settings}, network);
  {
    auto client = network.run(connect(*ours, anna(Secure::explicit_tls)));
    settings.insecure = false;
    settings.pinned.push_back(client.peer_certificate()->fingerprint);
  }
  EXPECT_EQ(complaint(settings), "none");
}

TEST_F(TlsClientSession, AsksForProtectionOnceMoreAfterTheLoginAndOnlyProtDecides) {
  const auto shown = certificates.issue("server");
  TlsServerSettings settings;
  settings.certificate = shown.certificate;
  settings.key = shown.key;
  struct Case {
    const char* refused;  // of the verbs; only before the login, if it begins with '<'
    int asked;            // PROT
    const char* outcome;
    Secure secure = Secure::explicit_tls;
  };
  for (const Case& each : {Case{"", 1, "none"}, Case{"<PBSZ PROT", 2, "none"}, Case{"<PROT", 2, "none"},
                           Case{"PROT", 2, "PROT: 536 No"}, Case{"PBSZ", 1, "none", Secure::implicit_tls}}) {
    const std::string refused = each.refused;
    bool logged_in = false;
    int asked = 0, listed = 0;
    const auto hook = [&](const CommandSeen& command) -> std::optional<Reply> {
      if (command.verb == "PASS") logged_in = true;
      if (command.verb == "PROT") ++asked;
      if (command.verb == "MLSD") ++listed;
      const bool refuses = refused.find(command.verb) != refused.npos && !(refused.starts_with('<') && logged_in);
      return refuses ? std::optional{Reply{536, "No"}} : std::nullopt;
    };
    Wire theirs{TlsServer{settings}, network}, mine{TlsClient{trusting()}, network};
    UserTable users{Anonymous{.without_login = Rights::all()}};
    users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
    Server one{theirs, MemoryStorage{{"/a.txt", "hello"}}, std::move(users), TlsPolicy::required, Observers{hook}};
    one.listen({asio::ip::address_v4::loopback(), port});
    one.listen({asio::ip::address_v4::loopback(), implicit_port}, Beginning::implicit_tls);
    std::string outcome = "none";
    try {
      auto client = network.run(connect(mine, anna(each.secure)));
      EXPECT_EQ(network.run(client.list()).size(), 1u);
      network.run(client.quit());
    } catch (const ClientError& error) { outcome = error.what(); }
    EXPECT_EQ(outcome, each.outcome) << refused;
    EXPECT_EQ(asked, each.asked) << refused;
    EXPECT_EQ(listed, outcome == "none" ? 1 : 0) << refused;
    one.stop();
    network.advance(1h);
  }
}

TEST_F(TlsClientSession, SaysNoPasswordWhereTheServerHasNoTls) {
  serve(TlsServer{}, TlsPolicy::offered);
  EXPECT_EQ(complaint(trusting()), "AUTH: 502 TLS is not offered here");
  EXPECT_NE(complaint(trusting(), anna(Secure::implicit_tls)), "none");
}

/// What a client makes of a server that does as the script says, at 10.0.0.2.
std::string complaint_at_script(SimulatedNetwork& network) {
  TlsTransport<SimulatedTransport> wire{TlsClient{}, network};
  Url url{"10.0.0.2", 21};
  url.secure = Secure::explicit_tls;
  url.user = "ann";
  url.password = "secret";
  try {
    network.run(connect(wire, url));
  } catch (const ClientError& error) { return error.what(); }
  return "none";
}

TEST(TlsClientAndAttacker, HearNothingThatWasSaidInClearBeforeTheHandshake) {
  SimulatedNetwork network{1};
  ScriptedServer server{network};
  server.says("220 Hello").hears("AUTH TLS").says_raw("234 Go\r\n230 Logged in, send your files\r\n").is_left();
  EXPECT_EQ(complaint_at_script(network), "AUTH: unexpected reply");
}

TEST(TlsClientAndAttacker, DoNotGoOnInClearWhenSomebodyTakesAuthAway) {
  for (const auto* const reply : {"500 What?", "534 Not here", "220 Welcome to anybody"}) {
    SimulatedNetwork network{1};
    ScriptedServer server{network};
    server.says("220 Hello").dialogue("AUTH TLS", reply).is_left();
    EXPECT_NE(complaint_at_script(network), "none") << reply;
  }
}

TEST(TlsClientAndAttacker, DoNotTakeSomethingElseForAHandshake) {
  SimulatedNetwork network{1};
  ScriptedServer server{network};
  server.says("220 Hello").hears("AUTH TLS").says("234 Go").waits(1s).says("230 Logged in").is_left();
  EXPECT_EQ(complaint_at_script(network), "TLS: 10.0.0.2: the peer does not speak TLS");
}

using CarelessWire = TlsTransport<SimulatedTransport>;

/// A server with implicit TLS that knows no PBSZ, never says goodbye within TLS, and calls all transfers complete but
/// that of "cut". Its files have ten bytes, whatever it tells of them. It leaves the connections of uploads as they
/// are. Where it is told so, it hears no command before it has shaken hands on the data connection.
awaitable<void> serve_carelessly(CarelessWire& network, CarelessWire::Acceptor& door, CarelessWire::Acceptor& data_door,
                                 bool shakes_hands_first = false) {
  const Executor executor = co_await asio::this_coro::executor;
  auto control = co_await door.accept(executor);
  co_await control.accept_tls(network.tls_server());
  std::string reply = "220 Hello\r\n", heard;
  std::vector<std::byte> room(4096);
  std::vector<CarelessWire::Stream> kept;
  std::optional<CarelessWire::Stream> early;
  for (;;) {
    co_await control.write(as_bytes(reply));
    if (shakes_hands_first && reply.starts_with("229")) {
      auto data = co_await data_door.accept(executor);
      co_await data.accept_tls(control);
      early.emplace(std::move(data));
    }
    while (heard.find('\n') == heard.npos) {
      const std::size_t n = co_await control.read_some(room);
      if (n == 0) co_return;
      heard += as_text(std::span{room}.first(n));
    }
    const std::string verb = heard.substr(0, 4), name = heard.substr(5, heard.find('\r') - 5);
    heard.erase(0, heard.find('\n') + 1);
    const std::string size = name == "whole" || name == "cut" ? "213 10\r\n" : name == "long" ? "213 11\r\n" : "";
    reply = verb == "USER"    ? "331 Password?\r\n"
            : verb == "PASS"  ? "230 Welcome\r\n"
            : verb == "PBSZ"  ? "500 What?\r\n"
            : verb == "PWD\r" ? "257 \"/\"\r\n"
            : verb == "FEAT"  ? "211-Features:\r\n SIZE\r\n211 End\r\n"
            : verb == "EPSV"  ? "229 Passive (|||" + std::to_string(data_door.endpoint().port()) + "|)\r\n"
            : verb == "SIZE"  ? size.empty() ? "550 Who knows\r\n" : size
                              : "200 OK\r\n";
    if (verb != "RETR" && verb != "STOR") continue;
    constexpr std::string_view opening = "150 Here\r\n", half = "half of it";
    co_await control.write(as_bytes(opening));
    if (!early) {
      auto accepted = co_await data_door.accept(executor);
      early.emplace(std::move(accepted));
    }
    CarelessWire::Stream data = *std::exchange(early, std::nullopt);
    co_await data.accept_tls(control);
    if (verb == "RETR") {
      co_await data.write(as_bytes(half));
      data.close();
    } else {
      for (std::size_t n = 1; n > 0;) {
        const std::size_t came = co_await data.read_some(room);
        n = came;
      }
      kept.push_back(std::move(data));
    }
    reply = name == "cut" ? "426 Cut off\r\n" : "226 Complete\r\n";
  }
}

TEST_F(TlsClientSession, TakesADownloadWithoutAGoodbyeForWholeOnlyWhereItsLengthSaysSo) {
  const auto shown = certificates.issue("careless");
  TlsServerSettings settings;
  settings.certificate = shown.certificate;
  settings.key = shown.key;
  CarelessWire theirs{TlsServer{settings}, network};
  auto door = theirs.listen(theirs.executor(), {asio::ip::address_v4::loopback(), implicit_port});
  auto data_door = theirs.listen(theirs.executor(), {asio::ip::address_v4::loopback(), 40'000});
  start_on(theirs.executor(), serve_carelessly(theirs, door, data_door), {}, [](std::exception_ptr) {});
  auto client = log_in(anna(Secure::implicit_tls));
  const auto fetched = [&](const std::string& name) {
    try {
      network.run(client.download(name, folder / name));
    } catch (const ClientError& failure) { return failure.code(); }
    return std::error_code{};
  };
  EXPECT_EQ(fetched("whole"), std::error_code{});
  EXPECT_EQ(folder.read("whole"), "half of it");
  EXPECT_EQ(fetched("long"), Errc::peer_lost);
  EXPECT_EQ(fetched("unknown"), Errc::peer_lost);
  EXPECT_EQ(fetched("cut").value(), 426);
  for (const auto* name : {"long", "unknown", "cut"}) EXPECT_FALSE(folder.has(name)) << name;
  // Nor is a goodbye waited for after an upload.
  folder.write("up", std::string(100'000, 'u'));
  const auto began = network.now();
  EXPECT_EQ(network.run(client.upload(folder / "up")).transferred, 100'000u);
  EXPECT_LT(network.now() - began, 1s);
  client.close();
  network.advance(1h);
}

TEST_F(TlsClientSession, ShakesHandsWithAServerThatHearsNoCommandBefore) {
  const auto shown = certificates.issue("careless");
  TlsServerSettings settings;
  settings.certificate = shown.certificate;
  settings.key = shown.key;
  CarelessWire theirs{TlsServer{settings}, network};
  auto door = theirs.listen(theirs.executor(), {asio::ip::address_v4::loopback(), implicit_port});
  auto data_door = theirs.listen(theirs.executor(), {asio::ip::address_v4::loopback(), 40'000});
  start_on(theirs.executor(), serve_carelessly(theirs, door, data_door, true), {}, [](std::exception_ptr) {});
  auto client = log_in(anna(Secure::implicit_tls));
  network.run(client.download("whole", folder / "whole"));
  EXPECT_EQ(folder.read("whole"), "half of it");
  folder.write("up", std::string(100'000, 'u'));
  EXPECT_EQ(network.run(client.upload(folder / "up")).transferred, 100'000u);
  client.close();
  network.advance(1h);
}

TEST_F(TlsClientSession, EndsInOrderWhereverTheNetworkFails) {
  const auto shown = certificates.issue("server");
  TlsServerSettings its;
  its.certificate = shown.certificate;
  its.key = shown.key;
  bool reached = true;
  for (std::uint64_t n = 1; reached; ++n) {
    for (const auto fault : {Fault::reset, Fault::end}) {
      SimulatedNetwork own{n};
      folder.write("there", "old");
      folder.write("sent", "a whole file");
      MemoryStorage kept{{"/there", "hello"}};
      Wire theirs{TlsServer{its}, own}, mine{TlsClient{trusting()}, own};
      {
        UserTable users{Anonymous{.without_login = "write"}};
        users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
        TheServer one{theirs, Ftp{}, kept, std::move(users), TlsPolicy::required};
        one.listen({asio::ip::address_v4::loopback(), port});
        own.fail({.operation = n}, fault);
        bool stored = false;
        try {
          auto client = own.run(connect(mine, anna(Secure::explicit_tls)));
          own.run(client.download("there", folder / "there"));
          EXPECT_EQ(folder.read("there"), "hello") << n;
          own.run(client.upload(folder / "sent", "sent"));
          stored = true;
          EXPECT_EQ(own.run(client.size("sent")), 12u) << n;
          own.run(client.quit());
        } catch (const std::system_error&) {  // what the fault did
        }
        const std::string text = folder.read("there");
        EXPECT_TRUE(text == "old" || text == "hello") << n << ": " << text;
        reached = own.operations() >= n;
        EXPECT_TRUE(reached || stored);
      }
      own.advance(1h);
      EXPECT_EQ(own.open_streams(), 0u) << n;
      EXPECT_EQ(own.open_acceptors(), 0u) << n;
      EXPECT_EQ(own.pending_timers(), 0u) << n;
    }
  }
}

}  // namespace
