#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/worker_pool.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// The addresses that begin with the same bits: "10.0.0.0/8", "fd00::/8"; by default all there are.
class Subnet {
 public:
  Subnet() = default;
  Subnet(Address address, unsigned bits) : address_{std::move(address)}, bits_{bits} {}
  /// `ADDRESS/BITS`, or an address alone.
  static std::optional<Subnet> parse(std::string_view text) {
    const auto slash = text.find('/');
    std::error_code error;
    const Address address = asio::ip::make_address(std::string{text.substr(0, slash)}, error);
    const unsigned most = address.is_v4() ? 32 : 128;
    const auto bits = slash == text.npos ? most : number_in(text.substr(slash + 1));
    if (error || !bits || *bits > most) return std::nullopt;
    return Subnet{address, *bits};
  }

  bool contains(const Address& address) const {
    if (bits_ == 0 && address_.is_unspecified()) return true;
    if (address.is_v4() != address_.is_v4()) return false;
    return address.is_v4() ? same_bits(address.to_v4().to_bytes(), address_.to_v4().to_bytes())
                           : same_bits(address.to_v6().to_bytes(), address_.to_v6().to_bytes());
  }

 private:
  template <class Bytes> bool same_bits(const Bytes& a, const Bytes& b) const {
    for (unsigned i = 0; i < std::min<std::size_t>(bits_, a.size() * 8); ++i) {
      if (((a[i / 8] ^ b[i / 8]) >> (7 - i % 8)) & 1) return false;
    }
    return true;
  }

  Address address_;
  unsigned bits_ = 0;
};

/// What counts as one client's address: of IPv6, where every host has 2^64 of them, the first 64 bits.
inline Address client_network(const Address& address) {
  if (!address.is_v6() || address.to_v6().is_v4_mapped()) return address;
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return asio::ip::address_v6{bytes};
}

/// The key of the client at an address.
inline ClientKey client_key(const Address& address) {
  ClientKey key = 1;
  if (address.is_v4()) return key << 32 | address.to_v4().to_uint();
  const auto bytes = client_network(address).to_v6().to_bytes();
  key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | bytes[i];
  return key != 0 ? key : 1;
}

}  // namespace ftplike
