#pragma once
// A server that does what its script says, step by step, to test a client with: also what no server should ever do.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/network.hpp"

class ScriptedServer {
 public:
  using Transport = ftplike::SimulatedTransport;
  using Stream = TestNetwork::Stream;

  /// Listens on 10.0.0.2, whose control port is 21.
  explicit ScriptedServer(TestNetwork& network) : state_{std::make_shared<State>(network)} {}
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    if (!state_->may_break_off) {
      EXPECT_EQ(state_->done, state_->steps.size()) << "the script was not played to its end";
    }
  }

  /// Writes a line, ended by CRLF.
  ScriptedServer& says(std::string line) { return says_raw(std::move(line) + "\r\n"); }
  ScriptedServer& says_raw(std::string bytes) {
    return step([bytes = std::move(bytes)](State& state) { return write(*state.control, bytes); });
  }
  /// Takes a command that is ended by CRLF.
  ScriptedServer& hears(std::string command) {
    return step([command = std::move(command)](State& state) { return read_line(state, command + "\r\n"); });
  }
  /// Takes what one read gives.
  ScriptedServer& hears_in_one_read(std::string bytes) {
    return step([bytes = std::move(bytes)](State& state) { return read_once(state, bytes); });
  }
  /// Takes whatever command comes.
  ScriptedServer& hears_something() {
    return step([](State& state) { return read_line(state, {}); });
  }
  ScriptedServer& dialogue(std::string command, std::string reply) {
    return hears(std::move(command)).says(std::move(reply));
  }
  /// USER, PASS, and a FEAT that tells these features.
  ScriptedServer& welcomes(const std::vector<std::string>& features = {}) {
    says("220 Hello").dialogue("USER ann", "331 Password?").dialogue("PASS secret", "230 Welcome");
    std::string list = "211-Features:\r\n";
    for (const auto& feature : features) list += " " + feature + "\r\n";
    return dialogue("FEAT", list + "211 End");
  }

  /// Opens a data port and tells it: "{port}" in the line becomes its number, "{pasv}" its two bytes.
  ScriptedServer& opens_data(std::string line) {
    return step([line = std::move(line)](State& state) { return announce(state, line); });
  }
  /// EPSV.
  ScriptedServer& passive() { return hears("EPSV").opens_data("229 Extended passive (|||{port}|)"); }
  /// Takes the connection to the data port that was opened last.
  ScriptedServer& accepts_data() { return step(accept); }
  /// Connects to the port that the client named with PORT last.
  ScriptedServer& connects_data() { return step(connect); }
  ScriptedServer& sends(std::string bytes) {
    return step([bytes = std::move(bytes)](State& state) { return write_data(state, bytes); });
  }
  ScriptedServer& receives(std::string bytes) {
    return step([bytes = std::move(bytes)](State& state) { return read_data(state, bytes); });
  }
  ScriptedServer& sees_data_reset() {
    return step([](State& state) { return read_to_reset(state); });
  }
  ScriptedServer& closes_data() { return step(close_data); }
  ScriptedServer& refuses_data() {
    return act([](State& state) { state.acceptor.reset(); });
  }
  ScriptedServer& closes() {
    return act([](State& state) { state.control.reset(); });
  }
  ScriptedServer& waits(ftplike::Duration time) {
    return step([time](State& state) { return state.host.sleep_until(state.host.now() + time); });
  }
  /// Does something of the test's own.
  ScriptedServer& act(std::function<void()> what) {
    return act([what = std::move(what)](State&) { what(); });
  }
  /// From here on the client may hang up.
  ScriptedServer& is_left() {
    return act([](State& state) { state.may_break_off = true; });
  }
  /// Takes another control connection from here on.
  ScriptedServer& accepts() { return step(accept_control); }

 private:
  struct State {
    explicit State(TestNetwork& network)
        : host{network.host("10.0.0.2")},
          home{host.listen(host.executor(), {asio::ip::make_address("10.0.0.2"), 21})} {}
    using Step = std::function<ftplike::awaitable<void>(State&)>;

    Transport host;
    Transport::Acceptor home;
    std::optional<Transport::Acceptor> acceptor;
    std::optional<Stream> control, data;
    ftplike::Endpoint named;  // by PORT
    std::string pending;      // bytes of commands
    std::vector<Step> steps;
    std::size_t done = 0;
    bool playing = false, may_break_off = false;
  };

  ScriptedServer& step(State::Step next) {
    state_->steps.push_back(std::move(next));
    if (!std::exchange(state_->playing, true)) {
      const auto report = [state = state_](std::exception_ptr failure) {
        try {
          if (failure && !state->may_break_off) std::rethrow_exception(failure);
        } catch (const std::exception& error) { ADD_FAILURE() << "the scripted server: " << error.what(); }
      };
      ftplike::start_on(state_->host.executor(), play(state_), {}, report);
    }
    return *this;
  }
  ScriptedServer& act(std::function<void(State&)> what) {
    return step([what = std::move(what)](State& state) -> ftplike::awaitable<void> {
      what(state);
      co_return;
    });
  }

  // The script is written before the first step is played: coroutines do not run until the network settles.
  static ftplike::awaitable<void> play(std::shared_ptr<State> state) {
    co_await accept_control(*state);
    while (state->done < state->steps.size()) {
      const auto& next = state->steps[state->done];
      co_await next(*state);
      ++state->done;
    }
  }
  static ftplike::awaitable<void> accept_control(State& state) {
    auto accepted = co_await state.home.accept(state.host.executor());
    Stream stream{std::move(accepted)};
    co_await welcome(stream);
    state.control.emplace(std::move(stream));
  }
  static ftplike::awaitable<void> write(Stream& stream, std::string bytes) {
    co_await stream.write(ftplike::as_bytes(bytes));
  }
  static ftplike::awaitable<void> read_line(State& state, std::string expected) {
    while (state.pending.find('\n') == std::string::npos) {
      const std::string more = co_await read_control(state);
      if (more.empty()) throw std::runtime_error("the client hung up instead of " + expected);
      state.pending += more;
    }
    const auto line = state.pending.substr(0, state.pending.find('\n') + 1);
    state.pending.erase(0, line.size());
    if (line.starts_with("PORT ")) name(state, line);
    if (!expected.empty()) { EXPECT_EQ(line, expected); }
  }
  static ftplike::awaitable<void> read_once(State& state, std::string expected) {
    const std::string heard = co_await read_control(state);
    EXPECT_EQ(heard, expected);
  }
  /// What one read gives; empty at the end. That the data are to be protected is no matter of a script.
  static ftplike::awaitable<std::string> read_control(State& state) {
    for (;;) {
      std::array<std::byte, 4096> room;
      const std::size_t n = co_await state.control->read_some(room);
      std::string text{ftplike::as_text(std::span{room}.first(n))};
      if (!text.starts_with("PBSZ ") && !text.starts_with("PROT ")) co_return text;
      co_await write(*state.control, "200 Protected\r\n");
    }
  }
  static void name(State& state, const std::string& line) {
    unsigned a, b, c, d, high, low;
    ASSERT_EQ(std::sscanf(line.c_str(), "PORT %u,%u,%u,%u,%u,%u", &a, &b, &c, &d, &high, &low), 6);
    state.named = {asio::ip::make_address_v4(a << 24 | b << 16 | c << 8 | d),
                   static_cast<std::uint16_t>(high * 256 + low)};
  }
  static ftplike::awaitable<void> announce(State& state, std::string line) {
    state.acceptor.reset();
    state.acceptor.emplace(state.host.listen(state.host.executor(), {asio::ip::make_address("10.0.0.2"), 0}));
    const auto port = state.acceptor->endpoint().port();
    const auto put = [&line](const std::string& what, const std::string& text) {
      if (const auto at = line.find(what); at != line.npos) line.replace(at, what.size(), text);
    };
    put("{port}", std::to_string(port));
    put("{pasv}", std::to_string(port / 256) + "," + std::to_string(port % 256));
    co_await write(*state.control, line + "\r\n");
  }
  static ftplike::awaitable<void> accept(State& state) {
    auto stream = co_await state.acceptor->accept(state.host.executor());
    state.data.emplace(std::move(stream));
  }
  static ftplike::awaitable<void> connect(State& state) {
    auto stream = co_await state.host.connect(state.named);
    state.data.emplace(std::move(stream));
  }
  static ftplike::awaitable<void> write_data(State& state, std::string bytes) {
    co_await welcome(*state.data, *state.control);
    co_await write(*state.data, std::move(bytes));
  }
  static ftplike::awaitable<void> close_data(State& state) {
    ftplike::Settled<void> ignored;
    co_await settle(finish_data(state), ignored);
    state.data.reset();
  }
  static ftplike::awaitable<void> finish_data(State& state) {
    co_await welcome(*state.data, *state.control);
    co_await state.data->finish();
  }
  static ftplike::awaitable<void> read_data(State& state, std::string expected) {
    co_await welcome(*state.data, *state.control);
    std::string all;
    for (;;) {
      std::array<std::byte, 4096> room;
      const std::size_t n = co_await state.data->read_some(room);
      if (n == 0) break;
      all += ftplike::as_text(std::span{room}.first(n));
    }
    EXPECT_EQ(all, expected);
  }

  static ftplike::awaitable<void> read_to_reset(State& state) {
    ftplike::Settled<void> outcome;
    co_await settle(read_data(state, std::string{}), outcome);
    try {
      outcome.get();
      ADD_FAILURE() << "the data ended as if they were whole";
    } catch (const std::system_error& error) { EXPECT_EQ(error.code(), std::errc::connection_reset); }
  }

  std::shared_ptr<State> state_;
};
