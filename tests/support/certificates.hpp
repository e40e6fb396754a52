#pragma once
// Certificates made while the test runs, as PEM files in a folder that vanishes with them.
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/new_folder.hpp"

/// Where a certificate and its key lie.
struct CertificateFiles {
  std::string certificate, key;
};

/// What a certificate says.
struct CertificateWish {
  std::string common_name = "localhost";
  std::string alternative_names = "DNS:localhost,IP:127.0.0.1";  // empty: none
  long begins = -3600, ends = 3600;                              // seconds from now
  bool signed_by_itself = false;
};

/// An authority that signs certificates. Their keys are of Ed25519, with which a handshake has the same length always,
/// so that simulated networks do the same every time.
class Certificates {
 public:
  explicit Certificates(const std::string& name = "Authority") {
    folder_ = new_folder("ftplike-tls-");
    CertificateWish wish{.common_name = name, .alternative_names = "", .signed_by_itself = true};
    key_ = new_key();
    certificate_ = make(wish, key_.get(), nullptr, key_.get(), true);
    save("authority", certificate_.get(), nullptr);
  }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;
  ~Certificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// The authority's own certificate.
  std::string authority() const { return path("authority.pem"); }
  /// A certificate and its key under that file name, which may be one that was there before.
  CertificateFiles issue(const std::string& file, const CertificateWish& wish = {}) {
    const Key key = new_key();
    const Certificate made = wish.signed_by_itself ? make(wish, key.get(), nullptr, key.get(), false)
                                                   : make(wish, key.get(), certificate_.get(), key_.get(), false);
    save(file, made.get(), key.get());
    return {path(file + ".pem"), path(file + ".key")};
  }
  std::string path(const std::string& file) const { return (folder_ / file).string(); }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;
  using Certificate = std::unique_ptr<X509, Free>;

  static Key new_key() { return Key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")}; }

  Certificate make(const CertificateWish& wish, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, bool signs) {
    Certificate made{X509_new()};
    X509* const x = made.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++last_serial_);
    X509_gmtime_adj(X509_getm_notBefore(x), wish.begins);
    X509_gmtime_adj(X509_getm_notAfter(x), wish.ends);
    X509_set_pubkey(x, key);
    const auto* const name = reinterpret_cast<const unsigned char*>(wish.common_name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer : x));
    add(x, issuer ? issuer : x, NID_basic_constraints, signs ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add(x, issuer ? issuer : x, NID_subject_key_identifier, "hash");
    if (!wish.alternative_names.empty()) add(x, x, NID_subject_alt_name, wish.alternative_names);
    if (X509_sign(x, issuer_key, nullptr) == 0) throw std::runtime_error("no certificate");
    return made;
  }
  static void add(X509* certificate, X509* issuer, int kind, const std::string& text) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, text.c_str());
    if (!extension) throw std::runtime_error("no certificate extension " + text);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  void save(const std::string& file, X509* certificate, EVP_PKEY* key) const {
    const auto write = [](const std::string& name, auto put) {
      const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out{std::fopen(name.c_str(), "w"), &std::fclose};
      if (!out || put(out.get()) != 1) throw std::runtime_error("cannot write " + name);
    };
    write(path(file + ".pem"), [&](std::FILE* out) { return PEM_write_X509(out, certificate); });
    if (!key) return;
    write(path(file + ".key"),
          [&](std::FILE* out) { return PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
  }

  std::filesystem::path folder_;
  long last_serial_ = 0x1000;
  Key key_;
  Certificate certificate_;
};
