#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/command/command.hpp>
#include <ftplike/io/date.hpp>
#include <ftplike/protocol/facts.hpp>
#include <ftplike/protocol/listing.hpp>
#include <ftplike/protocol/wildcard.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/users/authenticator.hpp>

namespace ftplike::inline v0_2 {

// What directories hold. (RFC 959 §4.1.3, RFC 3659 §7)

/// Appends an entry to the text of a listing: a line with its ending, or nothing if it is to be left out.
using EntryFormat = std::function<void(std::string& text, const Entry& entry)>;

/// Some lines of a listing, which come out sorted by name. Each is made as soon as its entry is there: a line takes a
/// fifth of the memory of an entry, which is used again for the next one while the processor still has it at hand.
class SortedLines {
 public:
  /// Adds the line of an entry.
  void add(const Entry& entry, const EntryFormat& format) {
    std::string& text = text_for(entry);
    const auto name = text.size();
    text.append(entry.name);
    const auto line = text.size();
    format(text, entry);
    if (text.size() == line) return text.resize(name);
    lines_.push_back(Place{beginning_of(entry.name), block_, name, line, text.size()});
  }
  /// All that were added are sorted from here on, until `clear`.
  void sort() {
    std::sort(lines_.begin(), lines_.end(), [this](const Place& a, const Place& b) {
      return a.beginning != b.beginning ? a.beginning < b.beginning : name_of(a) < name_of(b);
    });
  }
  /// The next line; empty at the end.
  std::string_view next() noexcept {
    if (next_ == lines_.size()) return {};
    const Place& place = lines_[next_++];
    return std::string_view{blocks_[place.block]}.substr(place.line, place.end - place.line);
  }
  /// Forgets all lines.
  void clear() noexcept {
    for (auto& block : blocks_) block.clear();
    block_ = 0;
    lines_.clear();
    next_ = 0;
  }

 private:
  struct Place {
    std::uint64_t beginning;             // of the name, as a number: most names differ there, and it is at hand
    std::size_t block, name, line, end;  // where they begin in which text, and where the line ends
  };
  /// Where a line of this entry finds room, as a rule. A text that grows moves all that is in it; so a small directory
  /// has a small one, and what does not fit goes into large ones, whose pages are taken as they fill. Large, since glibc
  /// keeps twice the largest block that was ever given back to the system: what a listing frees is there for the next.
  std::string& text_for(const Entry& entry) {
    constexpr std::size_t small = 64 * 1024, large = 2 * 1024 * 1024, most_but_names = 512;
    if (blocks_.empty()) blocks_.push_back(std::string{});
    const std::size_t block_size = block_ == 0 ? small : large;
    const bool is_full = blocks_[block_].size() + entry.name.size() * 2 + most_but_names > block_size;
    if (is_full && ++block_ == blocks_.size()) blocks_.emplace_back().reserve(large);
    return blocks_[block_];
  }
  /// The first eight bytes, in the order of which names are sorted.
  static std::uint64_t beginning_of(std::string_view name) noexcept {
    std::array<unsigned char, 8> bytes{};
    std::copy_n(name.data(), std::min(name.size(), bytes.size()), bytes.data());
    std::uint64_t result = 0;
    for (const auto byte : bytes) result = result << 8 | byte;
    return result;
  }
  std::string_view name_of(const Place& place) const noexcept {
    return std::string_view{blocks_[place.block]}.substr(place.name, place.line - place.name);
  }

  std::vector<std::string> blocks_;  // each name with its line behind it
  std::size_t block_ = 0;           // the one that is being filled
  std::vector<Place> lines_;
  std::size_t next_ = 0;
};

/// Takes the next entries of a listing that fit a pattern, if there is one: all, or ten thousand and some where there
/// are more, so that any directory takes a bounded memory. Gives whether they are the last.
template <class Listing>
awaitable<bool> take_sorted(Listing& listing, const std::string& pattern, const EntryFormat& format,
                            SortedLines& lines) {
  constexpr std::size_t enough = 10'000;
  lines.clear();
  bool ended = false;
  for (std::size_t count = 0; count < enough && !ended;) {
    const std::vector<Entry> entries = co_await listing.next();
    ended = entries.empty();
    count += entries.size();
    for (const auto& entry : entries) {
      if (pattern.empty() || matches(pattern, entry.name)) lines.add(entry, format);
    }
  }
  lines.sort();
  co_return ended;
}

/// A listing as bytes: entries come from the storage some at a time, so that a directory of a million takes no memory to
/// speak of. They are sorted by name as far as `take_sorted` sorts.
template <class Listing> class ListingSource {
 public:
  /// Of a directory `listing`, of anything else, `entry`, alone. Of the first line `dropped` bytes are left out: where
  /// lines begin with what is to stand between them.
  ListingSource(std::optional<Listing> listing, const Entry& entry, std::string pattern, EntryFormat format,
                std::size_t dropped = 0)
      : listing_{std::move(listing)}, pattern_{std::move(pattern)}, format_{std::move(format)}, dropped_{dropped},
        ended_{!listing_} {
    if (ended_) lines_.add(entry, format_);
  }
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    for (;;) {
      const std::size_t filled = fill(room);
      if (filled > 0 || ended_) co_return filled;
      const bool are_last = co_await take_sorted(*listing_, pattern_, format_, lines_);
      ended_ = are_last;
    }
  }

 private:
  /// Puts lines, and parts of them, where there is room; gives how many bytes these are.
  std::size_t fill(std::span<std::byte> room) noexcept {
    std::size_t filled = 0;
    while (filled < room.size()) {
      if (line_.empty()) {
        line_ = lines_.next();
        if (line_.empty()) break;
        line_.remove_prefix(std::exchange(dropped_, 0));
      }
      const auto part = as_bytes(line_.substr(0, room.size() - filled));
      std::copy(part.begin(), part.end(), room.subspan(filled).begin());
      line_.remove_prefix(part.size());
      filled += part.size();
    }
    return filled;
  }

  std::optional<Listing> listing_;
  std::string pattern_;
  EntryFormat format_;
  SortedLines lines_;
  std::string_view line_;  // what is left of the one that goes now
  std::size_t dropped_;
  bool ended_;
};

/// What the argument of LIST, NLST or STAT asks for. Options as of `ls` are taken note of by ignoring them.
struct ListingRequest {
  /// Of the argument of LIST or NLST, in which options like -a are left out.
  explicit ListingRequest(std::string_view argument) {
    while (argument.starts_with('-')) {
      const auto end = argument.find(' ');
      argument.remove_prefix(end == argument.npos ? argument.size() : end + 1);
    }
    name = argument;
  }
  /// Takes the last component for a pattern; false if it is none.
  bool take_pattern() {
    const auto last = name.substr(name.rfind('/') + 1);
    if (last.find_first_of("*?[") == last.npos) return false;
    pattern = last;
    name.remove_suffix(last.size());
    return true;
  }
  /// What stands before the names in a directory of this name, or before the last component of a file's: with it they
  /// are names as the client must say them.
  std::string prefix(bool is_directory) const {
    if (is_directory && (name == "." || name == "./")) return {};
    std::string result{is_directory ? name : name.substr(0, name.rfind('/') + 1)};
    if (!result.empty() && result.back() != '/') result += '/';
    return result;
  }
  std::string_view name;  // of the directory or file
  std::string pattern;    // of names in it, empty for all
};

/// What a request names: what exists by that very name, whatever is in it (RFC 959 knows no patterns); only else the
/// directory that its pattern is for.
template <class S> awaitable<Entry> find_listed(S& session, ListingRequest& request) {
  std::exception_ptr missing;
  const Path named = session.path(request.name);
  try {
    Entry entry = co_await session.storage().stat(named);
    co_return entry;
  } catch (const std::system_error&) { missing = std::current_exception(); }
  if (!session.service().conveniences.takes_patterns || !request.take_pattern()) std::rethrow_exception(missing);
  const Path directory = session.path(request.name);
  Entry entry = co_await session.storage().stat(directory);
  co_return entry;
}

namespace detail {

/// What an account may do with a file or a directory of a storage, in the letters of RFC 3659 §7.5.5.
template <class Storage> std::string permissions_of(bool is_directory, Rights rights) {
  std::string letters;
  const auto add = [&](Right right, char what, bool can_be_done = true) {
    if (can_be_done && rights.contains(right)) letters += what;
  };
  if (is_directory) {
    add(Right::write, 'c', WritableStorage<Storage>);
    add(Right::remove, 'd', RemovesDirectories<Storage>);
    letters += 'e';
    add(Right::rename, 'f', RenamesFiles<Storage>);
    add(Right::list, 'l');
    add(Right::make_directories, 'm', MakesDirectories<Storage>);
    add(Right::remove, 'p', RemovesFiles<Storage> || RemovesDirectories<Storage>);
  } else {
    add(Right::append, 'a', AppendsToFiles<Storage>);
    add(Right::remove, 'd', RemovesFiles<Storage>);
    add(Right::rename, 'f', RenamesFiles<Storage>);
    add(Right::read, 'r');
    add(Right::write, 'w', WritableStorage<Storage>);
  }
  return letters;
}

/// What a format shows of entries.
enum class Shown { names, all };

/// Sends the listing of `path`, which is `entry`, over the data connection, each entry of it as `format` appends it,
/// but for the first `dropped` bytes.
template <class S> awaitable<Reply> send_listing(S& session, std::string_view verb, Path path, Entry entry,
                                                 std::string pattern, EntryFormat format, Shown shown,
                                                 std::size_t dropped = 0) {
  typename S::Transfer transfer{verb, path, "Here comes the listing", "Listing complete"};
  transfer.listing = true;
  std::optional<typename S::Storage::Listing> listing;
  if (entry.is_directory()) {
    auto found = co_await session.storage().list(path);
    listing.emplace(std::move(found));
    if (shown == Shown::names) ask_for_names(*listing);
  }
  ListingSource source{std::move(listing), entry, std::move(pattern), std::move(format), dropped};
  co_return co_await session.send(source, std::move(transfer));
}

/// Whether a name can stand in a line of its own.
inline bool fits_a_line(std::string_view name) noexcept { return name.find_first_of("\r\n") == name.npos; }

}  // namespace detail

namespace verbs {

/// LIST [<path>]: a directory or file over the data connection, as `ls -l` shows it; names alone in the ftp-like
/// dialect. (RFC 959 §4.1.3)
struct List {
  static constexpr std::string_view verb = "LIST";
  static constexpr std::string_view help = "LIST [<path>]: list a directory";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    ListingRequest request{text};
    Entry listed = co_await find_listed(session, request);
    const Path path = session.path(request.name);
    if (session.announces()) {
      // The ftp-like dialect: bare names between LFs.
      auto names = [](std::string& out, const Entry& entry) {
        if (detail::fits_a_line(entry.name)) out.append("\n").append(entry.name);
      };
      co_return co_await detail::send_listing(session, verb, path, std::move(listed), std::move(request.pattern),
                                              std::move(names), detail::Shown::names, 1);
    }
    auto lines = [now = wall_clock(session.executor())](std::string& out, const Entry& entry) {
      append_listed(out, entry, now);
      out += "\r\n";
    };
    co_return co_await detail::send_listing(session, verb, path, std::move(listed), std::move(request.pattern),
                                            std::move(lines), detail::Shown::all);
  }
};

/// NLST [<path>]: the names alone. (RFC 959 §4.1.3)
struct Nlst {
  static constexpr std::string_view verb = "NLST";
  static constexpr std::string_view help = "NLST [<path>]: list names only";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    ListingRequest request{text};
    Entry listed = co_await find_listed(session, request);
    const Path path = session.path(request.name);
    auto names = [prefix = request.prefix(listed.is_directory())](std::string& out, const Entry& entry) {
      if (detail::fits_a_line(entry.name)) out.append(prefix).append(entry.name).append("\r\n");
    };
    co_return co_await detail::send_listing(session, verb, path, std::move(listed), std::move(request.pattern),
                                            std::move(names), detail::Shown::names);
  }
};

/// MLSD [<path>]: a directory over the data connection, with facts that programs understand. (RFC 3659 §7)
struct Mlsd {
  static constexpr std::string_view verb = "MLSD";
  static constexpr std::string_view help = "MLSD [<path>]: list a directory for programs";
  static constexpr bool interruptible = true;
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const Path path = session.path(text);
    Entry listed = co_await session.storage().stat(path);
    if (!listed.is_directory()) co_return Reply{501, "Not a directory"};
    using Storage = std::remove_cvref_t<decltype(session.storage())>;
    const Rights rights = session.account()->rights;
    auto lines = [facts = session.state.facts, of_files = detail::permissions_of<Storage>(false, rights),
                  of_directories = detail::permissions_of<Storage>(true, rights)](std::string& out, const Entry& entry) {
      append_facts(out, entry, facts, entry.is_directory() ? of_directories : of_files);
      out += "\r\n";
    };
    co_return co_await detail::send_listing(session, verb, path, std::move(listed), std::string{}, std::move(lines),
                                            detail::Shown::all);
  }
};

/// MLST [<path>]: the facts of one file or directory, in the reply. (RFC 3659 §7)
struct Mlst {
  static constexpr std::string_view verb = "MLST";
  static constexpr std::string_view help = "MLST [<path>]: the facts of one file";
  static std::string feature(const auto& session) { return "MLST " + session.state.facts.feature(); }
  static constexpr bool keeps_blanks = true;
  static constexpr Rights needs = Right::list;
  static awaitable<Reply> run(auto& session, std::string_view text) {
    const Path path = session.path(text);
    Entry entry = co_await session.storage().stat(path);
    entry.name = session.virtual_path(text).string();
    using Storage = std::remove_cvref_t<decltype(session.storage())>;
    std::string lines = "Listing " + entry.name + "\n ";
    append_facts(lines, entry, session.state.facts, detail::permissions_of<Storage>(entry.is_directory(), session.account()->rights));
    co_return Reply{250, lines + "\nEnd"};
  }
};

}  // namespace verbs

}  // namespace ftplike
