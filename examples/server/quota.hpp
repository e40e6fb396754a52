#pragma once
#include <string>

#include <ftplike/storage/quota.hpp>

#include "configuration.hpp"

/// The quotas of a server: one of all of its files, and within that one of each user's root.
template <class Files> class ServerQuotas {
 public:
  using Whole = ftplike::QuotaStorage<Files>;

  ServerQuotas(Files files, const ftplike::QuotaLimits& limits)
      : whole_{std::move(files), ftplike::Quota{limits}}, per_account_{whole_} {}

  /// What the server is given for its storage.
  ftplike::QuotaPerAccount<Whole> storage() const { return per_account_; }
  /// Has all counted again when it is needed next.
  void recount() {
    whole_.forget_count();
    per_account_.recount();
  }
  /// What Prometheus is told.
  std::string metrics() const {
    std::string text;
    const auto add = [&text](const char* name, const char* type, const char* help, std::uint64_t value) {
      text += std::string{"# HELP "} + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n' + name + ' ' +
              std::to_string(value) + '\n';
    };
    const auto used = whole_.quota().used();
    const auto& limits = whole_.quota().limits();
    add("ftplike_quota_used_bytes", "gauge", "Bytes that are used of the server's quota; 0 before they are counted.",
        used.bytes);
    add("ftplike_quota_used_files", "gauge", "Files and directories that are used of it.", used.files);
    add("ftplike_quota_limit_bytes", "gauge", "The server's quota; 0: no limit.", limits.bytes);
    add("ftplike_quota_limit_files", "gauge", "The same of files and directories.", limits.files);
    add("ftplike_quota_refusals_total", "counter", "What a quota refused, that of a user or of the server.",
        whole_.quota().refusals() + per_account_.refusals());
    return text;
  }

 private:
  Whole whole_;
  ftplike::QuotaPerAccount<Whole> per_account_;
};

/// Prints what each user's root and the whole folder hold and may hold, as it is counted now. **Errors:** `Failure`.
void show_quotas(const Configuration& configuration);
