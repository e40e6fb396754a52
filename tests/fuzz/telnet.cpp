#include <ftplike/protocol/telnet.hpp>

#include <string>

#include "fuzz.hpp"

namespace {

std::string filtered(std::string_view bytes, std::size_t piece) {
  ftplike::TelnetFilter filter;
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    filter.feed(bytes.substr(at, piece), [&out](std::string_view text) {
      fuzz::require(!text.empty());
      out += text;
    });
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input{data, size};
  const auto piece = input.number(1, 16);
  const auto bytes = input.text();

  const auto whole = filtered(bytes, bytes.size() + 1);
  fuzz::require(whole.size() <= bytes.size());
  fuzz::require(filtered(bytes, 1) == whole);
  fuzz::require(filtered(bytes, piece) == whole);

  std::string escaped;
  for (const char byte : bytes) escaped.append(byte == '\xFF' ? 2 : 1, byte);
  fuzz::require(filtered(escaped, piece) == bytes);
  return 0;
}
