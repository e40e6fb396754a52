#include <ftplike/protocol/verb.hpp>

#include <algorithm>
#include <cctype>
#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::Input{data, size}.text();
  std::string upper{text};
  for (char& letter : upper) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  const bool sound = !text.empty() && text.size() <= 8 && std::all_of(text.begin(), text.end(), [](char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0;
  });
  const ftplike::Verb verb{text};
  fuzz::require(static_cast<bool>(verb) == sound);
  fuzz::require(verb.text() == (sound ? upper : ""));
  fuzz::require(ftplike::Verb{verb.text()} == verb);
  return 0;
}
