#include "../../server/admin.hpp"

#include <algorithm>
#include <asio/local/stream_protocol.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/io/date.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/observers/text.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/protocol/timestamp.hpp>

#include "../../server/failure.hpp"

namespace {

using Local = asio::local::stream_protocol;
using ftplike::SessionInfo;
using ftplike::SessionStatus;

constexpr std::string_view refusal = "refused: ";  // how an answer begins that is none

std::string text_of(const SessionInfo& who) {
  const auto& peer = who.peer;
  const auto address = peer.address().to_string();
  return '#' + std::to_string(who.number) + ' ' + (peer.address().is_v6() ? '[' + address + ']' : address) + ':' +
         std::to_string(peer.port()) + ' ' + (who.user.empty() ? "-" : ftplike::printable(who.user));
}

std::string text_of(const SessionStatus& session) {
  using namespace std::chrono;
  const auto since = ftplike::wall_clock() - duration_cast<milliseconds>(session.lasts);
  std::string line = text_of(session.who) + " since " + ftplike::format_timestamp(since, ftplike::Fraction::never) + ' ';
  if (!session.transfer) return line + session.activity + '\n';
  const auto& transfer = *session.transfer;
  line += transfer.verb + ' ' + ftplike::printable(transfer.path.string());
  line += transfer.direction == ftplike::Direction::sent ? " sent " : " received ";
  line += std::to_string(transfer.bytes) + " bytes, ";
  return line + std::to_string(static_cast<unsigned long long>(transfer.bytes_per_second())) + " bytes/s\n";
}

/// Which sessions are meant by `user NAME`, `address NETWORK`, `session NUMBER`; nothing if that makes no sense.
Administration::Which sessions_meant(std::string_view words) {
  const auto space = words.find(' ');
  const auto kind = words.substr(0, space);
  const std::string value{space == words.npos ? "" : words.substr(space + 1)};
  if (kind == "user") return [value](const SessionInfo& who) { return who.user == value; };
  if (kind == "address") {
    const auto subnet = ftplike::Subnet::parse(value);
    if (subnet) return [subnet = *subnet](const SessionInfo& who) { return subnet.contains(who.peer.address()); };
  }
  if (kind == "session") {
    const auto number = ftplike::number_in<std::uint64_t>(value);
    if (number) return [number = *number](const SessionInfo& who) { return who.number == number; };
  }
  return nullptr;
}

ftplike::awaitable<std::string> answer_to(const Administration& administration, std::string order) {
  std::string answer;
  if (order == "who") {
    const auto sessions = co_await administration.list();
    for (const auto& session : sessions) answer += text_of(session);
    co_return answer;
  }
  if (order.starts_with("limits ")) {
    const auto equals = order.find('=');
    if (equals == order.npos) co_return std::string{refusal} + "not understood\n";
    try {
      administration.change_limit(order.substr(7, equals - 7), order.substr(equals + 1));
    } catch (const std::invalid_argument& wrong) { answer = std::string{refusal} + wrong.what() + '\n'; }
    co_return answer;
  }
  const bool is_kick = order.starts_with("kick ");
  const auto which = sessions_meant(is_kick ? std::string_view{order}.substr(5) : std::string_view{});
  if (!which) co_return std::string{refusal} + "not understood\n";
  const auto ended = co_await administration.end(which);
  for (const auto& who : ended) answer += text_of(who) + '\n';
  co_return answer;
}

/// Answers one order.
ftplike::awaitable<void> serve_one(std::shared_ptr<Local::socket> client, const Administration& administration) {
  constexpr std::size_t longest = 4096;
  std::string order;
  const std::size_t size = co_await asio::async_read_until(*client, asio::dynamic_buffer(order, longest), '\n', ftplike::use_awaitable);
  const std::string answer = co_await answer_to(administration, order.substr(0, size - 1));
  co_await asio::async_write(*client, asio::buffer(answer), ftplike::use_awaitable);
}

/// Removes what a server that was killed has left; whoever listens there keeps it.
void make_way(const std::string& file) {
  std::error_code error;
  if (std::filesystem::status(file, error).type() != std::filesystem::file_type::socket) return;
  asio::io_context context;
  Local::socket attempt{context};
  attempt.connect(Local::endpoint{file}, error);
  if (error == asio::error::connection_refused) std::filesystem::remove(file, error);
}

Local::acceptor listen_on(const ftplike::Executor& executor, const std::string& file) {
  try {
    make_way(file);
    Local::acceptor acceptor{executor, Local{}};
    acceptor.bind(Local::endpoint{file});
    // Nobody can connect before `listen`.
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    acceptor.listen();
    return acceptor;
  } catch (const std::system_error& error) {
    throw Failure{Ending::no_address, why("cannot listen on " + file, error.code())};
  }
}

/// What the server answers. **Errors:** `Failure`.
std::string ask(const std::string& file, const std::string& order) {
  try {
    asio::io_context context;
    Local::socket server{context};
    server.connect(Local::endpoint{file});
    asio::write(server, asio::buffer(order + '\n'));
    std::string answer;
    std::error_code end;
    asio::read(server, asio::dynamic_buffer(answer), end);
    if (end != asio::error::eof) throw std::system_error(end);
    if (answer.starts_with(refusal)) throw Failure{Ending::bad_configuration, answer.substr(0, answer.find('\n'))};
    return answer;
  } catch (const std::system_error& error) {
    throw Failure{Ending::failed, why("no server answers on " + file, error.code())};
  }
}

}  // namespace

const char* why_no_admin_sockets() noexcept { return nullptr; }

struct AdminSocket::State {
  State(const ftplike::Executor& its_executor, std::string its_file, Administration its_administration)
      : executor{its_executor},
        file{std::move(its_file)},
        administration{std::move(its_administration)},
        acceptor{listen_on(executor, file)} {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }

  static ftplike::awaitable<void> accept_all(std::shared_ptr<State> state) {
    asio::steady_timer breath{state->executor};
    while (state->acceptor.is_open()) {
      bool failed = false;
      try {
        auto accepted = co_await state->acceptor.async_accept(ftplike::use_awaitable);
        const auto client = std::make_shared<Local::socket>(std::move(accepted));
        ftplike::start_on(state->executor, serve(state, client));
      } catch (const std::system_error&) { failed = state->acceptor.is_open(); }  // out of descriptors, or it is closed
      if (!failed) continue;
      breath.expires_after(std::chrono::milliseconds{100});
      co_await breath.async_wait(ftplike::use_awaitable);
    }
  }
  static ftplike::awaitable<void> serve(std::shared_ptr<State> state, std::shared_ptr<Local::socket> client) {
    auto serving = serve_one(client, state->administration);
    co_await state->administration.limit(std::move(serving));
  }

  const ftplike::Executor executor;
  const std::string file;
  const Administration administration;
  Local::acceptor acceptor;
};

AdminSocket::AdminSocket(const ftplike::Executor& executor, const std::string& file, Administration administration)
    : state_{std::make_shared<State>(executor, file, std::move(administration))} {
  ftplike::start_on(executor, State::accept_all(state_));
}
AdminSocket::~AdminSocket() { rest(); }

void AdminSocket::rest() {
  asio::post(state_->executor, [state = state_] {
    std::error_code ignored;
    state->acceptor.close(ignored);
  });
}

void list_sessions(const AdminOrder& order) { std::fputs(ask(order.socket, "who").c_str(), stdout); }

void end_sessions(const AdminOrder& order) {
  const std::string which = !order.user.empty()      ? "user " + order.user
                            : !order.address.empty() ? "address " + order.address
                                                     : "session " + std::to_string(order.session);
  const auto ended = ask(order.socket, "kick " + which);
  if (ended.empty()) throw Failure{Ending::failed, "there is no such session"};
  std::fputs(ended.c_str(), stdout);
}

void change_limits(const AdminOrder& order) {
  for (const auto& [name, value] : order.limits) {
    const bool is_line = value.find('\n') == value.npos;
    if (!is_line) throw Failure{Ending::bad_configuration, "a value of one line"};
    (void)ask(order.socket, "limits " + name + '=' + value);
    std::printf("%s is %s\n", name.c_str(), value.c_str());
  }
}
