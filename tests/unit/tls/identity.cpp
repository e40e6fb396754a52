#include <ftplike/tls/client.hpp>
// Above: that it stands alone.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
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

/// All of a file.
std::string content(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The two ends of a handshake between these.
Outcome meet(Ends& ends, SimulatedNetwork& network, const TlsServerSettings& server, const TlsClientSettings& client) {
  return both(network, ends.server.accept_tls(TlsServer{server}),
              ends.client.connect_tls(TlsClient{client}, "localhost"));
}

TEST(TlsSettings, TakePemAsTextWhereverTheyTakeAFile) {
  Certificates certificates;
  const auto files = certificates.issue("server"), ada = certificates.issue("ada", {.common_name = "ada"});
  const auto text = [](const std::string& path) { return Pem::text(content(path)); };
  SimulatedNetwork network{4};
  Ends ends = connect(network);
  const auto outcome =
      meet(ends, network,
           {.certificate = text(files.certificate),
            .key = text(files.key),
            .client_ca = text(certificates.authority()),
            .client_certificates = ClientCertificates::required},
           {.ca_file = text(certificates.authority()), .certificate = text(ada.certificate), .key = text(ada.key)});
  EXPECT_EQ(outcome, good);
  EXPECT_EQ(ends.server.peer_certificate()->common_name, "ada");
}

TEST(TlsSettings, SayWhichTextCouldNotBeUsed) {
  Certificates certificates;
  const auto files = certificates.issue("server");
  const auto failure = [](auto make) {
    try {
      make();
    } catch (const std::system_error& error) { return std::string{error.what()}; }
    return std::string{};
  };
  EXPECT_EQ(failure([&] { TlsServer{{.certificate = Pem::text("none"), .key = files.key}}; }),
            "certificate given as text: nothing in PEM there");
  EXPECT_EQ(failure([&] { TlsServer{{.certificate = files.certificate, .key = Pem::text("none")}}; }),
            "key given as text: no key there that could be read");
  EXPECT_EQ(failure([&] { TlsClient{{.ca_file = Pem::text("none")}}; }),
            "certificates given as text: nothing in PEM there");
  EXPECT_EQ(failure([&] { TlsClient{{.ciphers = "none"}}; }), "ciphers none: TLS: no cipher match");
  EXPECT_EQ(failure([&] { TlsClient{{.suites = "none"}}; }), "suites none: TLS: no cipher match");
  EXPECT_EQ(failure([&] { TlsClient{{.key_log = "/none/keys"}}; }), "key log /none/keys: No such file or directory");
}

TEST(TlsSettings, SendTheChainThatStandsBehindTheCertificate) {
  Certificates certificates;
  const auto files = certificates.issue("server");
  std::size_t shown = 0;
  std::string last;
  const auto look = [&](const ShownCertificates& it) {
    shown = it.chain.size();
    last = it.chain.back().subject;
    return true;
  };
  SimulatedNetwork network{4};
  Ends ends = connect(network);
  EXPECT_EQ(
      meet(ends, network,
           {.certificate = Pem::text(content(files.certificate) + content(certificates.authority())), .key = files.key},
           {.ca_file = certificates.authority(), .verify = look}),
      good);
  EXPECT_EQ(shown, 2u);
  EXPECT_EQ(last, "CN=Authority");
}

TEST(TlsSettings, AskForThePasswordOfAKeyThatHasOne) {
  Certificates certificates;
  const auto files = certificates.issue("server");
  const std::string locked = certificates.path("locked.key");
  {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in{BIO_new_file(files.key.c_str(), "r"), &BIO_free};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
    const std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new_file(locked.c_str(), "w"), &BIO_free};
    ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), "sesame", 6, nullptr, nullptr), 1);
  }
  int asked = 0;
  TlsServerSettings settings{.certificate = files.certificate, .key = locked};
  EXPECT_THROW(TlsServer{settings}, std::system_error);
  settings.password = [] { return std::string{"open"}; };
  EXPECT_THROW(TlsServer{settings}, std::system_error);
  settings.password = []() -> std::string { throw std::runtime_error("the vault is closed"); };
  EXPECT_THROW(TlsServer{settings}, std::system_error);
  settings.password = [&] {
    ++asked;
    return std::string{"sesame"};
  };
  TlsServer server{settings};
  EXPECT_EQ(asked, 1);
  server.reload();
  EXPECT_EQ(asked, 2);
}

TEST(TlsSettings, ChooseCiphersSuitesAndProtocols) {
  Certificates certificates;
  const auto files = certificates.issue("server");
  const TlsServerSettings server{.certificate = files.certificate, .key = files.key};
  const auto agreed = [&](const TlsServerSettings& its, TlsClientSettings client) {
    client.ca_file = certificates.authority();
    SimulatedNetwork network{4};
    Ends ends = connect(network);
    const auto outcome = meet(ends, network, its, client);
    return outcome == good ? ends.client.details().cipher : outcome.server.message();
  };
  EXPECT_EQ(agreed(server, {.suites = "TLS_CHACHA20_POLY1305_SHA256"}), "TLS_CHACHA20_POLY1305_SHA256");
  EXPECT_EQ(agreed(server, {.newest = TlsVersion::tls_1_2, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"}),
            "ECDHE-ECDSA-AES128-GCM-SHA256");
  auto strict = server;
  strict.suites = "TLS_AES_128_GCM_SHA256";
  EXPECT_EQ(agreed(strict, {.oldest = TlsVersion::tls_1_3, .suites = "TLS_AES_256_GCM_SHA384"}),
            "TLS: no shared cipher");
  EXPECT_EQ(agreed(server, {.alpn = {"http/1.1"}}), "TLS: no application protocol");
  EXPECT_EQ(agreed(server, {.alpn = {}}), "TLS_AES_256_GCM_SHA384");
  auto other = server;
  other.alpn = {"own", "ftp"};
  EXPECT_EQ(agreed(other, {.alpn = {"own"}}), "TLS_AES_256_GCM_SHA384");
  EXPECT_THROW(TlsClient{{.alpn = {""}}}, std::system_error);
}

TEST(TlsSettings, LetTheProgramJudgeWhatAServerShows) {
  Certificates certificates;
  const auto files = certificates.issue("server");
  std::error_code verdict;
  bool answer = false;
  const auto judge = [&](const ShownCertificates& it) {
    verdict = it.verdict;
    EXPECT_EQ(it.chain.front().common_name, "localhost");
    EXPECT_NE(it.openssl, nullptr);
    return answer;
  };
  const auto refused = meet(files, {.ca_file = certificates.authority(), .verify = judge});
  EXPECT_EQ(refused.client.message(), "the program's own check refused the certificate");
  EXPECT_EQ(verdict, std::error_code{});
  EXPECT_EQ(meet(files, {.verify = judge}).client, refusal(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
  answer = true;
  EXPECT_EQ(meet(files, {.verify = judge}), good);
  EXPECT_EQ(verdict, refusal(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
  const auto thrown = meet(files, {.ca_file = certificates.authority(),
                                   .verify = [](const ShownCertificates&) -> bool { throw std::bad_alloc{}; }});
  EXPECT_EQ(thrown.client.message(), "the program's own check refused the certificate");
}

TEST(TlsSettings, LetTheProgramJudgeWhatAClientShows) {
  Certificates certificates, unknown{"Somebody"};
  const auto files = certificates.issue("server"), ada = unknown.issue("ada", {.common_name = "ada"});
  const auto outcome = [&](bool answer) {
    SimulatedNetwork network{4};
    Ends ends = connect(network);
    return meet(
               ends, network,
               {.certificate = files.certificate,
                .key = files.key,
                .client_certificates = ClientCertificates::required,
                .verify = [answer](const ShownCertificates& it) { return answer && it.chain[0].common_name == "ada"; }},
               {.ca_file = certificates.authority(), .certificate = ada.certificate, .key = ada.key})
        .server;
  };
  EXPECT_EQ(outcome(true), std::error_code{});
  EXPECT_EQ(outcome(false), refusal(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
}

TEST(TlsSettings, WriteKeysDownOnlyWhereToldAndSaySo) {
  Certificates certificates;
  const auto files = certificates.issue("server");
  for (const bool at_server : {false, true}) {
    SimulatedNetwork network{4};
    Ends ends = connect(network);
    const std::string log = certificates.path(at_server ? "server.keys" : "client.keys");
    EXPECT_EQ(meet(ends, network, {.certificate = files.certificate, .key = files.key, .key_log = at_server ? log : ""},
                   {.ca_file = certificates.authority(), .key_log = at_server ? "" : log}),
              good);
    EXPECT_EQ(content(log).substr(0, 30), std::string_view{"SERVER_HANDSHAKE_TRAFFIC_SECRET"}.substr(0, 30));
    EXPECT_EQ(ends.server.details().keys_logged, at_server);
    EXPECT_EQ(ends.client.details().keys_logged, !at_server);
  }
}

TEST(TlsSettings, WriteKeysIntoAFileThatOnlyItsOwnerReads) {
  Certificates certificates;
  const std::string log = certificates.path("keys");
  const TlsClient client{{.ca_file = certificates.authority(), .key_log = log}};
  EXPECT_EQ(std::filesystem::status(log).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(TlsSettings, GiveTheProgramEachContextBeforeTheFirstHandshake) {
  Certificates certificates;
  const auto files = certificates.issue("server"), two = certificates.issue("two");
  int contexts = 0;
  TlsServerSettings server{.certificate = files.certificate, .hosts = {{"two", two.certificate, two.key}}};
  server.context = [&](SSL_CTX* context) {
    ++contexts;
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
    if (SSL_CTX_get0_privatekey(context)) return;  // or it comes from somewhere else, a token for instance
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM), 1);
  };
  SimulatedNetwork network{4};
  Ends ends = connect(network);
  EXPECT_EQ(meet(ends, network, server, {.ca_file = certificates.authority()}), good);
  EXPECT_EQ(contexts, 2);
  server.context = nullptr;
  EXPECT_THROW(TlsServer{server}, std::system_error);
}

}  // namespace
