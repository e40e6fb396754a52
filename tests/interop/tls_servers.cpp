// Our client library under TLS with the servers that people run, which demand that data connections resume the session.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <string>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

#include <ftplike/client/pool.hpp>
#include <ftplike/tls.hpp>

#include "connection.hpp"
#include "running_server.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

/// What such a server is started with.
struct TlsSite {
  /// A program or a folder of those that ./setup unpacks, or else of the system.
  static std::string installed(const std::string& path) {
    const auto unpacked = std::string{FTPLIKE_EXAMPLES} + "/../build/servers/usr/" + path;
    return std::filesystem::exists(unpacked) ? unpacked : "/usr/" + path;
  }
  std::string user_line(uid_t user, gid_t group, const std::string& rest) const {
    // The password is "secret", hashed by crypt(3).
    return "tester:abNANd1rDfiNc:" + std::to_string(user) + ':' + std::to_string(group) + "::" + files.string() + rest +
           '\n';
  }
  void write_for_owner(const std::string& name, const std::string& text) const {
    own.write(name, text);
    std::filesystem::permissions(own / name, std::filesystem::perms{0600});
  }

  TestFolder own, files;
  std::string port = std::to_string(Listener{}.port());
  std::string certificate = own / "cert.pem", key = own / "key.pem";
};

std::vector<std::string> vsftpd_with_tls(const TlsSite& site) {
  std::filesystem::create_directory(site.own / "empty");
  site.own.write("conf",
                 "listen=YES\nlisten_address=127.0.0.1\nbackground=NO\nrun_as_launching_user=YES\n"
                 "anonymous_enable=YES\nlocal_enable=NO\nwrite_enable=YES\nanon_upload_enable=YES\n"
                 "anon_mkdir_write_enable=YES\nanon_other_write_enable=YES\nanon_world_readable_only=NO\n"
                 "anon_umask=022\nseccomp_sandbox=NO\nxferlog_enable=NO\nssl_enable=YES\nallow_anon_ssl=YES\n"
                 "force_anon_logins_ssl=YES\nforce_anon_data_ssl=YES\nrequire_ssl_reuse=YES\nssl_ciphers=HIGH\n"
                 "rsa_cert_file=" +
                     site.certificate + "\nrsa_private_key_file=" + site.key + "\nlisten_port=" + site.port +
                     "\nftp_username=" + ::getpwuid(::getuid())->pw_name + "\nanon_root=" + site.files.string() +
                     "\nsecure_chroot_dir=" + (site.own / "empty") + '\n');
  return {TlsSite::installed("sbin/vsftpd"), site.own / "conf"};
}

std::vector<std::string> proftpd_with_tls(const TlsSite& site) {
  site.write_for_owner("users", site.user_line(::getuid(), ::getgid(), ":/bin/false"));
  site.write_for_owner("groups", "tester:x:" + std::to_string(::getgid()) + ":\n");
  site.own.write("conf",
                 "ModulePath " + TlsSite::installed("lib/proftpd") +
                     "\nLoadModule mod_tls.c\nServerType standalone\nDefaultServer on\nDefaultAddress 127.0.0.1\n"
                     "UseIPv6 off\nUseReverseDNS off\nDelayEngine off\nAuthOrder mod_auth_file.c\nAuthPAM off\n"
                     "RequireValidShell off\nUseFtpUsers off\nRootLogin on\nAllowOverwrite on\nWtmpLog off\n"
                     "TransferLog none\nSystemLog none\nScoreboardFile none\nTLSEngine on\nTLSRequired on\n"
                     "TLSVerifyClient off\nTLSRenegotiate none\nTLSLog none\nTLSRSACertificateFile " +
                     site.certificate + "\nTLSRSACertificateKeyFile " + site.key + "\nPort " + site.port + "\nUser " +
                     ::getpwuid(::getuid())->pw_name + "\nGroup " + ::getgrgid(::getgid())->gr_name + "\nDefaultRoot " +
                     site.files.string() + "\nAuthUserFile " + (site.own / "users") + "\nAuthGroupFile " +
                     (site.own / "groups") + "\nPidFile " + (site.own / "pid") + '\n');
  return {TlsSite::installed("sbin/proftpd"), "--nodaemon", "--quiet", "--config", site.own / "conf"};
}

std::vector<std::string> pure_ftpd_with_tls(const TlsSite& site) {
  constexpr uid_t nobody = 65534;
  site.write_for_owner("users", site.user_line(nobody, nobody, "/./::::::::::::"));
  const auto made = outcome_of(
      Program{{TlsSite::installed("bin/pure-pw"), "mkdb", site.own / "users.pdb", "-f", site.own / "users"}});
  EXPECT_TRUE(ended_well(made));
  EXPECT_EQ(::chown(site.files.string().c_str(), nobody, nobody), 0);
  site.write_for_owner("both.pem", site.own.read("key.pem") + site.own.read("cert.pem"));
  return {TlsSite::installed("sbin/pure-ftpd"),
          "-4",
          "-S",
          "127.0.0.1," + site.port,
          "-l",
          "puredb:" + (site.own / "users.pdb"),
          "-H",
          "-A",
          "-u",
          "1",
          "-f",
          "none",
          "-Y",
          "3",
          "-2",
          site.own / "both.pem",
          "-g",
          site.own / "pid"};
}

struct TlsServerKind {
  const char* name;
  std::vector<std::string> (*start)(const TlsSite&);
  const char* login;
};
void PrintTo(const TlsServerKind& kind, std::ostream* out) { *out << kind.name; }

std::vector<TlsServerKind> tls_server_kinds() {
  std::vector<TlsServerKind> all{{"Vsftpd", vsftpd_with_tls, "anonymous:me%40here"},
                                 {"ProFTPD", proftpd_with_tls, "tester:secret"}};
  // It insists on changing its user, which only root can.
  if (::geteuid() == 0) all.push_back({"PureFTPd", pure_ftpd_with_tls, "tester:secret"});
  return all;
}

class OtherTlsServer : public testing::TestWithParam<std::tuple<TlsServerKind, TlsVersion>> {
 protected:
  using Pool = ClientPool<TlsTransport<>>;

  OtherTlsServer() {
    const auto made =
        outcome_of(Program{{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                            site.key, "-out", site.certificate}});
    EXPECT_TRUE(ended_well(made));
    std::filesystem::permissions(site.key, std::filesystem::perms{0600});
  }
  TlsClient trusting() const {
    TlsClientSettings settings;
    settings.ca_file = site.certificate;
    settings.oldest = settings.newest = std::get<TlsVersion>(GetParam());
    return TlsClient{settings};
  }
  Url url(const std::string& scheme) const {
    return Url{scheme + "://" + std::get<TlsServerKind>(GetParam()).login + "@127.0.0.1:" + site.port};
  }
  /// It takes a while until a server listens. What it takes the library to wait for that, it has.
  static PoolOptions patient() {
    PoolOptions options;
    options.sessions = 1;
    options.retry.attempts = 500;
    options.retry.first = options.retry.longest = 20ms;
    options.retry.waits_for_server = true;
    return options;
  }
  template <class Network, class R> static R run(Network& network, awaitable<R> operation) {
    Settled<R> result;
    start_on(network.executor(), settle(std::move(operation), result), {},
             [&network](std::exception_ptr) { network.stop(); });
    network.run();
    return result.get();
  }

  TestFolder ours;
  TlsSite site;
};

TEST_P(OtherTlsServer, TakesAndGivesFilesOfAnySizeInOneSession) {
  Process server{std::get<TlsServerKind>(GetParam()).start(site)};
  TlsTransport<> network{trusting()};
  Pool pool{network, url("ftpes"), patient()};
  for (const std::size_t size : {0u, 1u, 16'384u, 16'385u, 3'000'000u}) {
    const std::string name = std::to_string(size);
    ours.write(name, noise(size));
    EXPECT_EQ(run(network, pool.upload(ours / name)).transferred, size);
    EXPECT_TRUE(site.files.read(name) == noise(size)) << name;
    EXPECT_EQ(run(network, pool.download(name, ours / "back")).transferred, size);
    EXPECT_TRUE(ours.read("back") == noise(size)) << name;
    EXPECT_FALSE(run(network, pool.list()).empty());
  }
  const auto look = [](Client<TlsTransport<>>& session) -> awaitable<std::string> { co_return session.tls().version; };
  EXPECT_EQ(run(network, pool.use(look)),
            std::get<TlsVersion>(GetParam()) == TlsVersion::tls_1_2 ? "TLSv1.2" : "TLSv1.3");
  EXPECT_EQ(pool.sessions(), 1u);
  run(network, pool.quit());
}

TEST_P(OtherTlsServer, LetsNobodyInWithoutTls) {
  Process server{std::get<TlsServerKind>(GetParam()).start(site)};
  TlsTransport<> network{trusting()};
  Pool pool{network, url("ftpes"), patient()};
  EXPECT_TRUE(run(network, pool.list()).empty());
  TcpTransport clear;
  EXPECT_THROW(run(clear, connect(clear, url("ftp"))), ReplyError);
  run(network, pool.quit());
}

INSTANTIATE_TEST_SUITE_P(Real, OtherTlsServer,
                         testing::Combine(testing::ValuesIn(tls_server_kinds()),
                                          testing::Values(TlsVersion::tls_1_2, TlsVersion::tls_1_3)),
                         [](const auto& which) {
                           const bool old = std::get<TlsVersion>(which.param) == TlsVersion::tls_1_2;
                           return std::string{std::get<TlsServerKind>(which.param).name} + (old ? "Tls12" : "Tls13");
                         });

}  // namespace
