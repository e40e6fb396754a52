#pragma once
// The certificate authorities that the system trusts, where it keeps them elsewhere than in files that OpenSSL finds.
#include <cstddef>
#include <span>

#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/errors.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <memory>
#include <string_view>
#include <vector>
#include <wincrypt.h>
// Macros that have the names of OpenSSL's types.
#undef X509_NAME
#undef X509_EXTENSIONS
#undef PKCS7_ISSUER_AND_SERIAL
#undef PKCS7_SIGNER_INFO
#undef OCSP_REQUEST
#undef OCSP_RESPONSE
#endif

namespace ftplike::inline v0_2::detail {

#if FTPLIKE_WINDOWS_WAYS
/// Whether Windows lets an authority vouch for servers, and not only for programs, letters and so on.
inline bool vouches_for_servers(PCCERT_CONTEXT certificate) {
  DWORD size = 0;
  if (!::CertGetEnhancedKeyUsage(certificate, 0, nullptr, &size)) return false;
  std::vector<CERT_ENHKEY_USAGE> room(size / sizeof(CERT_ENHKEY_USAGE) + 1);
  if (!::CertGetEnhancedKeyUsage(certificate, 0, room.data(), &size)) return false;
  const bool has_no_list = ::GetLastError() == static_cast<DWORD>(CRYPT_E_NOT_FOUND);
  const CERT_ENHKEY_USAGE& uses = room.front();
  if (uses.cUsageIdentifier == 0) return has_no_list;
  for (const char* const use : std::span{uses.rgpszUsageIdentifier, uses.cUsageIdentifier}) {
    if (std::string_view{use} == "1.3.6.1.5.5.7.3.1") return true;  // id-kp-serverAuth, RFC 5280
  }
  return false;
}
#endif

/// Calls `f` with the certificate, in DER, of each authority that the system lets vouch for servers and that OpenSSL does not
/// find by itself.
template <class F> void for_each_authority([[maybe_unused]] F f) {
#if FTPLIKE_WINDOWS_WAYS
  struct Close {
    void operator()(void* store) const noexcept { ::CertCloseStore(store, 0); }
  };
  const std::unique_ptr<void, Close> store{::CertOpenSystemStoreW(0, L"ROOT")};
  if (!store) return;
  for (PCCERT_CONTEXT next = nullptr; (next = ::CertEnumCertificatesInStore(store.get(), next)) != nullptr;) {
    if (vouches_for_servers(next)) f(std::as_bytes(std::span{next->pbCertEncoded, next->cbCertEncoded}));
  }
#endif
}

}  // namespace ftplike::detail
