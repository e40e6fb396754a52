#pragma once
#include <string>
#include <string_view>

#include <ftplike/protocol/entry.hpp>

#include "../json.hpp"

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
