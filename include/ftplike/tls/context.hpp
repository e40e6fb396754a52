#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/system/authorities.hpp>
#include <ftplike/system/files.hpp>
#include <ftplike/tls/certificate.hpp>
#include <ftplike/tls/error.hpp>

namespace ftplike::inline v0_2 {

/// The versions of TLS that are spoken here.
enum class TlsVersion { tls_1_2, tls_1_3 };

/// Certificates or a key in PEM: the path of a file, or by `Pem::text` what would be in one.
class Pem {
 public:
  Pem() = default;
  /// Of a file.
  Pem(std::string file) : words_{std::move(file)} {}
  /// Of a file.
  Pem(const char* file) : words_{file} {}
  /// Of PEM as a text.
  static Pem text(std::string pem) {
    Pem made{std::move(pem)};
    made.is_text_ = true;
    return made;
  }

  /// Whether nothing was named.
  bool empty() const noexcept { return words_.empty(); }
  /// Whether it is PEM itself, and no file's name.
  bool is_text() const noexcept { return is_text_; }
  /// The path, or the text.
  const std::string& words() const noexcept { return words_; }

 private:
  std::string words_;
  bool is_text_ = false;
};

/// The certificates that a peer has shown, while it is decided whether it is the right one.
struct ShownCertificates {
  const std::vector<PeerCertificate>& chain;  // its own, then those that it sent with it, in its order
  std::error_code verdict;                    // what is wrong with them by the other settings; empty if nothing
  X509_STORE_CTX* openssl;                    // the same as OpenSSL has it
};

namespace detail::tls {

struct Free {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(STACK_OF(X509_INFO) * all) const noexcept { sk_X509_INFO_pop_free(all, X509_INFO_free); }
};
using ContextPointer = std::unique_ptr<SSL_CTX, Free>;
using SessionPointer = std::unique_ptr<SSL_SESSION, Free>;
using BioPointer = std::unique_ptr<BIO, Free>;

constexpr int number(TlsVersion version) noexcept {
  return version == TlsVersion::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

/// The names of protocols as they go over the wire. (RFC 7301)
inline std::string alpn_wire(const std::vector<std::string>& names) {
  std::string wire;
  for (const auto& name : names) {
    if (name.empty() || name.size() > 255)
      throw std::system_error(std::make_error_code(std::errc::invalid_argument), "ALPN");
    (wire += static_cast<char>(name.size())) += name;
  }
  return wire;
}

// ---- PEM

/// How errors name it.
inline std::string name_of(const Pem& pem) { return pem.is_text() ? "given as text" : pem.words(); }

inline BioPointer open(const Pem& pem, const std::string& what) {
  ERR_clear_error();
  const std::string& words = pem.words();
  BioPointer bio{pem.is_text() ? BIO_new_mem_buf(words.data(), static_cast<int>(words.size()))
                               : BIO_new_file(words.c_str(), "r")};
  require(bio != nullptr, what + " " + name_of(pem));
  return bio;
}

/// OpenSSL's question for a password: the answer of a `std::function<std::string()>`, if there is one.
inline int tell_password(char* room, int size, int, void* asked) noexcept {
  const auto& password = *static_cast<const std::function<std::string()>*>(asked);
  try {
    const std::string answer = password ? password() : std::string{};
    const bool usable = password && answer.size() <= static_cast<std::size_t>(size);
    if (!usable) return -1;
    std::memcpy(room, answer.data(), answer.size());
    return static_cast<int>(answer.size());
  } catch (...) { return -1; }
}
/// The same where nobody is to be asked: or OpenSSL would ask on the terminal.
inline const std::function<std::string()> no_password;

/// Takes a certificate, with its chain.
inline void use_certificate(SSL_CTX* context, const Pem& pem) {
  const std::string what = "certificate " + name_of(pem);
  const BioPointer bio = open(pem, "certificate");
  void* const nobody = const_cast<std::function<std::string()>*>(&no_password);
  const std::unique_ptr<X509, Free> own{PEM_read_bio_X509_AUX(bio.get(), nullptr, &tell_password, nobody)};
  require(own != nullptr && SSL_CTX_use_certificate(context, own.get()) == 1, what);
  SSL_CTX_clear_chain_certs(context);
  while (X509* const next = PEM_read_bio_X509(bio.get(), nullptr, &tell_password, nobody)) {
    if (SSL_CTX_add0_chain_cert(context, next) == 1) continue;
    X509_free(next);
    require(false, what);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  require(at_end, what);
  ERR_clear_error();
}
/// Takes the key of the certificate that is there.
inline void use_key(SSL_CTX* context, const Pem& pem, const std::function<std::string()>& password) {
  const BioPointer bio = open(pem, "key");
  void* const asked = const_cast<std::function<std::string()>*>(&password);
  const std::unique_ptr<EVP_PKEY, Free> key{PEM_read_bio_PrivateKey(bio.get(), nullptr, &tell_password, asked)};
  require(key != nullptr && SSL_CTX_use_PrivateKey(context, key.get()) == 1, "key " + name_of(pem));
}
/// Calls `f(certificate, revocations)` for each of a PEM, of which one is null.
template <class F> void for_each_certificate(const Pem& pem, F f) {
  const std::string what = "certificates";
  const BioPointer bio = open(pem, what);
  void* const nobody = const_cast<std::function<std::string()>*>(&no_password);
  const std::unique_ptr<STACK_OF(X509_INFO), Free> all{
      PEM_X509_INFO_read_bio(bio.get(), nullptr, &tell_password, nobody)};
  require(all != nullptr, what + " " + name_of(pem));
  bool is_empty = true;
  for (int i = 0; i < sk_X509_INFO_num(all.get()); ++i) {
    const X509_INFO* const one = sk_X509_INFO_value(all.get(), i);
    if (!one->x509 && !one->crl) continue;
    f(one->x509, one->crl);
    is_empty = false;
  }
  if (is_empty) ERR_raise(ERR_LIB_PEM, PEM_R_NO_START_LINE);
  require(!is_empty, what + " " + name_of(pem));
}
/// Has peers be believed for whom these vouch.
inline void trust(SSL_CTX* context, const Pem& authorities) {
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for_each_certificate(authorities, [&](X509* certificate, X509_CRL* revocations) {
    if (certificate) require(X509_STORE_add_cert(store, certificate) == 1, "certificates " + name_of(authorities));
    if (revocations) require(X509_STORE_add_crl(store, revocations) == 1, "certificates " + name_of(authorities));
  });
}

/// Has peers be believed for whom the system's authorities vouch.
inline void trust_the_system(SSL_CTX* context) {
  require(SSL_CTX_set_default_verify_paths(context) == 1, "the system's certificates");
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for_each_authority([store](std::span<const std::byte> bytes) {
    const auto* next = reinterpret_cast<const unsigned char*>(bytes.data());
    const std::unique_ptr<X509, Free> authority{d2i_X509(nullptr, &next, static_cast<long>(bytes.size()))};
    if (authority) X509_STORE_add_cert(store, authority.get());
  });
  ERR_clear_error();  // whom OpenSSL cannot read vouches for nobody
}

// ---- the log of keys

/// Adds the keys of connections to a file that is readable for its owner only.
class KeyLog {
 public:
  /// None if the path is empty.
  explicit KeyLog(const std::string& path) {
    if (path.empty()) return;
    file_ = Descriptor{sys::open_file(path.c_str(), sys::to_append, 0600)};
    if (!file_) throw std::system_error(errno, std::generic_category(), "key log " + path);
  }
  explicit operator bool() const noexcept { return static_cast<bool>(file_); }
  /// Lasts as long as the context.
  void attach_to(SSL_CTX* context) const {
    if (!file_) return;
    SSL_CTX_set_ex_data(context, place(), const_cast<KeyLog*>(this));
    SSL_CTX_set_keylog_callback(context, &add);
  }

 private:
  static int place() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
  }
  static void add(const SSL* ssl, const char* words) noexcept {
    const auto* const self = static_cast<const KeyLog*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place()));
    try {
      const std::string line = std::string{words} + '\n';
      (void)sys::write_some(self->file_.get(), line.data(), line.size());
    } catch (const std::exception&) {  // one line less
    }
  }

  Descriptor file_;
};

// ---- contexts

/// What the contexts of both ends have in common.
template <class Settings> ContextPointer make_context(const SSL_METHOD* method, const Settings& settings) {
  ERR_clear_error();
  ContextPointer made{SSL_CTX_new(method)};
  SSL_CTX* const context = made.get();
  require(context != nullptr, "TLS context");
  require(SSL_CTX_set_min_proto_version(context, number(settings.oldest)) == 1 &&
              SSL_CTX_set_max_proto_version(context, number(settings.newest)) == 1,
          "TLS version");
  const auto& ciphers = settings.ciphers;
  require(ciphers.empty() || SSL_CTX_set_cipher_list(context, ciphers.c_str()) == 1, "ciphers " + ciphers);
  const auto& suites = settings.suites;
  require(suites.empty() || SSL_CTX_set_ciphersuites(context, suites.c_str()) == 1, "suites " + suites);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // What is encrypted lies in a buffer of ours that grows; an idle connection keeps none of OpenSSL's own.
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_default_passwd_cb(context, &tell_password);
  SSL_CTX_set_default_passwd_cb_userdata(context, const_cast<std::function<std::string()>*>(&no_password));
  return made;
}

/// Certificate and key, and what `settings` do to a context that is ready but for that.
template <class Settings>
void finish(SSL_CTX* context, const Settings& settings, const Pem& certificate, const Pem& key) {
  if (!certificate.empty()) use_certificate(context, certificate);
  if (!key.empty()) use_key(context, key, settings.password);
  ERR_clear_error();
  if (settings.context) settings.context(context);
  if (SSL_CTX_get0_certificate(context) || SSL_CTX_get0_privatekey(context)) {
    require(SSL_CTX_check_private_key(context) == 1,
            "key " + name_of(key) + " for certificate " + name_of(certificate));
  }
}

/// The verdict on a peer after `settings.verify`, if there is one, has seen what it shows: OpenSSL's callback for that.
template <class Settings> int judge(const Settings& settings, X509_STORE_CTX* checked, bool good) noexcept {
  if (!settings.verify) return good;
  try {
    std::vector<PeerCertificate> chain;
    const STACK_OF(X509)* const shown = X509_STORE_CTX_get0_untrusted(checked);
    for (int i = 0; i < sk_X509_num(shown); ++i) chain.emplace_back(sk_X509_value(shown, i));
    std::error_code verdict;
    if (!good) verdict.assign(X509_STORE_CTX_get_error(checked), certificate_category());
    const bool accepted = settings.verify(ShownCertificates{chain, verdict, checked});
    if (accepted) X509_STORE_CTX_set_error(checked, X509_V_OK);
    if (!accepted && good) X509_STORE_CTX_set_error(checked, X509_V_ERR_CERT_REJECTED);
    return accepted;
  } catch (...) {
    X509_STORE_CTX_set_error(checked, X509_V_ERR_CERT_REJECTED);
    return 0;
  }
}

}  // namespace detail::tls
}  // namespace ftplike
