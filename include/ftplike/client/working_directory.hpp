#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/client/options.hpp>
#include <ftplike/client/reply_error.hpp>
#include <ftplike/io/within.hpp>
#include <ftplike/protocol/path.hpp>

// How listings get into a directory and the session back to where its user was. Servers understand the argument of LIST
// and MLSD in many ways: as a pattern, as options, not at all. All understand CWD.
namespace ftplike::inline v0_2::detail {

/// Sets `path` to that of a directory, a '/' where one is missing, and a name.
inline void join(std::string& path, std::string_view directory, std::string_view name) {
  path = directory;
  if (!path.empty() && !path.ends_with('/') && !name.empty()) path += '/';
  path += name;
}
/// A path of a server with another one behind it.
inline std::string joined(std::string_view directory, std::string_view name) {
  std::string path;
  join(path, directory, name);
  return path;
}

/// Where a session is: its user's working directory, which is home, and where a listing has led it from there.
class WorkingDirectory {
 public:
  std::string home;         // as PWD names it; empty if it has no name that CWD takes
  bool home_known = false;  // else the user may have moved since PWD was asked
  std::string at;           // where the session is, as a path from home; empty for home
  bool lost = false;        // a move went out of which nothing is known
  unsigned listings = 0;    // under way: what is said meanwhile does not depend on home

  bool has_to_return() const noexcept { return listings == 0 && is_away(); }
  bool is_away() const noexcept { return lost || !at.empty(); }
};

/// A listing under way, at the end of which the session may be anywhere: it goes home before the next command.
class Staying {
 public:
  explicit Staying(WorkingDirectory& place) noexcept : place_{place} { ++place_.listings; }
  Staying(const Staying&) = delete;
  Staying& operator=(const Staying&) = delete;
  ~Staying() { --place_.listings; }

 private:
  WorkingDirectory& place_;
};

/// A command that changes the directory, and where the session is then.
class Move {
 public:
  std::string command, leads_to;
};

/// From `from` to `to`, which lies below it, component by component.
inline void descend(std::vector<Move>& moves, std::string from, std::string_view to) {
  while (from.size() < to.size()) {
    const auto begin = from.empty() ? 0 : from.size() + 1;
    from = to.substr(0, to.find('/', begin));
    moves.push_back({"CWD " + from.substr(begin), from});
  }
}
/// How far two paths agree, in whole components.
inline std::string common_of(const std::string& a, const std::string& b) {
  std::string common;
  for (std::string_view rest = a; !rest.empty();) {
    const auto part = rest.substr(0, rest.find('/'));
    const std::string next = joined(common, part);
    if (b != next && !b.starts_with(next + '/')) break;
    common = next;
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return common;
}

/// The way from where the session is to `path`; empty for home. Where names begin with '/', that is one command; the
/// names of other systems do not grow by a '/' and more.
inline std::vector<Move> way_to(const WorkingDirectory& place, const std::string& path) {
  std::vector<Move> moves;
  const bool rooted = place.home.starts_with('/');
  if (path.empty() && !place.home.empty()) {
    moves.push_back({"CWD " + place.home, {}});
  } else if (path.starts_with('/') || (rooted && !place.is_away())) {
    moves.push_back({"CWD " + path, path});
  } else if (rooted && path.starts_with('~')) {  // perhaps somebody's home, perhaps a name
    moves.push_back({"CWD " + place.home, {}});
    moves.push_back({"CWD " + path, path});
  } else if (rooted) {
    moves.push_back({"CWD " + joined(place.home, path), path});
  } else if (!place.home.empty()) {
    const bool inside = !place.lost && common_of(place.at, path) == place.at;
    if (!inside) moves.push_back({"CWD " + place.home, {}});
    descend(moves, inside ? place.at : std::string{}, path);
  } else {
    const std::string common = common_of(place.at, path);
    for (std::string here = place.at; here != common;) {
      here.resize(here.rfind('/') == here.npos ? 0 : here.rfind('/'));
      moves.push_back({"CWD ..", here});
    }
    if (path != common) moves.push_back({"CWD " + path.substr(common.empty() ? 0 : common.size() + 1), path});
  }
  return moves;
}

/// Goes that way. A step that was refused leaves the session where the one before it led.
///
/// **Errors:** `ReplyError`. **Cancellation:** where the session is then is not known.
template <class Core> awaitable<void> follow(Core& core, std::vector<Move> moves) {
  for (Move& move : moves) {
    core.directory.lost = true;
    const Reply answer = co_await core.ask(std::move(move.command));
    core.directory.lost = false;
    if (!answer.complete()) core.fail(answer, "CWD");
    core.directory.at = std::move(move.leads_to);
  }
}

/// Goes back to the user's working directory. A session that cannot get there is closed: what its user says next would
/// be done elsewhere.
template <class Core> awaitable<void> go_home(Core& core) {
  const Staying staying{core.directory};
  std::string why = "after a cancellation";
  const bool knows_the_way = !core.directory.lost || !core.directory.home.empty();
  if (knows_the_way) {
    Settled<void> outcome;
    auto way = way_to(core.directory, {});
    co_await settle(follow(core, std::move(way)), outcome);
    try {
      outcome.get();
      co_return;
    } catch (const ReplyError& error) { why = error.what(); }
  }
  core.close();
  throw ClientError{Errc::peer_lost, "CWD", Channel::control, 0, "no way back to the working directory: " + why};
}

/// Asks where the session is, unless that is known. In the ftp-like dialect a server tells what its operator calls the
/// directory, which CWD does not take.
template <class Core> awaitable<void> find_home(Core& core) {
  if (core.directory.home_known) co_return;
  std::string name;
  if (core.dialect == Dialect::standard) {
    const Reply answer = co_await core.ask("PWD");
    auto told = answer.complete() ? parse_quoted(answer.text()) : std::nullopt;
    if (told) name = *std::move(told);
  }
  core.directory.home = std::move(name);
  core.directory.home_known = true;
}

/// Goes to a directory that is to be listed. Gives what the command that lists has to have as its argument: nothing,
/// but where no way would lead back from there, the path.
///
/// **Errors:** `ReplyError` if the server does not let us in; `Errc::bad_name` if there would be no way back and the
/// server takes no argument.
template <class Core> awaitable<std::string> enter_directory(Core& core, std::string path) {
  WorkingDirectory& place = core.directory;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (!place.lost && path == place.at) co_return std::string{};
  if (path.empty() || place.lost) co_await go_home(core);
  if (path.empty()) co_return std::string{};
  if (!place.is_away()) co_await find_home(core);
  const bool counts_steps = core.dialect == Dialect::ftplike && Path{path}.string().size() == path.size() + 1;
  if (place.home.empty() && !counts_steps) {
    if (place.is_away()) co_await go_home(core);
    // The server that the ftp-like dialect comes from lists its working directory whatever it is asked for; what can be
    // told from its way to end replies.
    const bool takes_path = core.dialect == Dialect::standard || core.control().hears_crlf();
    if (!takes_path) throw ClientError{Errc::bad_name, "LIST", Channel::local};
    co_return path.starts_with('-') ? "./" + path : path;
  }
  auto way = way_to(place, path);
  co_await follow(core, std::move(way));
  co_return std::string{};
}

}  // namespace ftplike::detail
