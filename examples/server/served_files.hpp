#pragma once
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/io/stoppable_task.hpp>
#include <ftplike/storage/hidden_names.hpp>
#include <ftplike/storage/quota.hpp>
#include <ftplike/storage/virtual_folders.hpp>
#include <ftplike/users/visitor.hpp>

#include "configuration.hpp"
#include "partials.hpp"
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
  /// start. **Errors:** `Failure`, that of the first that is not there; the others are taken.
  void read_places() { state_->add(seen_places(state_->configuration)); }
  /// The root and the others, for a `PartialKeeper`.
  std::vector<PartialKeeper::Folder> kept_folders() const { return state_->kept_folders(); }

  /// What the server asks for the files of a session. **Errors:** `Failure` if a folder of the user's is not there.
  ftplike::HiddenNames<Tree> storage_for(const ftplike::Visitor& visitor) {
    Tree files{state_->per_account.storage_for(visitor)};
    const auto add = [&](const std::vector<ftplike::AccountFolder>& folders) {
      for (const auto& folder : folders) {
        const auto name = folder.name.beneath(visitor.account.root).string();
        files.add(name, ftplike::QuotaStorage<Whole>{state_->place(folder.place), ftplike::Quota{}}, folder.rights);
      }
    };
    add(state_->configuration.folders);
    add(visitor.account.folders);
    auto hidden = state_->configuration.hidden;
    hidden.insert(hidden.end(), visitor.account.hidden.begin(), visitor.account.hidden.end());
    return {std::move(files), std::move(hidden), visitor.account.root};
  }
  /// Has all counted again when it is needed next.
  void forget_counts() {
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
        : configuration{its_configuration}, open{its_open}, per_account{open_all()} {}

    /// Gives the files of the root.
    Whole open_all() {
      auto all = seen_places(configuration);
      all.emplace_back(configuration.root, "");
      add(all);
      return place(configuration.root);
    }
    /// Opens places that are not yet known.
    void add(const std::vector<SeenPlace>& seen) {
      std::map<std::filesystem::path, SeenPlace> sorted;  // those above before those below
      for (const auto& one : seen) sorted.emplace(real_place(one.place), one);
      std::optional<Failure> first;
      for (const auto& [real, one] : sorted) {
        try {
          (void)place(one.place);
        } catch (const Failure& failure) {
          if (!first) first.emplace(failure.ending, one.source + failure.what());
        }
      }
      if (first) throw Failure{*first};
    }
    /// The files of a place. Its links are looked at once, when it is opened; nobody waits meanwhile who wants another one.
    Whole place(const std::string& where) {
      if (const auto known = known_as(where)) return *known;
      const auto at = real_place(where);
      auto files = open(configuration.at(where));
      const std::lock_guard lock{mutex};
      found.emplace(where, at);
      const auto known = places.find(at);
      return known != places.end() ? known->second.files : add(where, at, std::move(files));
    }
    std::optional<Whole> known_as(const std::string& where) {
      const std::lock_guard lock{mutex};
      const auto known = found.find(where);
      if (known == found.end()) return std::nullopt;
      return places.at(known->second).files;
    }
    /// Adds what was opened. The root keeps its count, by which all sessions go.
    Whole add(const std::string& where, const std::filesystem::path& at, Files files) {
      const auto above = std::find_if(places.begin(), places.end(), [&](const auto& one) { return way_down(one.first, at); });
      Whole result = above == places.end() ? Whole{std::move(files), quota}
                                           : Whole{std::move(files), above->second.files, *way_down(above->first, at)};
      const auto root = found.find(configuration.root);
      for (auto& [other, one] : places) {
        if (root != found.end() && other == root->second) continue;
        if (const auto way = way_down(at, other)) one.files = Whole{one.files, result, *way};  // it was known before
      }
      return places.emplace(at, Opened{where, std::move(result)}).first->second.files;
    }
    std::vector<PartialKeeper::Folder> kept_folders() {
      const std::lock_guard lock{mutex};
      std::vector<PartialKeeper::Folder> result;
      std::filesystem::path last;
      for (const auto& [real, one] : places) {
        const bool is_outermost = result.empty() || !way_down(last, real);
        result.push_back({one.place, is_outermost});
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
    std::mutex mutex;
    std::map<std::string, std::filesystem::path> found;  // where they are, by what they were called
    std::map<std::filesystem::path, Opened> places;      // the root among them
    ftplike::QuotaPerAccount<Whole> per_account;
  };

  static ftplike::awaitable<void> count(std::vector<Whole> parts) {
    for (Whole& part : parts) (void)co_await part.used();
  }

  std::shared_ptr<State> state_;
};
