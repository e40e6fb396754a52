#pragma once
#include <string>
#include <utility>

#include <ftplike/data_channel/active.hpp>
#include <ftplike/data_channel/announced.hpp>
#include <ftplike/data_channel/passive.hpp>
#include <ftplike/io/transport.hpp>

namespace ftplike::inline v0_2 {

/// Several ways, of which the peers settle one for each transfer: on a server the one that the client negotiated last;
/// if it negotiated none, the first that needs no negotiation.
template <class... Ways> struct NegotiatedChannel {
 private:
  /// One end each, as bases: what `std::tuple` and `std::apply` make of them takes compilers longer.
  template <class End> struct Holding { End way; };

 public:
  /// A table with the commands of all ways.
  template <class Table, class... Rest> struct Adding { using type = Table; };
  /// The same where there are ways left.
  template <class Table, class First, class... Rest> struct Adding<Table, First, Rest...> {
    using type = typename Adding<typename First::template AddTo<Table>, Rest...>::type;
  };
  template <class Table> using AddTo = typename Adding<Table, Ways...>::type;

  /// How a session of the server gets its data connection: by the way that was negotiated last.
  template <Transport T> class ServerEnd : Holding<typename Ways::template ServerEnd<T>>... {
   public:
    bool armed() const noexcept { return (Held<Ways>::way.armed() || ...); }
    /// Whether none of those that take negotiation is armed.
    bool announces() const noexcept { return !((Held<Ways>::way.armed() && !Held<Ways>::way.announces()) || ...); }
    void disarm() { (Held<Ways>::way.disarm(), ...); }
    /// The way `W`, which takes the place of what was negotiated before.
    template <class W> auto& use() {
      disarm();
      return Held<W>::way;
    }
    template <class Session> awaitable<typename T::Stream> open(Session& session, std::string text) {
      return open_first<Session, Ways...>(session, std::move(text));
    }

   private:
    template <class W> using Held = Holding<typename W::template ServerEnd<T>>;
    template <class Session, class First, class... Rest>
    awaitable<typename T::Stream> open_first(Session& session, std::string text) {
      if constexpr (sizeof...(Rest) > 0) {
        if (!Held<First>::way.armed()) return open_first<Session, Rest...>(session, std::move(text));
      }
      return Held<First>::way.open(session, std::move(text));
    }
  };

  /// How a client's data connection comes to be.
  template <Transport T> class ClientEnd : Holding<typename Ways::template ClientEnd<T>>... {
   public:
    /// By the client's `way<W>()`, which knows the server's dialect and the user's wish: the first that says yes.
    template <class Client> awaitable<typename T::Stream> open(Client& client, std::string command) {
      return open_first<Client, Ways...>(client, std::move(command));
    }

   private:
    template <class W> using Held = Holding<typename W::template ClientEnd<T>>;
    template <class Client, class First, class... Rest>
    awaitable<typename T::Stream> open_first(Client& client, std::string command) {
      if constexpr (sizeof...(Rest) > 0) {
        if (!client.template prefers<First>()) return open_first<Client, Rest...>(client, std::move(command));
      }
      return Held<First>::way.open(client, std::move(command));
    }
  };
};

}  // namespace ftplike
