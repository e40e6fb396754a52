#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client/path_queries.hpp>
#include <ftplike/client/server_zone.hpp>
#include <ftplike/client/working_directory.hpp>
#include <ftplike/io/date.hpp>
#include <ftplike/protocol/listing.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// A sink that calls `take` with each line, without its ending.
///
/// **Errors:** `Errc::line_too_long`.
template <class Take> class LineSplitter {
 public:
  LineSplitter(std::size_t limit, Take take) : limit_{limit}, take_{std::move(take)} {}

  awaitable<void> write(std::span<const std::byte> bytes) {
    std::string_view text = as_text(bytes);
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      keep(text.substr(0, end));
      give();
      text.remove_prefix(end + 1);
    }
    keep(text);
    co_return;
  }
  /// The last line may have no ending.
  awaitable<void> finish() {
    if (!line_.empty()) give();
    co_return;
  }

 private:
  void keep(std::string_view part) {
    if (part.size() > limit_ - line_.size()) throw std::system_error(Errc::line_too_long);
    line_.append(part);
  }
  void give() {
    std::string_view line = line_;
    while (line.ends_with('\r')) line.remove_suffix(1);  // servers that write text as text end lines by CR CR LF
    take_(line);
    line_.clear();
  }

  std::size_t limit_;
  Take take_;
  std::string line_;
};

/// Runs one of the listing commands; `take` gets its lines. Gives the final reply. MLSD comes in whatever type is on
/// (RFC 3659 §7.2).
template <class Core, class Take>
awaitable<Reply> list_lines(Core& core, std::string_view verb, std::string argument, Take& take) {
  std::string command{verb};
  if (!argument.empty()) command.append(1, ' ').append(argument);
  if (verb != "MLSD") co_await set_listing_type(core);
  ClientTransfer transfer{std::move(command), Direction::received};
  transfer.listing = true;
  const auto give = [&take](std::string_view line) { take(line); };
  LineSplitter lines{core.options.limits.line, give};
  Reply last = co_await core.receive(AnySink{lines}, transfer);
  co_await lines.finish();
  co_return last;
}

/// Whether the text of a reply has one of these words, in small or capital letters.
template <std::size_t n> bool mentions(const Reply& reply, const std::string_view (&words)[n]) {
  const std::string text = to_upper(reply.text());
  return std::any_of(std::begin(words), std::end(words),
                     [&text](std::string_view word) { return text.find(word) != text.npos; });
}
/// Whether a reply says that a directory may not or could not be read. After nothing was listed, that is also what a
/// 226 may say: vsftpd's does.
inline bool says_unreadable(const Reply& reply) {
  constexpr std::string_view words[]{"FAILED", "DENIED",    "PERMI",  "ALLOWED", "AUTHORI",
                                     "CANNOT", "COULD NOT", "UNABLE", "CAN'T"};
  return mentions(reply, words);
}
/// Whether a refusal to list the working directory says that nothing is in it. Not every one does: to take a directory
/// for empty that may not be read would have a mirror remove all that it has of it. Nor does 550 with the words for what
/// is not there: some servers go into any directory, and only then say that there is none.
inline bool says_empty(const Reply& refusal) {
  constexpr std::string_view nothing_in_it[]{"NO FILE", "EMPTY", "NO DATA SET", "NO MEMBER", "NO ENTR"};
  constexpr std::string_view nothing_there[]{"NO SUCH FILE", "NOT FOUND"};
  const int code = refusal.code();
  const bool empty = (code == 450 || code == 550) && mentions(refusal, nothing_in_it);
  return (empty || (code == 450 && mentions(refusal, nothing_there))) && !says_unreadable(refusal);
}

/// As `list_lines`, where to list the working directory is to know what is in it.
template <class Core, class Take>
awaitable<void> list_directory(Core& core, std::string_view verb, std::string argument, Take& take) {
  bool empty = true;
  const auto counted = [&](std::string_view line) {
    empty = false;
    take(line);
  };
  const bool exists = argument.empty();
  try {
    Reply last = co_await list_lines(core, verb, std::move(argument), counted);
    if (empty && says_unreadable(last)) throw ReplyError{std::move(last), std::string{verb}, Channel::data};
  } catch (const ReplyError& error) {
    if (!exists || !empty || !says_empty(error.reply())) throw;
  }
}

/// A line of MLSD as an entry, unless it tells of the directory itself or of the one above.
inline std::optional<Entry> entry_of_facts(std::string_view line) {
  if (line.empty()) return std::nullopt;
  std::optional<Entry> entry{std::in_place};
  const auto place = read_facts(*entry, line);
  if (!place) {
    entry.emplace();
    entry->type = Entry::Type::other;
    entry->listed = line;
  } else if (place != MlsxPlace::inside) {
    entry.reset();
  } else if (!is_component(entry->name)) {
    entry->name.clear();
  }
  return entry;
}

/// A line of NLST, which may have the directory in front of the name.
inline std::optional<Entry> entry_of_name(std::string_view line, std::string_view path) {
  const auto listed = line;
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty() && line.starts_with(path) && line.substr(path.size()).starts_with('/')) {
    line.remove_prefix(path.size() + 1);
  } else if (path.empty() && line.starts_with("./")) {
    line.remove_prefix(2);
  }
  auto entry = parse_name(line);
  if (entry) entry->listed = listed;
  return entry;
}

/// Asks for the times of some files, which are in `directory` as seen from where the session is, until those of all are
/// known, or there is no use in more.
template <class Core>
awaitable<void> learn_zone(Core& core, const std::string& directory, const std::vector<const Entry*>& files) {
  constexpr int most = 100;  // a server may tell what it wants
  for (int asked = 0; asked < most && core.features.may_have("MDTM"); ++asked) {
    const Entry* const file = telling_one(core.zone, files);
    if (!file) co_return;
    Settled<std::optional<Timestamp>> modified;
    co_await settle(ask_modified(core, joined(directory, file->name)), modified);
    const auto utc = modified.failed() ? std::nullopt : modified.get();
    const auto ahead = utc ? zone_between(file->modified, *utc) : std::nullopt;
    if (!ahead) co_return;
    core.zone.learn(file->modified, *ahead);
  }
}

/// Puts the times of a LIST into UTC, where that can be known.
template <class Core> awaitable<void> put_into_utc(Core& core, std::string directory, std::vector<Entry>& entries) {
  std::vector<const Entry*> files;
  for (const Entry& entry : entries) {
    const bool tells = !entry.in_utc && entry.is_file() && !entry.name.empty() && has_time_of_day(entry);
    if (tells) files.push_back(&entry);
  }
  std::sort(files.begin(), files.end(), [](const Entry* a, const Entry* b) { return a->modified < b->modified; });
  co_await learn_zone(core, directory, files);
  for (Entry& entry : entries) {
    const auto ahead = !entry.in_utc && has_time_of_day(entry) ? core.zone.nearest(entry.modified) : std::nullopt;
    if (!ahead) continue;
    entry.modified -= *ahead;
    entry.in_utc = true;
  }
}

/// Whether a listing command is not understood, so that the next one is to be tried.
template <class Core, class Take> awaitable<bool> list_if_understood(Core& core, std::string feature,
                                                                     std::string_view verb, std::string argument,
                                                                     Take& take) {
  try {
    co_await list_directory(core, verb, std::move(argument), take);
  } catch (const ReplyError& error) {
    if (!not_understood(error.reply())) throw;
    core.features.refuse(feature);
    co_return false;
  }
  co_return true;
}

/// The directory that a path is in: "" for the working one, "/" for the root.
inline std::string directory_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  return std::string{slash == path.npos ? std::string_view{} : path.substr(0, std::max<std::size_t>(slash, 1))};
}

/// Calls `visit(entry)` for what is where the session is, or in `argument`, by the best way that the server
/// understands: MLSD, LIST, NLST. What came by LIST has the times that the server told.
template <class Core, class Visit> awaitable<void> list_here(Core& core, std::string argument, Visit& visit) {
  const auto facts = [&visit](std::string_view line) {
    if (auto entry = entry_of_facts(line)) visit(*std::move(entry));
  };
  const auto name = [&visit, &argument](std::string_view line) {
    if (auto entry = entry_of_name(line, argument)) visit(*std::move(entry));
  };
  ListingReader reader{wall_clock(core.executor())};
  const auto long_form = [&visit, &reader](std::string_view line) { reader.line(line, visit); };

  if (core.dialect == Dialect::ftplike) {
    co_await list_directory(core, "LIST", argument, name);
    co_return;
  }
  if (core.features.may_have("MLST")) {
    const bool understood = co_await list_if_understood(core, "MLST", "MLSD", argument, facts);
    if (understood) co_return;
  }
  if (!core.features.refused("LIST")) {
    const bool understood = co_await list_if_understood(core, "LIST", "LIST", argument, long_form);
    reader.finish(visit);
    if (understood) co_return;
  }
  co_await list_directory(core, "NLST", argument, name);
}

/// Calls `visit(entry)` for what is in a directory. The session stays there until the next command that is no listing.
template <class Core, class Visit> awaitable<void> list_entries(Core& core, std::string path, Visit visit) {
  const Staying staying{core.directory};
  std::string argument = co_await enter_directory(core, std::move(path));
  co_await list_here(core, std::move(argument), visit);
}

/// What is in a directory, all at once.
///
/// **Errors:** `Errc::bad_listing` if that is too much.
template <class Core> awaitable<std::vector<Entry>> list_all(Core& core, std::string path) {
  const Staying staying{core.directory};
  std::vector<Entry> entries;
  const auto keep = [&entries, most = core.options.limits.entries](Entry entry) {
    if (entries.size() == most) throw std::system_error(Errc::bad_listing);
    entries.push_back(std::move(entry));
  };
  std::string argument = co_await enter_directory(core, std::move(path));
  co_await list_here(core, argument, keep);
  const bool in_utc = core.dialect == Dialect::ftplike || core.features.may_have("MLST");
  if (!in_utc) co_await put_into_utc(core, std::move(argument), entries);
  co_return entries;
}

/// What the listing of the directory that a path is in tells of it, the time to the second where MDTM can and will
/// tell.
///
/// **Errors:** `no_such_file_or_directory` if it is not in there.
template <class Core> awaitable<Entry> stat_in_listing(Core& core, std::string path) {
  const auto slash = path.find_last_not_of('/') == path.npos ? 0 : path.find_last_not_of('/') + 1;
  path.resize(slash);
  if (path.empty() || path == ".") co_return Entry{{}, Entry::Type::directory, 0, {}};
  const std::string name{Path{path}.name()};
  std::vector<Entry> entries = co_await list_all(core, directory_of(path));
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found == entries.end()) {
    const auto error = std::make_error_code(std::errc::no_such_file_or_directory);
    throw ClientError{error, "LIST", Channel::control, 0, path + ": " + error.message()};
  }
  // Listings tell times to the minute at best.
  const bool better = found->is_file() && core.features.may_have("MDTM");
  if (better) {
    const auto modified = co_await if_told(core, ask_modified(core, path));
    if (modified) found->modified = *modified;
  }
  co_return *std::move(found);
}

/// What is known of one path: by MLST, else from the listing of its directory.
template <class Core> awaitable<Entry> stat_path(Core& core, std::string path) {
  if (core.features.may_have("MLST")) {
    auto facts = co_await ask_facts(core, path);
    if (facts) co_return *std::move(facts);
  }
  co_return co_await stat_in_listing(core, std::move(path));
}

/// Whether there is anything at a path. What MLST refuses to tell of may be there all the same: the listing of its
/// directory decides, and where that is refused, whether there is such a directory.
///
/// **Errors:** the refusal, if nothing decides.
template <class Core> awaitable<bool> path_exists(Core& core, std::string path) {
  if (core.features.may_have("MLST")) {
    const Reply answer = co_await ask_mlst(core, path);
    if (answer.complete()) co_return true;
    const bool says_no = answer.code() == 550 || answer.code() == 450;
    if (!says_no && !not_understood(answer)) core.fail(answer, "MLST");
  }
  Settled<Entry> found;
  co_await settle(stat_in_listing(core, path), found);
  try {
    (void)found.get();
    co_return true;
  } catch (const ReplyError& error) {
    if (error.code().value() != 550 && error.code().value() != 450) throw;
  } catch (const ClientError& error) {
    if (error.code() != std::errc::no_such_file_or_directory) throw;
    co_return false;
  }
  const std::string directory = directory_of(path);
  if (!directory.empty() && directory != "/") {
    const bool has_directory = co_await path_exists(core, directory);
    if (!has_directory) co_return false;
  }
  std::rethrow_exception(found.failure());
}

}  // namespace ftplike::detail
