#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/protocol/timestamp.hpp>

namespace ftplike::inline v0_2 {

/// A fact that MLST and MLSD can tell of a file. RFC 3659 §7.5.
enum class Fact : std::uint8_t { type, size, modify, perm, unique, unix_mode };

/// Which directory a line of an MLSD listing tells of: one of its files, itself (cdir), the one above (pdir).
enum class MlsxPlace : std::uint8_t { inside, itself, above };

namespace detail {

inline constexpr std::array<std::string_view, 6> fact_names{"type", "size", "modify", "perm", "unique", "UNIX.mode"};

}  // namespace detail

/// A set of facts: what OPTS MLST asks for and FEAT offers. RFC 3659 §7.8, §7.9.
class FactSet {
 public:
  constexpr FactSet() = default;
  /// Every fact that there is.
  static constexpr FactSet all() noexcept {
    FactSet set;
    set.bits_ = (1U << detail::fact_names.size()) - 1;
    return set;
  }
  /// The facts of `type;size;…`; those that nobody knows are left out.
  static constexpr FactSet parse(std::string_view text) noexcept {
    FactSet set;
    while (!text.empty()) {
      const auto name = text.substr(0, text.find(';'));
      for (std::size_t i = 0; i < detail::fact_names.size(); ++i) {
        if (same_word(name, detail::fact_names[i])) set.bits_ |= 1U << i;
      }
      text.remove_prefix(name.size() == text.size() ? name.size() : name.size() + 1);
    }
    return set;
  }

  /// Whether a fact is among them.
  constexpr bool contains(Fact fact) const noexcept { return bits_ >> static_cast<unsigned>(fact) & 1U; }
  /// Whether there is none.
  constexpr bool empty() const noexcept { return bits_ == 0; }
  /// `type;size;`, the answer to OPTS MLST.
  std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < detail::fact_names.size(); ++i) {
      if (bits_ >> i & 1U) out.append(detail::fact_names[i]).append(1, ';');
    }
    return out;
  }
  /// All facts, those of this set with a star: `type*;size*;modify;…`, for the FEAT line of MLST.
  std::string feature() const {
    std::string out;
    for (std::size_t i = 0; i < detail::fact_names.size(); ++i) {
      out.append(detail::fact_names[i]).append(bits_ >> i & 1U ? "*;" : ";");
    }
    return out;
  }

  friend constexpr bool operator==(FactSet, FactSet) = default;

 private:
  unsigned bits_ = 0;
};

namespace detail {

// Lines of listings are written part by part into room that is there already: a directory has thousands of them, and a
// string would look at each part whether there is room for it. Each function gives the place behind what it wrote.

inline char* put_text(char* at, std::string_view text) noexcept { return std::copy(text.begin(), text.end(), at); }
/// A literal, of which the compiler knows how long it is.
template <std::size_t Size> char* put_text(char* at, const char (&text)[Size]) noexcept {
  return std::copy_n(text, Size - 1, at);
}

/// A word as one part of a line: what would end the line becomes '?'.
inline char* put_name(char* at, std::string_view name) noexcept {
  for (const char c : name) *at++ = c == '\n' || c == '\r' || c == '\0' ? '?' : c;
  return at;
}

constexpr std::size_t digits_of_number = 20;
inline char* put_number(char* at, std::uint64_t value) noexcept {
  return std::to_chars(at, at + digits_of_number, value).ptr;
}

/// Appends what `put` writes into the room of at most `most` bytes that it is given.
template <class Put> void append_at_most(std::string& out, std::size_t most, Put put) {
  std::array<char, 512> room;  // filling so much of a string with zeros first takes as long as the rest
  if (most <= room.size()) {
    out.append(room.data(), put(room.data()));
    return;
  }
  const auto begin = out.size();
  out.resize(begin + most);
  out.resize(static_cast<std::size_t>(put(out.data() + begin) - out.data()));
}

inline char* put_type(char* at, const Entry& entry, MlsxPlace place) noexcept {
  switch (place) {
    case MlsxPlace::itself: return put_text(at, "type=cdir;");
    case MlsxPlace::above: return put_text(at, "type=pdir;");
    case MlsxPlace::inside: break;
  }
  switch (entry.type) {
    case Entry::Type::file: return put_text(at, "type=file;");
    case Entry::Type::directory: return put_text(at, "type=dir;");
    case Entry::Type::other: return put_text(at, "type=OS.unix=other;");
    case Entry::Type::link: break;
  }
  at = put_text(at, "type=OS.unix=slink:");
  // A target with a ';' would read as another fact.
  if (entry.target.find(';') == std::string::npos) at = put_name(at, entry.target);
  return put_text(at, ";");
}

}  // namespace detail

/// Appends `type=file;size=1;… name`, without a line ending: a line of MLSD, or of MLST behind a space. Facts that are
/// not known are left out; a name that would break the line has '?' there. Times are in whole seconds: RFC 3659 §2.3 has
/// parts of them, but no other server tells them, and clients break on them. RFC 3659 §7.2.
inline void append_facts(std::string& out, const Entry& entry, FactSet facts, std::string_view permissions,
                         MlsxPlace place = MlsxPlace::inside) {
  using namespace detail;
  constexpr std::size_t most_of_the_fixed = 160;  // the names of the facts, a number, a time and a mode
  const auto most =
      most_of_the_fixed + permissions.size() + entry.unique.size() + entry.target.size() + entry.name.size();
  append_at_most(out, most, [&](char* at) {
    if (facts.contains(Fact::type)) at = put_type(at, entry, place);
    if (facts.contains(Fact::size) && !entry.is_directory() && entry.size) {
      at = put_text(put_number(put_text(at, "size="), *entry.size), ";");
    }
    if (const Timestamp time = std::chrono::floor<std::chrono::seconds>(entry.modified);
        facts.contains(Fact::modify) && time != Timestamp{}) {
      at = put_text(put_timestamp(put_text(at, "modify="), Civil{time}), ";");
    }
    if (facts.contains(Fact::perm)) at = put_text(put_text(put_text(at, "perm="), permissions), ";");
    if (facts.contains(Fact::unique) && !entry.unique.empty()) {
      at = put_text(put_name(put_text(at, "unique="), entry.unique), ";");
    }
    if (facts.contains(Fact::unix_mode) && entry.mode != 0) {
      at = put_text(at, "UNIX.mode=");
      for (int shift = 9; shift >= 0; shift -= 3) *at++ = static_cast<char>('0' + (entry.mode >> shift & 7));
      *at++ = ';';
    }
    *at++ = ' ';
    return put_name(at, entry.name);
  });
}

namespace detail {

inline void read_type(Entry& entry, MlsxPlace& place, std::string_view value) {
  constexpr std::string_view link = "OS.unix=slink:";
  if (same_word(value, "file")) {
    entry.type = Entry::Type::file;
  } else if (same_word(value, "dir")) {
    entry.type = Entry::Type::directory;
  } else if (same_word(value, "cdir") || same_word(value, "pdir")) {
    entry.type = Entry::Type::directory;
    place = same_word(value, "cdir") ? MlsxPlace::itself : MlsxPlace::above;
  } else if (same_word(value.substr(0, link.size()), link)) {
    entry.type = Entry::Type::link;
    entry.target = value.substr(link.size());
  } else if (same_word(value, "OS.unix=slink") || same_word(value, "OS.unix=symlink")) {
    entry.type = Entry::Type::link;
  }
}

inline void read_fact(Entry& entry, MlsxPlace& place, std::string_view name, std::string_view value) {
  if (same_word(name, "type")) {
    read_type(entry, place, value);
  } else if (same_word(name, "size") || same_word(name, "sizd")) {
    entry.size = number_in<std::uint64_t>(value);
  } else if (same_word(name, "modify")) {
    entry.modified = parse_timestamp(value).value_or(Timestamp{});
  } else if (same_word(name, "unique")) {
    entry.unique = value;
  } else if (same_word(name, "UNIX.mode")) {
    entry.mode = number_in(value, 8).value_or(0) & 07777;
  } else if (same_word(name, "UNIX.ownername") || (same_word(name, "UNIX.owner") && entry.owner.empty())) {
    entry.owner = value;
  } else if (same_word(name, "UNIX.groupname") || (same_word(name, "UNIX.group") && entry.group.empty())) {
    entry.group = value;
  }
}

/// Reads a line of MLSD into an entry that is new: its name is as it came, whatever it is. Gives where that is, or nothing if
/// the line does not read so. Each fact ends with ';', the name begins behind the first space that is where a fact could be.
inline std::optional<MlsxPlace> read_facts(Entry& entry, std::string_view text) {
  MlsxPlace place = MlsxPlace::inside;
  entry.listed = text;
  entry.type = Entry::Type::other;
  while (!text.starts_with(' ')) {
    const auto fact = text.substr(0, text.find(';'));
    const auto equals = fact.find('=');
    if (fact.size() == text.size() || equals == fact.npos || equals == 0) return std::nullopt;
    read_fact(entry, place, fact.substr(0, equals), fact.substr(equals + 1));
    text.remove_prefix(fact.size() + 1);
  }
  entry.name = text.substr(1);
  return entry.name.empty() ? std::nullopt : std::optional{place};
}

}  // namespace detail

/// Reads a line of MLSD, or the line of MLST without the space in front; unknown facts are ignored. RFC 3659 §7.2.
///
/// The name is a single component, byte for byte. It is empty where a line does not name a file of the directory: for
/// cdir and pdir, which are the directory itself and the one above, and for a path as MLST tells it.
inline std::optional<Entry> parse_facts(std::string_view line) {
  std::optional<Entry> entry{std::in_place};
  const auto place = detail::read_facts(*entry, line);
  if (!place) return std::nullopt;
  if (place != MlsxPlace::inside || !is_component(entry->name)) entry->name.clear();
  return entry;
}

}  // namespace ftplike
