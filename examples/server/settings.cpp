#include "settings.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <string_view>

#include <ftplike/protocol/text.hpp>

#include "failure.hpp"

namespace {

using ftplike::Duration;
using ftplike::Rights;
using ftplike::Subnet;

[[noreturn]] void refuse(const std::string& value, const std::string& what) {
  throw std::invalid_argument("'" + value + "' is not " + what);
}

template <class Number> Number number(const std::string& value, Number least, Number most) {
  const auto result = ftplike::number_in<Number>(value);
  if (!result || *result < least || *result > most) {
    std::string what = "a whole number from " + std::to_string(least) + " on";
    if (most != std::numeric_limits<Number>::max()) what += " up to " + std::to_string(most);
    refuse(value, what);
  }
  return *result;
}
/// How many there may be; 0: no limit.
template <class Number> Number bound(const std::string& value) {
  constexpr auto most = std::numeric_limits<Number>::max();
  const auto result = number<Number>(value, 0, most);
  return result == 0 ? most : result;
}
/// The same of what is 0 itself where there is no limit.
template <class Number> Number bound_or_zero(const std::string& value) {
  return number<Number>(value, 0, std::numeric_limits<Number>::max());
}

/// Bytes, as 1500 or 10G; 0: no limit.
std::uint64_t bytes(const std::string& value) {
  const auto result = ftplike::bytes_in(value);
  if (!result) refuse(value, "a number of bytes, as 1500 or 10G");
  return *result;
}

/// A time; 0: no limit.
Duration seconds(const std::string& value) {
  double result = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  constexpr double most = 1e8;  // three years
  if (error != std::errc{} || end != value.data() + value.size() || !(result >= 0) || result > most) {
    refuse(value, "a number of seconds");
  }
  if (result == 0) return Duration::max();
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>{result});
}

std::chrono::seconds whole_seconds(const std::string& value) {
  return std::chrono::ceil<std::chrono::seconds>(seconds(value));
}
/// The same where 0 is no time at all but says that there is no limit.
std::chrono::seconds whole_seconds_or_zero(const std::string& value) {
  const auto result = whole_seconds(value);
  return seconds(value) == Duration::max() ? std::chrono::seconds{0} : result;
}

double percent(const std::string& value) {
  double result = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (error != std::errc{} || end != value.data() + value.size() || !(result >= 0) || result > 100) {
    refuse(value, "a share in percent");
  }
  return result;
}

void set_log_format(Configuration& configuration, const std::string& value) {
  if (value != "text" && value != "json") refuse(value, "text or json");
  configuration.log_is_json = value == "json";
}

/// `HOST:PORT`, `HOST`, `[IPV6]:PORT`, `[IPV6]`.
HostAndPort host_and_port(const std::string& value, const std::string& usual_port) {
  const bool bracketed = value.starts_with('[');
  const auto end = bracketed ? value.find(']') : value.rfind(':');
  std::string host = value.substr(0, end);
  std::string port = usual_port;
  if (bracketed) {
    if (end == value.npos) refuse(value, "HOST:PORT");
    host.erase(0, 1);
    if (end + 1 < value.size()) {
      if (value[end + 1] != ':') refuse(value, "HOST:PORT");
      port = value.substr(end + 2);
    }
  } else if (end != value.npos) {
    if (host.find(':') != host.npos)
      refuse(value, "HOST:PORT: an IPv6 address goes between brackets, as in [::1]:3456");
    port = value.substr(end + 1);
  }
  const auto number = ftplike::number_in<std::uint16_t>(port);
  // What is all digits would be taken for an address by the system, but is meant as a port.
  const bool only_digits = host.find_first_not_of("0123456789") == host.npos;
  if (only_digits || !number) refuse(value, "HOST:PORT");
  return {host, *number};
}

Rights rights(const std::string& value) {
  if (value == "none" || value == "read" || value == "write") return *Rights::parse(value);
  refuse(value, "none, read or write");
}

Subnet subnet(const std::string& value, const std::string& text) {
  const auto result = Subnet::parse(text);
  if (!result) refuse(value, "NETWORK/BITS, as 10.0.0.0/8");
  return *result;
}

void set_public_address(Configuration& configuration, const std::string& value) {
  const auto equals = value.find('=');
  std::error_code error;
  // Only replies to PASV tell an address, and they can only tell those of IPv4.
  const auto address = asio::ip::make_address_v4(value.substr(equals == value.npos ? 0 : equals + 1), error);
  if (error) refuse(value, "an IPv4 address, or NETWORK/BITS=ADDRESS");
  const auto clients = equals == value.npos ? Subnet{} : subnet(value, value.substr(0, equals));
  configuration.public_address.add(clients, address);
}

void set_data_ports(Configuration& configuration, const std::string& value) {
  const auto dash = value.find('-');
  const auto low = ftplike::number_in<std::uint16_t>(value.substr(0, dash));
  const auto high = dash == value.npos ? low : ftplike::number_in<std::uint16_t>(value.substr(dash + 1));
  if (!low || !high || *low == 0 || *high < *low) refuse(value, "a range of ports, as 50000-50999");
  configuration.data_ports.emplace(*low, *high);
}

void add_user(Configuration& configuration, const std::string& value) {
  const auto colon = value.find(':');
  // The value itself is not repeated: half of it is a secret.
  if (colon == value.npos || colon == 0 || colon + 1 == value.size()) throw std::invalid_argument("not NAME:PASSWORD");
  configuration.user.emplace_back(value.substr(0, colon), value.substr(colon + 1));
}

void add_folder(Configuration& configuration, const std::string& value) {
  configuration.folders.push_back(ftplike::AccountFolder::parse(value));
}

void set_taken_ends(Configuration& configuration, const std::string& value) {
  const auto ends = ftplike::UncertainEnds::parse(value);
  if (!ends) refuse(value, "none, no-quit, no-close-notify or any");
  configuration.conveniences.takes_ends = *ends;
}

void set_greeting(Configuration& configuration, const std::string& value) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (value.empty() || std::any_of(value.begin(), value.end(), is_control)) refuse(value, "a line of text");
  configuration.greeting = value;
}

void set_tls(Configuration& configuration, const std::string& value) {
  using ftplike::TlsPolicy;
  if (value != "off" && value != "offered" && value != "required") refuse(value, "off, offered or required");
  configuration.tls.policy = value == "off"       ? TlsPolicy::off
                             : value == "offered" ? TlsPolicy::offered
                                                  : TlsPolicy::required;
}

void set_tls_oldest(Configuration& configuration, const std::string& value) {
  if (value != "1.2" && value != "1.3") refuse(value, "1.2 or 1.3");
  configuration.tls.refuses_1_2 = value == "1.3";
}

void set_words(std::string& place, const std::string& value) {
  if (value.empty()) refuse(value, "a list of names");
  place = value;
}

void set_tls_reuse(Configuration& configuration, const std::string& value) {
  const bool known = value == "off" || value == "preferred" || value == "same-user" || value == "required";
  if (!known) refuse(value, "off, preferred, same-user or required");
  configuration.tls.reuse = value;
}

std::string pattern(const std::string& value) {
  if (value.empty() || value.find('/') != value.npos) refuse(value, "a pattern for a name, as *.exe");
  return value;
}

void set_file(std::string& place, const std::string& value) {
  if (value.empty()) refuse(value, "the name of a file");
  place = value;
}

constexpr const char* serving = "Serving";
constexpr const char* who = "Who may do what";
constexpr const char* tls = "TLS";
constexpr const char* bounds = "Limits (0 is no limit, here and wherever a number or a time bounds something)";
constexpr const char* data = "Data connections";
constexpr const char* seeing = "Seeing what happens";

constexpr bool is_limit = true;

using C = Configuration;
using V = const std::string&;

const Setting table[] = {
    {serving, "root", "DIR|s3://BUCKET/PREFIX", false, "the folder, or bucket, to serve (server/server_storage)",
     [](C& c, V value) { c.root = value; }},
    {serving, "s3-endpoint", "URL", false, "where the object store of a bucket is",
     [](C& c, V value) { c.s3.endpoint = value; }},
    {serving, "s3-region", "NAME", false, "its region (us-east-1)", [](C& c, V value) { c.s3.region = value; }},
    {serving, "s3-keys", "FILE", false,
     "its access key and secret key, a line each (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY of the environment)",
     [](C& c, V value) { set_file(c.s3.keys, value); }},
    {serving, "listen", "HOST:PORT", true, "where to accept sessions, as [::1]:3456; port 0 is any (127.0.0.1:3456)",
     [](C& c, V value) { c.listen.push_back(host_and_port(value, "3456")); }},
    {serving, "trusted-proxy", "NETWORK", true, "believe the PROXY protocol from there, and want it (none)",
     [](C& c, V value) { c.trusted_proxies.subnets.push_back(subnet(value, value)); }},
    {serving, "threads", "N", false, "threads that sessions run on (one a processor)",
     [](C& c, V value) { c.threads = number<unsigned>(value, 1, 1024); }},
    {serving, "partial-lifetime", "S", false, "seconds that an upload that was cut off can be gone on with (604800)",
     [](C& c, V value) { c.partial_rules.lifetime = whole_seconds_or_zero(value); }},
    {serving, "partial-share", "PERCENT", false,
     "of the disk that uploads that were cut off may hold, then the oldest go (no limit)",
     [](C& c, V value) { c.partial_rules.share = percent(value); }},
    {serving, "no-text", "", false, "send and store files as they are in TYPE A, too",
     [](C& c, V) { c.conveniences.converts_text = false; }},
    {serving, "no-patterns", "", false, "take no patterns, as *.txt, in LIST, NLST and STAT",
     [](C& c, V) { c.conveniences.takes_patterns = false; }},
    {serving, "greeting", "TEXT", false, "what sessions are greeted with (FTP Server Ready)", set_greeting},

    {who, "guests", "none|read|write", false,
     "sessions without a login (write on loopback if there are neither users nor anonymous logins, else none)",
     [](C& c, V value) { c.guests = rights(value); }},
    {who, "anonymous", "none|read|write", false,
     "logins as anonymous or ftp with any password (read on loopback if there are no users and guests are not set, else none)",
     [](C& c, V value) { c.anonymous = rights(value); }},
    {who, "user", "NAME:PASSWORD", true, "a user who may do everything, for trying out", add_user},
    {who, "users", "FILE", false, "the users of a file, as add-user writes it",
     [](C& c, V value) { set_file(c.users, value); }},
    {who, "pam", "SERVICE", false,
     "have PAM check the passwords of users whose hash is *pam, by this service of /etc/pam.d or by a file elsewhere (none)",
     [](C& c, V value) { set_file(c.pam, value); }},

    {who, "folder", "NAME=PATH[=RIGHTS]", true,
     "a folder that everybody sees under a name, as /pub=/srv/pub=read; RIGHTS joined by +, all where they are left out (no folder)", add_folder},
    {who, "hide", "PATTERN", true, "names that are neither listed nor found nor made, as .*, but for a user's own root (none)",
     [](C& c, V value) { c.hidden.push_back(pattern(value)); }},
    {who, "take-uploads", "none|no-quit|no-close-notify|any", false,
     "uploads that are taken for whole though their end does not prove it (none)", set_taken_ends},

    {who, "max-file", "BYTES", false, "bytes that an upload makes of a file at most (no limit)",
     [](C& c, V value) { c.upload_rules.largest = bound_or_zero<std::uint64_t>(value); }},
    {who, "refuse-name", "PATTERN", true, "names that uploads must not have, as *.exe, in upper or lower case (none)",
     [](C& c, V value) { c.upload_rules.refused_names.push_back(pattern(value)); }},
    {who, "allow-name", "PATTERN", true, "names that uploads must have (any)",
     [](C& c, V value) { c.upload_rules.allowed_names.push_back(pattern(value)); }},

    {who, "quota", "BYTES", false, "bytes that the folder may hold, as 10G; users' files have a quota for each user (no limit)",
     [](C& c, V value) { c.quota.bytes = bytes(value); }},
    {who, "quota-files", "N", false, "the same of files with directories (no limit)",
     [](C& c, V value) { c.quota.files = bound_or_zero<std::uint64_t>(value); }},

    {who, "ban-after", "N", false, "failed logins of an address (IPv6: its /64) that have it turned away (no limit)",
     [](C& c, V value) { c.ban_rules.failures = bound_or_zero<unsigned>(value); }},
    {who, "ban-within", "S", false, "in so many seconds (600)",
     [](C& c, V value) { c.ban_rules.within = whole_seconds(value); }},
    {who, "ban-time", "S", false, "for so many seconds (3600)",
     [](C& c, V value) { c.ban_rules.lasting = whole_seconds(value); }},
    {who, "ban-never", "NETWORK", true, "addresses that failed logins do not ban (none)",
     [](C& c, V value) { c.ban_rules.never.push_back(subnet(value, value)); }},
    {who, "ban-file", "FILE", false, "keep the bans there, for the next start and for the word ban (none)",
     [](C& c, V value) { set_file(c.ban_file, value); }},

    {tls, "cert", "FILE", false, "the server's certificate with its chain, PEM (none: no TLS)",
     [](C& c, V value) { set_file(c.tls.certificate, value); }},
    {tls, "key", "FILE", false, "the certificate's key, PEM without a password",
     [](C& c, V value) { set_file(c.tls.key, value); }},
    {tls, "tls", "off|offered|required", false,
     "whether clients may, or must, protect logins and data (offered if there is a certificate)", set_tls},
    {tls, "tls-implicit", "HOST:PORT", true, "where sessions begin with the TLS handshake (none)",
     [](C& c, V value) { c.tls.implicit.push_back(host_and_port(value, "990")); }},
    {tls, "tls-oldest", "1.2|1.3", false, "the oldest version of TLS that clients may speak (1.2)", set_tls_oldest},
    {tls, "tls-ciphers", "LIST", false, "ciphers of TLS 1.2, as openssl ciphers takes them (OpenSSL's own choice)",
     [](C& c, V value) { set_words(c.tls.ciphers, value); }},
    {tls, "tls-suites", "LIST", false, "ciphersuites of TLS 1.3, with ':' between them (OpenSSL's own choice)",
     [](C& c, V value) { set_words(c.tls.suites, value); }},
    {tls, "tls-reuse", "off|preferred|same-user|required", false,
     "whether data connections resume the control connection's session, or one of the user's (preferred)",
     set_tls_reuse},
    {tls, "tls-client-ca", "FILE", false, "who signs clients' certificates, PEM; users' files name them (none)",
     [](C& c, V value) { set_file(c.tls.client_ca, value); }},
    {tls, "tls-ticket-keys", "FILE", false, "keys of session tickets that servers share, the newest first (own ones)",
     [](C& c, V value) { set_file(c.tls.ticket_keys, value); }},

    {bounds, "max-sessions", "N", false, "sessions at a time (10000)",
     [](C& c, V value) { c.limits.sessions = bound<std::size_t>(value); }, is_limit},
    {bounds, "max-sessions-per-address", "N", false, "the same, for each address of a client (1000)",
     [](C& c, V value) { c.limits.sessions_per_address = bound<std::size_t>(value); }, is_limit},
    {bounds, "login-attempts", "N", false, "failed logins that end a session (3)",
     [](C& c, V value) { c.limits.login_attempts = bound<unsigned>(value); }, is_limit},
    {bounds, "login-timeout", "S", false, "seconds to log in (60)",
     [](C& c, V value) { c.limits.login = seconds(value); }, is_limit},
    {bounds, "idle-timeout", "S", false, "seconds between two commands (300)",
     [](C& c, V value) { c.limits.idle = seconds(value); }, is_limit},
    {bounds, "drain-timeout", "S", false, "seconds for transfers to end when the server stops (30)",
     [](C& c, V value) { c.limits.drain = seconds(value); }, is_limit},
    {bounds, "rate", "BYTES", false, "bytes a second of all transfers in one direction together (no limit)",
     [](C& c, V value) { c.limits.bytes_per_second = bound_or_zero<std::uint64_t>(value); }, is_limit},

    {data, "data-ports", "LO-HI", false, "ports to open for data (49152-65535)", set_data_ports},
    {data, "public-address", "ADDRESS", true,
     "the data ports' address as clients see it; NETWORK/BITS=ADDRESS for those of a network", set_public_address},
    {data, "data-timeout", "S", false, "seconds without progress (60), and for a data connection to come (30)",
     [](C& c, V value) { c.limits.stall = c.limits.connect_data = seconds(value); }, is_limit},
    {data, "compress", "", false, "offer to compress what is transferred (MODE Z)", [](C& c, V) { c.compress = true; }},

    {seeing, "explain", "", false, "show the control and the data connections side by side",
     [](C& c, V) { c.explain = true; }},
    {seeing, "log", "FILE", false, "write a log; - is stderr (none)", [](C& c, V value) { set_file(c.log, value); }},
    {seeing, "log-format", "text|json", false, "lines for people, or an object of JSON a line (text)", set_log_format},
    {seeing, "log-commands", "", false, "log every command and reply, too", [](C& c, V) { c.log_commands = true; }},
    {seeing, "xferlog", "FILE", false, "write a line of xferlog for each file transferred (none)",
     [](C& c, V value) { set_file(c.xferlog, value); }},
    {seeing, "metrics", "HOST:PORT", false, "answer Prometheus there, on loopback only (none)",
     [](C& c, V value) { c.metrics = host_and_port(value, "9121"); }},
    {seeing, "page", "HOST:PORT", false, "show both channels live in a browser there, on loopback only (none)",
     [](C& c, V value) { c.page = host_and_port(value, "8021"); }},
    {seeing, "admin-socket", "FILE", false, "answer the words who, kick and limits there, to this user and root alone (none)",
     [](C& c, V value) { set_file(c.admin_socket, value); }},
    {seeing, "record", "FILE", false, "record all sessions, to play them again; no passwords, no contents (none)",
     [](C& c, V value) { set_file(c.record, value); }},
    {seeing, "record-contents", "", false, "record the contents of files and listings, too",
     [](C& c, V) { c.record_contents = true; }},
};

}  // namespace

std::span<const Setting> settings() { return table; }

void apply_limit(Configuration& configuration, const std::string& name, const std::string& value) {
  const auto all = settings();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& one) { return one.name == name && one.is_limit; });
  if (found == all.end()) throw std::invalid_argument("'" + name + "' is no limit");
  try {
    found->apply(configuration, value);
  } catch (const std::invalid_argument& wrong) { throw std::invalid_argument(name + ": " + wrong.what()); }
}

Configuration configure(const AllSaid& said) {
  Configuration configuration;
  for (const auto& setting : settings()) {
    const auto place = said.find(setting.name);
    if (place == said.end()) continue;
    for (const auto& value : place->second.values) {
      try {
        setting.apply(configuration, value);
      } catch (const std::invalid_argument& wrong) {
        throw Failure{Ending::bad_configuration, place->second.where + ": " + wrong.what()};
      }
    }
  }
  return configuration;
}
