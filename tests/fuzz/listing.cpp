#include <ftplike/protocol/listing.hpp>

#include <chrono>
#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ftplike;
  auto line = fuzz::Input{data, size}.text();
  const Timestamp now{std::chrono::seconds{1'795'435'200}};  // 2026-11-23
  const ListingParser parser{now};

  // Lines together: what one has begun, another may end.
  ListingReader reader{now};
  const auto visit = [](const Entry& entry) {
    fuzz::require(entry.name.empty() ? !entry.listed.empty() : is_component(entry.name));
  };
  for (auto rest = line; !rest.empty();) {
    const auto next = rest.substr(0, rest.find('\n'));
    reader.line(next, visit);
    rest.remove_prefix(next.size() == rest.size() ? next.size() : next.size() + 1);
  }
  reader.finish(visit);

  const auto bare = parse_name(line);
  fuzz::require(!bare || bare->name.empty() || is_component(bare->name));
  auto entry = parser.parse(line);
  if (!entry) return 0;
  while (line.ends_with('\r')) line.remove_suffix(1);
  fuzz::require(entry->listed == line);
  if (entry->name.empty()) return 0;
  fuzz::require(is_component(entry->name));

  entry->owner = entry->group = "ann";  // others may look like a date
  std::string written;
  append_listed(written, *entry, now);
  fuzz::require(written.find_first_of(std::string_view{"\r\n\0", 3}) == written.npos);
  const auto again = parser.parse(written);
  fuzz::require(again.has_value());
  fuzz::require(again->type == entry->type);
  fuzz::require(!entry->size || again->size == entry->size);  // what is not known is written as 0
  const bool ambiguous = entry->type == Entry::Type::link && entry->name.find(" -> ") != std::string::npos;
  if (!ambiguous) fuzz::require(again->name.size() == entry->name.size());
  std::string third;
  append_listed(third, *again, now);
  // The time of day of what lies ahead is not written, so that later today becomes this morning.
  fuzz::require(third == written || ambiguous || entry->modified > now);
  return 0;
}
