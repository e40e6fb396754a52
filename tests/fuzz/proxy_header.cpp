#include <ftplike/protocol/proxy_header.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ftplike;
  using State = ProxyHeader::State;
  const auto bytes = fuzz::Input{data, size}.text();

  const auto whole = parse_proxy_header(bytes);
  if (whole.state == State::complete) {
    fuzz::require(whole.size > 0 && whole.size <= size && whole.size <= longest_proxy_header);
    fuzz::require(parse_proxy_header(bytes.substr(0, whole.size)).state == State::complete);
    fuzz::require(parse_proxy_header(bytes.substr(0, whole.size - 1)).state == State::incomplete);
  } else {
    fuzz::require(!whole.ends);
  }
  if (whole.state == State::incomplete) fuzz::require(size < longest_proxy_header);
  if (size > 0) {  // what is decided stays decided
    const auto before = parse_proxy_header(bytes.substr(0, size - 1));
    fuzz::require(before.state == State::incomplete || (before.state == whole.state && before.size == whole.size));
  }
  return 0;
}
