#include "sessions.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <ftplike/client/mirror.hpp>

#include "protection.hpp"

using namespace ftplike;

namespace {

PoolOptions pool_options(const Settings& settings) {
  PoolOptions options;
  options.client = client_options(settings);
  // A mirror needs listings that tell more than the names of the ftp-like dialect.
  if (options.client.dialect == Dialect::automatic) options.client.dialect = Dialect::standard;
  options.sessions = settings.parallel;
  return options;
}

}  // namespace

ClientOptions client_options(const Settings& settings) {
  ClientOptions options;
  options.dialect = settings.dialect;
  options.active = settings.active;
  options.proxy = settings.proxy;
  const auto limit = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(settings.timeout));
  options.limits.connect = options.limits.reply = options.limits.connect_data = options.limits.stall = limit;
  return options;
}

struct Sessions::State {
  State(Url url, const Settings& settings)
      : parallel{settings.parallel}, network{trust(settings)}, pool{network, std::move(url), pool_options(settings)} {}

  template <class R> R run(awaitable<R> operation) {
    Settled<R> result;
    asio::cancellation_signal signal;
    stop = &signal;
    const auto done = [this, &result](std::exception_ptr failure) {
      if (failure) result.fail(failure);  // cancelled before it began
      stop = nullptr;
      network.stop();
    };
    start_on(network.executor(), settle(std::move(operation), result), signal.slot(), done);
    network.run();
    return result.get();
  }

  /// A server that is not there now is not waited for; one that goes later is.
  void reach() { (void)run(pool.lease()); }

  std::size_t parallel;
  ProgramTransport network;
  ClientPool<ProgramTransport> pool;
  asio::cancellation_signal* stop = nullptr;
};

Sessions::Sessions(Url url, const Settings& settings) : state_{std::make_unique<State>(std::move(url), settings)} {}
Sessions::~Sessions() = default;

void Sessions::quit() noexcept {
  try {
    state_->run(state_->pool.quit());
  } catch (const std::exception&) {  // they end anyhow
  }
}

MirrorPlan Sessions::plan(const std::string& remote, const std::string& local, const MirrorOptions& options) {
  state_->reach();
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
  state_->reach();
  return state_->run(download_in_segments(state_->pool, remote, local, state_->parallel, options));
}
void Sessions::cancel() {
  call_on(state_->network.executor(), [state = state_.get()] {
    if (state->stop) state->stop->emit(asio::cancellation_type::terminal);
  });
}
