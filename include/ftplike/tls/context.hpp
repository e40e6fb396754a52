#pragma once
#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

#include <ftplike/tls/error.hpp>

namespace ftplike::inline v0_2 {

/// The versions of TLS that are spoken here.
enum class TlsVersion { tls_1_2, tls_1_3 };

namespace detail::tls {

struct Free {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
};
using ContextPointer = std::unique_ptr<SSL_CTX, Free>;
using SessionPointer = std::unique_ptr<SSL_SESSION, Free>;

/// The protocol that both ends name by ALPN, so that no certificate of an FTP server serves to pose as an HTTP one. It
/// is written as it goes over the wire. (RFC 7301)
inline constexpr std::string_view alpn{"\3ftp"};

constexpr int number(TlsVersion version) noexcept {
  return version == TlsVersion::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

/// What the contexts of both ends have in common.
inline ContextPointer make_context(const SSL_METHOD* method, TlsVersion oldest, TlsVersion newest) {
  ERR_clear_error();
  ContextPointer context{SSL_CTX_new(method)};
  require(context != nullptr, "TLS context");
  require(SSL_CTX_set_min_proto_version(context.get(), number(oldest)) == 1 &&
              SSL_CTX_set_max_proto_version(context.get(), number(newest)) == 1,
          "TLS version");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // What is encrypted lies in a buffer of ours that grows; an idle connection keeps none of OpenSSL's own.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  // Or OpenSSL would ask on the terminal for the password of a key.
  SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return -1; });
  return context;
}

/// Takes a certificate, with its chain, and its key from PEM files.
inline void use_certificate(SSL_CTX* context, const std::string& certificate, const std::string& key) {
  ERR_clear_error();
  require(SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) == 1, "certificate " + certificate);
  require(SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1, "key " + key);
  require(SSL_CTX_check_private_key(context) == 1, "key " + key + " for certificate " + certificate);
}

}  // namespace detail::tls
}  // namespace ftplike
