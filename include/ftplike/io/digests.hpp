#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <openssl/evp.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <zlib.h>

#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

// What the checksums of both ends are worked out with: OpenSSL and zlib.

/// The checksums that both ends know. Against somebody who changes a file on purpose only the first two help.
enum class DigestAlgorithm { sha256, sha512, sha1, md5, crc32 };

/// A checksum that grows with the bytes that it is given.
class Digest {
 public:
  /// The names of HASH and OPTS HASH, in the order of the enumerators.
  static constexpr std::array<std::string_view, 5> names{"SHA-256", "SHA-512", "SHA-1", "MD5", "CRC32"};
  /// As HASH calls it: "SHA-256".
  static std::string_view name(DigestAlgorithm algorithm) noexcept {
    return names[static_cast<std::size_t>(algorithm)];
  }
  /// The algorithm that HASH calls by this name, in upper or lower case.
  static std::optional<DigestAlgorithm> parse(std::string_view text) {
    const std::string wanted = to_upper(text);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (wanted == names[i]) return static_cast<DigestAlgorithm>(i);
    }
    return std::nullopt;
  }

  /// **Errors:** `std::errc::not_supported` if OpenSSL's policy forbids the algorithm.
  explicit Digest(DigestAlgorithm algorithm) : context_{EVP_MD_CTX_new()} {
    if (algorithm == DigestAlgorithm::crc32) {
      context_.reset();
      return;
    }
    const EVP_MD* const types[] = {EVP_sha256(), EVP_sha512(), EVP_sha1(), EVP_md5()};
    if (!context_ || EVP_DigestInit_ex(context_.get(), types[static_cast<std::size_t>(algorithm)], nullptr) != 1) {
      throw std::system_error(std::make_error_code(std::errc::not_supported));
    }
  }
  /// Adds bytes.
  void update(std::span<const std::byte> bytes) {
    if (context_)
      EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    else
      crc_ = crc32_z(crc_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  }
  /// In hexadecimal digits. Nothing can be added afterwards.
  std::string text() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (context_) {
      EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
    } else {
      for (int shift = 24; shift >= 0; shift -= 8) bytes[size++] = static_cast<unsigned char>(crc_ >> shift);
    }
    std::string digits;
    for (unsigned i = 0; i < size; ++i) {
      digits += "0123456789abcdef"[bytes[i] >> 4];
      digits += "0123456789abcdef"[bytes[i] & 15];
    }
    return digits;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
  uLong crc_ = 0;
};

}  // namespace ftplike
