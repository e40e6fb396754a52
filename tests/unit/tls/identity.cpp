#include <ftplike/tls/client.hpp>
// Above: that it stands alone.
#include <string>
#include <utility>
#include <vector>

#include "ends.hpp"

namespace {

using namespace ftplike;

std::error_code refusal(int value) { return {value, certificate_category()}; }

/// How a client with these settings, which wants to talk to `host`, gets on with a server that shows this.
Outcome meet(const CertificateFiles& shown, TlsClientSettings client, const std::string& host = "localhost",
             TlsServerSettings server = {}) {
  SimulatedNetwork network{4};
  server.certificate = shown.certificate;
  server.key = shown.key;
  Ends ends = connect(network);
  return both(network, ends.server.accept_tls(TlsServer{server}), ends.client.connect_tls(TlsClient{client}, host));
}

TEST(TlsClient, TrustsACertificateForTheHostByAnAuthorityThatItKnows) {
  Certificates certificates;
  TlsClientSettings client;
  client.ca_file = certificates.authority();
  CertificateWish wish;
  wish.alternative_names = "DNS:ftp.example,DNS:*.mirror.example,IP:192.0.2.1,IP:2001:db8::1";
  const auto files = certificates.issue("server", wish);
  for (const auto host : {"ftp.example", "FTP.Example", "eu.mirror.example", "192.0.2.1", "2001:db8::1"}) {
    EXPECT_EQ(meet(files, client, host), good) << host;
  }
}

TEST(TlsClient, RefusesACertificateForAnotherHost) {
  Certificates certificates;
  TlsClientSettings client;
  client.ca_file = certificates.authority();
  const auto files = certificates.issue("server");
  const auto named = meet(files, client, "ftp.example");
  EXPECT_EQ(named.client, refusal(X509_V_ERR_HOSTNAME_MISMATCH));
  EXPECT_EQ(named.client.message(), "the certificate is for another host");
  EXPECT_EQ(named.server.message(), "the peer ended TLS: bad certificate");
  const auto numbered = meet(files, client, "127.0.0.2");
  EXPECT_EQ(numbered.client, refusal(X509_V_ERR_IP_ADDRESS_MISMATCH));
  EXPECT_EQ(numbered.client.message(), "the certificate is for another address");
}

TEST(TlsClient, RefusesACertificateByAnAuthorityThatItDoesNotKnow) {
  Certificates certificates, others{"Somebody"}, liars;
  TlsClientSettings client;
  client.ca_file = others.authority();
  const auto outcome = meet(certificates.issue("server"), client);
  EXPECT_EQ(outcome.client, refusal(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
  EXPECT_EQ(outcome.client.message(), "nobody trusted has signed the certificate");
  client.ca_file = certificates.authority();
  const auto imitated = meet(liars.issue("server"), client);  // by an authority of the same name
  EXPECT_EQ(imitated.client, refusal(X509_V_ERR_CERT_SIGNATURE_FAILURE));
  EXPECT_EQ(imitated.client.message(), "the certificate has a false signature");
}

TEST(TlsClient, AsksTheSystemUnlessToldOtherwise) {
  Certificates certificates;
  EXPECT_EQ(meet(certificates.issue("server"), {}).client, refusal(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
}

TEST(TlsClient, RefusesASelfSignedCertificateUnlessItIsTheOneThatItTrusts) {
  Certificates certificates;
  CertificateWish wish;
  wish.signed_by_itself = true;
  const auto files = certificates.issue("server", wish);
  TlsClientSettings client;
  client.ca_file = certificates.authority();
  const auto outcome = meet(files, client);
  EXPECT_EQ(outcome.client, refusal(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT));
  EXPECT_EQ(outcome.client.message(), "the certificate is self-signed and not trusted");
  client.ca_file = files.certificate;
  EXPECT_EQ(meet(files, client), good);
}

TEST(TlsClient, RefusesACertificateBeforeAndAfterItsTime) {
  Certificates certificates;
  TlsClientSettings client;
  client.ca_file = certificates.authority();
  CertificateWish expired, early;
  expired.ends = -60;
  early.begins = 60;
  const auto late = meet(certificates.issue("late", expired), client);
  EXPECT_EQ(late.client, refusal(X509_V_ERR_CERT_HAS_EXPIRED));
  EXPECT_EQ(late.client.message(), "the certificate has expired");
  const auto soon = meet(certificates.issue("soon", early), client);
  EXPECT_EQ(soon.client, refusal(X509_V_ERR_CERT_NOT_YET_VALID));
  EXPECT_EQ(soon.client.message(), "the certificate is not valid yet");
}

TEST(TlsClient, TrustsPinnedCertificatesAndNoOthers) {
  Certificates certificates;
  CertificateWish wish;
  wish.signed_by_itself = true;
  wish.ends = -60;
  const auto pinned = certificates.issue("pinned", wish), other = certificates.issue("other");
  const auto fingerprint = [](const std::string& file) {
    SimulatedNetwork network{4};
    Ends ends = connect(network);
    TlsServerSettings server;
    server.certificate = file;
    server.key = file.substr(0, file.size() - 3) + "key";
    TlsClientSettings anything;
    anything.insecure = true;
    EXPECT_EQ(both(network, ends.server.accept_tls(TlsServer{server}),
                   ends.client.connect_tls(TlsClient{anything}, "anything")),
              good);
    return ends.client.peer_certificate()->fingerprint;
  };
  TlsClientSettings client;
  client.ca_file = certificates.authority();
  client.pinned = {fingerprint(other.certificate), fingerprint(pinned.certificate)};
  EXPECT_EQ(meet(pinned, client, "whatever.example"), good);
  client.pinned.pop_back();
  const auto outcome = meet(pinned, client);
  EXPECT_EQ(outcome.client, refusal(X509_V_ERR_APPLICATION_VERIFICATION));
  EXPECT_EQ(outcome.client.message(), "the certificate is not the pinned one");
  EXPECT_EQ(meet(certificates.issue("fresh"), client).client, refusal(X509_V_ERR_APPLICATION_VERIFICATION));
}

TEST(TlsClient, TrustsAnyoneOnlyWhenToldTo) {
  Certificates certificates;
  CertificateWish wish;
  wish.signed_by_itself = true;
  wish.ends = -60;
  TlsClientSettings client;
  client.insecure = true;
  EXPECT_EQ(meet(certificates.issue("server", wish), client, "ftp.example"), good);
}

TEST(TlsClient, NeverSpeaksAnOlderVersionThanItMay) {
  Certificates certificates;
  TlsClientSettings client;
  client.ca_file = certificates.authority();
  client.oldest = TlsVersion::tls_1_3;
  TlsServerSettings server;
  server.newest = TlsVersion::tls_1_2;
  const auto outcome = meet(certificates.issue("server"), client, "localhost", server);
  EXPECT_EQ(outcome.client.message(), "the peer ended TLS: protocol version");
  EXPECT_EQ(outcome.server.message(), "TLS: unsupported protocol");
}

TEST(TlsServer, KnowsItsClientsByTheirCertificates) {
  for (const auto version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    SimulatedNetwork network{4};
    Certificates clients, strangers{"Somebody"};
    TlsServerSettings server;
    server.client_ca = clients.authority();
    server.newest = version;
    CertificateWish ada;
    ada.common_name = "ada";
    ada.alternative_names = "";
    const auto with = [](const CertificateFiles& files) {
      TlsClientSettings settings;
      settings.certificate = files.certificate;
      settings.key = files.key;
      return settings;
    };
    for (const auto demand : {ClientCertificates::asked_for, ClientCertificates::required}) {
      server.client_certificates = demand;
      Pair known{network, server, with(clients.issue("ada", ada))};
      Ends control = known.control();
      ASSERT_TRUE(control.server.peer_certificate());
      EXPECT_EQ(control.server.peer_certificate()->common_name, "ada");
      EXPECT_EQ(control.server.peer_certificate()->subject, "CN=ada");
      known.say(control.server, control.client, "220 Ready\r\n");
      Ends data = connect(network);
      EXPECT_EQ(known.secure_data(data, control.server, control.client), good);
      EXPECT_EQ(data.server.peer_certificate()->common_name, "ada");

      Pair unknown{network, server};
      Ends ends = connect(network);
      const auto outcome =
          both(network, ends.server.accept_tls(unknown.server), ends.client.connect_tls(unknown.client, "localhost"));
      if (demand == ClientCertificates::asked_for) {
        EXPECT_EQ(outcome, good);
        EXPECT_FALSE(ends.server.peer_certificate());
      } else {
        EXPECT_EQ(outcome.server.message(), "TLS: peer did not return a certificate");
      }

      Pair foreign{network, server, with(strangers.issue("ada", ada))};
      Ends bad = connect(network);
      const auto refused =
          both(network, bad.server.accept_tls(foreign.server), bad.client.connect_tls(foreign.client, "localhost"));
      EXPECT_EQ(refused.server, refusal(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
    }
  }
}

TEST(TlsServer, DoesNotTakeAnotherClientsDataConnectionForTheOneThatShowedACertificate) {
  SimulatedNetwork network{4};
  Certificates clients;
  TlsServerSettings server;
  server.client_ca = clients.authority();
  server.client_certificates = ClientCertificates::required;
  const auto client = [&](const std::string& name) {
    const auto files = clients.issue(name);
    TlsClientSettings settings;
    settings.certificate = files.certificate;
    settings.key = files.key;
    settings.insecure = true;
    return TlsClient{settings};
  };
  Pair pair{network, server};
  const TlsClient ada = client("ada"), eve = client("eve");
  Ends control = connect(network);
  ASSERT_EQ(both(network, control.server.accept_tls(pair.server), control.client.connect_tls(ada, "localhost")), good);
  Ends hers = connect(network), stolen = connect(network);
  EXPECT_EQ(both(network, hers.server.accept_tls(control.server), hers.client.connect_tls(ada, "localhost")), good);
  EXPECT_FALSE(hers.server.details().resumed);
  EXPECT_EQ(both(network, stolen.server.accept_tls(control.server), stolen.client.connect_tls(eve, "localhost")).server,
            Errc::not_resumed);
}

TEST(TlsServer, ShowsTheCertificateOfTheHostThatTheClientNames) {
  for (const auto version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    SimulatedNetwork network{4};
    Certificates certificates;
    CertificateWish wish;
    wish.alternative_names = "DNS:two.example";
    const auto two = certificates.issue("two", wish);
    TlsServerSettings settings;
    settings.newest = version;
    settings.reuse = TlsReuse::required;
    settings.hosts = {{"Two.example", two.certificate, two.key}};
    Pair pair{network, settings};
    TlsClientSettings known;
    known.ca_file = certificates.authority();
    const TlsClient client{known};
    Ends ends = connect(network);
    EXPECT_EQ(both(network, ends.server.accept_tls(pair.server), ends.client.connect_tls(client, "two.example")), good);
    EXPECT_EQ(ends.server.details().server_name, "two.example");
    pair.say(ends.server, ends.client, "220 Ready\r\n");
    Ends data = connect(network);
    EXPECT_EQ(pair.secure_data(data, ends.server, ends.client), good);

    Ends standard = pair.control();
    EXPECT_EQ(standard.server.details().server_name, "localhost");
    EXPECT_FALSE(standard.client.peer_certificate()->fingerprint == ends.client.peer_certificate()->fingerprint);
  }
}

TEST(Fingerprint, IsReadAndWrittenAsOpensslPrintsIt) {
  const std::string text =
      "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:FF";
  const auto colons = Fingerprint::parse(text);
  ASSERT_TRUE(colons);
  EXPECT_EQ(colons->text(), text);
  std::string plain;
  for (const char c : text) {
    if (c != ':') plain += c >= 'A' ? static_cast<char>(c + 'a' - 'A') : c;
  }
  EXPECT_TRUE(Fingerprint::parse(plain) == colons);
  std::string wrong = text;
  wrong[5] = '-';
  for (const auto& bad : {std::string{}, text + ":", text.substr(3), plain + "0", plain.substr(1) + "g", wrong}) {
    EXPECT_FALSE(Fingerprint::parse(bad)) << bad;
  }
}

}  // namespace
