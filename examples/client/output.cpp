#include "output.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <unistd.h>

#include <ftplike/observers/text.hpp>
#include <ftplike/protocol/listing.hpp>
#include <ftplike/protocol/timestamp.hpp>

#include "../explain_style.hpp"

using namespace ftplike;

namespace {

/// A text between quotes; what is no UTF-8 becomes U+FFFD, for JSON has no bytes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto next = first_code_point(text);
    if (next.value == '"' || next.value == '\\') {
      out += '\\';
      out += text[0];
    } else if (next.size == 1 && next.value >= 0x80) {
      out += "\xEF\xBF\xBD";
    } else if (commands_a_terminal(next.value)) {
      std::array<char, 16> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(next.value));
      out += escape.data();
    } else {
      out += text.substr(0, next.size);
    }
    text.remove_prefix(next.size);
  }
  return out += '"';
}

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

JsonObject& JsonObject::add_raw(std::string_view name, std::string_view value) {
  if (!members_.empty()) members_ += ", ";
  members_.append(quoted(name)).append(": ").append(value);
  return *this;
}
JsonObject& JsonObject::add(std::string_view name, std::string_view value) { return add_raw(name, quoted(value)); }
JsonObject& JsonObject::add(std::string_view name, std::uint64_t value) { return add_raw(name, std::to_string(value)); }
JsonObject& JsonObject::add(std::string_view name, double value) { return add_raw(name, std::to_string(value)); }

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
      on_terminal_{::isatty(STDOUT_FILENO) != 0},
      colours_{explain_style(STDOUT_FILENO).colours},
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
