#include <ftplike/tls/ticket_keys.hpp>
// Above: that it stands alone.
#include <string>
#include <system_error>
#include <utility>

#include "ends.hpp"
#include "support/folder.hpp"

namespace {

using namespace ftplike;

const std::string old_key(160, 'a'), new_key(160, 'B'), other_key(160, '3');

/// What a client has got to resume, of all its connections, and offers on each: as curl does.
class Wallet {
 public:
  TlsClientSettings settings() {
    return {.context = [this](SSL_CTX* context) {
      SSL_CTX_set_app_data(context, this);
      SSL_CTX_sess_set_new_cb(context, &keep);
      SSL_CTX_set_info_callback(context, &offer);
    }};
  }

 private:
  static Wallet& of(const SSL* ssl) { return *static_cast<Wallet*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl))); }
  static int keep(SSL* ssl, SSL_SESSION* session) {
    of(ssl).newest_.reset(session);
    return 1;
  }
  static void offer(const SSL* ssl, int where, int) {
    SSL_SESSION* const newest = of(ssl).newest_.get();
    if (where != SSL_CB_HANDSHAKE_START || SSL_is_init_finished(ssl) || !newest || SSL_get_session(ssl)) return;
    detail::tls::SessionPointer copy{SSL_SESSION_dup(newest)};
    SSL_set_session(const_cast<SSL*>(ssl), copy.get());
  }

  detail::tls::SessionPointer newest_;
};

/// Two servers, each with a file of ticket keys, and a client that goes from one to the other.
struct Fleet {
  Fleet(const std::string& first, const std::string& second, TlsVersion newest = TlsVersion::tls_1_3,
        ClientCertificates certificates = ClientCertificates::ignored)
      : keys{first, second},
        pair{network, settings("0", newest, certificates), wallet.settings()},
        other{second_server(newest, certificates)} {}

  Ends visit(TlsServer& server) {
    Ends ends = connect(network);
    EXPECT_EQ(both(network, ends.server.accept_tls(server), ends.client.connect_tls(pair.client, "localhost")), good);
    pair.say(ends.server, ends.client, "220 Ready\r\n");
    return ends;
  }
  /// A control connection to the second server, of a client that has just been at the first.
  Ends come() {
    const Ends before = visit(pair.server);
    return visit(other);
  }
  /// A data connection with the newest session of the client, and whether it has resumed that.
  std::pair<std::error_code, bool> data(Ends& control) {
    Ends data = connect(network);
    const auto outcome =
        both(network, data.server.accept_tls(control.server), data.client.connect_tls(pair.client, "localhost"));
    return {outcome.server, data.server.details().resumed};
  }

  struct Keys {
    Keys(const std::string& first, const std::string& second) {
      folder.write("0", first);
      folder.write("1", second);
    }
    TestFolder folder;
  } keys;
  SimulatedNetwork network{2};
  Wallet wallet;
  Pair pair;  // the client, and the first server
  TlsServer other;

 private:
  TlsServer second_server(TlsVersion newest, ClientCertificates certificates) {
    auto made = settings("1", newest, certificates);
    const auto files = pair.certificates.issue("second");
    made.certificate = files.certificate;
    made.key = files.key;
    return TlsServer{std::move(made)};
  }
  TlsServerSettings settings(const char* which, TlsVersion newest, ClientCertificates certificates) const {
    TlsServerSettings made;
    made.newest = newest;
    made.reuse = TlsReuse::required;
    made.client_certificates = certificates;
    if (certificates != ClientCertificates::ignored) made.verify = [](const ShownCertificates&) { return true; };
    made.ticket_keys = keys.folder / which;
    return made;
  }
};

const std::pair<std::error_code, bool> taken{std::error_code{}, true};

TEST(TicketKeys, LetAControlConnectionGoOnWithTheSessionOfAnotherServer) {
  Fleet fleet{new_key + "\n", new_key + "\r\n"};
  EXPECT_TRUE(fleet.come().server.details().resumed);
}

TEST(TicketKeys, LeaveDataConnectionsToTheControlConnectionThatWentOn) {
  Fleet fleet{new_key, new_key};
  Ends control = fleet.come();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(fleet.data(control), taken) << i;
    fleet.pair.say(control.server, control.client, "226 Done\r\n");
  }
}

TEST(TicketKeys, LetNoDataConnectionPassForTheClientOfAnotherControlConnection) {
  Fleet fleet{new_key, new_key};
  Ends control = fleet.come();
  const Ends later = fleet.visit(fleet.pair.server);
  EXPECT_EQ(fleet.data(control).first, Errc::not_resumed);
}

TEST(TicketKeys, OpenWhatAnOlderOneMade) {
  Fleet fleet{old_key, new_key + "\n" + old_key + "\n"};
  Ends control = fleet.come();
  EXPECT_TRUE(control.server.details().resumed);
  EXPECT_EQ(fleet.data(control), taken);
}

TEST(TicketKeys, MakeTicketsWithTheFirst) {
  Fleet fleet{new_key + "\n" + old_key + "\n", old_key};
  EXPECT_FALSE(fleet.come().server.details().resumed);
}

TEST(TicketKeys, OfAnotherFleetOpenNothing) {
  Fleet fleet{new_key, other_key};
  Ends control = fleet.come();
  EXPECT_FALSE(control.server.details().resumed);
  EXPECT_EQ(fleet.data(control), taken);
}

TEST(TicketKeys, LetASessionOfTls12BeginAnewAtAnotherServer) {
  Fleet fleet{new_key, new_key, TlsVersion::tls_1_2};
  Ends control = fleet.come();
  EXPECT_FALSE(control.server.details().resumed);
  EXPECT_EQ(fleet.data(control), taken);
}

TEST(TicketKeys, AreReadAgainWithTheOtherFiles) {
  Fleet fleet{new_key, new_key};
  fleet.keys.folder.write("1", other_key + "\n" + new_key + "\n");
  fleet.other.reload();
  EXPECT_TRUE(fleet.come().server.details().resumed);
  fleet.keys.folder.write("1", other_key + "\n");
  fleet.other.reload();
  EXPECT_FALSE(fleet.come().server.details().resumed);
}

TEST(TicketKeys, BringNoCertificateOfAClientToAnotherServer) {
  Fleet fleet{new_key, new_key, TlsVersion::tls_1_3, ClientCertificates::asked_for};
  EXPECT_FALSE(fleet.come().server.details().resumed);
}

TEST(TicketKeys, AreRefusedWhereALineIsNone) {
  const TestFolder folder;
  const auto attempt = [&](const std::string& text) {
    folder.write("keys", text);
    detail::tls::TicketKeys{folder / "keys"};
  };
  for (const std::string& text : {std::string{}, std::string{"\n"}, new_key + "\n\n", new_key.substr(1), new_key + "0",
                                  new_key.substr(1) + "g", "-" + new_key.substr(1)}) {
    EXPECT_THROW(attempt(text), std::system_error) << text;
  }
  EXPECT_NO_THROW(attempt(new_key));
  EXPECT_THROW(detail::tls::TicketKeys{folder / "missing"}, std::system_error);
}

}  // namespace
