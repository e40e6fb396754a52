#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/client.hpp>
#include <ftplike/client/bodies.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// A transfer from one server to another, of which we see the two control connections.
class Fxp {
 public:
  template <class Client> static auto core(Client& client) { return client.core_; }

  template <class Core> static awaitable<void> prepare(Core& core) {
    if (core.dialect == Dialect::ftplike || core.secured) {
      throw ClientError{std::make_error_code(std::errc::function_not_supported), "FXP", Channel::control};
    }
    return set_type(core, 'I');
  }
  /// Where the source listens: at the address that we know it by, never at one that it names.
  template <class Core> static awaitable<Endpoint> listen(Core& core) {
    const Address address = core.peer().address();
    const Reply extended = co_await core.ask("EPSV");
    auto port = extended.code() == 229 ? parse_epsv_reply(extended.text()) : std::nullopt;
    if (!port && address.is_v4()) {
      const Reply passive = co_await core.demand("PASV");
      const auto told = parse_pasv_reply(passive.text());
      if (told) port = told->port;
    }
    if (!port) throw ClientError{Errc::bad_reply, "EPSV", Channel::control};
    co_return Endpoint{address, *port};
  }
  static std::string naming(const Endpoint& where) {
    const HostPort named{where.address().to_string(), where.port()};
    return where.address().is_v4() ? "PORT " + format_port(named) : "EPRT " + format_eprt(named);
  }

  template <class Core> static awaitable<void> conclude(Core& core, std::string verb, Duration limit) {
    const Reply reply = co_await core.control().conclude(verb, limit);
    if (!reply.complete()) core.fail(reply, verb);
  }

  template <class Source, class Target> static awaitable<void> run(std::shared_ptr<Source> source,
                                                                   std::shared_ptr<Target> target, std::string name,
                                                                   std::string new_name, Duration limit) {
    co_await perform(source, prepare(*source));
    co_await perform(target, prepare(*target));
    const Endpoint where = co_await perform(source, listen(*source));
    (void)co_await perform(target, target->demand(naming(where)));
    // What is begun from here on at one of them cannot be taken back where the other one fails.
    struct Both {
      ~Both() {
        if (done) return;
        source.close();
        target.close();
      }
      Source& source;
      Target& target;
      bool done = false;
    } both{*source, *target};
    co_await perform(target, target->begin_elsewhere("STOR " + new_name));
    co_await perform(source, source->begin_elsewhere("RETR " + name));
    co_await perform(source, conclude(*source, "RETR", limit));
    co_await perform(target, conclude(*target, "STOR", limit));
    both.done = true;
  }
};

}  // namespace detail

/// Has one server send a file to another; the bytes do not come by us. Most servers refuse that, ours too, for it is
/// what bounce attacks are made of: `target` is told the address of `source`. RFC 959 §2.3.
///
/// **Errors:** as of `Client`. Once the transfer has begun, its failure or cancellation ends both sessions.
template <class Source, class Target> awaitable<void> transfer_between(Source& source, Target& target, std::string name,
                                                                       std::string new_name = {},
                                                                       Duration limit = std::chrono::hours{24}) {
  if (new_name.empty()) new_name = Path{name}.name();
  return detail::Fxp::run(detail::Fxp::core(source), detail::Fxp::core(target), std::move(name), std::move(new_name),
                          limit);
}

}  // namespace ftplike
