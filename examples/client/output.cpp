#include "output.hpp"

#include <chrono>
#include <iostream>

#include <ftplike/observers/text.hpp>
#include <ftplike/protocol/listing.hpp>
#include <ftplike/protocol/timestamp.hpp>

#include "../explain_style.hpp"
#include "../system/terminal.hpp"

using namespace ftplike;

namespace {

std::string_view name_of(Entry::Type type) {
  switch (type) {
    case Entry::Type::file: return "file";
    case Entry::Type::directory: return "directory";
    case Entry::Type::link: return "link";
    case Entry::Type::other: break;
  }
  return "other";
}

}  // namespace

std::string shown(std::string_view text) {
  std::string out;
  for (;;) {
    const auto end = text.find('\n');
    out += printable(text.substr(0, end));
    if (end == text.npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string iso_time(Timestamp time, bool in_utc) {
  std::string text;
  for (const char digit : format_timestamp(time, Fraction::never)) {  // YYYYMMDDHHMMSS
    if (text.size() == 4 || text.size() == 7) text += '-';
    if (text.size() == 10) text += 'T';
    if (text.size() == 13 || text.size() == 16) text += ':';
    text += digit;
  }
  return in_utc ? text + 'Z' : text;
}

ListingOutput::ListingOutput(bool names_only, bool json)
    : names_only_{names_only},
      json_{json},
      on_terminal_{is_terminal(standard_output)},
      colours_{explain_style(standard_output).colours},
      now_{wall_clock()} {}

void ListingOutput::show(const Entry& entry) const {
  if (json_) {
    JsonObject object;
    if (entry.name.empty()) {
      object.add("listed", entry.listed);
    } else {
      object.add("name", entry.name).add("type", name_of(entry.type));
      if (entry.size) object.add("size", *entry.size);
      if (entry.modified != Timestamp{}) object.add("modified", iso_time(entry.modified, entry.in_utc));
      if (!entry.target.empty()) object.add("target", entry.target);
    }
    std::cout << object.text() << '\n';
    return;
  }
  std::string line;
  const bool bare = names_only_ || entry.modified == Timestamp{};
  if (entry.name.empty())
    line = entry.listed;
  else if (bare)
    line = entry.name;
  else
    append_listed(line, entry, now_);
  if (on_terminal_) line = printable(line);
  const bool coloured = colours_ && entry.is_directory();
  std::cout << (coloured ? "\033[1;34m" : "") << line << (coloured ? "\033[0m" : "") << '\n';
}
