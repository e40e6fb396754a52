#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/worker_pool.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// The first address of those that begin with the same `bits` as this one.
inline Address first_of_subnet(const Address& address, unsigned bits) {
  const auto cut = [bits](auto bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::size_t kept = std::min<std::size_t>(8, bits - std::min<std::size_t>(bits, i * 8));
      bytes[i] = static_cast<unsigned char>(bytes[i] & (0xFF00U >> kept));
    }
    return bytes;
  };
  if (address.is_v4()) return asio::ip::address_v4{cut(address.to_v4().to_bytes())};
  return asio::ip::address_v6{cut(address.to_v6().to_bytes())};
}

/// The addresses that begin with the same bits: "10.0.0.0/8", "fd00::/8"; by default all there are.
class Subnet {
 public:
  Subnet() = default;
  /// The network of an address; `bits` up to 32, or 128 of IPv6, are those that all its addresses have in common.
  Subnet(const Address& address, unsigned bits) : address_{first_of_subnet(address, bits)}, bits_{bits} {}
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

  /// The first of them.
  const Address& address() const noexcept { return address_; }
  /// How many bits all its addresses have in common.
  unsigned bits() const noexcept { return bits_; }
  /// As `parse` reads it; of a single address that alone.
  std::string text() const {
    const bool is_single = bits_ == (address_.is_v4() ? 32 : 128);
    return address_.to_string() + (is_single ? "" : '/' + std::to_string(bits_));
  }
  /// Whether an address belongs to it.
  bool contains(const Address& address) const {
    if (bits_ == 0 && address_.is_unspecified()) return true;
    if (address.is_v4() != address_.is_v4()) return false;
    return first_of_subnet(address, bits_) == address_;
  }
  friend bool operator==(const Subnet&, const Subnet&) = default;

 private:
  Address address_;
  unsigned bits_ = 0;
};

/// What counts as one client's address: of IPv6, where every host has 2^64 of them, the first 64 bits.
inline Subnet client_subnet(const Address& address) {
  if (address.is_v4()) return Subnet{address, 32};
  if (address.to_v6().is_v4_mapped()) return Subnet{address, 128};
  return Subnet{first_of_subnet(address, 64), 64};
}
/// The first address of that subnet.
inline Address client_network(const Address& address) { return client_subnet(address).address(); }

/// The key of the client at an address.
inline ClientKey client_key(const Address& address) {
  const auto of_v4 = [](const asio::ip::address_v4& v4) { return ClientKey{1} << 32 | v4.to_uint(); };
  if (address.is_v4()) return of_v4(address.to_v4());
  if (address.to_v6().is_v4_mapped()) return of_v4(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()));
  const auto bytes = client_network(address).to_v6().to_bytes();
  ClientKey key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | bytes[i];
  return key != 0 ? key : 1;
}

}  // namespace ftplike
