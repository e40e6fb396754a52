#include <ftplike/s3/answers.hpp>
#include <ftplike/s3/names.hpp>

#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ftplike::detail;
  const auto text = fuzz::Input{data, size}.text();

  std::size_t total = 0;
  const bool good = read_xml(text, [&](std::string_view path, const std::string& value) {
    fuzz::require(!path.empty() && !path.starts_with('/') && !path.ends_with('/'));
    total += value.size();
  });
  fuzz::require(total <= text.size());  // no entity stands for more than it takes
  const auto page = read_page(text);
  const auto parts = read_parts(text);
  const auto uploads = read_uploads(text);
  if (!good) fuzz::require(!page && !parts && !uploads);
  if (parts && !parts->parts.empty()) {
    std::vector<S3Part> all;
    for (const auto& [number, part] : parts->parts) all.push_back(part);
    fuzz::require(read_xml(completion_of(all), [](std::string_view, const std::string&) {}));
  }

  const std::string key = key_of(text);
  fuzz::require(name_of(key) == text);
  fuzz::require(key.find_first_of(std::string_view{"\0\n\r", 3}) == key.npos);
  return 0;
}
