#pragma once
#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/tls/context.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// Whether data connections resume the TLS session of their control connection, which proves that both have the same
/// client: never (clients get a session all the same, as some want to have one), if the client likes, or as a condition.
enum class TlsReuse { off, preferred, required };

/// Whether clients are asked for a certificate of their own.
enum class ClientCertificates { ignored, asked_for, required };

/// How a server presents itself, for which `certificate` and `key` are enough. Files are PEM: a certificate with its
/// chain (its own first), and its key without a password.
struct TlsServerSettings {
  struct Host {
    std::string name, certificate, key;
  };
  std::string certificate{}, key{};
  std::vector<Host> hosts{};  // other certificates, for clients that name these hosts (SNI)
  TlsReuse reuse = TlsReuse::preferred;
  std::string client_ca{};  // who signs the certificates of clients
  ClientCertificates client_certificates = ClientCertificates::ignored;
  TlsVersion oldest = TlsVersion::tls_1_2, newest = TlsVersion::tls_1_3;
};

namespace detail::tls {

/// What a server's certificates and keys were when they were read. Sessions keep theirs, for their data connections,
/// too: tickets of one reading say nothing to the next.
class ServerContext {
 public:
  explicit ServerContext(const TlsServerSettings& settings)
      : reuse{settings.reuse}, context_{make(settings, settings.certificate, settings.key)} {
    for (const auto& host : settings.hosts) {
      hosts_.emplace_back(host.name, make(settings, host.certificate, host.key));
    }
    SSL_CTX_set_tlsext_servername_callback(context_.get(), &choose_host);
    SSL_CTX_set_tlsext_servername_arg(context_.get(), this);
  }
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  SSL_CTX* get() const noexcept { return context_.get(); }
  const TlsReuse reuse;

 private:
  static ContextPointer make(const TlsServerSettings& settings, const std::string& certificate,
                             const std::string& key) {
    auto context = make_context(TLS_server_method(), settings.oldest, settings.newest);
    use_certificate(context.get(), certificate, key);
    SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, nullptr);
    if (settings.client_certificates != ClientCertificates::ignored) {
      const char* const file = settings.client_ca.c_str();
      require(SSL_CTX_load_verify_file(context.get(), file) == 1, "certificates " + settings.client_ca);
      SSL_CTX_set_client_CA_list(context.get(), SSL_load_client_CA_file(file));
      const bool required = settings.client_certificates == ClientCertificates::required;
      SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    }
    // A TLS session serves its own FTP session only and ends with it, which may last for days.
    constexpr long longest_allowed = 7L * 24 * 60 * 60;
    SSL_CTX_set_timeout(context.get(), longest_allowed);
    return context;
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
                             unsigned int offered_size, void*) noexcept {
    unsigned char* found = nullptr;
    const auto* const ours = reinterpret_cast<const unsigned char*>(alpn.data());
    const int outcome =
        SSL_select_next_proto(&found, size, ours, static_cast<unsigned>(alpn.size()), offered, offered_size);
    if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
  }

  ContextPointer context_;
  std::vector<std::pair<std::string, ContextPointer>> hosts_;
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
