// A whole session of the standard server, whose client says whatever the fuzzer likes and connects wherever it is told.
//
// The first byte steers the network. Of the others most go to the server as they are, over the control connection or,
// between \x07 and \x08, over the data connection; a few do something else, see `step`.
//
// An input that begins as a recording does (docs/recording.md) is one, and is played instead: so that a session that
// somebody recorded is a seed as it is.
#include <ftplike/server.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/simulated/network.hpp>
#include <ftplike/simulated/replay.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/user_table.hpp>

#include "fuzz.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FTPLIKE_ADDRESS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define FTPLIKE_ADDRESS_SANITIZER 1
#endif
#if defined(FTPLIKE_ADDRESS_SANITIZER)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // g++ 12 has no header for it
#elif defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {
using namespace ftplike;
using namespace ftplike::verbs;
using namespace std::chrono_literals;

/// Bytes that are allocated now; 0 where the system does not tell.
std::size_t allocated() {
#if defined(FTPLIKE_ADDRESS_SANITIZER)
  return __sanitizer_get_current_allocated_bytes();
#elif defined(__GLIBC__)
  return mallinfo2().uordblks;
#else
  return 0;
#endif
}

/// Sees to it that each command gets one final reply, at once or when it is its turn.
class Judge {
 public:
  void operator()(const CommandSeen& event) {
    fuzz::require(!closed_ && event.argument.find_first_of("\r\n") == std::string_view::npos);
    ++open_;
    // One is under way, and at most one more acts at once during a transfer.
    fuzz::require(open_ <= 2);
  }
  void operator()(const ReplySeen& event) {
    const int code = event.reply.code();
    const std::string& text = event.reply.text();
    fuzz::require(code >= 100 && code < 600);
    if (code < 200) {
      fuzz::require(open_ > 0 && !preliminary_);
      preliminary_ = true;
      return;
    }
    if (!std::exchange(greeted_, true)) return;
    const bool of_a_defect =
        code == 500 && (text == message_of(Errc::line_too_long) || text == message_of(Errc::bad_line));
    const bool farewell = code == 421;
    if (of_a_defect) return;
    fuzz::require(open_ > 0 || farewell);
    if (open_ > 0) --open_;
    if (open_ == 0) preliminary_ = false;
  }
  void operator()(const TransferEnded&) { fuzz::require(open_ > 0); }
  void operator()(const SessionClosed&) {
    fuzz::require(!closed_);
    closed_ = true;
  }

  static std::string message_of(Errc code) { return make_error_code(code).message(); }

 private:
  int open_ = 0;  // commands without a final reply
  bool greeted_ = false, preliminary_ = false, closed_ = false;
};

/// Gives a judge to a server, which wants its observer by value.
struct Watching {
  Judge* judge;
  template <class Event>
    requires std::is_invocable_v<Judge&, const Event&>
  void operator()(const Event& event) { (*judge)(event); }
};

UserTable users() {
  UserTable table{Anonymous{.logins = "write"}};
  table.add(UserEntry{Account{"a", Path{}, Rights::all()}, Password::plain("b")});
  table.add(UserEntry{Account{"c", Path{"/d"}, Rights::reading()}, Password::plain("d")});
  return table;
}

class Client {
 public:
  explicit Client(SimulatedNetwork& network)
      : network_{network},
        control_{network.dial({asio::ip::address_v4::loopback(), 21})},
        listener_{network.listen_raw({asio::ip::address_v4::loopback(), 51200})} {}

  void step(char byte) {
    switch (byte) {
      case '\x01': return settle();
      case '\x02': return pass(25ms);
      case '\x03': return pass(31s);
      case '\x04': return connect();
      case '\x05': return end_data([](SimulatedPeer& data) { data.finish(); });
      case '\x06': return end_data([](SimulatedPeer& data) { data.reset(); });
      case '\x07': to_data_ = true; return;
      case '\x08': to_data_ = false; return;
      case '\x0E': settle(); return control_.finish();
      case '\x0F': settle(); return control_.reset();
      default: (to_data_ ? for_data_ : for_control_) += byte;
    }
  }
  void settle() {
    control_.type(std::exchange(for_control_, {}));
    if (data_ && !for_data_.empty()) data_->type(std::exchange(for_data_, {}));
    network_.settle();
    if (listener_.waiting() > 0) data_.emplace(listener_.take());
    hear();
  }

 private:
  void pass(Duration time) {
    settle();
    network_.advance(time);
    hear();
  }
  void hear() {
    if (data_) data_->text();
    const auto text = control_.text();
    for (const std::string_view announcement : {"150 4", "(|||4"}) {
      if (const auto at = text.rfind(announcement); at != text.npos && at + 9 < text.size()) {
        port_ = static_cast<std::uint16_t>(std::strtoul(&text[at + 4], nullptr, 10));
      }
    }
  }
  void connect() {
    settle();
    try {
      data_.emplace(network_.dial({asio::ip::address_v4::loopback(), port_}));
    } catch (const std::system_error&) {  // nobody waits there
    }
    settle();
  }
  template <class End> void end_data(End end) {
    settle();
    if (data_) end(*data_);
    settle();
  }

  SimulatedNetwork& network_;
  SimulatedPeer control_;
  SimulatedListener listener_;
  std::optional<SimulatedPeer> data_;
  std::string for_control_, for_data_;
  std::uint16_t port_ = 40001;
  bool to_data_ = false;
};

/// Plays what is no longer than a fuzzer should take for it.
void play(std::string_view text) {
  std::string complaint;
  auto recording = Recording::parse(text, complaint);
  fuzz::require(recording.has_value() == complaint.empty());
  if (!recording) return;
  std::string again{Recording::heading};
  again += '\n';
  for (const auto& event : recording->events) again += Recording::line_of(event) + '\n';
  auto same = Recording::parse(again, complaint);
  fuzz::require(same && same->events.size() == recording->events.size());
  std::uint64_t all = 0;
  for (const auto& event : recording->events) all += std::min<std::uint64_t>(event.bytes, 1'000'000);
  const bool is_too_long = !recording->events.empty() && recording->events.back().at > 24h * 20;
  if (all >= 1'000'000 || is_too_long) return;
  SimulatedNetwork network{1};
  MemoryStorage files{{{"/a", "hello"}}, 100'000};
  Server server{network, Ftp{}, files, users(), DataPorts{40001, 40005}};
  const Endpoint where = server.listen("127.0.0.1", 21);
  (void)network.run(replay_clients(network, where, *std::move(recording), {"b", 1min}));
  server.stop();
  network.advance(1h);
  fuzz::require(network.open_streams() == 0 && network.open_acceptors() == 0 && network.pending_timers() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  if (text.starts_with(Recording::heading)) {
    play(text);
    return 0;
  }
  constexpr std::size_t most_files = 100'000, most_memory = 4'000'000;
  const std::size_t before = allocated();
  {
    fuzz::Input input{bytes, size};
    const auto kind = input.number(0, 11);
    constexpr std::array splits{Split::nowhere, Split::somewhere, Split::every_byte};
    SimulatedNetwork network{size, {.window = 5000, .split = splits[kind % 3], .interleave = kind % 2 == 1}};
    Judge judge;
    MemoryStorage files{{{"/a", "hello"}, {"/d/e", std::string(20'000, 'x')}}, most_files};
    const auto guests = UserTable{Anonymous{.without_login = "write"}};
    Server server{network, Ftp{}, files, kind < 6 ? guests : users(), DataPorts{40001, 40005}, Watching{&judge}};
    server.listen("127.0.0.1", 21);
    network.settle();
    {
      Client client{network};
      for (const char byte : input.text()) {
        client.step(byte);
        if (byte < ' ') fuzz::require(allocated() <= before + most_memory);
      }
      client.settle();
    }
    network.advance(1h);
    fuzz::require(server.sessions() == 0);
    server.stop();
    network.advance(1h);
    fuzz::require(network.open_streams() == 0 && network.open_acceptors() == 0 && network.pending_timers() == 0);
    fuzz::require(files.text("/d/e").value_or("").size() <= most_files);
  }
  return 0;
}
