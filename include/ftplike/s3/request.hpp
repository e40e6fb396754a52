#pragma once
// A request to an object store, and its signature (AWS Signature Version 4). libcurl has one, but that of 7.88 sends no
// x-amz-content-sha256, which S3 wants, and does not sort what a query says.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/timestamp.hpp>
#include <ftplike/s3/error.hpp>
#include <ftplike/s3/options.hpp>

namespace ftplike::inline v0_2::detail {

using S3Fields = std::vector<std::pair<std::string, std::string>>;

/// What is asked of a store.
struct S3Request {
  std::string method;
  std::string key{};  // empty: the bucket
  S3Fields query{};
  S3Fields headers{};  // names in small letters
  std::shared_ptr<const std::string> body{};
  std::chrono::seconds patience{};  // with a store that is silent; 0: that of the options
};

/// %XX for every byte but letters, digits and "-_.~"; and but '/', where that is kept.
inline std::string uri_encoded(std::string_view text, bool keeps_slash = false) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool stays = is_letter || c == '-' || c == '_' || c == '.' || c == '~' || (keeps_slash && c == '/');
    const auto byte = static_cast<unsigned char>(c);
    if (stays) {
      result += c;
    } else {
      result += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return result;
}

inline std::string hex_of(std::span<const unsigned char> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string result;
  for (const unsigned byte : bytes) result += {digits[byte >> 4], digits[byte & 15]};
  return result;
}
using Sha256 = std::array<unsigned char, 32>;
inline Sha256 sha256(std::string_view text) {
  Sha256 digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::system_error(std::make_error_code(std::errc::not_enough_memory));
  }
  return digest;
}
inline Sha256 hmac(std::string_view key, std::string_view text) {
  Sha256 digest{};
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
            text.size(), digest.data(), &size)) {
    throw std::system_error(std::make_error_code(std::errc::not_enough_memory));
  }
  return digest;
}
inline std::string_view as_key(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// A store's address, in pieces.
struct S3Place {
  /// **Errors:** `std::errc::invalid_argument` where it is no http:// or https:// URL.
  explicit S3Place(std::string_view endpoint) {
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    const auto scheme = endpoint.find("://");
    is_secure = endpoint.starts_with("https://");
    if (!is_secure && !endpoint.starts_with("http://")) {
      throw std::system_error(std::make_error_code(std::errc::invalid_argument), "no http:// or https:// URL");
    }
    const auto rest = endpoint.substr(scheme + 3);
    host = rest.substr(0, rest.find('/'));
    path = rest.substr(host.size());
    origin = endpoint.substr(0, scheme + 3 + host.size());
    const std::string_view usual = is_secure ? ":443" : ":80";
    if (host.ends_with(usual)) host.resize(host.size() - usual.size());
  }
  std::string origin, host, path;
  bool is_secure = false;
};

/// What goes over the wire for a request.
struct S3Signed {
  std::string url;
  S3Fields headers;
};

/// The value of a header as it is signed: without blanks at its ends, and one for many between.
inline std::string trimmed(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (c != ' ' || (!result.empty() && result.back() != ' ')) result += c;
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

/// Signs a request, as made at `now`. Its body is part of that but where TLS keeps it from being changed on the way.
inline S3Signed sign(const S3Request& request, const S3Place& place, const S3Options& options, Timestamp now) {
  const std::string digits = format_timestamp(now, Fraction::never);
  const std::string day = digits.substr(0, 8), time = day + 'T' + digits.substr(8) + 'Z';
  const std::string path = place.path + '/' + uri_encoded(options.bucket) +
                           (request.key.empty() ? "" : '/' + uri_encoded(request.key, true));
  S3Fields pairs;
  for (const auto& [name, value] : request.query) pairs.emplace_back(uri_encoded(name), uri_encoded(value));
  std::sort(pairs.begin(), pairs.end());
  std::string query;
  for (const auto& [name, value] : pairs) query.append(query.empty() ? "" : "&").append(name).append("=").append(value);

  S3Fields headers = request.headers;
  const bool is_empty = !request.body || request.body->empty();
  const std::string body =
      place.is_secure && !is_empty ? "UNSIGNED-PAYLOAD" : hex_of(sha256(is_empty ? std::string_view{} : *request.body));
  headers.emplace_back("host", place.host);
  headers.emplace_back("x-amz-content-sha256", body);
  headers.emplace_back("x-amz-date", time);
  if (!options.session_token.empty()) headers.emplace_back("x-amz-security-token", options.session_token);
  std::sort(headers.begin(), headers.end());
  std::string lines, names;
  for (const auto& [name, value] : headers) {
    lines.append(name).append(":").append(trimmed(value)).append("\n");
    names.append(names.empty() ? "" : ";").append(name);
  }
  const std::string canonical = request.method + '\n' + path + '\n' + query + '\n' + lines + '\n' + names + '\n' + body;
  const std::string scope = day + '/' + options.region + "/s3/aws4_request";
  const std::string text = "AWS4-HMAC-SHA256\n" + time + '\n' + scope + '\n' + hex_of(sha256(canonical));
  Sha256 key = hmac("AWS4" + options.secret_key, day);
  for (const std::string_view step :
       {std::string_view{options.region}, std::string_view{"s3"}, std::string_view{"aws4_request"}}) {
    key = hmac(as_key(key), step);
  }
  headers.emplace_back("authorization", "AWS4-HMAC-SHA256 Credential=" + options.access_key + '/' + scope +
                                            ", SignedHeaders=" + names +
                                            ", Signature=" + hex_of(hmac(as_key(key), text)));
  return {place.origin + path + (query.empty() ? "" : '?' + query), std::move(headers)};
}

}  // namespace ftplike::inline v0_2::detail
