#include <ftplike/protocol/facts.hpp>

#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ftplike;
  const auto line = fuzz::Input{data, size}.text();
  const auto set = FactSet::parse(line);
  fuzz::require(FactSet::parse(set.text()) == set);

  const auto entry = parse_facts(line);
  if (!entry) return 0;
  fuzz::require(entry->listed == line);
  fuzz::require(entry->name.empty() || is_component(entry->name));

  auto named = *entry;
  if (named.name.empty()) named.name = "x";
  std::string written;
  append_facts(written, named, FactSet::all(), "r");
  fuzz::require(written.find_first_of(std::string_view{"\r\n\0", 3}) == written.npos);
  const auto again = parse_facts(written);
  fuzz::require(again && again->name.size() == named.name.size());
  fuzz::require(again->type == named.type && again->mode == named.mode);
  fuzz::require(again->modified == std::chrono::floor<std::chrono::seconds>(named.modified));
  fuzz::require(named.is_directory() || again->size == named.size);
  std::string third;
  append_facts(third, *again, FactSet::all(), "r");
  fuzz::require(third == written);
  return 0;
}
