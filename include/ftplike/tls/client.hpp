#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/tls/certificate.hpp>
#include <ftplike/tls/context.hpp>

namespace ftplike::inline v0_2 {

/// How a client knows its servers. By default the system's certificate authorities vouch for them.
struct TlsClientSettings {
  Pem ca_file{};                      // these certificates are trusted, and not the system's
  std::vector<Fingerprint> pinned{};  // the server has one of these certificates, whoever signed it and for which host
  bool insecure = false;              // any certificate will do
  Pem certificate{}, key{};           // the client's own, for servers that ask for one
  TlsVersion oldest = TlsVersion::tls_1_2, newest = TlsVersion::tls_1_3;  // that are spoken
  std::string ciphers{}, suites{};          // of TLS 1.2 and of 1.3, in OpenSSL's words; empty: OpenSSL's own choice
  std::vector<std::string> alpn{"ftp"};     // the protocols that are offered, so that no other server can pose as one
  std::function<std::string()> password{};  // of a key that has one
  std::function<bool(const ShownCertificates&)> verify{};  // has the last word on the server's certificate
  std::string key_log{};                    // a file that gets the keys of all connections: who has it can read them
  std::function<void(SSL_CTX*)> context{};  // has the last word on the context, before the first handshake
};

namespace detail::tls {

/// What a client may resume: in TLS 1.3 the tickets that its control connection got.
class Tickets {
 public:
  void add(SSL_SESSION* session) {
    constexpr std::size_t most = 8;
    if (sessions_.size() == most) sessions_.erase(sessions_.begin());
    sessions_.emplace_back(session);
  }
  /// The newest, or null. Each is given once, for some servers take it once only; but the last one again and again. It
  /// is a copy: an alert on one connection must not spoil it for the others.
  SessionPointer take() {
    if (sessions_.empty()) return nullptr;
    SessionPointer copy{SSL_SESSION_dup(sessions_.back().get())};
    if (sessions_.size() > 1) sessions_.pop_back();
    return copy;
  }

 private:
  std::vector<SessionPointer> sessions_;
};

class ClientContext {
 public:
  explicit ClientContext(TlsClientSettings settings)
      : settings_{std::move(settings)},
        key_log_{settings_.key_log},
        context_{make_context(TLS_client_method(), settings_)} {
    SSL_CTX* const context = context_.get();
    if (!settings_.ca_file.empty()) {
      trust(context, settings_.ca_file);
      X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    } else if (settings_.context) {
      trust_system_if_wanted();  // before what has the last word
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, &verify, this);
    const std::string alpn = alpn_wire(settings_.alpn);
    const auto* const names = reinterpret_cast<const unsigned char*>(alpn.data());
    require(SSL_CTX_set_alpn_protos(context, names, static_cast<unsigned>(alpn.size())) == 0, "ALPN");
    // Sessions are kept by the control connections that they belong to, not for all connections to a host together.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, &keep);
    key_log_.attach_to(context);
    finish(context, settings_, settings_.certificate, settings_.key);
  }
  ClientContext(const ClientContext&) = delete;
  ClientContext& operator=(const ClientContext&) = delete;

  /// For a connection. The first one reads the system's authorities: to read them takes longer than a whole session in clear.
  ///
  /// **Errors:** those of reading them.
  SSL_CTX* get() const {
    if (!settings_.context) std::call_once(trusts_, [this] { trust_system_if_wanted(); });
    return context_.get();
  }

 private:
  void trust_system_if_wanted() const {
    if (settings_.ca_file.empty() && settings_.pinned.empty() && !settings_.insecure) trust_the_system(context_.get());
  }
  static int verify(X509_STORE_CTX* checked, void* self) noexcept {
    const auto& settings = static_cast<const ClientContext*>(self)->settings_;
    return judge(settings, checked, is_known(settings, checked));
  }
  static bool is_known(const TlsClientSettings& settings, X509_STORE_CTX* checked) noexcept {
    if (settings.pinned.empty() && !settings.insecure) return X509_verify_cert(checked) == 1;
    bool known = settings.pinned.empty();
    if (!known) {
      const Fingerprint shown{X509_STORE_CTX_get0_cert(checked)};
      known = std::find(settings.pinned.begin(), settings.pinned.end(), shown) != settings.pinned.end();
    }
    X509_STORE_CTX_set_error(checked, known ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
    return known;
  }
  static int keep(SSL* ssl, SSL_SESSION* session) noexcept {
    auto* const tickets = static_cast<Tickets*>(SSL_get_app_data(ssl));
    if (tickets) tickets->add(session);
    return tickets != nullptr;
  }

  const TlsClientSettings settings_;
  const KeyLog key_log_;
  ContextPointer context_;
  mutable std::once_flag trusts_;
};

}  // namespace detail::tls

/// How a client knows its servers, ready for use; the system's authorities are read only for the first handshake, in its
/// thread, or before `TlsClientSettings::context` is called. Copies are the same.
///
/// **Threads:** safe.
class TlsClient {
 public:
  /// **Errors:** `std::system_error` that names the file which cannot be used, and why.
  explicit TlsClient(TlsClientSettings settings = {})
      : context_{std::make_shared<const detail::tls::ClientContext>(std::move(settings))} {}

 private:
  template <class> friend class TlsStream;
  std::shared_ptr<const detail::tls::ClientContext> context_;
};

}  // namespace ftplike
