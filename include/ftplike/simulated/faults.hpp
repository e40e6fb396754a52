#pragma once
#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/simulated/flow.hpp>

// What happens on a simulated network, counted and remembered, and the faults that are to happen.
namespace ftplike::inline v0_2::detail::simulated {

struct Host;

/// An operation that begins.
struct Operation {
  enum class Kind { connect, listen, accept, read, write, finish, by_hand };

  Kind kind;
  const Host* by;              // whose it is
  const Host* with = nullptr;  // the host at the other end, if there is one
  std::uint64_t end = 0;       // the number of the end of a connection that it is of; 0: of none
  bool control = false;        // whether that is known for a control connection
};

/// Finds the verbs of commands in what a server reads, however it is cut.
class VerbScanner {
 public:
  template <class Found> void scan(std::string_view text, Found found) {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      const bool ends = c == ' ' || c == '\r' || c == '\n';
      if (begins_ && ends && !verb_.empty()) found(std::as_const(verb_));
      if (begins_ && std::isalnum(byte) != 0) verb_ += static_cast<char>(std::toupper(byte));
      if (ends || verb_.size() > longest) {
        begins_ = c == '\n';
        verb_.clear();
      }
    }
  }

 private:
  static constexpr std::size_t longest = 32;
  std::string verb_;
  bool begins_ = true;  // nothing but the verb has come of this line
};

/// The faults that are to happen.
class Faults {
 public:
  /// **Errors:** `std::invalid_argument` if the place names no operation, or more than one.
  void order(FaultPlace place, Fault fault, const Host* of, const Host* by) {
    const auto given = {place.read, place.write, place.connect, place.operation};
    const auto named = given.size() - static_cast<std::size_t>(std::count(given.begin(), given.end(), 0u));
    if (named > 1 || (named == 0 && place.command.empty())) {
      throw std::invalid_argument("a fault is at a read, a write, a connect, an operation, or at a command");
    }
    if (place.connect > 0 && place.connection != Link::any) {
      throw std::invalid_argument("what a connection is for is not known before it is made: name the command instead");
    }
    for (char& c : place.command) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const bool waits = !place.command.empty();
    orders_.push_back(Order{std::move(place), fault, of, by, waits, {}});
  }
  /// The fault that an operation meets with, if it does.
  std::optional<Fault> meet(const Operation& operation) {
    std::optional<Fault> met;
    for (auto order = orders_.begin(); order != orders_.end();) {
      const bool reached = fits(*order, operation) && ++order->counts[key_of(*order, operation)] == goal_of(*order);
      if (reached && !met) met = order->fault;
      order = reached ? orders_.erase(order) : std::next(order);
    }
    return met;
  }
  /// A command has come to a server: the fault that the read of it meets with, if it does.
  std::optional<Fault> hear(std::string_view verb, const Host* server, const Host* client) {
    std::optional<Fault> met;
    for (auto order = orders_.begin(); order != orders_.end();) {
      const auto& place = order->place;
      const bool fits = order->waits && place.command == verb && is_of(*order, server, client);
      if (fits) order->waits = false;
      const bool at_once = fits && goal_of(*order) == 0 && (!order->by || order->by == server);
      if (at_once && !met) met = order->fault;
      order = at_once ? orders_.erase(order) : std::next(order);
    }
    return met;
  }
  std::size_t left() const noexcept { return orders_.size(); }

 private:
  struct Order {
    FaultPlace place;
    Fault fault;
    const Host* of;
    const Host* by;
    bool waits;                                   // for its command
    std::map<std::uint64_t, std::size_t> counts;  // what has fitted by now; of reads and writes, for each end
  };

  static bool is_of(const Order& order, const Host* one, const Host* other) {
    return !order.of || order.of == one || order.of == other;
  }
  static std::size_t goal_of(const Order& order) {
    const auto& place = order.place;
    return place.read + place.write + place.connect + place.operation;  // of which one is not 0
  }
  static std::uint64_t key_of(const Order& order, const Operation& operation) {
    return order.place.operation > 0 ? 0 : operation.end;
  }
  static bool fits(const Order& order, const Operation& operation) {
    using Kind = Operation::Kind;
    const auto& place = order.place;
    if (order.waits || !is_of(order, operation.by, operation.with) || (order.by && order.by != operation.by)) {
      return false;
    }
    const bool is_of_kind = place.connection == Link::any ||
                            (operation.end != 0 && operation.control == (place.connection == Link::control));
    if (!is_of_kind) return false;
    if (place.operation > 0) return true;
    return (place.read > 0 && operation.kind == Kind::read) || (place.write > 0 && operation.kind == Kind::write) ||
           (place.connect > 0 && operation.kind == Kind::connect);
  }

  std::list<Order> orders_;
};

/// What is remembered of an operation, for people.
struct Deed {
  Operation::Kind kind{};
  std::uint64_t number = 0;  // 0: by hand
  Time when{};
  Endpoint local, remote;
  std::string text;  // of what was read or written on a control connection
  std::optional<std::size_t> bytes;
  bool control = false;
  std::optional<Fault> fault;
};

/// The last operations of a network.
class Deeds {
 public:
  void add(Deed deed) {
    if (deeds_.size() == kept) deeds_.pop_front();
    deeds_.push_back(std::move(deed));
  }
  /// The one with this number, if it is still known.
  Deed* find(std::uint64_t number) {
    const auto is_it = [number](const Deed& deed) { return deed.number == number; };
    const auto found = std::find_if(deeds_.rbegin(), deeds_.rend(), is_it);
    return found == deeds_.rend() ? nullptr : &*found;
  }
  std::vector<std::string> lines(Time began) const {
    std::vector<std::string> result;
    for (const auto& deed : deeds_) result.push_back(line(deed, began));
    return result;
  }

  /// The beginning of a text, in print.
  static std::string shown(std::string_view text) {
    constexpr std::size_t most = 60;
    std::string result = "\"";
    for (const char c : text.substr(0, most)) {
      std::array<char, 8> escaped{};
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\r' || c == '\n') {
        result += c == '\r' ? "\\r" : "\\n";
      } else if (byte < ' ' || byte == 127 || c == '"' || c == '\\') {
        std::snprintf(escaped.data(), escaped.size(), "\\x%02X", static_cast<unsigned>(byte));
        result += escaped.data();
      } else {
        result += c;
      }
    }
    return result + (text.size() > most ? "…\"" : "\"");
  }

 private:
  static constexpr std::size_t kept = 20;

  static std::string text_of(const Endpoint& endpoint) {
    const auto address = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
  }
  static std::string line(const Deed& deed, Time began) {
    static constexpr std::array<std::string_view, 7> kinds{"connect", "listen", "accept", "read",
                                                           "write",   "finish", "by hand"};
    static constexpr std::array<std::string_view, 4> faults{"reset", "end", "refuse", "stall"};
    std::array<char, 64> head{};
    const double seconds = std::chrono::duration<double>(deed.when - began).count();
    const std::string number = deed.number > 0 ? '#' + std::to_string(deed.number) : "-";
    std::snprintf(head.data(), head.size(), "%6s %10.3f s  ", number.c_str(), seconds);
    std::string result = head.data() + text_of(deed.local);
    if (deed.remote.port() != 0) result += " to " + text_of(deed.remote);
    if (deed.kind > Operation::Kind::accept) result += deed.control ? ", control" : ", data";
    result.append(": ").append(kinds[static_cast<std::size_t>(deed.kind)]);
    if (deed.bytes) result += ' ' + std::to_string(*deed.bytes) + (*deed.bytes == 1 ? " byte" : " bytes");
    if (!deed.text.empty()) result += ' ' + deed.text;
    if (deed.fault) result.append(", meets with ").append(faults[static_cast<std::size_t>(*deed.fault)]);
    return result;
  }

  std::deque<Deed> deeds_;
};

}  // namespace ftplike::inline v0_2::detail::simulated
