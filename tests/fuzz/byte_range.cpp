#include <ftplike/protocol/byte_range.hpp>

#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ftplike;
  const auto text = fuzz::Input{data, size}.text();
  if (const auto range = ByteRange::parse(text)) {
    fuzz::require(range->first <= range->last && range->count() > 0);
    fuzz::require(range->first + (range->count() - 1) >= range->first);
    const auto again = ByteRange::parse(std::to_string(range->first) + ' ' + std::to_string(range->last));
    fuzz::require(again && again->first == range->first && again->last == range->last);
  }
  return 0;
}
