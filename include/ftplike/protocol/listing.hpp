#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/listing_dos.hpp>
#include <ftplike/protocol/listing_others.hpp>
#include <ftplike/protocol/listing_unix.hpp>
#include <ftplike/protocol/listing_words.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/timestamp.hpp>

namespace ftplike {
namespace detail {

/// `drwxr-xr-x`, of ten letters. What is not known is shown as the usual rights.
inline void append_mode(std::string& out, const Entry& entry) {
  using enum Entry::Type;
  const unsigned mode = entry.mode != 0           ? entry.mode
                        : entry.type == directory ? 0755
                        : entry.type == link      ? 0777
                                                  : 0644;
  constexpr std::string_view letters = "xwr";
  std::array<char, 10> text;
  text[0] = entry.type == directory ? 'd' : entry.type == link ? 'l' : entry.type == other ? '?' : '-';
  for (std::size_t bit = 0; bit < 9; ++bit) text[9 - bit] = mode >> bit & 1U ? letters[bit % 3] : '-';
  const auto special = [&](unsigned bit, std::size_t at, char with, char without) {
    if (mode & bit) text[at] = text[at] == 'x' ? with : without;
  };
  special(04000, 3, 's', 'S');
  special(02000, 6, 's', 'S');
  special(01000, 9, 't', 'T');
  out.append(text.data(), text.size());
}

/// A word and the blanks that fill its column; a blank inside of it would move the columns behind.
inline void append_column(std::string& out, std::string_view word, std::size_t width) {
  const auto begin = out.size();
  out.append(word.empty() ? "ftp" : word);
  for (auto at = begin; at < out.size(); ++at) {
    if (static_cast<unsigned char>(out[at]) <= ' ') out[at] = '_';
  }
  const auto size = out.size() - begin;
  out.append(size < width ? width - size + 1 : 1, ' ');
}

/// `Nov 22 17:11`, or `Nov 22  2025` for what is over half a year old or lies ahead.
inline void append_date(std::string& out, Timestamp time, Timestamp now) {
  constexpr std::chrono::hours half_a_year{24 * 182};
  constexpr std::chrono::minutes clocks_differ{1};
  const bool recent = time <= now + clocks_differ && time > now - half_a_year;
  const Civil civil{time};
  std::array<char, 13> text{};
  auto* at = std::copy_n(month_names[civil.month() - 1].begin(), 3, text.data());
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
  out.append(text.data(), at);
}

}  // namespace detail

/// Appends what LIST says of a file, as `ls -l` does, without a line ending; a name that would break the line has '?'
/// there. Times are in UTC. A size that is not known is 0, for readers want a number there. RFC 959 §4.1.3 leaves the form open; this is the one that all clients read.
inline void append_listed(std::string& out, const Entry& entry, Timestamp now) {
  constexpr std::size_t size_width = 12;
  detail::append_mode(out, entry);
  out.append("   1 ");
  detail::append_column(out, entry.owner, 8);
  detail::append_column(out, entry.group, 8);
  const auto begin = out.size();
  detail::append_number(out, entry.size.value_or(0));
  if (const auto size = out.size() - begin; size < size_width) out.insert(begin, size_width - size, ' ');
  out.append(1, ' ');
  detail::append_date(out, entry.modified, now);
  detail::append_name(out, entry.name);
  if (entry.type == Entry::Type::link && !entry.target.empty()) {
    out.append(" -> ");
    detail::append_name(out, entry.target);
  }
}

/// Reads the lines of a LIST, whoever wrote them: unix, DOS, EPLF, MLSD, VMS, OS/400, NetWare.
///
/// Every entry's `listed` is its line. A line that no form fits gives an entry of type `other` with nothing but that. A
/// name is a single component; where it has a '/' or NUL the entry's name is empty. Nothing is given for blank lines,
/// totals, "." and "..". Times without a zone count as UTC, times without a year lie in the last one before `now`.
class ListingParser {
 public:
  explicit ListingParser(Timestamp now) noexcept : now_{now} {}

  std::optional<Entry> parse(std::string_view line) const {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const detail::Words words{line};
    const bool total = words.count() == 2 && detail::same_word(words[0], "total") && detail::is_digit(words[1][0]);
    if (words.count() == 0 || total) return std::nullopt;
    auto entry = read(words);
    if (!entry) return std::nullopt;
    if (entry->name == "." || entry->name == "..") return std::nullopt;
    if (!is_component(entry->name)) entry->name.clear();
    entry->listed = line;
    return entry;
  }

 private:
  std::optional<Entry> read(const detail::Words& words) const {
    if (auto entry = detail::read_unix(words, now_)) return entry;
    if (auto entry = detail::read_dos(words)) return entry;
    if (auto entry = detail::read_eplf(words.line())) return entry;
    if (auto entry = detail::read_vms(words)) return entry;
    if (auto entry = detail::read_os400(words)) return entry;
    if (auto facts = detail::read_facts(words.line()); facts && facts->entry.type != Entry::Type::other) {
      if (facts->place == MlsxPlace::inside) return std::move(facts->entry);
      return std::nullopt;
    }
    Entry unknown;
    unknown.type = Entry::Type::other;
    return unknown;
  }

  Timestamp now_;
};

/// Reads a line of NLST, or of LIST in the ftp-like dialect: a name alone, of which nothing else is known. Nothing for
/// blank lines, "." and ".."; a name that is no single component is in `listed` only.
inline std::optional<Entry> parse_name(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty() || line == "." || line == "..") return std::nullopt;
  Entry entry;
  entry.type = Entry::Type::other;
  if (is_component(line)) entry.name = line;
  entry.listed = line;
  return entry;
}

}  // namespace ftplike
