#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <ftplike/protocol/entry.hpp>

/// An object of JSON, member by member: `JsonObject{}.add("name", "a").add("size", 5).text()`.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view value);
  JsonObject& add(std::string_view name, std::uint64_t value);
  JsonObject& add(std::string_view name, double value);
  /// The object on one line.
  std::string text() const { return '{' + members_ + '}'; }

 private:
  JsonObject& add_raw(std::string_view name, std::string_view value);
  std::string members_;
};

/// What a folder holds, a line an entry: as `ls -l` has it, as bare names, or as JSON. On a terminal folders have a
/// colour, and what would command the terminal does not reach it.
class ListingOutput {
 public:
  ListingOutput(bool names_only, bool json);
  void show(const ftplike::Entry& entry) const;

 private:
  bool names_only_, json_, on_terminal_, colours_;
  ftplike::Timestamp now_;
};

/// Lines of whatever origin as a terminal may have them.
std::string shown(std::string_view text);

/// "2026-11-22T18:00:33Z", without the Z where the zone is not known.
std::string iso_time(ftplike::Timestamp time, bool in_utc);
