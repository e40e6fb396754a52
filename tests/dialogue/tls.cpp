#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/observers/log.hpp>
#include <ftplike/tls.hpp>
#include <ftplike/users/function.hpp>

#include "support/certificates.hpp"
#include "support/dialogue.hpp"
#include "support/tls_peer.hpp"
#include "unit/observers/events.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;
using Network = TlsTransport<SimulatedTransport>;

/// A server that can be secured, on a simulated network: guests may do everything, anna's password is "secret".
class TlsSession : public testing::Test {
 protected:
  static constexpr std::uint16_t port = 3456, implicit_port = 990;

  void serve(TlsPolicy policy = TlsPolicy::offered, TlsReuse reuse = TlsReuse::required, Limits limits = {}) {
    const auto files = certificates.issue("server");
    settings.certificate = files.certificate;
    settings.key = files.key;
    settings.reuse = reuse;
    transport.emplace(TlsServer{settings}, network);
    UserTable users{Anonymous{.logins = "read", .without_login = "write"}};
    users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
    users.add(UserEntry{Account{"carl", Path{}, Rights::all()}, Password::plain("secret"), "", "carl"});
    Account dora{"dora", Path{}, Rights::all()};
    dora.takes_ends = UncertainEnds{.without_close_notify = true};
    users.add(UserEntry{dora, Password::plain("secret")});
    server = std::make_unique<TheServer>(*transport, Ftp{}, storage, std::move(users), limits, DataPorts{40001, 49999},
                                         policy, Log{lines.sink(), LogDetail::commands}, proxies);
    server->listen({asio::ip::address_v4::loopback(), port});
    server->listen({asio::ip::address_v4::loopback(), implicit_port}, Beginning::implicit_tls);
    client.ca_file = certificates.authority();
  }
  void TearDown() override {
    server->stop();
    network.advance(1h);
    EXPECT_EQ(server->sessions(), 0u);
    EXPECT_EQ(network.open_streams(), 0u);
    EXPECT_EQ(network.open_acceptors(), 0u);
    EXPECT_EQ(network.pending_timers(), 0u);
  }

  TlsPeer dial(std::uint16_t number) {
    TlsPeer peer{network, network.dial({asio::ip::address_v4::loopback(), number})};
    network.settle();
    return peer;
  }
  /// A control connection in clear.
  TlsPeer connect() {
    TlsPeer control = dial(port);
    EXPECT_EQ(control.text(), "220 FTP Server Ready\r\n");
    return control;
  }
  std::string say(TlsPeer& control, std::string_view line) {
    control.type(std::string{line} + "\r\n");
    return hear(control);
  }
  std::string hear(TlsPeer& control) {
    network.settle();
    return control.text();
  }
  int code(TlsPeer& control, std::string_view line) { return Dialogue::code_of(say(control, line)); }
  /// One that has said AUTH TLS, and PROT P if its data are to be private.
  TlsPeer secured(bool data_too = true) {
    TlsPeer control = connect();
    EXPECT_EQ(code(control, "AUTH TLS"), 234);
    control.secure(client);
    if (data_too) {
      EXPECT_EQ(code(control, "PBSZ 0"), 200);
      EXPECT_EQ(code(control, "PROT P"), 200);
    }
    return control;
  }
  TlsPeer logged_in(const std::string& user = "anna") {
    TlsPeer control = secured();
    EXPECT_EQ(code(control, "USER " + user), 331);
    EXPECT_EQ(code(control, "PASS secret"), 230);
    EXPECT_EQ(code(control, "TYPE I"), 200);
    return control;
  }
  std::uint16_t passive(TlsPeer& control) { return Dialogue::port_of(say(control, "EPSV")); }
  std::string all_of(TlsPeer& data) {
    std::string all;
    for (std::string piece{'x'}; !piece.empty(); all += piece) {
      network.settle();
      piece = data.text();
    }
    EXPECT_TRUE(data.ended());
    data.hang_up();
    return all;
  }
  std::string fetch(TlsPeer& control, std::string_view command) {
    TlsPeer data = dial(passive(control));
    EXPECT_EQ(code(control, command), 150);
    data.secure(control);
    const std::string all = all_of(data);
    EXPECT_TRUE(data.said_goodbye());
    EXPECT_EQ(hear(control).substr(0, 4), "226 ");
    return all;
  }

  using TheServer = ServerOf<Network, MemoryStorage, UserTable, Log>;
  /// Whether a line of the log ends so.
  bool logged(std::string_view words) const {
    return std::any_of(lines.lines.begin(), lines.lines.end(), [&](const auto& line) { return line.ends_with(words); });
  }

  CollectedLines lines;
  SimulatedNetwork network{5};
  Certificates certificates;
  MemoryStorage storage{{"/a.txt", "hello"}};
  std::optional<Network> transport;
  std::unique_ptr<TheServer> server;
  TlsServerSettings settings;
  TlsClientSettings client;
  TrustedProxies proxies;
};

TEST_F(TlsSession, IsOfferedByFeatAndBegunByAuth) {
  serve();
  TlsPeer control = connect();
  const std::string features = say(control, "FEAT");
  for (const auto line : {" AUTH TLS\r\n", " PBSZ\r\n", " PROT\r\n"}) EXPECT_NE(features.find(line), features.npos);
  EXPECT_EQ(code(control, "PBSZ 0"), 503);
  EXPECT_EQ(code(control, "AUTH SSL"), 504);
  EXPECT_EQ(code(control, "CCC"), 533);
  EXPECT_EQ(say(control, "AUTH TLS"), "234 Begin the TLS handshake\r\n");
  control.secure(client);
  EXPECT_EQ(code(control, "NOOP"), 200);
  EXPECT_EQ(code(control, "AUTH TLS"), 503);
  EXPECT_EQ(code(control, "CCC"), 534);
  EXPECT_EQ(code(control, "QUIT"), 221);
}

TEST_F(TlsSession, SaysGoodbyeBeforeItClosesTheControlConnection) {
  serve();
  TlsPeer leaving = secured(), idle = secured();
  EXPECT_EQ(code(leaving, "QUIT"), 221);
  EXPECT_TRUE(leaving.ended());
  EXPECT_TRUE(leaving.said_goodbye());
  network.advance(1h);
  EXPECT_EQ(hear(idle).substr(0, 4), "421 ");
  EXPECT_TRUE(idle.said_goodbye());
}

TEST_F(TlsSession, CarriesFilesBothWays) {
  serve();
  TlsPeer control = logged_in();
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
  TlsPeer data = dial(passive(control));
  EXPECT_EQ(code(control, "STOR b.txt"), 150);
  data.secure(control);
  EXPECT_TRUE(data.resumed());
  data.type("a whole file");
  data.finish();
  EXPECT_EQ(hear(control), "226 Upload complete\r\n");
  data.text();
  EXPECT_TRUE(data.said_goodbye());
  EXPECT_EQ(fetch(control, "RETR b.txt"), "a whole file");
  EXPECT_EQ(code(control, "PROT C"), 200);
  TlsPeer clear = dial(passive(control));
  EXPECT_EQ(code(control, "RETR b.txt"), 150);
  EXPECT_EQ(all_of(clear), "a whole file");
  EXPECT_EQ(hear(control).substr(0, 4), "226 ");
}

TEST_F(TlsSession, CanBeAnFtpLikeOne) {
  serve();
  TlsPeer control = secured();
  const std::string opening = say(control, "RETR a.txt");
  ASSERT_EQ(opening.substr(0, 4), "150 ");
  TlsPeer data = dial(Dialogue::port_of(opening));
  data.secure(control);
  EXPECT_EQ(all_of(data), "hello");
  EXPECT_EQ(hear(control), "226 Download complete\r\n");
}

TEST_F(TlsSession, IsTheSameHoweverTheBytesAreSplit) {
  network.conditions().split = Split::every_byte;
  network.conditions().interleave = true;
  serve();
  TlsPeer control = logged_in();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, BeginsWithTheHandshakeWhereTlsIsImplicit) {
  serve(TlsPolicy::required);
  TlsPeer control = dial(implicit_port);
  EXPECT_EQ(control.text(), "");
  control.secure(client);
  EXPECT_EQ(hear(control), "220 FTP Server Ready\r\n");
  EXPECT_EQ(fetch(control, "NLST"), "a.txt\r\n");
}

TEST_F(TlsSession, SaysNothingInClearThatMustNotBe) {
  serve(TlsPolicy::required);
  TlsPeer control = connect();
  for (const auto command : {"USER anna", "PASS secret", "PWD", "RETR a.txt", "LIST", "EPSV"}) {
    EXPECT_EQ(say(control, command), "530 TLS is required: say AUTH TLS first\r\n") << command;
  }
  EXPECT_EQ(code(control, "FEAT"), 211);
  EXPECT_EQ(code(control, "AUTH TLS"), 234);
  control.secure(client);
  EXPECT_EQ(code(control, "USER anna"), 331);
  EXPECT_EQ(code(control, "PASS secret"), 230);
  EXPECT_EQ(code(control, "EPSV"), 229);
  EXPECT_EQ(say(control, "RETR a.txt"), "521 TLS is required for data: say PROT P first\r\n");
  EXPECT_EQ(code(control, "PBSZ 0"), 200);
  EXPECT_EQ(code(control, "PROT C"), 534);
  EXPECT_EQ(code(control, "PROT P"), 200);
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, TakesAListingInClearWhereOnlyLoginsMustBeProtected) {
  serve(TlsPolicy::required_for_login);
  TlsPeer control = connect();
  EXPECT_EQ(say(control, "LIST"), "530 TLS is required: say AUTH TLS first\r\n");
  EXPECT_EQ(code(control, "AUTH TLS"), 234);
  control.secure(client);
  TlsPeer data = dial(passive(control));
  EXPECT_EQ(code(control, "NLST"), 150);
  EXPECT_EQ(all_of(data), "a.txt\r\n");
  EXPECT_EQ(hear(control).substr(0, 4), "226 ");
}

TEST_F(TlsSession, TakesACertificateForALogin) {
  settings.client_ca = certificates.authority();
  settings.client_certificates = ClientCertificates::asked_for;
  serve();
  const auto carl = certificates.issue("carl", {.common_name = "carl", .alternative_names = ""});
  TlsPeer without = secured();
  EXPECT_EQ(code(without, "USER carl"), 331);
  without.type("PASS\r\n");
  network.advance(2s);
  EXPECT_EQ(hear(without), "530 Login incorrect\r\n");
  client.certificate = carl.certificate;
  client.key = carl.key;
  TlsPeer control = secured();
  EXPECT_EQ(code(control, "USER anna"), 331);
  EXPECT_EQ(say(control, "USER carl"), "232 Logged in by certificate\r\n");
  EXPECT_EQ(code(control, "PASS"), 503);
  EXPECT_EQ(fetch(control, "NLST"), "a.txt\r\n");
}

TEST_F(TlsSession, TellsTheAuthenticatorWhatTheCertificateSays) {
  settings.client_ca = certificates.authority();
  settings.client_certificates = ClientCertificates::asked_for;
  serve();
  std::vector<Credentials> asked;
  const auto ask = [&asked](const Credentials& who) -> std::optional<Account> {
    asked.push_back(who);
    return Account{who.user, Path{}, Rights::reading()};
  };
  Server asking{*transport, MemoryStorage{}, authenticate_with(ask)};
  asking.listen("127.0.0.1", 2121);
  const auto carl = certificates.issue("carl", {.common_name = "carl", .alternative_names = "DNS:carl.example"});
  for (const bool with_certificate : {false, true}) {
    if (with_certificate) {
      client.certificate = carl.certificate;
      client.key = carl.key;
    }
    TlsPeer control = dial(2121);
    control.text();
    EXPECT_EQ(code(control, "AUTH TLS"), 234);
    control.secure(client);
    EXPECT_EQ(code(control, "USER carl"), 331);
    EXPECT_EQ(code(control, "PASS x"), 230);
  }
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_TRUE(asked[0].secure);
  EXPECT_FALSE(asked[0].certificate);
  ASSERT_TRUE(asked[1].certificate);
  EXPECT_EQ(asked[1].certificate->common_name, "carl");
  EXPECT_EQ(asked[1].certificate->subject, "CN=carl");
  EXPECT_EQ(asked[1].certificate->issuer, "CN=Authority");
  EXPECT_EQ(asked[1].certificate->names, std::vector<std::string>{"DNS:carl.example"});
  EXPECT_EQ(asked[1].certificate->fingerprint.size(), 95u);
}

TEST_F(TlsSession, HasTheHostOfTheHandshake) {
  serve();
  TlsPeer control = secured();
  EXPECT_EQ(code(control, "HOST other.example"), 504);
  EXPECT_EQ(code(control, "HOST LocalHost"), 220);
}

TEST_F(TlsSession, EndsWhenSomethingFollowsAuthInClear) {
  serve();
  TlsPeer together = connect();
  together.type("AUTH TLS\r\nUSER mallory\r\n");
  network.settle();
  EXPECT_EQ(together.text().substr(0, 4), "503 ");
  EXPECT_TRUE(together.ended());
  TlsPeer after = connect();
  EXPECT_EQ(code(after, "AUTH TLS"), 234);
  after.type("USER mallory\r\n");
  network.settle();
  EXPECT_EQ(after.wire().text().find("331"), std::string::npos);
  EXPECT_TRUE(after.ended());
}

TEST_F(TlsSession, ForgetsWhatAGuestSaidInClear) {
  serve();
  TlsPeer control = connect();
  EXPECT_EQ(code(control, "MKD folder"), 257);
  EXPECT_EQ(code(control, "CWD folder"), 250);
  EXPECT_EQ(code(control, "REST 3"), 350);
  EXPECT_EQ(code(control, "EPSV ALL"), 200);
  EXPECT_EQ(code(control, "AUTH TLS"), 234);
  control.secure(client);
  EXPECT_EQ(say(control, "PWD"), "257 \"memory\"\r\n");
  const std::string opening = say(control, "RETR a.txt");
  TlsPeer data = dial(Dialogue::port_of(opening));
  EXPECT_EQ(all_of(data), "hello");
  EXPECT_EQ(hear(control), "226 Download complete\r\n");
  EXPECT_EQ(code(control, "PASV"), 227);
}

TEST_F(TlsSession, ForgetsAWatchThatStillReadsInClear) {
  serve();
  TlsPeer control = connect();
  const std::string opening = say(control, "RETR a.txt");
  TlsPeer data = dial(Dialogue::port_of(opening));
  EXPECT_EQ(all_of(data), "hello");
  EXPECT_EQ(hear(control), "226 Download complete\r\n");
  EXPECT_EQ(code(control, "AUTH TLS"), 234);
  control.secure(client);
  EXPECT_EQ(code(control, "NOOP"), 200);
}

TEST_F(TlsSession, KeepsAnUploadWithoutAGoodbyeForALaterOne) {
  serve();
  TlsPeer control = logged_in();
  {
    TlsPeer data = dial(passive(control));
    EXPECT_EQ(code(control, "STOR b.txt"), 150);
    data.secure(control);
    data.type("half a ");
    network.settle();
    data.hang_up();
  }
  EXPECT_EQ(hear(control), "426 Connection closed: TLS ended without close_notify\r\n");
  EXPECT_EQ(say(control, "SIZE b.txt"), "213 7\r\n");
  EXPECT_EQ(code(control, "REST 7"), 350);
  TlsPeer data = dial(passive(control));
  EXPECT_EQ(code(control, "STOR b.txt"), 150);
  data.secure(control);
  data.type("file");
  data.finish();
  EXPECT_EQ(hear(control), "226 Upload complete\r\n");
  EXPECT_EQ(fetch(control, "RETR b.txt"), "half a file");
}

TEST_F(TlsSession, TakesAnUploadWithoutAGoodbyeOfAUserOfWhomThatIsTaken) {
  serve();
  TlsPeer control = logged_in("dora");
  const auto store = [&](void (TlsPeer::*end)()) {
    TlsPeer data = dial(passive(control));
    EXPECT_EQ(code(control, "STOR b.txt"), 150);
    data.secure(control);
    data.type("a whole file");
    network.settle();
    (data.*end)();
    return hear(control);
  };
  EXPECT_EQ(store(&TlsPeer::reset), "426 Connection closed: connection lost\r\n") << "not of one that broke";
  EXPECT_EQ(store(&TlsPeer::hang_up), "226 Upload complete\r\n");
  EXPECT_EQ(fetch(control, "RETR b.txt"), "a whole file");
}

TEST_F(TlsSession, RefusesADataConnectionThatDoesNotGoOnWithIt) {
  serve();
  TlsPeer control = logged_in(), other = logged_in();
  TlsPeer stranger = dial(passive(control));
  EXPECT_EQ(code(control, "RETR a.txt"), 150);
  stranger.secure(client);
  EXPECT_EQ(hear(control), "522 TLS session of the control connection not resumed\r\n");
  TlsPeer thief = dial(passive(control));
  EXPECT_EQ(code(control, "RETR a.txt"), 150);
  thief.secure(other);
  EXPECT_EQ(hear(control).substr(0, 4), "522 ");
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, TakesADataConnectionThatGoesOnWithAnotherOfTheSameUserWhereThatIsThePolicy) {
  for (const auto version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    client.oldest = client.newest = version;
    if (!server) serve(TlsPolicy::offered, TlsReuse::same_user);
    TlsPeer one = logged_in(), other = logged_in(), ended = logged_in();
    EXPECT_EQ(code(ended, "QUIT"), 221);
    ended.finish();
    network.settle();
    for (auto* const from : {&other, &ended, &one}) {
      TlsPeer data = dial(passive(one));
      data.secure(*from);
      EXPECT_TRUE(data.resumed());
      EXPECT_EQ(code(one, "RETR a.txt"), 150);
      EXPECT_EQ(all_of(data), "hello");
      EXPECT_EQ(hear(one).substr(0, 4), "226 ");
    }
  }
}

TEST_F(TlsSession, RefusesADataConnectionThatGoesOnWithAnotherUsersOrWithNone) {
  serve(TlsPolicy::offered, TlsReuse::same_user);
  TlsPeer anna = logged_in(), carl = secured(), guest = secured(), other_guest = secured(), nobody = secured();
  EXPECT_EQ(code(carl, "USER carl"), 331);
  EXPECT_EQ(code(carl, "PASS secret"), 230);
  EXPECT_EQ(code(nobody, "USER anonymous"), 331);
  EXPECT_EQ(code(nobody, "PASS x@"), 230);
  const auto refused = [&](TlsPeer& control, TlsPeer& from) {
    TlsPeer data = dial(passive(control));
    EXPECT_EQ(code(control, "NLST"), 150);
    data.secure(from);
    EXPECT_EQ(hear(control), "522 TLS session of the control connection not resumed\r\n");
  };
  refused(anna, carl);
  refused(carl, anna);
  refused(anna, nobody);
  refused(guest, other_guest);
  TlsPeer stranger = dial(passive(anna));
  EXPECT_EQ(code(anna, "NLST"), 150);
  stranger.secure(client);
  EXPECT_EQ(Dialogue::code_of(hear(anna)), 522);
  EXPECT_EQ(fetch(anna, "NLST"), "a.txt\r\n");
  EXPECT_EQ(fetch(guest, "NLST"), "a.txt\r\n");
}

TEST_F(TlsSession, AwaitsTheLoginOfAControlConnectionWhoseSessionIsResumedByAnothersData) {
  Limits limits;
  limits.handshake = 10s;
  serve(TlsPolicy::offered, TlsReuse::same_user, limits);
  TlsPeer anna = logged_in(), late = secured(), never = logged_in();
  EXPECT_EQ(code(late, "USER anna"), 331);
  EXPECT_EQ(code(never, "REIN"), 220);
  TlsPeer data = dial(passive(anna));
  EXPECT_EQ(code(anna, "RETR a.txt"), 150);
  data.secure(late);
  EXPECT_EQ(hear(anna), "");
  EXPECT_EQ(code(late, "PASS secret"), 230);
  EXPECT_EQ(all_of(data), "hello");
  EXPECT_EQ(Dialogue::code_of(hear(anna)), 226);
  TlsPeer vain = dial(passive(anna));
  EXPECT_EQ(code(anna, "RETR a.txt"), 150);
  vain.secure(never);
  network.advance(11s);
  EXPECT_EQ(Dialogue::code_of(hear(anna)), 425);
  EXPECT_EQ(fetch(anna, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, TakesAnyDataConnectionOfTheClientWhereItNeedNotResume) {
  serve(TlsPolicy::offered, TlsReuse::preferred);
  TlsPeer control = logged_in();
  TlsPeer data = dial(passive(control));
  EXPECT_EQ(code(control, "RETR a.txt"), 150);
  data.secure(client);
  EXPECT_EQ(all_of(data), "hello");
  EXPECT_EQ(hear(control).substr(0, 4), "226 ");
}

TEST_F(TlsSession, GivesSessionsAndResumesNoneWhereReuseIsOff) {
  for (const auto version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    client.oldest = client.newest = version;
    if (!server) serve(TlsPolicy::offered, TlsReuse::off);
    TlsPeer control = logged_in();
    EXPECT_TRUE(control.has_session());
    TlsPeer data = dial(passive(control));
    data.secure(control);
    EXPECT_FALSE(data.resumed());
    EXPECT_EQ(code(control, "RETR a.txt"), 150);
    EXPECT_EQ(all_of(data), "hello");
    EXPECT_EQ(hear(control).substr(0, 4), "226 ");
  }
}

TEST_F(TlsSession, GoesOnAfterAnAbort) {
  serve();
  TlsPeer control = logged_in();
  TlsPeer data = dial(passive(control));
  EXPECT_EQ(code(control, "STOR b.txt"), 150);
  data.secure(control);
  data.type("some");
  network.settle();
  control.type("ABOR\r\n");
  network.settle();
  const std::string replies = hear(control);
  EXPECT_EQ(replies, "426 Connection closed: transfer aborted\r\n226 Abort successful\r\n");
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, DoesNotWaitForeverForAHandshake) {
  Limits limits;
  limits.handshake = 10s;
  serve(TlsPolicy::offered, TlsReuse::required, limits);
  TlsPeer silent = connect();
  EXPECT_EQ(code(silent, "AUTH TLS"), 234);
  TlsPeer control = logged_in();
  TlsPeer data = dial(passive(control));
  EXPECT_EQ(code(control, "RETR a.txt"), 150);
  network.advance(11s);
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(hear(control), "425 No data connection: no TLS handshake came\r\n");
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, TellsWhatProtectsEachConnectionAndWhyOneIsNot) {
  serve(TlsPolicy::offered, TlsReuse::required);
  for (const auto version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    client.oldest = client.newest = version;
    lines.lines.clear();
    const bool is_1_3 = version == TlsVersion::tls_1_3;
    const std::string agreed = is_1_3 ? "TLSv1.3, TLS_AES_256_GCM_SHA384" : "TLSv1.2, ECDHE-ECDSA-AES256-GCM-SHA384";
    TlsPeer control = logged_in();
    EXPECT_TRUE(logged(": " + agreed));
    fetch(control, "RETR a.txt");
    EXPECT_TRUE(logged(" anna: " + agreed + ", resumed for data"));
    TlsPeer stranger = dial(passive(control));
    EXPECT_EQ(code(control, "RETR a.txt"), 150);
    stranger.secure(client);
    EXPECT_EQ(Dialogue::code_of(hear(control)), 522);
    EXPECT_TRUE(logged(" anna: no TLS for data: TLS session of the control connection not resumed"));
  }
  TlsPeer clear = connect();
  EXPECT_EQ(code(clear, "AUTH TLS"), 234);
  clear.type("USER anna\r\n");
  network.settle();
  EXPECT_TRUE(logged(": no TLS: the peer does not speak TLS"));
  TlsPeer silent = connect();
  EXPECT_EQ(code(silent, "AUTH TLS"), 234);
  network.advance(1min);
  EXPECT_TRUE(logged(": no TLS: no TLS handshake came"));
  TlsPeer picky = connect();
  EXPECT_EQ(code(picky, "AUTH TLS"), 234);
  EXPECT_THROW(picky.secure(client, "other.example"), std::system_error);
  network.settle();
  EXPECT_TRUE(logged(": no TLS: the peer ended TLS: bad certificate"));
}

TEST_F(TlsSession, TakesWhatARefusedUploadStillSendsSoThatItsReplyIsHeard) {
  serve(TlsPolicy::offered, TlsReuse::required);
  TlsPeer control = logged_in();
  TlsPeer stranger = dial(passive(control));
  EXPECT_EQ(code(control, "STOR b.txt"), 150);
  stranger.secure(client);
  stranger.type(std::string(100'000, 'x'));
  EXPECT_EQ(Dialogue::code_of(hear(control)), 522);
  stranger.type(std::string(100'000, 'x'));
  stranger.finish();
  stranger.text();
  EXPECT_TRUE(stranger.said_goodbye());
  network.settle();
  EXPECT_FALSE(stranger.was_reset());
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, DoesNotTakeWhatARefusedUploadSendsForever) {
  Limits limits;
  limits.stall = 10s;
  serve(TlsPolicy::offered, TlsReuse::required, limits);
  TlsPeer control = logged_in();
  TlsPeer stranger = dial(passive(control));
  EXPECT_EQ(code(control, "STOR b.txt"), 150);
  stranger.secure(client);
  EXPECT_EQ(Dialogue::code_of(hear(control)), 522);
  network.advance(9s);
  EXPECT_EQ(network.open_streams(), 2u);
  network.advance(2s);
  EXPECT_EQ(network.open_streams(), 1u);
}

TEST_F(TlsSession, TellsAClientThatNeverSaidProtSoonThatItShouldBeginAHandshake) {
  serve();
  TlsPeer control = dial(implicit_port);
  control.secure(client);
  hear(control);
  EXPECT_EQ(code(control, "USER anna"), 331);
  EXPECT_EQ(code(control, "PASS secret"), 230);
  TlsPeer waiting = dial(passive(control));
  EXPECT_EQ(code(control, "RETR a.txt"), 150);
  network.advance(6s);
  EXPECT_EQ(hear(control), "425 No data connection: no TLS handshake came\r\n");
  TlsPeer sending = dial(passive(control));
  sending.type("a file in clear");
  EXPECT_EQ(code(control, "STOR b.txt"), 425);
  EXPECT_TRUE(logged("425 No data connection: the peer does not speak TLS"));
}

TEST_F(TlsSession, ShakesHandsOnADataConnectionBeforeTheCommandThatNeedsIt) {
  serve();
  TlsPeer control = logged_in();
  for (int i = 0; i < 3; ++i) {
    TlsPeer data = dial(passive(control));
    data.secure(control);
    EXPECT_TRUE(data.resumed());
    EXPECT_EQ(code(control, "RETR a.txt"), 150);
    EXPECT_EQ(all_of(data), "hello");
    EXPECT_EQ(hear(control).substr(0, 4), "226 ");
    EXPECT_TRUE(data.said_goodbye());
  }
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello") << "the other order";
}

TEST_F(TlsSession, AnswersAHandshakeOfAnyOfItsClientsBeforeTheCommand) {
  serve(TlsPolicy::offered, TlsReuse::preferred);
  TlsPeer control = logged_in();
  TlsPeer data = dial(passive(control));
  data.secure(client);
  EXPECT_EQ(code(control, "STOR b.txt"), 150);
  data.type("a whole file");
  data.finish();
  EXPECT_EQ(hear(control), "226 Upload complete\r\n");
}

TEST_F(TlsSession, GoesOnWithAHandshakeThatTheCommandFindsHalfDone) {
  network.conditions().split = Split::every_byte;
  network.conditions().interleave = true;
  serve();
  TlsPeer control = logged_in();
  for (int i = 0; i < 10; ++i) {
    TlsPeer data = dial(passive(control));
    control.type("RETR a.txt\r\n");
    data.secure(control);
    EXPECT_EQ(all_of(data), "hello");
    EXPECT_EQ(Dialogue::code_of(hear(control)), 226);
  }
}

TEST_F(TlsSession, CountsTheTimeOfAHandshakeFromTheCommandOn) {
  Limits limits;
  limits.handshake = limits.connect_data = 10s;
  serve(TlsPolicy::offered, TlsReuse::required, limits);
  TlsPeer control = logged_in();
  SimulatedPeer silent = network.dial({asio::ip::address_v4::loopback(), passive(control)});
  silent.type(std::string_view{"\x16\x03\x01", 3});
  network.advance(9s);
  EXPECT_EQ(code(control, "RETR a.txt"), 150);
  network.advance(9s);
  EXPECT_EQ(hear(control), "");
  network.advance(2s);
  EXPECT_EQ(hear(control), "425 No data connection: no TLS handshake came\r\n");
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, TellsWhyAHandshakeFailedBeforeTheCommandAndAcceptsNoOtherConnection) {
  serve();
  TlsPeer control = logged_in();
  const auto number = passive(control);
  SimulatedPeer babbler = network.dial({asio::ip::address_v4::loopback(), number});
  babbler.type("GET / HTTP/1.1\r\n\r\n");
  network.settle();
  EXPECT_THROW(dial(number), std::system_error);
  const std::string replies = say(control, "RETR a.txt");
  EXPECT_EQ(replies.substr(0, 4), "150 ");
  EXPECT_NE(replies.find("\r\n425 No data connection: the peer does not speak TLS\r\n"), replies.npos) << replies;
  const auto told = [this] {
    return std::count_if(lines.lines.begin(), lines.lines.end(), [](const std::string& line) {
      return line.find(" no TLS for data: the peer does not speak TLS") != line.npos;
    });
  };
  EXPECT_EQ(told(), 1);
  for (int i = 2; i < 4; ++i) {  // also where no command follows
    SimulatedPeer other = network.dial({asio::ip::address_v4::loopback(), passive(control)});
    other.type("GET / HTTP/1.1\r\n\r\n");
    network.settle();
    EXPECT_EQ(told(), i);
  }
  TlsPeer unknown = dial(passive(control));
  unknown.secure(client);
  EXPECT_NE(say(control, "RETR a.txt").find("\r\n522 TLS session of the control connection not resumed\r\n"),
            std::string::npos);
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, TurnsAStrangerAwayBeforeTheCommandAndWaitsForTheClient) {
  serve();
  TlsPeer control = logged_in();
  const auto number = passive(control);
  SimulatedPeer stranger = network.dial({asio::ip::address_v4::loopback(), number}, address("127.0.0.9"));
  network.settle();
  EXPECT_TRUE(stranger.ended());
  TlsPeer data = dial(number);
  data.secure(control);
  EXPECT_EQ(code(control, "RETR a.txt"), 150);
  EXPECT_EQ(all_of(data), "hello");
  EXPECT_EQ(hear(control).substr(0, 4), "226 ");
}

/// A session whose client a proxy passes on, and which can have data.
struct PassedOnTlsSession : TlsSession {
  PassedOnTlsSession() {
    proxies = TrustedProxies{{Subnet{asio::ip::address_v4::loopback(), 32}}};
    settings.reuse = TlsReuse::required;
    serve();
    control.emplace(dial(port));
    control->type(introduction);
    EXPECT_EQ(hear(*control), "220 FTP Server Ready\r\n");
    EXPECT_EQ(code(*control, "AUTH TLS"), 234);
    control->secure(client);
    for (const std::string_view line : {"PBSZ 0", "PROT P", "USER anna", "PASS secret", "TYPE I"}) say(*control, line);
  }
  void expect_data(TlsPeer& data) {
    EXPECT_TRUE(data.resumed());
    EXPECT_EQ(all_of(data), "hello");
    EXPECT_EQ(hear(*control).substr(0, 4), "226 ");
  }

  static constexpr std::string_view introduction = "PROXY TCP4 198.51.100.7 192.0.2.1 50000 21\r\n";
  std::optional<TlsPeer> control;
};

TEST_F(PassedOnTlsSession, HearsBeforeTheHandshakeOfADataConnectionWhomAProxyPassesOn) {
  TlsPeer data = dial(passive(*control));
  data.type(introduction);
  EXPECT_EQ(code(*control, "RETR a.txt"), 150);
  data.secure(*control);
  expect_data(data);
}

TEST_F(PassedOnTlsSession, ShakesHandsBeforeTheCommandWithWhomAProxyPassesOn) {
  TlsPeer data = dial(passive(*control));
  data.type(introduction);
  data.secure(*control);
  EXPECT_EQ(code(*control, "RETR a.txt"), 150);
  expect_data(data);
}

TEST_F(PassedOnTlsSession, ShakesHandsBeforeTheCommandWithAClientThatComesItself) {
  TlsPeer data{network, network.dial({asio::ip::address_v4::loopback(), passive(*control)}, address("198.51.100.7"))};
  data.secure(*control);
  EXPECT_EQ(code(*control, "RETR a.txt"), 150);
  expect_data(data);
}

TEST_F(PassedOnTlsSession, HearsTheRestOfWhatAProxySaysAfterTheCommand) {
  for (std::size_t heard = 0; heard <= introduction.size(); ++heard) {
    TlsPeer data = dial(passive(*control));
    data.type(introduction.substr(0, heard));
    network.settle();
    EXPECT_EQ(code(*control, "RETR a.txt"), 150);
    data.type(introduction.substr(heard));
    data.secure(*control);
    expect_data(data);
  }
}

TEST_F(PassedOnTlsSession, TurnsStrangersAwayBeforeTheCommandWhomAProxyPassesOn) {
  const auto number = passive(*control);
  for (const std::string_view words : {"PROXY TCP4 198.51.100.8 192.0.2.1 50000 21\r\n", "\x16\x03\x01\x02"}) {
    TlsPeer stranger = dial(number);
    stranger.type(words);
    network.settle();
    EXPECT_TRUE(stranger.ended());
  }
  TlsPeer data = dial(number);
  data.type(introduction);
  data.secure(*control);
  EXPECT_EQ(code(*control, "RETR a.txt"), 150);
  expect_data(data);
}

TEST_F(PassedOnTlsSession, EndsWithWhatItWasForAConnectionOfWhichAProxyHasNotSaidAll) {
  for (const auto* const command : {"EPSV", "PROT C", "QUIT"}) {
    TlsPeer half = dial(passive(*control));
    half.type(introduction.substr(0, 10));
    network.settle();
    EXPECT_FALSE(half.ended()) << command;
    EXPECT_LT(code(*control, command), 300) << command;
    EXPECT_TRUE(half.ended()) << command;
    if (command == std::string_view{"PROT C"}) {
      EXPECT_EQ(code(*control, "PROT P"), 200);
    }
  }
}

TEST_F(TlsSession, TakesOneConnectionForAPort) {
  serve();
  TlsPeer control = logged_in();
  const auto number = passive(control);
  TlsPeer first = dial(number);
  EXPECT_THROW(dial(number), std::system_error);
  first.secure(control);
  EXPECT_THROW(dial(number), std::system_error);
  EXPECT_EQ(code(control, "RETR a.txt"), 150);
  EXPECT_EQ(all_of(first), "hello");
  EXPECT_EQ(hear(control).substr(0, 4), "226 ");
}

TEST_F(TlsSession, AbortsInTheMiddleOfAnEarlyHandshake) {
  serve();
  TlsPeer control = logged_in();
  SimulatedPeer half = network.dial({asio::ip::address_v4::loopback(), passive(control)});
  half.type(std::string_view{"\x16\x03\x01", 3});
  network.settle();
  EXPECT_EQ(code(control, "STOR b.txt"), 150);
  EXPECT_EQ(say(control, "ABOR"), "426 Connection closed: transfer aborted\r\n226 Abort successful\r\n");
  EXPECT_TRUE(half.ended());
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
  TlsPeer data = dial(passive(control));
  EXPECT_EQ(code(control, "ABOR"), 225) << "there is no transfer yet";
  EXPECT_TRUE(data.ended());
  EXPECT_EQ(fetch(control, "RETR a.txt"), "hello");
}

TEST_F(TlsSession, EndsAnEarlyHandshakeWithWhatItWasFor) {
  serve();
  for (const auto* const command : {"EPSV", "PROT C", "REIN", "QUIT"}) {
    TlsPeer control = logged_in();
    SimulatedPeer half = network.dial({asio::ip::address_v4::loopback(), passive(control)});
    half.type(std::string_view{"\x16\x03\x01", 3});
    network.settle();
    EXPECT_FALSE(half.ended()) << command;
    EXPECT_LT(code(control, command), 300) << command;
    EXPECT_TRUE(half.ended()) << command;
  }
  TlsPeer control = logged_in();
  SimulatedPeer half = network.dial({asio::ip::address_v4::loopback(), passive(control)});
  network.settle();
  control.reset();
  network.settle();
  EXPECT_TRUE(half.ended());
}

TEST_F(TlsSession, EndsInOrderWhereverTheNetworkFails) {
  bool reached = true;
  for (std::uint64_t n = 1; reached; ++n) {
    for (const auto& [fault, early] : {std::pair{Fault::reset, false}, std::pair{Fault::end, false},
                                       std::pair{Fault::reset, true}, std::pair{Fault::end, true}}) {
      SimulatedNetwork own{n};
      const auto files = certificates.issue("server");
      TlsServerSettings its;
      its.certificate = files.certificate;
      its.key = files.key;
      Network tls{TlsServer{its}, own};
      MemoryStorage kept{{"/a.txt", "hello"}};
      {
        ServerOf<Network, MemoryStorage, UserTable> one{tls, Ftp{}, kept,
                                                        UserTable{Anonymous{.without_login = "write"}}};
        one.listen({asio::ip::address_v4::loopback(), port});
        own.fail({.operation = n}, fault);
        TlsClientSettings trusting;
        trusting.ca_file = certificates.authority();
        try {
          const auto hear_from = [&own](TlsPeer& peer) {
            own.settle();
            return peer.text();
          };
          TlsPeer control{own, own.dial({asio::ip::address_v4::loopback(), port})};
          hear_from(control);
          control.type("AUTH TLS\r\n");
          hear_from(control);
          control.secure(trusting);
          control.type(early ? "PBSZ 0\r\nPROT P\r\nEPSV\r\n" : "PBSZ 0\r\nPROT P\r\nSTOR b.txt\r\n");
          const std::string replies = hear_from(control);
          const auto opening = replies.find(early ? "229 " : "150 ");
          if (opening != replies.npos) {
            TlsPeer data{own, own.dial({asio::ip::address_v4::loopback(), Dialogue::port_of(replies.substr(opening))})};
            own.settle();
            data.secure(control);
            data.type("a whole file");
            data.finish();
            if (early) control.type("STOR b.txt\r\n");
            const std::string verdict = hear_from(control);
            const bool stored = verdict.find("226 ") != verdict.npos;
            control.type("SIZE b.txt\r\n");
            const std::string size = hear_from(control);
            EXPECT_TRUE(!stored || size.empty() || size == "213 12\r\n") << size;
          }
        } catch (const std::system_error&) {  // what the fault did to the client
        }
        reached = own.operations() >= n;
      }
      own.advance(1h);
      EXPECT_EQ(own.open_streams(), 0u) << n;
      EXPECT_EQ(own.open_acceptors(), 0u) << n;
      EXPECT_EQ(own.pending_timers(), 0u) << n;
    }
  }
  serve();  // for TearDown
}

TEST(Auth, RefusesOtherMechanismsAsUnknownEvenWhereTlsIsNotOffered) {
  SimulatedNetwork network{1};
  Network without{TlsServer{}, network};
  Server server{without, MemoryStorage{}};
  const auto where = server.listen("127.0.0.1", 3456);
  auto client = network.dial(where);
  network.settle();
  client.text();
  const auto say = [&](std::string_view line) {
    client.type(std::string{line} + "\r\n");
    network.settle();
    return client.text();
  };
  EXPECT_EQ(say("AUTH GSSAPI"), "504 Only AUTH TLS\r\n");
  EXPECT_EQ(say("AUTH KERBEROS_V4"), "504 Only AUTH TLS\r\n");
  EXPECT_EQ(say("AUTH TLS"), "502 TLS is not offered here\r\n");
}

TEST(TlsListener, ThrowsWithoutACertificateWhereSessionsHaveToBeSecured) {
  SimulatedNetwork network{1};
  Network without{TlsServer{}, network};
  Server demanding{without, MemoryStorage{}, TlsPolicy::required}, offering{without, MemoryStorage{}};
  EXPECT_THROW(demanding.listen("127.0.0.1", 3456), std::invalid_argument);
  EXPECT_THROW(offering.listen("127.0.0.1", 990, Beginning::implicit_tls), std::invalid_argument);
  EXPECT_EQ(network.open_acceptors(), 0u) << "no port was taken";
  EXPECT_NO_THROW(offering.listen("127.0.0.1", 3456)) << "there is no AUTH then";
}

}  // namespace
