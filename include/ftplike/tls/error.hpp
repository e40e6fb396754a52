#pragma once
#include <openssl/err.h>
#include <openssl/opensslv.h>
#include <openssl/pemerr.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <string>
#include <system_error>

#include <ftplike/protocol/error.hpp>
#include <ftplike/system/errors.hpp>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "ftplike's TLS needs OpenSSL 3.0 or later"
#endif

namespace ftplike::inline v0_2 {

/// What failed in TLS, or in reading certificates and keys. Values are OpenSSL's error codes.
inline const std::error_category& tls_category() noexcept {
  static const class : public std::error_category {
    const char* name() const noexcept override { return "ftplike.tls"; }
    std::string message(int value) const override {
      const auto code = static_cast<unsigned long>(value);
      if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
        switch (ERR_GET_REASON(code)) {
          case SSL_R_WRONG_VERSION_NUMBER:
          case SSL_R_HTTP_REQUEST:
          case SSL_R_HTTPS_PROXY_REQUEST: return "the peer does not speak TLS";
          default: break;
        }
      }
      if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE)
        return "nothing in PEM there";
      if (ERR_GET_LIB(code) == ERR_LIB_OSSL_DECODER) return "no key there that could be read";
      // What a peer says by an alert OpenSSL numbers from here on.
      constexpr int alerts = SSL_AD_REASON_OFFSET, last_alert = alerts + 255;
      if (const int reason = ERR_GET_REASON(code);
          ERR_GET_LIB(code) == ERR_LIB_SSL && reason >= alerts && reason <= last_alert) {
        return std::string{"the peer ended TLS: "} + SSL_alert_desc_string_long(reason - alerts);
      }
      const char* const reason = ERR_reason_error_string(code);
      return reason ? std::string{"TLS: "} + reason : "TLS error " + std::to_string(value);
    }
  } category;
  return category;
}

/// Why the peer's certificate was refused. Values are OpenSSL's `X509_V_ERR_…`; a certificate that is not a pinned one
/// has `X509_V_ERR_APPLICATION_VERIFICATION`, one that only `verify` of the settings refused
/// `X509_V_ERR_CERT_REJECTED`.
inline const std::error_category& certificate_category() noexcept {
  static const class : public std::error_category {
    const char* name() const noexcept override { return "ftplike.certificate"; }
    std::string message(int value) const override {
      switch (value) {
        case X509_V_ERR_CERT_HAS_EXPIRED: return "the certificate has expired";
        case X509_V_ERR_CERT_NOT_YET_VALID: return "the certificate is not valid yet";
        case X509_V_ERR_HOSTNAME_MISMATCH: return "the certificate is for another host";
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return "the certificate is for another address";
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "the certificate is self-signed and not trusted";
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return "the authority of the certificate is not trusted";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return "nobody trusted has signed the certificate";
        case X509_V_ERR_CERT_SIGNATURE_FAILURE: return "the certificate has a false signature";
        case X509_V_ERR_CERT_REVOKED: return "the certificate was revoked";
        case X509_V_ERR_INVALID_PURPOSE: return "the certificate is not meant for this use";
        case X509_V_ERR_CERT_REJECTED: return "the program's own check refused the certificate";
        case X509_V_ERR_APPLICATION_VERIFICATION: return "the certificate is not the pinned one";
        default: return std::string{"the certificate was refused: "} + X509_verify_cert_error_string(value);
      }
    }
  } category;
  return category;
}

namespace detail::tls {

/// OpenSSL's oldest error of this thread, which tells the cause best; forgets the others.
inline std::error_code last_error() noexcept {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return Errc::peer_lost;
  if (ERR_SYSTEM_ERROR(code)) return error_of_system(ERR_GET_REASON(code));
  return {static_cast<int>(code), tls_category()};
}

/// Throws OpenSSL's oldest error unless `good`.
inline void require(bool good, const std::string& what) {
  if (!good) throw std::system_error(last_error(), what);
}

}  // namespace detail::tls
}  // namespace ftplike
