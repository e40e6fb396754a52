#include <ftplike/protocol/path.hpp>

#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ftplike::Path;
  fuzz::Input input{data, size};
  const auto cut = input.number(0, 255);
  const auto text = input.text();
  const auto head = text.substr(0, cut), tail = text.substr(head.size());

  const Path path{text};
  fuzz::require(path.string().starts_with('/'));
  fuzz::require(path.is_root() || !path.string().ends_with('/'));
  for (const auto* part : {"//", "/./", "/../"}) {
    fuzz::require(path.is_root() || (path.string() + '/').find(part) == std::string::npos);
  }
  fuzz::require(Path{path.string()} == path && Path{}.resolve(text) == path);
  fuzz::require(path.is_root() || path.parent().resolve(path.name()) == path);

  const Path here{head};
  const auto there = here.resolve(tail);
  if (!tail.starts_with('/')) fuzz::require(there == Path{std::string{head} + '/' + std::string{tail}});
  fuzz::require(path.beneath(here).below(here) == path);
  fuzz::require(path.beneath(here).string().starts_with(here.string()));

  fuzz::require(ftplike::parse_quoted(ftplike::quoted_name(text)) == std::string{text});
  if (const auto name = ftplike::parse_quoted(text)) fuzz::require(name->size() + 2 <= text.size());
  if (ftplike::is_component(text)) fuzz::require(path.name() == text);
  return 0;
}
