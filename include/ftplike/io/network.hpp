#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <ftplike/io/asio.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike {

/// The addresses that begin with the same bits: "10.0.0.0/8", "fd00::/8"; by default all there are.
class Network {
 public:
  Network() = default;
  Network(Address address, unsigned bits) : address_{std::move(address)}, bits_{bits} {}
  /// `ADDRESS/BITS`, or an address alone.
  static std::optional<Network> parse(std::string_view text) {
    const auto slash = text.find('/');
    std::error_code error;
    const Address address = asio::ip::make_address(std::string{text.substr(0, slash)}, error);
    const unsigned most = address.is_v4() ? 32 : 128;
    const auto bits = slash == text.npos ? most : detail::number_in(text.substr(slash + 1));
    if (error || !bits || *bits > most) return std::nullopt;
    return Network{address, *bits};
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

}  // namespace ftplike
