#include <ftplike/protocol/ascii.hpp>

#include <string>

#include "fuzz.hpp"

namespace {

template <class Converter> std::string converted(std::string_view text, std::size_t piece) {
  Converter converter;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) converter.convert(text.substr(at, piece), out);
  converter.finish(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ftplike::AsciiDecoder, ftplike::AsciiEncoder;
  fuzz::Input input{data, size};
  const auto piece = input.number(1, 16);
  const auto text = input.text();
  const auto all = text.size() + 1;

  const auto encoded = converted<AsciiEncoder>(text, all);
  const auto decoded = converted<AsciiDecoder>(text, all);
  fuzz::require(converted<AsciiEncoder>(text, piece) == encoded && converted<AsciiEncoder>(text, 1) == encoded);
  fuzz::require(converted<AsciiDecoder>(text, piece) == decoded && converted<AsciiDecoder>(text, 1) == decoded);
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    if (encoded[at] == '\n') fuzz::require(at > 0 && encoded[at - 1] == '\r');
  }
  fuzz::require(converted<AsciiEncoder>(encoded, piece) == encoded);
  fuzz::require(converted<AsciiDecoder>(encoded, piece) == decoded);
  return 0;
}
