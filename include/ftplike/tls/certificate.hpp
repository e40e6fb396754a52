#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/tls/error.hpp>

namespace ftplike::inline v0_2 {

/// The SHA-256 of a certificate, by which it is pinned.
class Fingerprint {
 public:
  Fingerprint() = default;
  /// Of a certificate of OpenSSL's.
  explicit Fingerprint(const X509* certificate) {
    detail::tls::require(X509_digest(certificate, EVP_sha256(), bytes_.data(), nullptr) == 1, "fingerprint");
  }
  /// 64 hexadecimal digits in any case, with or without colons between them, as `openssl x509 -fingerprint` prints
  /// them; nothing if that is not what the text is.
  static std::optional<Fingerprint> parse(std::string_view text) {
    const std::size_t width = text.size() == 3 * size - 1 ? 3 : 2;
    if (width == 2 && text.size() != 2 * size) return std::nullopt;
    Fingerprint result;
    for (std::size_t i = 0; i < size; ++i) {
      const std::string_view byte = text.substr(i * width, width);
      const int high = digit(byte[0]), low = digit(byte[1]);
      if (high < 0 || low < 0 || (byte.size() == 3 && byte[2] != ':')) return std::nullopt;
      result.bytes_[i] = static_cast<unsigned char>(high << 4 | low);
    }
    return result;
  }
  /// As capital digits with colons between the bytes.
  std::string text() const {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const auto byte : bytes_) {
      if (!out.empty()) out += ':';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
    return out;
  }
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;

 private:
  static constexpr int digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    const auto lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  static constexpr std::size_t size = 32;
  std::array<unsigned char, size> bytes_{};
};

/// A certificate that the peer of a TLS connection showed.
class PeerCertificate {
 public:
  /// Of a certificate of OpenSSL's.
  explicit PeerCertificate(const X509* certificate)
      : subject{text_of(X509_get_subject_name(certificate))},
        issuer{text_of(X509_get_issuer_name(certificate))},
        names{alternative_names(certificate)},
        fingerprint{certificate} {
    const X509_NAME* const name = X509_get_subject_name(certificate);
    if (const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1); at >= 0) {
      unsigned char* utf8 = nullptr;
      const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
      if (size >= 0) common_name.assign(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
      OPENSSL_free(utf8);
    }
  }

  std::string subject, issuer;     // "CN=ada,O=example", by RFC 2253
  std::string common_name;         // of the subject; empty if it has none
  std::vector<std::string> names;  // its alternative names: "DNS:ada.example", "email:ada@example", "IP Address:192.0.2.1"
  Fingerprint fingerprint;  // of the whole certificate, SHA-256

 private:
  template <class Print> static std::string printed(Print print) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text{BIO_new(BIO_s_mem()), &BIO_free};
    print(text.get());
    char* data = nullptr;
    const long length = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<std::size_t>(length)};
  }
  static std::string text_of(const X509_NAME* name) {
    return printed([name](BIO* text) { X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253); });
  }
  static std::vector<std::string> alternative_names(const X509* certificate) {
    struct Free {
      void operator()(GENERAL_NAMES* all) const { GENERAL_NAMES_free(all); }
    };
    const std::unique_ptr<GENERAL_NAMES, Free> all{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    std::vector<std::string> result;
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
      result.push_back(printed([&](BIO* text) { GENERAL_NAME_print(text, sk_GENERAL_NAME_value(all.get(), i)); }));
    }
    return result;
  }
};

}  // namespace ftplike
