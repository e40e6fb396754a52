#include <ftplike/protocol/reply.hpp>

#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::Input{data, size}.text();
  const auto wire = ftplike::Reply{226, std::string{text}}.wire();
  auto rest = std::string_view{wire};
  bool first = true;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    fuzz::require(end != rest.npos);
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    for (const char c : line) fuzz::require(static_cast<unsigned char>(c) >= ' ' || c == '\t');
    // Only the last line looks like an end, only the first like a beginning.
    fuzz::require(line.starts_with("226 ") == rest.empty());
    fuzz::require(line.starts_with("226-") == (first && !rest.empty()));
    first = false;
  }
  return 0;
}
