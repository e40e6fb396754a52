#pragma once
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <fstream>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <ftplike/tls/error.hpp>

namespace ftplike::inline v0_2::detail::tls {

/// The keys of session tickets that several servers share: the first makes tickets, each opens those that it made.
class TicketKeys {
 public:
  /// None if the path is empty. The file has a key a line, 160 hexadecimal digits, the newest first.
  ///
  /// **Errors:** `std::system_error` if it cannot be read, has no key, or a line that is none.
  explicit TicketKeys(const std::string& path) {
    if (path.empty()) return;
    std::ifstream lines{path};
    if (!lines) throw std::system_error(errno, std::generic_category(), "ticket keys " + path);
    for (std::string line; std::getline(lines, line); OPENSSL_cleanse(line.data(), line.size())) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      Key key;
      if (!read(line, key)) refuse(path + ": a line is not 160 hexadecimal digits");
      keys_.push_back(key);
    }
    if (lines.bad() || keys_.empty()) refuse(path + ": no key");
  }
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;
  ~TicketKeys() { OPENSSL_cleanse(keys_.data(), keys_.size() * sizeof(Key)); }

  explicit operator bool() const noexcept { return !keys_.empty(); }
  /// Lasts as long as the context.
  void attach_to(SSL_CTX* context) const {
    if (keys_.empty()) return;
    SSL_CTX_set_ex_data(context, place(), const_cast<TicketKeys*>(this));
    require(SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &prepare) == 1, "ticket keys");
  }

 private:
  struct Key {
    std::array<unsigned char, 16> name;  // goes over the wire
    std::array<unsigned char, 32> cipher, mac;
  };
  static_assert(sizeof(Key) == 80);

  [[noreturn]] static void refuse(const std::string& why) {
    throw std::system_error(std::make_error_code(std::errc::invalid_argument), "ticket keys " + why);
  }
  static bool read(std::string_view digits, Key& key) {
    if (digits.size() != 2 * sizeof(Key)) return false;
    std::array<unsigned char, sizeof(Key)> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const char* const from = digits.data() + 2 * i;
      const auto read = std::from_chars(from, from + 2, bytes[i], 16);
      if (read.ec != std::errc{} || read.ptr != from + 2) return false;
    }
    std::copy_n(bytes.begin(), key.name.size(), key.name.begin());
    std::copy_n(bytes.begin() + 16, key.cipher.size(), key.cipher.begin());
    std::copy_n(bytes.begin() + 48, key.mac.size(), key.mac.begin());
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return true;
  }
  static int place() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
  }
  /// OpenSSL's question for what makes a ticket or opens one. The answers: no ticket (0), here it is (1), open it and
  /// give a new one (2), an error (-1).
  static int prepare(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                     int makes) noexcept {
    const auto* const self = static_cast<const TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place()));
    const Key* const newest = self->keys_.data();
    const Key* key = newest;
    const EVP_CIPHER* const aes = EVP_aes_256_cbc();
    if (makes) {
      if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(aes)) != 1) return -1;
      std::copy(key->name.begin(), key->name.end(), name);
    } else {
      const Key* const end = newest + self->keys_.size();
      key = std::find_if(newest, end,
                         [name](const Key& one) { return std::equal(one.name.begin(), one.name.end(), name); });
      if (key == end) return 0;
    }
    char sha256[] = "SHA256";
    const std::array<OSSL_PARAM, 2> digest{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256, 0),
                                           OSSL_PARAM_construct_end()};
    const bool ready = EVP_MAC_init(mac, key->mac.data(), key->mac.size(), digest.data()) == 1 &&
                       EVP_CipherInit_ex(cipher, aes, nullptr, key->cipher.data(), iv, makes) == 1;
    if (!ready) return -1;
    return key == newest ? 1 : 2;
  }

  std::vector<Key> keys_;  // the newest first
};

}  // namespace ftplike::detail::tls
