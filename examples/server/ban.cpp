#include "ban.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>

#include <ftplike/users/bans.hpp>

#include "../system/paths.hpp"
#include "failure.hpp"

namespace {

using ftplike::Subnet;

Subnet subnet_of(const BanOrder& order) {
  const auto subnet = Subnet::parse(order.network);
  if (!subnet) {
    throw Failure{Ending::bad_configuration, '\'' + order.network + "' is neither an address nor NETWORK/BITS"};
  }
  return *subnet;
}
/// Calls `act` with the bans of the file.
template <class Act> void with_bans(const BanOrder& order, Act act) {
  try {
    act(ftplike::Bans{{}, path_of(order.file)});
  } catch (const Failure&) { throw; } catch (const std::system_error& error) {
    throw Failure{Ending::failed, error.what()};
  } catch (const std::exception& error) { throw Failure{Ending::bad_configuration, error.what()}; }
}

}  // namespace

void list_bans(const BanOrder& order) {
  with_bans(order, [](const ftplike::Bans& bans) {
    for (const auto& ban : bans.list()) {
      const bool ends = ban.until != ftplike::last_timestamp;
      std::printf("%s %s\n", ban.subnet.text().c_str(),
                  ends ? ftplike::format_timestamp(ban.until, ftplike::Fraction::never).c_str() : "always");
    }
  });
}

void add_ban(const BanOrder& order) {
  ftplike::Ban ban{subnet_of(order)};
  if (order.seconds.value_or(0) > 0) {
    const std::chrono::duration<double> lasting{*order.seconds};
    ban.until = std::chrono::floor<std::chrono::seconds>(ftplike::wall_clock()) +
                std::chrono::ceil<std::chrono::seconds>(lasting);
  }
  with_bans(order, [&ban](const ftplike::Bans& bans) { bans.add(ban); });
}

void remove_ban(const BanOrder& order) {
  const auto subnet = subnet_of(order);
  with_bans(order, [&](const ftplike::Bans& bans) {
    if (!bans.remove(subnet)) throw Failure{Ending::failed, subnet.text() + " is not banned in " + order.file};
  });
}
