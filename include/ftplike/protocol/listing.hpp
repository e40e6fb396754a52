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
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/listing_dos.hpp>
#include <ftplike/protocol/listing_eplf.hpp>
#include <ftplike/protocol/listing_nonstop.hpp>
#include <ftplike/protocol/listing_os400.hpp>
#include <ftplike/protocol/listing_os9.hpp>
#include <ftplike/protocol/listing_unix.hpp>
#include <ftplike/protocol/listing_vms.hpp>
#include <ftplike/protocol/listing_vxworks.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/listing_zos.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/timestamp.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// `drwxr-xr-x`, of ten letters. What is not known is shown as the usual rights.
inline char* put_mode(char* at, const Entry& entry) noexcept {
  using enum Entry::Type;
  const unsigned mode = entry.mode != 0           ? entry.mode
                        : entry.type == directory ? 0755
                        : entry.type == link      ? 0777
                                                  : 0644;
  constexpr std::string_view letters = "xwr";
  at[0] = entry.type == directory ? 'd' : entry.type == link ? 'l' : entry.type == other ? '?' : '-';
  for (std::size_t bit = 0; bit < 9; ++bit) at[9 - bit] = mode >> bit & 1U ? letters[bit % 3] : '-';
  const auto special = [&](unsigned bit, std::size_t place, char with, char without) {
    if (mode & bit) at[place] = at[place] == 'x' ? with : without;
  };
  special(04000, 3, 's', 'S');
  special(02000, 6, 's', 'S');
  special(01000, 9, 't', 'T');
  return at + 10;
}

/// A word and the blanks that fill its column; a blank inside of it would move the columns behind.
inline char* put_column(char* at, std::string_view word, std::size_t width) noexcept {
  if (word.empty()) word = "ftp";
  for (const char c : word) *at++ = static_cast<unsigned char>(c) <= ' ' ? '_' : c;
  return std::fill_n(at, word.size() < width ? width - word.size() + 1 : 1, ' ');
}

/// A size, at the right of its column, and the blank behind it.
inline char* put_size(char* at, std::uint64_t size) noexcept {
  constexpr std::ptrdiff_t width = 12;
  std::array<char, digits_of_number> digits;
  const char* const end = put_number(digits.data(), size);
  at = std::fill_n(at, std::max<std::ptrdiff_t>(width - (end - digits.data()), 0), ' ');
  at = std::copy(std::as_const(digits).data(), end, at);
  *at++ = ' ';
  return at;
}

/// `Nov 22 17:11`, or `Nov 22  2025` for what is over half a year old or lies ahead.
inline char* put_date(char* at, Timestamp time, Timestamp now) noexcept {
  constexpr std::chrono::hours half_a_year{24 * 182};
  constexpr std::chrono::minutes clocks_differ{1};
  const bool recent = time <= now + clocks_differ && time > now - half_a_year;
  const Civil civil{time};
  at = put_text(at, month_names[civil.month() - 1].substr(0, 3));
  *at++ = ' ';
  at = put_digits(at, civil.day(), 2);
  if (civil.day() < 10) at[-2] = ' ';
  *at++ = ' ';
  if (recent) {
    at = put_digits(at, civil.hour(), 2);
    *at++ = ':';
    at = put_digits(at, civil.minute(), 2);
  } else {
    *at++ = ' ';
    at = put_digits(at, civil.year(), 4);
  }
  *at++ = ' ';
  return at;
}

}  // namespace detail

/// Appends what LIST says of a file, as `ls -l` does, without a line ending; a name that would break the line has '?'
/// there. Times are in UTC. A size that is not known is 0, for readers want a number there. RFC 959 §4.1.3 leaves the form open; this is the one that all clients read.
inline void append_listed(std::string& out, const Entry& entry, Timestamp now) {
  using namespace detail;
  constexpr std::size_t most_of_the_fixed = 100;  // the mode, blanks, a number and a time
  const auto most =
      most_of_the_fixed + entry.owner.size() + entry.group.size() + entry.target.size() + entry.name.size();
  append_at_most(out, most, [&](char* at) {
    at = put_text(put_mode(at, entry), "   1 ");
    at = put_column(put_column(at, entry.owner, 8), entry.group, 8);
    at = put_date(put_size(at, entry.size.value_or(0)), entry.modified, now);
    at = put_name(at, entry.name);
    const bool has_target = entry.type == Entry::Type::link && !entry.target.empty();
    return has_target ? put_name(put_text(at, " -> "), entry.target) : at;
  });
}

/// Reads the lines of a LIST one by one, whoever wrote them: unix, DOS, EPLF, MLSD, VMS, z/OS, OS/400, NetWare,
/// NonStop, OS-9, VxWorks.
///
/// Every entry's `listed` is its line. A line that no form fits gives an entry of type `other` with nothing but that. A
/// name is a single component; where it has a '/' or NUL the entry's name is empty. Nothing is given for blank lines,
/// totals, heads of columns, "." and "..". Times without a zone are not `in_utc`, times without a year lie in the last
/// one before `now`. Where the unit is not bytes there is no size.
class ListingParser {
 public:
  /// `now` is the time at the server, by which dates without a year are understood.
  explicit ListingParser(Timestamp now) noexcept : now_{now} {}

  /// The entry that a line tells; nothing if it tells none.
  std::optional<Entry> parse(std::string_view line) const {
    while (line.ends_with('\r')) line.remove_suffix(1);
    const detail::Words words{line};
    if (words.count() == 0 || is_frame(words)) return std::nullopt;
    return finish(read(words), line);
  }
  /// The same for a line that stands below the head of z/OS's listings of members, some of which have a name only.
  std::optional<Entry> parse_member(std::string_view line) const {
    const detail::Words words{line};
    auto entry = detail::read_member(words);
    if (!entry) entry = detail::read_member_alone(words);
    return entry ? finish(std::move(entry), line) : parse(line);
  }

 private:
  static bool is_frame(const detail::Words& words) {
    return detail::totals_unix(words) || detail::frames_vms(words) || detail::heads_data_sets(words) ||
           detail::heads_members(words) || detail::heads_nonstop(words) || detail::frames_os9(words) ||
           detail::frames_vxworks(words);
  }
  static std::optional<Entry> finish(std::optional<Entry> entry, std::string_view line) {
    if (!entry || entry->name == "." || entry->name == "..") return std::nullopt;
    if (!is_component(entry->name)) entry->name.clear();
    entry->listed = line;
    return entry;
  }
  std::optional<Entry> read(const detail::Words& words) const {
    if (auto entry = detail::read_unix(words, now_)) return entry;
    if (auto entry = detail::read_dos(words)) return entry;
    if (auto entry = detail::read_eplf(words.line())) return entry;
    constexpr std::optional<Entry> (*others[])(const detail::Words&){
        detail::read_vms,     detail::read_os400, detail::read_data_set, detail::read_member,
        detail::read_nonstop, detail::read_os9,   detail::read_vxworks};
    for (const auto reader : others) {
      if (auto entry = reader(words)) return entry;
    }
    Entry of_facts;
    const auto place = detail::read_facts(of_facts, words.line());
    if (place && of_facts.type != Entry::Type::other) {
      if (place == MlsxPlace::inside) return of_facts;
      return std::nullopt;
    }
    Entry unknown;
    unknown.type = Entry::Type::other;
    return unknown;
  }

  Timestamp now_;
};

/// Reads a whole LIST: also entries that take two lines, and such as only the head of their listing explains. `visit`
/// gets each entry as it comes.
class ListingReader {
 public:
  /// `now` is the time at the server, by which dates without a year are understood.
  explicit ListingReader(Timestamp now) noexcept : parser_{now} {}

  /// Takes a line, without its ending, and calls `visit` with what is known by then.
  template <class Visit> void line(std::string_view text, Visit& visit) {
    while (text.ends_with('\r')) text.remove_suffix(1);
    const detail::Words words{text};
    if (!held_.empty() && words.count() > 0 && words.begin_of(0) > 0) {
      const std::string whole = std::exchange(held_, {}).append(text);
      return give(parser_.parse(whole), visit);
    }
    finish(visit);
    if (detail::is_vms_name(words)) {
      held_ = text;
    } else if (words.count() > 0 && detail::heads_members(words)) {
      members_ = true;
    } else {
      give(members_ ? parser_.parse_member(text) : parser_.parse(text), visit);
    }
  }
  /// There are no more lines.
  template <class Visit> void finish(Visit& visit) {
    if (!held_.empty()) give(parser_.parse(std::exchange(held_, {})), visit);
  }

 private:
  template <class Visit> static void give(std::optional<Entry> entry, Visit& visit) {
    if (entry) visit(*std::move(entry));
  }

  ListingParser parser_;
  std::string held_;      // a name whose rest is to come
  bool members_ = false;  // of a data set of z/OS
};

/// Reads a line of NLST, or of LIST in the ftp-like dialect: a name alone, of which nothing else is known. Nothing for
/// blank lines, "." and ".."; a name that is no single component is in `listed` only.
inline std::optional<Entry> parse_name(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty() || line == "." || line == "..") return std::nullopt;
  Entry entry;
  entry.type = Entry::Type::other;
  if (is_component(line)) entry.name = line;
  entry.listed = line;
  return entry;
}

}  // namespace ftplike
