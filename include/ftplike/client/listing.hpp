#pragma once
#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/client/questions.hpp>
#include <ftplike/protocol/listing.hpp>

namespace ftplike::detail {

/// A sink that calls `take` with each line, without its ending.
///
/// **Errors:** `Errc::line_too_long`.
template <class Take> class LineSink {
 public:
  LineSink(std::size_t limit, Take take) : limit_{limit}, take_{std::move(take)} {}

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
    if (line.ends_with('\r')) line.remove_suffix(1);
    take_(line);
    line_.clear();
  }

  std::size_t limit_;
  Take take_;
  std::string line_;
};

/// Runs one of the listing commands; `take` gets its lines. MLSD comes in whatever type is on (RFC 3659 §7.2).
template <class Core, class Take>
awaitable<void> list_lines(Core& core, std::string_view verb, std::string path, Take& take) {
  std::string command{verb};
  if (!path.empty()) command.append(1, ' ').append(path.starts_with('-') ? "./" : "").append(path);
  if (verb != "MLSD") co_await set_listing_type(core);
  ClientTransfer transfer{std::move(command), Direction::received};
  transfer.listing = true;
  const auto give = [&take](std::string_view line) { take(line); };
  LineSink lines{core.options.limits.line, give};
  (void)co_await core.receive(AnySink{lines}, transfer);
  co_await lines.finish();
}

/// LIST in the ftp-like dialect. The server that this comes from lists its working directory whatever it is asked for;
/// what can be told from its way to end replies.
template <class Core, class Take> awaitable<void> list_names(Core& core, std::string path, Take& take) {
  const bool takes_path = path.empty() || path.starts_with('/') || core.control().hears_crlf();
  if (takes_path) {
    co_await list_lines(core, "LIST", std::move(path), take);
    co_return;
  }
  const Path below{path};
  if (below.string().size() != path.size() + 1) throw ClientError{Errc::bad_name, "LIST", Channel::local};
  (void)co_await core.demand("CWD " + path);
  // A session that cannot get back to where it was is of no use.
  struct Return {
    ~Return() {
      if (!done) core.close();
    }
    Core& core;
    bool done = false;
  } way_back{core};
  Settled<void> outcome;
  co_await settle(list_lines(core, "LIST", "", take), outcome);
  for (Path left = below; !left.is_root() && core.control().is_open(); left = left.parent()) {
    (void)co_await core.demand("CWD ..");
  }
  way_back.done = true;
  outcome.get();
}

/// A line of MLSD as an entry, unless it tells of the directory itself or of the one above.
inline std::optional<Entry> entry_of_facts(std::string_view line) {
  auto facts = read_facts(line);
  if (!facts && line.empty()) return std::nullopt;
  if (!facts) {
    Entry unknown;
    unknown.type = Entry::Type::other;
    unknown.listed = line;
    return unknown;
  }
  if (facts->place != MlsxPlace::inside) return std::nullopt;
  if (!is_component(facts->entry.name)) facts->entry.name.clear();
  return std::move(facts->entry);
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

/// Whether a listing told the time of day of a file, not just its date.
inline bool has_time_of_day(const Entry& entry) noexcept {
  const auto time = entry.modified.time_since_epoch();
  return time.count() != 0 && time % std::chrono::days{1} != time.zero();
}

/// How far a clock is ahead that tells a time for what was at `utc`, to the quarter of an hour, as zones are.
inline std::optional<std::chrono::minutes> zone_between(Timestamp told, Timestamp utc) noexcept {
  constexpr std::chrono::minutes quarter{15}, farthest{15 * 60};
  const auto ahead = std::chrono::floor<std::chrono::minutes>(told - utc + quarter / 2);
  const auto quarters = std::chrono::floor<std::chrono::duration<int, std::ratio<900>>>(ahead);
  if (quarters > farthest || quarters < -farthest) return std::nullopt;
  return std::chrono::minutes{quarters};
}

/// Puts the times of a LIST into UTC. RFC 959 leaves their zone open, MDTM has none: one file that both tell of is
/// enough to know how far they are apart, once for a session.
template <class Core> awaitable<void> put_into_utc(Core& core, std::string path, std::vector<Entry>& entries) {
  const auto sample = std::find_if(entries.begin(), entries.end(), [](const Entry& entry) {
    return entry.is_file() && !entry.name.empty() && has_time_of_day(entry);
  });
  if (sample == entries.end()) co_return;
  if (!core.zone && core.features.may_have("MDTM")) {
    if (!path.empty() && !path.ends_with('/')) path += '/';
    Settled<std::optional<Timestamp>> modified;
    co_await settle(ask_modified(core, path + sample->name), modified);
    const auto utc = modified.failed() ? std::nullopt : modified.get();
    if (utc) core.zone = zone_between(sample->modified, *utc);
  }
  if (!core.zone) co_return;
  for (Entry& entry : entries) {
    if (has_time_of_day(entry)) entry.modified -= *core.zone;
  }
}

/// The directory that a path is in: "" for the working one, "/" for the root.
inline std::string directory_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  return std::string{slash == path.npos ? std::string_view{} : path.substr(0, std::max<std::size_t>(slash, 1))};
}

/// Calls `visit(entry)` for what is in a directory, by the best way that the server understands: MLSD, LIST, NLST.
/// What came by LIST has the times that the server told.
template <class Core, class Visit> awaitable<void> list_entries(Core& core, std::string path, Visit visit) {
  const auto facts = [&visit](std::string_view line) {
    if (auto entry = entry_of_facts(line)) visit(*std::move(entry));
  };
  const auto name = [&visit, &path](std::string_view line) {
    if (auto entry = entry_of_name(line, path)) visit(*std::move(entry));
  };
  const auto now = wall_clock();
  const auto long_form = [&visit, parser = ListingParser{now}](std::string_view line) {
    if (auto entry = parser.parse(line)) visit(*std::move(entry));
  };

  if (core.dialect == Dialect::ftplike) {
    co_await list_names(core, path, name);
    co_return;
  }
  if (core.features.may_have("MLST")) {
    try {
      co_await list_lines(core, "MLSD", path, facts);
      co_return;
    } catch (const ReplyError& error) {
      if (!not_understood(error.reply())) throw;
      core.features.refuse("MLST");
    }
  }
  if (!core.features.refused("LIST")) {
    try {
      co_await list_lines(core, "LIST", path, long_form);
      co_return;
    } catch (const ReplyError& error) {
      if (!not_understood(error.reply())) throw;
      core.features.refuse("LIST");
    }
  }
  co_await list_lines(core, "NLST", path, name);
}

/// What is in a directory, all at once.
///
/// **Errors:** `Errc::bad_listing` if that is too much.
template <class Core> awaitable<std::vector<Entry>> list_all(Core& core, std::string path) {
  std::vector<Entry> entries;
  const auto keep = [&entries, most = core.options.limits.entries](Entry entry) {
    if (entries.size() == most) throw std::system_error(Errc::bad_listing);
    entries.push_back(std::move(entry));
  };
  co_await list_entries(core, path, keep);
  const bool in_utc = core.dialect == Dialect::ftplike || core.features.may_have("MLST");
  if (!in_utc) co_await put_into_utc(core, std::move(path), entries);
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
