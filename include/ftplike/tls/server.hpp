#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <functional>
#include <memory>
#include <mutex>
#include <openssl/rand.h>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/tls/context.hpp>
#include <ftplike/tls/owners.hpp>
#include <ftplike/tls/ticket_keys.hpp>

namespace ftplike::inline v0_2 {

/// Whether data connections resume a TLS session, which proves whose they are.
enum class TlsReuse {
  off,        // never; clients get a session all the same, as some want to have one
  preferred,  // that of their control connection, if the client likes
  same_user,  // as a condition: that of any control connection of the same user, now or in the last hour
  required,   // as a condition: that of their control connection
};

/// Whether clients are asked for a certificate of their own.
enum class ClientCertificates { ignored, asked_for, required };

/// How a server presents itself, for which `certificate` and `key` are enough.
struct TlsServerSettings {
  /// Another certificate, for clients that name this host. (SNI)
  struct Host {
    std::string name;  // by which a client asks for it
    Pem certificate, key;  // as those below
  };
  Pem certificate{}, key{};   // the server's own certificate first, then its chain
  std::vector<Host> hosts{};  // other certificates, for clients that name these hosts (SNI)
  TlsReuse reuse = TlsReuse::preferred;  // what data connections have to resume
  Pem client_ca{};  // who signs the certificates of clients
  ClientCertificates client_certificates = ClientCertificates::ignored;  // whether clients are asked for one
  TlsVersion oldest = TlsVersion::tls_1_2, newest = TlsVersion::tls_1_3;  // that are spoken
  std::string ciphers{}, suites{};          // of TLS 1.2 and of 1.3, in OpenSSL's words; empty: OpenSSL's own choice
  std::vector<std::string> alpn{"ftp"};     // of the protocols that a client offers one has to be among these, if any
  std::function<std::string()> password{};  // of a key that has one
  std::function<bool(const ShownCertificates&)> verify{};  // has the last word on a client's certificate
  std::string key_log{};                    // a file that gets the keys of all connections: who has it can read them
  std::function<void(SSL_CTX*)> context{};  // has the last word on each context, before the first handshake
  /// A file with the keys of session tickets, for servers that share them: a key a line, 160 hexadecimal digits
  /// (`openssl rand -hex 80`). The first makes tickets, all open them. Then new control connections resume sessions of
  /// TLS 1.3, those of the other servers too, unless clients are asked for certificates. Empty: keys of its own.
  std::string ticket_keys{};
};

namespace detail::tls {

/// To which FTP session a server's end belongs, for OpenSSL's callbacks.
struct Belonging {
  Owner owner;
  bool is_data = false;
};

/// What a server's certificates and keys were when they were read. Sessions keep theirs, for their data connections,
/// too: tickets of one reading say nothing to the next, unless their keys are of a file.
class ServerContext {
 public:
  explicit ServerContext(const TlsServerSettings& settings)
      : settings_{settings},
        alpn_{alpn_wire(settings.alpn)},
        key_log_{settings.key_log},
        ticket_keys_{settings.ticket_keys},
        context_{make(settings.certificate, settings.key)} {
    for (const auto& host : settings.hosts) hosts_.emplace_back(host.name, make(host.certificate, host.key));
    SSL_CTX_set_tlsext_servername_callback(context_.get(), &choose_host);
    SSL_CTX_set_tlsext_servername_arg(context_.get(), this);
  }
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  SSL_CTX* get() const noexcept { return context_.get(); }
  TlsReuse reuse() const noexcept { return settings_.reuse; }
  Owners& owners() const noexcept { return owners_; }

 private:
  ContextPointer make(const Pem& certificate, const Pem& key) {
    auto made = make_context(TLS_server_method(), settings_);
    SSL_CTX* const context = made.get();
    if (!alpn_.empty()) SSL_CTX_set_alpn_select_cb(context, &choose_protocol, &alpn_);
    if (settings_.client_certificates != ClientCertificates::ignored) ask_for_certificates(context);
    SSL_CTX_set_cert_cb(context, &begin_anew, nullptr);
    SSL_CTX_set_session_ticket_cb(context, nullptr, &judge_ticket, this);
    SSL_CTX_set_generate_session_id(context, &make_id);
    SSL_CTX_set_client_hello_cb(context, &judge_id, this);
    // A TLS session serves its own FTP session only and ends with it, which may last for days.
    constexpr long longest_allowed = 7L * 24 * 60 * 60;
    SSL_CTX_set_timeout(context, longest_allowed);
    key_log_.attach_to(context);
    ticket_keys_.attach_to(context);
    finish(context, settings_, certificate, key);
    require(SSL_CTX_check_private_key(context) == 1, "certificate and key");
    return made;
  }
  void ask_for_certificates(SSL_CTX* context) {
    const Pem& authorities = settings_.client_ca;
    if (!authorities.empty() || !settings_.verify) {
      trust(context, authorities);
      for_each_certificate(authorities, [&](X509* certificate, X509_CRL*) {
        if (certificate) require(SSL_CTX_add_client_CA(context, certificate) == 1, "certificates of clients");
      });
    }
    const bool required = settings_.client_certificates == ClientCertificates::required;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    SSL_CTX_set_cert_verify_callback(context, &verify, this);
  }

  static int verify(X509_STORE_CTX* checked, void* self) noexcept {
    const bool good = X509_verify_cert(checked) == 1;
    return judge(static_cast<const ServerContext*>(self)->settings_, checked, good);
  }
  static int choose_host(SSL* ssl, int*, void* self) noexcept {
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (!name) return SSL_TLSEXT_ERR_NOACK;
    const auto& hosts = static_cast<const ServerContext*>(self)->hosts_;
    const auto host =
        std::find_if(hosts.begin(), hosts.end(), [name](const auto& one) { return same_word(one.first, name); });
    if (host == hosts.end()) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_SSL_CTX(ssl, host->second.get());
    return SSL_TLSEXT_ERR_OK;
  }
  static int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                             unsigned int offered_size, void* names) noexcept {
    const auto& alpn = *static_cast<const std::string*>(names);
    unsigned char* found = nullptr;
    const auto* const ours = reinterpret_cast<const unsigned char*>(alpn.data());
    const int outcome =
        SSL_select_next_proto(&found, size, ours, static_cast<unsigned>(alpn.size()), offered, offered_size);
    if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
  }
  static const Belonging& belonging(const SSL* ssl) noexcept {
    return *static_cast<const Belonging*>(SSL_get_app_data(ssl));
  }
  /// Called where a handshake resumes nothing. On a data connection it makes a session that is nobody's: to a stranger
  /// who will be refused it would else be worth as much as one of the control connection.
  static int begin_anew(SSL* ssl, void*) noexcept {
    if (!belonging(ssl).is_data) return 1;
    Owner nobody;
    const auto size = static_cast<unsigned>(nobody.size());
    return RAND_bytes(nobody.data(), static_cast<int>(size)) == 1 && set_owner(ssl, nobody) &&
           SSL_SESSION_set1_id_context(SSL_get_session(ssl), nobody.data(), size) == 1;
  }
  /// Called where a client offers a ticket, of which OpenSSL makes a session.
  static SSL_TICKET_RETURN judge_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t,
                                        SSL_TICKET_STATUS status, void* self) noexcept {
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
    const auto& context = *static_cast<const ServerContext*>(self);
    const bool may_go_on = !belonging(ssl).is_data && SSL_version(ssl) == TLS1_3_VERSION;
    if (may_go_on && context.shares_tickets()) return context.adopt(ssl, session);
    context.consider(ssl, owner_of(session));
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
  }
  /// Whether control connections resume sessions. A certificate that a client has shown elsewhere is none shown here.
  bool shares_tickets() const noexcept {
    return ticket_keys_ && settings_.client_certificates == ClientCertificates::ignored;
  }
  /// Has a control connection go on with a session that began elsewhere: from now on it is this connection's, and the
  /// client gets a ticket that says so. Not in TLS 1.2, where clients keep the ticket that they had.
  SSL_TICKET_RETURN adopt(SSL* ssl, SSL_SESSION* session) const noexcept {
    const Owner& owner = belonging(ssl).owner;
    const bool adopted = SSL_SESSION_set1_id_context(session, owner.data(), static_cast<unsigned>(owner.size())) == 1;
    return adopted ? SSL_TICKET_RETURN_USE_RENEW : SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  /// Called where a session needs an ID.
  static int make_id(SSL* ssl, unsigned char* id, unsigned* size) noexcept {
    const Owner& owner = belonging(ssl).owner;
    if (*size < 2 * owner.size()) return 0;
    const auto rest = std::copy(owner.begin(), owner.end(), id);
    return RAND_bytes(rest, static_cast<int>(*size - owner.size()));
  }
  /// Called before anything else in a handshake, where the client may offer a session by its ID.
  static int judge_id(SSL* ssl, int*, void* self) noexcept {
    const unsigned char* id = nullptr;
    Owner its;
    if (SSL_client_hello_get0_session_id(ssl, &id) == SSL_MAX_SSL_SESSION_ID_LENGTH) {
      std::copy_n(id, its.size(), its.begin());
      static_cast<const ServerContext*>(self)->consider(ssl, its);
    }
    return SSL_CLIENT_HELLO_SUCCESS;
  }
  /// Lets a data connection resume a session of that owner if it is of the same user, or may yet turn out to be.
  void consider(SSL* ssl, const Owner& its) const noexcept {
    if (!belonging(ssl).is_data || reuse() != TlsReuse::same_user) return;
    const auto verdict = owners_.compare(belonging(ssl).owner, its, std::chrono::steady_clock::now());
    if (verdict != Owners::Verdict::other) set_owner(ssl, its);
  }

  const TlsServerSettings settings_;
  std::string alpn_;  // as it goes over the wire
  const KeyLog key_log_;
  const TicketKeys ticket_keys_;
  ContextPointer context_;
  std::vector<std::pair<std::string, ContextPointer>> hosts_;
  mutable Owners owners_;
};

}  // namespace detail::tls

/// A server's certificates and what it demands of its clients. Copies are the same server.
///
/// **Threads:** safe.
class TlsServer {
 public:
  /// One without a certificate: it secures nothing.
  TlsServer() = default;
  /// **Errors:** `std::system_error` that names the file which cannot be used, and why.
  explicit TlsServer(TlsServerSettings settings) : state_{std::make_shared<State>(std::move(settings))} {}

  explicit operator bool() const noexcept { return state_ != nullptr; }
  /// Reads all files again, for the sessions to come; those that there are keep what they have.
  ///
  /// **Errors:** as the constructor; then all stays as it is.
  void reload() {
    if (!state_) return;
    auto fresh = std::make_shared<const detail::tls::ServerContext>(state_->settings);
    const std::lock_guard lock{state_->mutex};
    state_->context = std::move(fresh);
  }
  /// When the server's own certificate ends, as it was read last; nothing without one.
  std::optional<Timestamp> valid_until() const {
    if (!state_) return std::nullopt;
    const auto now = context();
    const X509* const certificate = SSL_CTX_get0_certificate(now->get());
    std::tm parts{};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return std::nullopt;
    using namespace std::chrono;
    const year_month_day date{year{parts.tm_year + 1900}, month{static_cast<unsigned>(parts.tm_mon + 1)},
                              day{static_cast<unsigned>(parts.tm_mday)}};
    return sys_days{date} + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
  }

 private:
  template <class> friend class TlsStream;
  struct State {
    explicit State(TlsServerSettings its_settings)
        : settings{std::move(its_settings)}, context{std::make_shared<const detail::tls::ServerContext>(settings)} {}
    const TlsServerSettings settings;
    std::mutex mutex;
    std::shared_ptr<const detail::tls::ServerContext> context;
  };
  std::shared_ptr<const detail::tls::ServerContext> context() const {
    if (!state_) throw std::system_error(std::make_error_code(std::errc::operation_not_supported), "no certificate");
    const std::lock_guard lock{state_->mutex};
    return state_->context;
  }

  std::shared_ptr<State> state_;
};

}  // namespace ftplike
