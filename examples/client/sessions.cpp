#include "sessions.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <system_error>
#include <utility>

#include <ftplike/client/mirror.hpp>
#include <ftplike/io/run.hpp>

#include "../compression.hpp"
#include "../system/terminal.hpp"
#include "output.hpp"
#include "protection.hpp"

using namespace ftplike;

namespace {

/// Where a bar of progress may stand.
void tell(const Retry& retry) {
  const char* const clear = is_terminal(standard_error) ? "\r\033[K" : "";
  std::cerr << clear << "ftplike-client: " << shown(retry.text()) << std::endl;
}

PoolOptions pool_options(const Settings& settings) {
  PoolOptions options;
  options.client = client_options(settings);
  // A mirror needs listings that tell more than the names of the ftp-like dialect.
  if (options.client.dialect == Dialect::automatic) options.client.dialect = Dialect::standard;
  options.sessions = settings.parallel;
  if (!settings.quiet) options.retry.on_retry = tell;
  return options;
}

}  // namespace

ClientOptions client_options(const Settings& settings) {
  ClientOptions options;
  options.dialect = settings.dialect;
  options.active = settings.active;
  options.proxy = settings.proxy;
  if (settings.compress) options.compression = program_compression();
  const auto limit = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(settings.timeout));
  options.limits.connect = options.limits.reply = options.limits.connect_data = options.limits.stall = limit;
  return options;
}

struct Sessions::State {
  State(Url url, const Settings& settings)
      : parallel{settings.parallel}, network{trust(settings)}, pool{network, std::move(url), pool_options(settings)} {}

  template <class R> R run(awaitable<R> operation) {
    return runner.run(unless_cancelled(*this, std::move(operation)));
  }
  template <class R> static awaitable<R> unless_cancelled(const State& state, awaitable<R> operation) {
    if (state.cancelled) throw std::system_error(Errc::aborted);
    co_return co_await std::move(operation);
  }

  std::size_t parallel;
  ProgramTransport network;
  ClientPool<ProgramTransport> pool;
  Runner<ProgramTransport> runner{network};
  std::atomic<bool> cancelled = false;
};

Sessions::Sessions(Url url, const Settings& settings) : state_{std::make_unique<State>(std::move(url), settings)} {}
Sessions::~Sessions() = default;

void Sessions::quit() noexcept {
  try {
    state_->runner.run(state_->pool.quit());
  } catch (const std::exception&) {  // they end anyhow
  }
}

MirrorPlan Sessions::plan(const std::string& remote, const std::string& local, const MirrorOptions& options) {
  return state_->run(plan_mirror(state_->pool, remote, local, options));
}
MirrorSummary Sessions::carry_out(const MirrorPlan& plan, const MirrorOptions& options) {
  const MirrorResult result = state_->run(ftplike::carry_out(state_->pool, plan, options));
  MirrorSummary summary;
  summary.transferred = result.transferred;
  summary.failed = result.failures.size();
  summary.bytes = result.bytes;
  if (!result.failures.empty()) summary.first_failure = result.failures.front().error;
  return summary;
}
TransferResult Sessions::get_in_segments(const std::string& remote, const std::string& local,
                                         const TransferOptions& options) {
  return state_->run(download_in_segments(state_->pool, remote, local, state_->parallel, options));
}
void Sessions::cancel() {
  state_->cancelled = true;
  state_->runner.cancel();
}
