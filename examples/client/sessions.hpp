#pragma once
#include <functional>
#include <memory>
#include <string>

#include <ftplike/client/mirror_plan.hpp>
#include <ftplike/client/options.hpp>
#include <ftplike/client/url.hpp>

#include "settings.hpp"

/// What a mirror came to.
struct MirrorSummary {
  std::size_t transferred = 0, failed = 0;
  std::uint64_t bytes = 0;
  std::exception_ptr first_failure;
};

/// Several sessions with one server, for what needs many. Each call runs to its end.
class Sessions {
 public:
  Sessions(ftplike::Url url, const Settings& settings);
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;
  ~Sessions();

  /// Says goodbye in each.
  void quit() noexcept;
  ftplike::MirrorPlan plan(const std::string& remote, const std::string& local, const ftplike::MirrorOptions& options);
  MirrorSummary carry_out(const ftplike::MirrorPlan& plan, const ftplike::MirrorOptions& options);
  ftplike::TransferResult get_in_segments(const std::string& remote, const std::string& local,
                                          const ftplike::TransferOptions& options);
  /// Ends the call that is under way, from any thread, and those that follow but `quit`.
  void cancel();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What the settings say of a session.
ftplike::ClientOptions client_options(const Settings& settings);
