#pragma once
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client/mirror_plan.hpp>
#include <ftplike/client/segments.hpp>
#include <ftplike/storage/directory_listing.hpp>
#include <ftplike/system/paths.hpp>

namespace ftplike::inline v0_2 {

/// What a mirror came to.
class MirrorResult {
 public:
  std::size_t transferred = 0;          // files
  std::uint64_t bytes = 0;              // of them
  std::vector<MirrorFailure> failures;  // of single actions, which did not keep the others from being done
};

namespace detail {

/// Adds what is in one folder of ours, `path` from the root of the mirror. Gives the folders in it that are to be
/// looked into.
///
/// **Errors:** `std::system_error` if the folder cannot be read as a whole.
inline std::vector<std::string> add_local(MirrorTree& tree, const std::string& root, const std::string& path,
                                          const MirrorOptions& options) {
  const auto place = path.empty() ? path_of(root) : path_of(root) / path_of(path);
  Descriptor folder{sys::open_file(place.c_str(), sys::to_list)};
  if (!folder) {
    const std::error_code why{errno, std::generic_category()};
    throw ClientError{why, "mirror", Channel::local, 0, text_of_path(place) + ": " + why.message()};
  }
  const DirectoryStream stream = stream_of(std::move(folder));
  std::vector<std::string> inner;
  std::string its_path;
  Entry entry;
  while (const char* const name = next_name(stream.get())) {
    if (is_partial_name(name)) continue;
    FileStatus status{};
    int failed = sys::status_at(sys::descriptor_of(stream.get()), name, &status);
    // Windows lists names that it takes for none of a file, as "aux.c"; some of them lead to it in a path.
    if (failed && errno == EINVAL) failed = sys::status_of_path(place / path_of(name), &status, true);
    if (failed && errno == ENOENT) continue;  // it has gone since
    if (failed) fail_with(errno);
    describe(entry, status);
    join(its_path, path, name);
    tree.add(its_path, entry, options);
    if (entry.is_directory() && concerns(options, its_path, entry)) inner.push_back(its_path);
  }
  return inner;
}

/// What there is below a folder of ours. Links are not followed, and our own partial files are nobody's.
inline MirrorTree local_tree(const std::string& folder, const MirrorOptions& options) {
  MirrorTree tree;
  tree.exists = std::filesystem::exists(path_of(folder));
  tree.came = [folder](std::string_view path) -> std::optional<Timestamp> {
    FileStatus status{};
    if (sys::status_of_path(path_of(folder) / path_of(path), &status, true) != 0) return std::nullopt;
    return Timestamp{std::chrono::seconds{status.st_ctim.tv_sec}};
  };
  std::vector<std::string> left;
  if (tree.exists) left.emplace_back();
  while (!left.empty()) {
    const std::string path = std::move(left.back());
    left.pop_back();
    try {
      for (auto& inner : add_local(tree, folder, path, options)) left.push_back(std::move(inner));
    } catch (const std::system_error& error) {
      if (path.empty() || error.code() == Errc::bad_listing) throw;
      tree.unlisted.emplace(path, std::make_exception_ptr(ClientError{error.code(), "", Channel::local}));
    }
  }
  tree.entries.sort();
  return tree;
}

/// Whether an action's failure says nothing about the next one.
inline bool concerns_one_action(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const ReplyError& error) {
    return error.reply().code() != 421 && error.reply().code() != 530;
  } catch (const ClientError& error) {
    return error.channel() == Channel::local && error.code() != Errc::aborted;
  } catch (const std::system_error& error) {
    return error.code() != asio::error::operation_aborted;  // a storage's
  } catch (...) { return false; }
}

/// What the server lists of one directory.
class MirrorListing {
 public:
  /// Takes `most` lines at most.
  explicit MirrorListing(std::size_t most) noexcept : most_{most} {}

  MirrorEntries entries;  // by their names
  MirrorTree::Unread unread;
  bool is_too_long = false;

  void add(const Entry& entry) {
    is_too_long = entries.size() + unread.lines == most_;
    if (is_too_long) throw std::system_error(Errc::bad_listing);
    if (entry.name.empty()) return unread.add(entry.listed);
    entries.add(entry.name, entry);
  }

 private:
  std::size_t most_;
};

/// Lists a directory into `listing`, entry by entry where they come with times in UTC. Those of a LIST are put into
/// UTC, for which all have to be known.
template <class Session>
awaitable<void> list_typed(Session& session, std::string path, std::size_t most, MirrorTree& tree,
                           MirrorListing& listing) {
  listing = MirrorListing{most};
  bool tells_facts = session.features().may_have("MLST");
  if (tells_facts) {
    const typename Session::Visit take = [&listing](const Entry& entry) { listing.add(entry); };
    co_await session.list(path, take);
    tells_facts = session.features().may_have("MLST");  // it may be known by now that it has not
  }
  tree.tells_seconds = tells_facts;
  const bool names_only =
      session.dialect() == Dialect::ftplike || (!tells_facts && session.features().refused("LIST"));
  if (!names_only && !tells_facts) {
    listing = MirrorListing{most};
    const std::vector<Entry> entries = co_await session.list(path);
    for (const Entry& entry : entries) listing.add(entry);
  }
  if (names_only || (!tells_facts && session.features().refused("LIST"))) {
    throw ClientError{std::make_error_code(std::errc::function_not_supported), "LIST", Channel::control, 0,
                      "the server's listings have names only, which is too little for a mirror"};
  }
}

/// The tree below a directory of the server, as far as it can be had.
template <class Pool> class RemoteTree {
 public:
  RemoteTree(Pool& pool, std::string root, const MirrorOptions& options)
      : pool_{pool}, root_{std::move(root)}, options_{options} {}

  awaitable<MirrorTree> run() {
    left_.emplace_back();
    while (!left_.empty()) {
      const std::string directory = std::move(left_.back());
      left_.pop_back();
      const std::string path = joined(root_, directory);
      MirrorListing listing{options_.entries};
      const auto list = [&](typename Pool::Session& session) {
        return list_typed(session, path, options_.entries, tree_, listing);
      };
      Settled<void> listed;
      co_await settle(pool_.use(list, "list", path), listed);
      if (listing.is_too_long) throw std::system_error(Errc::bad_listing);
      const bool refused = listed.failed() && concerns_one_action(listed.failure());
      if (!refused) listed.get();
      if (refused) listing = MirrorListing{0};
      const bool doubtful =
          directory.empty() && listing.entries.size() == 0 && listing.unread.lines == 0 && !Path{root_}.is_root();
      if (doubtful) co_await look_for_root();
      if (!tree_.exists) break;
      if (refused && directory.empty()) listed.get();
      if (refused) tree_.unlisted.emplace(directory, listed.failure());
      add(directory, listing);
    }
    tree_.entries.sort();
    co_return std::move(tree_);
  }

 private:
  /// Whether what was refused or seems to be empty is there at all. There are servers that list anything.
  awaitable<void> look_for_root() {
    const auto look = [this](typename Pool::Session& session) { return session.exists(root_); };
    Settled<bool> exists;
    co_await settle(pool_.use(look), exists);
    if (!exists.failed()) tree_.exists = exists.get();
  }
  void add(const std::string& directory, MirrorListing& listing) {
    if (listing.unread.lines > 0) tree_.unread.emplace(directory, std::move(listing.unread));
    auto& entries = listing.entries;
    entries.sort();
    std::string path;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const MirrorEntry& entry = entries.entry(i);
      join(path, directory, entries.path(i));
      tree_.add(path, entry, options_);
      if (entry.is_directory() && concerns(options_, path, entry)) left_.push_back(path);
    }
  }

  Pool& pool_;
  const std::string root_;
  const MirrorOptions& options_;
  MirrorTree tree_;
  std::vector<std::string> left_;
};

/// A mirror under way.
template <class Pool> class MirrorRun {
 public:
  using Session = typename Pool::Session;

  MirrorRun(Pool& pool, const MirrorPlan& plan, const MirrorOptions& options)
      : pool_{pool},
        plan_{plan},
        options_{options},
        progress_{pool.network().now(), plan.bytes(), options.transfer.progress} {}

  awaitable<MirrorResult> run() {
    for (const auto& [action, failure] : plan_.failures) note(action, failure);
    if (plan_.direction == Direction::received) {
      std::filesystem::create_directories(detail::path_of(plan_.local));
      folder_.emplace(plan_.local);
    }
    const auto& actions = plan_.actions;
    while (next_ < actions.size()) {
      end_ = next_ + 1;
      if (is_transfer(next_)) {
        while (end_ < actions.size() && is_transfer(end_)) ++end_;
      }
      co_await run_some(std::min(pool_.most_sessions(), end_ - next_));
    }
    co_return std::move(result_);
  }

 private:
  using Kind = MirrorAction::Kind;

  bool is_transfer(std::size_t at) const { return plan_.actions[at].kind == Kind::transfer; }

  /// Does what is before `end_`, `many` at a time.
  awaitable<void> run_some(std::size_t many) {
    const Executor executor = co_await asio::this_coro::executor;
    TaskGroup tasks{executor};
    for (std::size_t i = 0; i < many; ++i) tasks.start(work());
    co_await tasks.join();
  }
  awaitable<void> work() {
    while (next_ < end_) {
      const MirrorAction& action = plan_.actions[next_++];
      Settled<void> outcome;
      co_await settle(act(action), outcome);
      const std::exception_ptr failure = outcome.failed() ? outcome.failure() : nullptr;
      if (failure && !concerns_one_action(failure)) std::rethrow_exception(failure);
      note(action, failure);
    }
  }
  void note(const MirrorAction& action, const std::exception_ptr& failure) {
    if (failure) result_.failures.push_back({action, failure});
    if (options_.done) options_.done(action, failure);
  }
  awaitable<void> act(const MirrorAction& action) {
    if (action.kind == Kind::transfer) return transfer(action);
    return plan_.direction == Direction::received ? act_here(action) : act_there(action);
  }

  awaitable<void> transfer(const MirrorAction& action) {
    TransferOptions options = options_.transfer;
    options.keep_time = true;
    options.progress = [this, before = std::uint64_t{0}](const Progress& own) mutable {
      // A transfer that was taken up again begins at nothing.
      const std::uint64_t more = own.transferred - std::min(before, own.transferred);
      before = own.transferred;
      return progress_.moved(pool_.network().now(), more);
    };
    const std::string remote = joined(plan_.remote, action.path);
    TransferResult moved;
    if (folder_) {
      if (!options.ascii) options.size = action.size;
      if (action.modified != Timestamp{}) options.modified = action.modified;
      TransferResult fetched = co_await pool_.download(remote, *folder_, Path{action.path}, options);
      moved = std::move(fetched);
    } else {
      const std::string local = detail::text_of_path(detail::path_of(plan_.local) / detail::path_of(action.path));
      TransferResult sent = co_await pool_.upload(local, remote, options);
      moved = std::move(sent);
    }
    ++result_.transferred;
    result_.bytes += moved.transferred;
  }
  awaitable<void> act_here(const MirrorAction& action) {
    const Path path{action.path};
    if (action.kind == Kind::remove) co_await folder_->remove(path);
    if (action.kind == Kind::remove_directory) co_await folder_->remove_directory(path);
    if (action.kind == Kind::make_directory && !path.is_root()) co_await folder_->make_directory(path);
  }
  awaitable<void> act_there(const MirrorAction& action) {
    const std::string path = joined(plan_.remote, action.path);
    const bool makes = action.kind == Kind::make_directory;
    const std::string verb = makes ? "MKD" : action.kind == Kind::remove ? "DELE" : "RMD";
    const auto once = [&](Session& session) { return change(session, verb, path, makes); };
    const std::string operation = makes ? "mkdir" : action.kind == Kind::remove ? "remove" : "rmdir";
    co_await pool_.use(once, operation, path);
  }

  Pool& pool_;
  const MirrorPlan& plan_;
  const MirrorOptions& options_;
  SharedProgress progress_;
  std::optional<DirectoryStorage> folder_;  // ours, if that is the target
  std::size_t next_ = 0, end_ = 0;
  MirrorResult result_;
};

template <class Pool>
awaitable<MirrorPlan> plan(Pool& pool, std::string remote, std::string local, MirrorOptions options) {
  RemoteTree<Pool> tree{pool, remote, options};
  const MirrorTree theirs = co_await tree.run();
  auto look = [local, options] { return local_tree(local, options); };
  const MirrorTree ours = co_await blocking(std::move(look));
  const bool receives = options.direction == Direction::received;
  const auto& source = receives ? theirs : ours;
  const auto& target = receives ? ours : theirs;
  if (!source.exists) {
    const auto error = std::make_error_code(std::errc::no_such_file_or_directory);
    throw ClientError{error, "mirror", receives ? Channel::control : Channel::local, 0,
                      (receives ? remote : local) + ": " + error.message()};
  }
  MirrorPlanner planner{source, target, options};
  MirrorPlan plan = planner.plan();
  plan.remote = std::move(remote);
  plan.local = std::move(local);
  co_return plan;
}
template <class Pool> awaitable<MirrorResult> carry_out(Pool& pool, MirrorPlan plan, MirrorOptions options) {
  MirrorRun<Pool> run{pool, plan, options};
  co_return co_await run.run();
}

}  // namespace detail

/// What there is to do to make a directory of ours the same as one of the server, or the other way. Links and the like
/// are left alone; nothing has been changed when this ends. A directory that cannot be listed does not keep the others
/// from being compared: `MirrorPlan::failures` tells.
///
/// **Errors:** `std::errc::function_not_supported` if the server's listings tell names only; `Errc::bad_listing` beyond
/// the bounds of the options; if there is no source, or a root cannot be listed. **Complexity:** while it compares, each entry
/// of either side takes 48 bytes and its path, twice that while its directory is listed; room grows by doubling.
template <class Pool>
awaitable<MirrorPlan> plan_mirror(Pool& pool, std::string remote, std::string local, MirrorOptions options = {}) {
  return pool.run(detail::plan(pool, std::move(remote), std::move(local), std::move(options)));
}

/// Does what a plan says, transfers as many at a time as the pool has sessions. What one action fails of does not keep
/// the others from being done: the result tells, also of the failures that came with the plan. No name that came from
/// the server leads out of the local folder.
template <class Pool> awaitable<MirrorResult> carry_out(Pool& pool, MirrorPlan plan, MirrorOptions options = {}) {
  return pool.run(detail::carry_out(pool, std::move(plan), std::move(options)));
}

/// Makes a directory of ours the same as one of the server, or the other way: `plan_mirror` and `carry_out`.
///
///     ftplike::MirrorOptions options;
///     options.delete_others = true;
///     co_await ftplike::mirror(pool, "pub/photos", "photos", options);
template <class Pool>
awaitable<MirrorResult> mirror(Pool& pool, std::string remote, std::string local, MirrorOptions options = {}) {
  MirrorPlan plan = co_await plan_mirror(pool, std::move(remote), std::move(local), options);
  co_return co_await carry_out(pool, std::move(plan), std::move(options));
}

}  // namespace ftplike
