#pragma once
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

/// What a server serves: a root, and folders that users see under names of their own. Its quota is one of all of these,
/// and within that each user's root has its own.
///
/// Copies share all of it. **Threads:** safe.
template <class Files> class ServedFiles {
  using Whole = ftplike::QuotaStorage<Files>;
  using Tree = ftplike::VirtualFolders<ftplike::QuotaStorage<Whole>>;

 public:
  /// Opens places as `open` opens the root of a configuration. **Errors:** `Failure`.
  ServedFiles(const Configuration& configuration, Files (*open)(const Configuration&))
      : state_{std::make_shared<State>(configuration, open)} {
    for (const auto& folder : configuration.folders) (void)state_->place(folder.place);
  }

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
    if (state_->whole.quota().limits().is_none()) return std::nullopt;
    return ftplike::StoppableTask{executor, count(state_->parts())};
  }
  /// What Prometheus is told.
  std::string metrics() const {
    std::string text;
    const auto add = [&text](const char* name, const char* type, const char* help, std::uint64_t value) {
      text += std::string{"# HELP "} + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n' + name + ' ' +
              std::to_string(value) + '\n';
    };
    const auto used = state_->whole.quota().used();
    const auto& limits = state_->whole.quota().limits();
    add("ftplike_quota_used_bytes", "gauge", "Bytes that are used of the server's quota; 0 before they are counted.",
        used.bytes);
    add("ftplike_quota_used_files", "gauge", "Files and directories that are used of it.", used.files);
    add("ftplike_quota_limit_bytes", "gauge", "The server's quota; 0: no limit.", limits.bytes);
    add("ftplike_quota_limit_files", "gauge", "The same of files and directories.", limits.files);
    add("ftplike_quota_refusals_total", "counter", "What a quota refused, that of a user or of the server.",
        state_->whole.quota().refusals() + state_->per_account.refusals());
    return text;
  }

 private:
  struct State {
    State(const Configuration& its_configuration, Files (*its_open)(const Configuration&))
        : configuration{its_configuration},
          open{its_open},
          whole{open(configuration), ftplike::Quota{configuration.quota}},
          per_account{whole} {}

    /// The files of another place than the root.
    Whole place(const std::string& where) {
      const std::lock_guard lock{mutex};
      const auto known = places.find(where);
      if (known != places.end()) return known->second;
      Configuration there = configuration;
      there.root = where;
      return places.emplace(where, Whole{open(there), whole.quota()}).first->second;
    }
    std::vector<Whole> parts() {
      const std::lock_guard lock{mutex};
      std::vector<Whole> result{whole};
      for (const auto& [where, files] : places) result.push_back(files);
      return result;
    }

    const Configuration configuration;
    Files (*const open)(const Configuration&);
    Whole whole;
    ftplike::QuotaPerAccount<Whole> per_account;
    std::mutex mutex;
    std::map<std::string, Whole> places;
  };

  static ftplike::awaitable<void> count(std::vector<Whole> parts) {
    for (Whole& part : parts) (void)co_await part.used();
  }

  std::shared_ptr<State> state_;
};
