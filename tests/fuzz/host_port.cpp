#include <ftplike/protocol/host_port.hpp>

#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ftplike;
  const auto text = fuzz::Input{data, size}.text();

  if (const auto address = parse_port(text)) {
    fuzz::require(address->port != 0);
    const auto written = format_port(*address);
    fuzz::require(written.size() <= text.size() && parse_port(written) == address);
    fuzz::require(parse_pasv_reply("Entering Passive Mode (" + written + ").") == address);
  }
  if (const auto address = parse_eprt(text); address && !address->host.empty()) {
    fuzz::require(address->port != 0 && parse_eprt(format_eprt(*address)) == address);
  }
  if (const auto address = parse_pasv_reply(text)) {
    fuzz::require(address->port != 0 && parse_port(format_port(*address)) == address);
  }
  if (const auto port = parse_epsv_reply(text)) {
    fuzz::require(parse_epsv_reply("(|||" + std::to_string(*port) + "|)") == port);
    fuzz::require(text.find(std::to_string(*port)) != text.npos);
  }
  if (const auto port = parse_announced_reply(text)) {
    fuzz::require(*port != 0 && parse_announced_reply(std::to_string(*port)) == port);
  }
  if (const auto request = parse_epsv(text)) fuzz::require((*request == EpsvRequest::any) == text.empty());
  return 0;
}
