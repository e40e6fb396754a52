#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/profile.hpp>
#include <ftplike/storage/partials.hpp>
#include <ftplike/storage/quota.hpp>

/// Where to listen, as the operator said it.
class HostAndPort {
 public:
  HostAndPort(std::string its_host, std::uint16_t its_port) : host{std::move(its_host)}, port{its_port} {}

  std::string host;  // an address or a name
  std::uint16_t port;
};

/// A user for trying out.
class NameAndPassword {
 public:
  NameAndPassword(std::string its_name, std::string its_password)
      : name{std::move(its_name)}, password{std::move(its_password)} {}

  std::string name, password;
};

/// What the operator wants of TLS.
class Protecting {
 public:
  std::string certificate, key;              // files; empty: no TLS
  std::optional<ftplike::TlsPolicy> policy;  // not said: offered if there is a certificate
  std::vector<HostAndPort> implicit;         // where sessions begin with the handshake
  bool refuses_1_2 = false;
  std::string ciphers, suites;  // in OpenSSL's words; empty: its own choice
  std::string reuse = "preferred";
  std::string client_ca;    // a file; empty: clients are not asked for certificates
  std::string ticket_keys;  // a file; empty: no other server knows them
};

/// Where a root as s3://bucket is.
class ObjectStore {
 public:
  std::string endpoint, region = "us-east-1";
  std::string keys;  // a file; empty: those of the environment
};

/// What the operator wants of the server.
struct Configuration {
  /// The same with another root.
  Configuration at(const std::string& place) const {
    Configuration there = *this;
    there.root = place;
    return there;
  }

  std::string root = "server/server_storage";
  ObjectStore s3;
  std::vector<HostAndPort> listen;  // empty: port 3456 of this machine, unless a supervisor handed sockets in
  ftplike::TrustedProxies trusted_proxies;
  ftplike::PartialRules partial_rules{.lifetime = std::chrono::hours{24 * 7}};
  /// The same for a storage, which knows no 0 as for ever.
  std::chrono::seconds partial_lifetime() const {
    constexpr std::chrono::hours for_ever{24 * 365 * 1000};
    return partial_rules.lifetime.count() > 0 ? partial_rules.lifetime : for_ever;
  }
  unsigned threads = 0;  // 0: as many as the machine has processors
  std::string greeting = "FTP Server Ready";

  std::optional<ftplike::Rights> guests, anonymous;  // not said: by the rule of `others`
  std::vector<NameAndPassword> user;
  std::string users;  // a file; empty: none
  std::string pam;    // a service of the system's, or a file; empty: none
  std::vector<ftplike::AccountFolder> folders;  // that everybody sees
  std::vector<std::string> hidden;              // patterns of names that nobody sees

  Protecting tls;

  ftplike::BanRules ban_rules{.failures = 0};  // 0: failed logins ban nobody
  std::string ban_file;                        // empty: none

  ftplike::Limits limits;
  ftplike::UploadRules upload_rules;
  ftplike::QuotaLimits quota;
  ftplike::Conveniences conveniences;
  std::optional<ftplike::DataPorts> data_ports;  // not said: the dynamic ones
  ftplike::PublicAddress public_address;
  bool compress = false;

  bool explain = false;
  std::string log;  // a file, or "-" for stderr; empty: none
  bool log_is_json = false, log_commands = false;
  std::string xferlog;  // a file; empty: none
  std::optional<HostAndPort> metrics, page;
  std::string admin_socket;  // a file; empty: none
  std::string record;  // a file; empty: none
  bool record_contents = false;
};
