#pragma once
#include <functional>
#include <utility>

#include <ftplike/io/asio.hpp>
#include <ftplike/protocol/entry.hpp>

namespace ftplike::inline v0_2 {

/// Which date it is for what runs on an execution context that does not live by the system's clock: a simulated
/// network's. It belongs to the context, so that whatever runs there finds it.
class OwnDate : public asio::execution_context::service {
 public:
  /// By which Asio finds the service.
  using key_type = OwnDate;
  inline static asio::execution_context::id id;  // how Asio finds a service of this type

  /// With a clock of one's own.
  OwnDate(asio::execution_context& owner, std::function<Timestamp()> now)
      : asio::execution_context::service{owner}, now_{std::move(now)} {}
  /// Made by Asio, once for each execution context, with the system's clock.
  explicit OwnDate(asio::execution_context& owner) : OwnDate{owner, &wall_clock} {}

  /// The time in UTC.
  Timestamp now() const { return now_(); }

 private:
  void shutdown() noexcept override {}
  std::function<Timestamp()> now_;
};

/// Now, in UTC, for what runs on this executor: the system's clock, or that of a simulated network.
inline Timestamp wall_clock(const Executor& executor) {
  asio::execution_context& context = asio::query(executor, asio::execution::context);
  return asio::has_service<OwnDate>(context) ? asio::use_service<OwnDate>(context).now() : wall_clock();
}

}  // namespace ftplike::inline v0_2
