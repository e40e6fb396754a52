#pragma once
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include <ftplike/data_channel/active.hpp>
#include <ftplike/data_channel/announced.hpp>
#include <ftplike/data_channel/passive.hpp>
#include <ftplike/io/transport.hpp>

namespace ftplike::inline v0_2 {

/// Several ways, of which the peers settle one for each transfer: on a server the one that the client negotiated last;
/// if it negotiated none, the first that needs no negotiation.
template <class... Ways> struct NegotiatedChannel {
  /// A table with the commands of all ways.
  template <class Table, class... Rest> struct Adding { using type = Table; };
  /// The same where there are ways left.
  template <class Table, class First, class... Rest> struct Adding<Table, First, Rest...> {
    using type = typename Adding<typename First::template AddTo<Table>, Rest...>::type;
  };
  template <class Table> using AddTo = typename Adding<Table, Ways...>::type;

  /// How a session of the server gets its data connection: by the way that was negotiated last.
  template <Transport T> class ServerEnd {
   public:
    bool armed() const noexcept {
      return std::apply([](const auto&... ways) { return (ways.armed() || ...); }, ways_);
    }
    /// Whether none of those that take negotiation is armed.
    bool announces() const noexcept {
      return std::apply([](const auto&... ways) { return !((ways.armed() && !ways.announces()) || ...); }, ways_);
    }
    void disarm() {
      std::apply([](auto&... ways) { (ways.disarm(), ...); }, ways_);
    }
    /// The way `W`, which takes the place of what was negotiated before.
    template <class W> auto& use() {
      disarm();
      return std::get<typename W::template ServerEnd<T>>(ways_);
    }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      return open_first<0>(session, std::move(text));
    }

   private:
    template <std::size_t I, class Session>
    awaitable<typename T::Stream> open_first(Session& session, std::string text) {
      auto& way = std::get<I>(ways_);
      if constexpr (I + 1 < sizeof...(Ways)) {
        if (!way.armed()) return open_first<I + 1>(session, std::move(text));
      }
      return way.open(session, std::move(text));
    }

    std::tuple<typename Ways::template ServerEnd<T>...> ways_;
  };

  /// How a client's data connection comes to be.
  template <Transport T> class ClientEnd {
   public:
    /// By the client's `way<W>()`, which knows the server's dialect and the user's wish: the first that says yes.
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      return open_first<0>(client, std::move(command));
    }

   private:
    template <std::size_t I, class Client>
    awaitable<typename T::Stream> open_first(Client& client, std::string command) {
      if constexpr (I + 1 < sizeof...(Ways)) {
        using Way = std::tuple_element_t<I, std::tuple<Ways...>>;
        if (!client.template prefers<Way>()) return open_first<I + 1>(client, std::move(command));
      }
      return std::get<I>(ways_).open(client, std::move(command));
    }

    std::tuple<typename Ways::template ClientEnd<T>...> ways_;
  };
};

}  // namespace ftplike
