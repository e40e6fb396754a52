#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client/options.hpp>
#include <ftplike/client/reply_error.hpp>
#include <ftplike/data_channel/data_channel.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/wildcard.hpp>

namespace ftplike::inline v0_2 {

/// One thing that a mirror is going to do to its target, and why; or has to do before, which is to list its trees.
class MirrorAction {
 public:
  /// What is to be done; `list` stands for a directory that could not be listed.
  enum class Kind { make_directory, transfer, remove, remove_directory, list };
  /// Why.
  enum class Reason { missing, size_differs, newer, not_in_source, in_the_way, not_known };

  /// `entry` is that of the source, whose size and time are kept.
  MirrorAction(Kind its_kind, Reason its_reason, std::string its_path, const Entry& entry = {})
      : kind{its_kind}, reason{its_reason}, path{std::move(its_path)}, size{entry.size}, modified{entry.modified} {}

  /// A word for people, such as "make directory".
  static constexpr std::string_view name_of(Kind kind) noexcept {
    constexpr std::string_view names[]{"make directory", "transfer", "remove", "remove directory", "list"};
    return names[static_cast<std::size_t>(kind)];
  }
  /// Words for people, such as "is missing".
  static constexpr std::string_view name_of(Reason reason) noexcept {
    constexpr std::string_view names[]{"is missing",           "has another size", "is newer",
                                       "is not in the source", "is in the way",    "is not known"};
    return names[static_cast<std::size_t>(reason)];
  }
  /// "transfer images/a.jpg, 1234 bytes: is newer".
  std::string text() const {
    std::string out{name_of(kind)};
    out.append(" ").append(path.empty() ? "." : path);
    if (kind == Kind::transfer && size) out += ", " + std::to_string(*size) + " bytes";
    return out.append(": ").append(name_of(reason));
  }
  friend bool operator==(const MirrorAction&, const MirrorAction&) = default;

  Kind kind;  // what is to be done
  Reason reason;  // why
  std::string path;    // from the root of the mirror; empty for that itself
  std::optional<std::uint64_t> size;  // of what is transferred, if it is known
  Timestamp modified;                 // of the same; the epoch if it is not known
};

/// An action that failed, and of what.
class MirrorFailure {
 public:
  MirrorAction action;  // what was tried
  std::exception_ptr error;  // what it failed of
};

/// How a mirror is to be done.
struct MirrorOptions {
  MirrorOptions() {}  // no aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice

  Direction direction = Direction::received;  // from the server to us, or the other way
  /// Leave alone what is as new in the target as in the source, even if it has another size.
  bool only_newer = false;
  /// Remove what the source does not have, before anything else is done. Nothing is removed where a listing failed or
  /// could not be understood.
  bool delete_others = false;
  /// Patterns for files, of which one has to fit; none: all do. A pattern with a '/' is for the path from the root of
  /// the mirror, any other for the name.
  std::vector<std::string> include;
  /// Patterns of the same kind, for files and directories that are left alone on both sides.
  std::vector<std::string> exclude;
  std::size_t entries = 1'000'000;  // on each side
  unsigned depth = 100;             // of directories
  TransferOptions transfer;         // `progress` is told the sums of all transfers, bytes and size; to stop it stops all
  /// Called after each action; with what it failed of, or null. First for the directories that could not be listed.
  std::function<void(const MirrorAction& action, const std::exception_ptr& failure)> done;
};

/// What a mirror would do: a dry run is this alone.
class MirrorPlan {
 public:
  Direction direction = Direction::received;  // from the server to us, or the other way
  std::string remote;                 // the root on the server
  std::string local;                  // the root here
  std::vector<MirrorAction> actions;  // in the order in which they have to be done
  std::vector<std::string> skipped;   // what is left alone though it differs, and why
  /// Directories of which the listing failed or could not be understood, on either side. What is in them is left alone.
  std::vector<MirrorFailure> failures;

  /// How many actions of a kind there are.
  std::size_t count(MirrorAction::Kind kind) const {
    return static_cast<std::size_t>(
        std::count_if(actions.begin(), actions.end(), [kind](const auto& action) { return action.kind == kind; }));
  }
  /// Of all transfers together whose sizes are known.
  std::uint64_t bytes() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& action : actions) sum += action.kind == MirrorAction::Kind::transfer ? action.size.value_or(0) : 0;
    return sum;
  }
  /// An action or what is skipped a line, after the directories that could not be listed.
  std::string text() const {
    std::string out;
    for (const auto& failure : failures) out += failure.action.text() + '\n';
    for (const auto& action : actions) out += action.text() + '\n';
    for (const auto& line : skipped) out += "skip " + line + '\n';
    return out;
  }
};

namespace detail {

/// What a mirror compares of an entry.
class MirrorEntry {
 public:
  MirrorEntry(const Entry& entry) : size{entry.size}, modified{entry.modified}, type{entry.type}, in_utc{entry.in_utc} {}

  bool is_directory() const noexcept { return type == Entry::Type::directory; }
  bool is_file() const noexcept { return type == Entry::Type::file; }

  std::optional<std::uint64_t> size;
  Timestamp modified;
  Entry::Type type;
  bool in_utc;
};

/// The entries of a tree in the order of their paths, once they are sorted. A tree may have a million of them, so the paths
/// are in one text: an entry takes 48 bytes and its path. Searches by comparison, for a server chooses the paths: it could
/// choose them so that all have the same hash.
template <class = void> class BasicMirrorEntries {
 public:
  BasicMirrorEntries() = default;
  BasicMirrorEntries(std::initializer_list<std::pair<std::string_view, Entry>> entries) {
    for (const auto& [path, entry] : entries) add(path, entry);
    sort();
  }

  std::size_t size() const noexcept { return rows_.size(); }
  std::string_view path(std::size_t at) const noexcept { return path_of(rows_[at]); }
  const MirrorEntry& entry(std::size_t at) const noexcept { return rows_[at].entry; }

  void add(std::string_view path, const MirrorEntry& entry) {
    rows_.push_back({entry, paths_.size(), path.size()});
    paths_.append(path);
  }
  /// To be called when all are added, and before they are looked at. Of those with one path it keeps the last.
  void sort() {
    const auto is_before = [this](const Row& a, const Row& b) {
      const int order = path_of(a).compare(path_of(b));
      return order != 0 ? order < 0 : a.begin > b.begin;
    };
    const auto is_same = [this](const Row& a, const Row& b) { return path_of(a) == path_of(b); };
    if (!std::is_sorted(rows_.begin(), rows_.end(), is_before)) std::sort(rows_.begin(), rows_.end(), is_before);
    rows_.erase(std::unique(rows_.begin(), rows_.end(), is_same), rows_.end());
  }
  /// The first that is not before `path`.
  std::size_t lower_bound(std::string_view path) const noexcept {
    const auto is_before = [this](const Row& row, std::string_view wanted) { return path_of(row) < wanted; };
    return static_cast<std::size_t>(std::lower_bound(rows_.begin(), rows_.end(), path, is_before) - rows_.begin());
  }
  const MirrorEntry* find(std::string_view path) const noexcept { return at_if_there(lower_bound(path), path); }
  /// The same for paths that are asked for in their order: searches from `at` on, and leaves there where it ended.
  const MirrorEntry* find_near(std::size_t& at, std::string_view path) const noexcept {
    while (at < rows_.size() && path_of(rows_[at]) < path) ++at;
    while (at > 0 && path_of(rows_[at - 1]) >= path) --at;
    return at_if_there(at, path);
  }

 private:
  struct Row {
    MirrorEntry entry;
    std::size_t begin, length;  // of its path
  };

  std::string_view path_of(const Row& row) const noexcept { return {paths_.data() + row.begin, row.length}; }
  const MirrorEntry* at_if_there(std::size_t at, std::string_view path) const noexcept {
    return at < rows_.size() && path_of(rows_[at]) == path ? &rows_[at].entry : nullptr;
  }

  std::string paths_;
  std::vector<Row> rows_;
};
using MirrorEntries = BasicMirrorEntries<>;  // a template, so that only what is called is compiled

/// What there is below a directory, by the path from there.
class MirrorTree {
 public:
  bool exists = true;
  bool tells_seconds = true;  // the times are no coarser than that
  /// When the file at a path became what it is, whatever its time of modification; not known if empty.
  std::function<std::optional<Timestamp>(std::string_view path)> came;
  MirrorEntries entries;
  std::map<std::string, std::exception_ptr, std::less<>> unlisted;  // directories of which nothing is known, and why
  class Unread {
   public:
    void add(const std::string& line) {
      if (lines++ == 0) first = line;
    }
    std::size_t lines = 0;
    std::string first;
  };
  std::map<std::string, Unread> unread;  // lines of the listings of directories that say nothing to us

  void add(std::string_view path, const MirrorEntry& entry, const MirrorOptions& options) {
    const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
    if (entries.size() == options.entries || depth > options.depth) throw std::system_error(Errc::bad_listing);
    entries.add(path, entry);
  }
  /// What keeps this from being all that there is.
  void tell_failures(std::vector<MirrorFailure>& failures) const {
    const auto tell = [&failures](const std::string& directory, std::exception_ptr error) {
      failures.push_back({{MirrorAction::Kind::list, MirrorAction::Reason::not_known, directory}, std::move(error)});
    };
    for (const auto& [directory, error] : unlisted) tell(directory, error);
    for (const auto& [directory, of] : unread) {
      const std::string text =
          "lines that cannot be understood: " + std::to_string(of.lines) + ", the first: " + of.first;
      tell(directory, std::make_exception_ptr(ClientError{Errc::bad_listing, "LIST", Channel::control, 0, text}));
    }
  }
};

inline bool fits_one(const std::vector<std::string>& patterns, std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return matches(pattern, pattern.find('/') == pattern.npos ? name : path);
  });
}
/// Whether a mirror has to do with this path. What is in a directory with which it has not is not even looked at.
inline bool concerns(const MirrorOptions& options, std::string_view path, const MirrorEntry& entry) {
  if (fits_one(options.exclude, path)) return false;
  return options.include.empty() || entry.is_directory() || fits_one(options.include, path);
}

/// Compares a source with a target.
class MirrorPlanner {
 public:
  MirrorPlanner(const MirrorTree& source, const MirrorTree& target, const MirrorOptions& options)
      : source_{source}, target_{target}, options_{options} {}

  MirrorPlan plan() {
    if (!target_.exists) directories_.emplace("");
    for (std::size_t i = 0; i < source_.entries.size(); ++i) {
      const std::string_view path = source_.entries.path(i);
      const MirrorEntry& entry = source_.entries.entry(i);
      if (concerns(options_, path, entry) && !is_below(path, skipped_)) consider(path, entry);
    }
    if (options_.delete_others) remove_others();

    MirrorPlan plan;
    plan.direction = options_.direction;
    source_.tell_failures(plan.failures);
    target_.tell_failures(plan.failures);
    plan.skipped = std::move(notes_);
    plan.actions = std::move(in_the_way_);
    // To a target that takes "a" and "A" for one, what comes may have the name of what goes.
    std::move(others_.begin(), others_.end(), std::back_inserter(plan.actions));
    for (const auto& path : directories_) plan.actions.emplace_back(Kind::make_directory, Reason::missing, path);
    std::move(transfers_.begin(), transfers_.end(), std::back_inserter(plan.actions));
    return plan;
  }

 private:
  using Kind = MirrorAction::Kind;
  using Reason = MirrorAction::Reason;

  static std::string_view parent(std::string_view path) noexcept {
    const auto slash = path.rfind('/');
    return slash == path.npos ? std::string_view{} : path.substr(0, slash);
  }
  template <class Directories> static bool is_below(std::string_view path, const Directories& directories) {
    if (directories.empty()) return false;
    for (auto above = parent(path); !above.empty(); above = parent(above)) {
      if (directories.contains(above)) return true;
    }
    return false;
  }
  void skip(std::string_view path, std::string_view why) {
    skipped_.emplace(path);
    notes_.push_back(std::string{path}.append(": ").append(why));
  }

  void consider(std::string_view path, const MirrorEntry& entry) {
    if (!entry.is_file() && !entry.is_directory()) return skip(path, "neither a file nor a directory");
    if (is_below(path, target_.unlisted)) return;  // it may be there
    const MirrorEntry* there = is_below(path, removed_) ? nullptr : target_.entries.find_near(near_, path);
    if (there && there->type != entry.type) {
      if (!make_way(path)) return skip(path, "something else has that name in the target");
      there = nullptr;
    }
    if (entry.is_directory()) {
      if (!there && options_.include.empty()) directories_.emplace(path);
      return;
    }
    const auto reason = there ? difference(path, entry, *there) : Reason::missing;
    if (!reason) return;
    for (auto above = parent(path); !above.empty(); above = parent(above)) {
      if (!target_.entries.find(above) || removed_.contains(above)) directories_.emplace(above);
    }
    transfers_.push_back(action(Kind::transfer, *reason, path, entry));
  }
  std::optional<Reason> difference(std::string_view path, const MirrorEntry& entry, const MirrorEntry& there) const {
    const bool known = entry.modified != Timestamp{} && there.modified != Timestamp{};
    const bool newer = known && kept(entry.modified) > there.modified + tolerance(there.modified);
    if (newer && !clocks_were_changed(path, entry, there)) return Reason::newer;
    // As text a file has another length at each end.
    const bool compares = !options_.only_newer && !options_.transfer.ascii;
    if (compares && entry.size && there.size && *entry.size != *there.size) return Reason::size_differs;
    return std::nullopt;
  }
  /// A time as far as file systems keep it: ext4 ends in 2446 and XFS in 2486, and a copy that got no later time than
  /// that would seem old for ever.
  static Timestamp kept(Timestamp time) noexcept {
    constexpr Timestamp last = std::chrono::sys_days{std::chrono::January / 1 / 2446};
    return std::min(time, last);
  }
  /// Whether a time differs only because the server's clock, whose zone nobody knows, has been changed by an hour since
  /// the copy was made: what was modified days before that has not been modified since.
  bool clocks_were_changed(std::string_view path, const MirrorEntry& entry, const MirrorEntry& there) const {
    constexpr std::chrono::minutes an_hour{60}, about{1};
    const auto later = entry.modified - there.modified;
    if (entry.in_utc || later < an_hour - about || later > an_hour + about || !target_.came) return false;
    const auto came = target_.came(path);
    constexpr std::chrono::days any_zone{1};
    return came && entry.modified + any_zone < *came;
  }
  /// How much later a time of the target may be in truth: a LIST tells minutes, and of old files days.
  std::chrono::seconds tolerance(Timestamp time) const {
    if (target_.tells_seconds) return std::chrono::seconds{2};
    const bool day = time.time_since_epoch() % std::chrono::days{1} == std::chrono::milliseconds{0};
    return day ? std::chrono::days{1} : std::chrono::seconds{60};
  }

  /// Removes what has the name of something of another kind, unless somebody wants that to stay.
  bool make_way(std::string_view path) {
    if (!removes() || target_.unlisted.contains(path)) return false;
    const auto& entries = target_.entries;
    std::vector<MirrorAction> actions;
    const std::string inside = std::string{path} + '/';
    for (auto at = entries.lower_bound(inside); at < entries.size(); ++at) {
      const std::string_view its_path = entries.path(at);
      if (!its_path.starts_with(inside)) break;
      const bool stays = !concerns(options_, its_path, entries.entry(at)) || target_.unlisted.contains(its_path);
      if (stays) return false;
      actions.push_back(removal(its_path, entries.entry(at), Reason::in_the_way));
    }
    std::reverse(actions.begin(), actions.end());
    actions.push_back(removal(path, *entries.find(path), Reason::in_the_way));
    std::move(actions.begin(), actions.end(), std::back_inserter(in_the_way_));
    removed_.emplace(path);
    return true;
  }
  /// A line that is not understood may be about anything.
  bool removes() const { return options_.delete_others && source_.unread.empty() && target_.unread.empty(); }
  void remove_others() {
    if (!removes()) {
      notes_.push_back("all removals: there are listings that cannot be understood");
      return;
    }
    std::set<std::string, std::less<>> kept;  // directories with something that stays
    std::size_t near_in_source = source_.entries.size();
    for (std::size_t i = target_.entries.size(); i > 0; --i) {
      const std::string_view path = target_.entries.path(i - 1);
      const MirrorEntry& entry = target_.entries.entry(i - 1);
      if (removed_.contains(path) || is_below(path, removed_)) continue;
      const bool stays = source_.entries.find_near(near_in_source, path) || !concerns(options_, path, entry) ||
                         is_below(path, skipped_) || kept.contains(path) || is_below(path, source_.unlisted) ||
                         target_.unlisted.contains(path);
      if (!stays)
        others_.push_back(removal(path, entry, Reason::not_in_source));
      else if (const auto above = parent(path); !kept.contains(above))
        kept.emplace(above);
    }
  }
  static MirrorAction removal(std::string_view path, const MirrorEntry& entry, Reason why) {
    return action(entry.is_directory() ? Kind::remove_directory : Kind::remove, why, path, entry);
  }
  static MirrorAction action(Kind kind, Reason why, std::string_view path, const MirrorEntry& entry) {
    MirrorAction made{kind, why, std::string{path}};
    made.size = entry.size;
    made.modified = entry.modified;
    return made;
  }

  const MirrorTree& source_;
  const MirrorTree& target_;
  const MirrorOptions& options_;
  std::set<std::string, std::less<>> directories_, skipped_, removed_;
  std::size_t near_ = 0;  // where in the target the last path of the source was looked for
  std::vector<MirrorAction> in_the_way_, transfers_, others_;
  std::vector<std::string> notes_;
};

}  // namespace detail
}  // namespace ftplike
