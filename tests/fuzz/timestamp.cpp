#include <ftplike/protocol/timestamp.hpp>

#include <cstring>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ftplike;
  const auto text = fuzz::Input{data, size}.text();
  if (const auto time = parse_timestamp(text)) {
    const auto written = format_timestamp(*time);
    fuzz::require(parse_timestamp(written) == time);
    // A leap second and what lies below a millisecond are the only things that get lost.
    const bool leap = text.substr(12, 2) == "60";
    fuzz::require(written.substr(0, leap ? 12 : 14) == text.substr(0, leap ? 12 : 14));
  }
  Timestamp::rep ticks = 0;
  std::memcpy(&ticks, data, size < sizeof ticks ? size : sizeof ticks);
  const auto written = format_timestamp(Timestamp{Timestamp::duration{ticks}});
  const auto read = parse_timestamp(written);
  fuzz::require(read && format_timestamp(*read) == written);
  if (ticks > -60'000'000'000'000 && ticks < 250'000'000'000'000)
    fuzz::require(read->time_since_epoch().count() == ticks);
  return 0;
}
