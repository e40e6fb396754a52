#pragma once
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/stoppable_task.hpp>
#include <ftplike/storage/hidden_names.hpp>
#include <ftplike/storage/quota.hpp>
#include <ftplike/storage/virtual_folders.hpp>
#include <ftplike/users/visitor.hpp>

#include "configuration.hpp"
#include "partial_keeper.hpp"
#include "places.hpp"

/// What a server serves: a root, and folders that users see under names of their own. Its quota is one of all of these,
/// and within that each user's root has its own. What lies in two of them is counted once.
///
/// Copies share all of it. **Threads:** safe.
template <class Files> class ServedFiles {
  using Whole = ftplike::QuotaStorage<Files>;
  using Tree = ftplike::VirtualFolders<ftplike::QuotaStorage<Whole>>;

 public:
  /// Opens places as `open` opens the root of a configuration. **Errors:** `Failure`.
  ServedFiles(const Configuration& configuration, Files (*open)(const Configuration&))
      : state_{std::make_shared<State>(configuration, open)} {}

  /// Reads the users' file again for places that are new in it. A root beneath one of those is counted twice until the next
  /// start. It blocks for as long as a place does that hangs, but nobody who asks for the files of a session meanwhile.
  /// **Errors:** `Failure`, that of the first that is not there; the others are taken.
  void read_places() const { state_->open_all(seen_places(state_->configuration)); }
  /// The root and the others, for a `PartialKeeper`.
  std::vector<PartialKeeper::Folder> kept_folders() const { return state_->kept_folders(); }

  /// What the server asks for the files of a session. It blocks on no disk. **Errors:** `std::system_error` if a folder of the
  /// user's has not been opened: it was not there, or the users' file has it since it was read for places last.
  ftplike::HiddenNames<Tree> storage_for(const ftplike::Visitor& visitor) {
    Tree files{state_->per_account.storage_for(visitor)};
    const auto add = [&](const std::vector<ftplike::AccountFolder>& folders) {
      for (const auto& folder : folders) {
        const auto name = folder.name.beneath(visitor.account.root).string();
        files.add(name, ftplike::QuotaStorage<Whole>{state_->known(folder.place), ftplike::Quota{}}, folder.rights);
      }
    };
    add(state_->configuration.folders);
    add(visitor.account.folders);
    auto hidden = state_->configuration.hidden;
    hidden.insert(hidden.end(), visitor.account.hidden.begin(), visitor.account.hidden.end());
    return {std::move(files), std::move(hidden), visitor.account.root};
  }
  /// Has all counted again when it is needed next.
  void forget_counts() const {
    for (auto& part : state_->parts()) part.forget_count();
    state_->per_account.recount();
  }
  /// Counts all where there is a quota of all, beside what else is done on the executor. Until it is over, uploads wait.
  std::optional<ftplike::StoppableTask> count(const ftplike::Executor& executor) const {
    if (state_->quota.limits().is_none()) return std::nullopt;
    return ftplike::StoppableTask{executor, count(state_->parts())};
  }
  /// What Prometheus is told.
  std::string metrics() const {
    std::string text;
    const auto add = [&text](const char* name, const char* type, const char* help, std::uint64_t value) {
      text += std::string{"# HELP "} + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n' + name + ' ' +
              std::to_string(value) + '\n';
    };
    const auto used = state_->quota.used();
    const auto& limits = state_->quota.limits();
    add("ftplike_quota_used_bytes", "gauge", "Bytes that are used of the server's quota; 0 before they are counted.",
        used.bytes);
    add("ftplike_quota_used_files", "gauge", "Files and directories that are used of it.", used.files);
    add("ftplike_quota_limit_bytes", "gauge", "The server's quota; 0: no limit.", limits.bytes);
    add("ftplike_quota_limit_files", "gauge", "The same of files and directories.", limits.files);
    add("ftplike_quota_refusals_total", "counter", "What a quota refused, that of a user or of the server.",
        state_->quota.refusals() + state_->per_account.refusals());
    return text;
  }

 private:
  struct State {
    State(const Configuration& its_configuration, Files (*its_open)(const Configuration&))
        : configuration{its_configuration}, open{its_open}, per_account{open_first()} {}

    /// Gives the files of the root.
    Whole open_first() {
      auto all = seen_places(configuration);
      all.emplace_back(configuration.root, "");
      open_all(all);
      return known(configuration.root);
    }
    /// Opens places that are not yet known.
    void open_all(const std::vector<SeenPlace>& seen) {
      const std::lock_guard alone{opening};
      std::multimap<std::filesystem::path, SeenPlace> sorted;  // those above before those below
      for (const auto& one : seen) {
        if (!find(one.place)) sorted.emplace(real_place(one.place), one);  // one that is open may hang by now
      }
      std::optional<Failure> first;
      for (const auto& [real, one] : sorted) {
        try {
          if (!find(one.place)) open_place(one.place);  // not twice
        } catch (const Failure& failure) {
          if (!first) first.emplace(failure.ending, one.source + failure.what());
        }
      }
      if (first) throw Failure{*first};
    }
    /// The files of a place that has been opened.
    Whole known(const std::string& where) {
      auto files = find(where);
      if (!files) throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again), where);
      return *std::move(files);
    }
    std::optional<Whole> find(const std::string& where) {
      const std::lock_guard lock{mutex};
      const auto known = found.find(where);
      if (known == found.end()) return std::nullopt;
      return places.at(known->second).files;
    }
    /// Opens a place, whose links are looked at this once. The root keeps its count, by which all sessions go. Whoever calls
    /// it is alone, and so reads without `mutex`, which nobody holds while a disk is asked.
    void open_place(const std::string& where) {
      const auto at = real_place(where);
      if (places.contains(at)) {  // by another name
        const std::lock_guard lock{mutex};
        found.emplace(where, at);
        return;
      }
      auto files = open(configuration.at(where));
      const auto above = std::find_if(places.begin(), places.end(), [&](const auto& one) { return way_down(one.first, at); });
      const Whole result = above == places.end() ? Whole{std::move(files), quota}
                                                 : Whole{std::move(files), above->second.files, *way_down(above->first, at)};
      std::vector<std::pair<std::filesystem::path, ftplike::Path>> below;  // that were known before
      const auto root = found.find(configuration.root);
      for (const auto& [other, one] : places) {
        if (root != found.end() && other == root->second) continue;
        if (auto way = way_down(at, other)) below.emplace_back(other, *std::move(way));
      }
      const std::lock_guard lock{mutex};
      for (const auto& [other, way] : below) places.at(other).files = Whole{places.at(other).files, result, way};
      places.emplace(at, Opened{where, result});
      found.emplace(where, at);
    }
    std::vector<PartialKeeper::Folder> kept_folders() {
      std::vector<std::pair<std::filesystem::path, std::string>> all;
      {
        const std::lock_guard lock{mutex};
        for (const auto& [real, one] : places) all.emplace_back(real, one.place);
      }
      std::vector<PartialKeeper::Folder> result;
      std::filesystem::path last;
      for (const auto& [real, place] : all) {
        const bool is_outermost = result.empty() || !way_down(last, real);
        result.push_back({place, is_outermost});
        if (is_outermost) last = real;
      }
      return result;
    }
    std::vector<Whole> parts() {
      const std::lock_guard lock{mutex};
      std::vector<Whole> result;
      for (const auto& [real, one] : places) result.push_back(one.files);
      return result;
    }

    struct Opened {
      std::string place;
      Whole files;
    };
    const Configuration configuration;
    Files (*const open)(const Configuration&);
    const ftplike::Quota quota{configuration.quota};
    std::mutex opening;  // held by whoever opens places
    std::mutex mutex;    // of what follows
    std::map<std::string, std::filesystem::path> found;  // where they are, by what they were called
    std::map<std::filesystem::path, Opened> places;      // the root among them
    ftplike::QuotaPerAccount<Whole> per_account;
  };

  static ftplike::awaitable<void> count(std::vector<Whole> parts) {
    for (Whole& part : parts) (void)co_await part.used();
  }

  std::shared_ptr<State> state_;
};
