#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/io/observer.hpp>
#include <ftplike/observers/end.hpp>
#include <ftplike/observers/explain_lanes.hpp>
#include <ftplike/observers/lines.hpp>

namespace ftplike::inline v0_2 {

/// Shows FTP at work: the control connection and the data connections as two lanes side by side, the client at the left
/// and the server at the right of each; who said what when, which ports opened, how many bytes went which way.
///
///     Server server{network, DirectoryStorage{"files"}, Explain{End::server, [](auto row) { std::cout << row << '\n';
///     }}};
///
/// Times are seconds since the session began; `#2` is the second session. Of the bytes under way a row tells once a
/// second, whatever their number. Copies draw on the same page. **Threads:** safe.
class Explain {
 public:
  /// `end` is ours. The sink gets a line at a time; `now` is the clock of the times shown.
  explicit Explain(End end, LineSink sink, const ExplainStyle& style = {},
                   std::function<Time()> now = std::chrono::steady_clock::now)
      : state_{std::make_shared<State>(end, std::move(sink), style, std::move(now))} {}

  void operator()(const SessionOpened& event) { state_->opened(event.who); }
  void operator()(const CommandSeen& event) {
    std::string words = printable(event.verb);
    if (!event.argument.empty()) words += ' ' + printable(event.argument);
    state_->in_control(
        event.who, [&](const detail::Lane& lane) { return lane.to_server(words); }, detail::Paint::command);
  }
  void operator()(const ReplySeen& event) { state_->replied(event.who, event.reply); }
  void operator()(const ConnectionSecured& event) {
    state_->tls(event.who, event.data, detail::text_of(event.tls), false);
  }
  void operator()(const HandshakeFailed& event) {
    state_->tls(event.who, event.data, "✗ no TLS: " + event.error.message(), true);
  }
  void operator()(const DataListening& event) { state_->listening(event.who, event.local); }
  void operator()(const StrangerRefused& event) {
    state_->in_data(event.who, "✗ stranger " + detail::text_of(event.stranger), detail::Paint::trouble);
  }
  void operator()(const DataOpened& event) { state_->data_opened(event); }
  void operator()(const DataMoved& event) { state_->data_moved(event); }
  void operator()(const DataClosed& event) { state_->data_closed(event); }
  void operator()(const TransferEnded& event) {
    if (event.complete()) return;  // the reply says so
    state_->in_data(event.who, "✗ " + event.error.message(), detail::Paint::trouble);
  }
  void operator()(const SessionClosed& event) { state_->closed(event.who, event.error); }

 private:
  struct Seen {  // of one session
    Time began{}, data_began{}, last_flow{};
    enum class Data { none, waiting, open } data = Data::none;
  };

  class State {
   public:
    State(End end, LineSink sink, const ExplainStyle& style, std::function<Time()> now)
        : end_{end}, sink_{std::move(sink)}, lanes_{style}, now_{std::move(now)} {}

    void opened(const SessionInfo& who) {
      const std::lock_guard lock{mutex_};
      if (sessions_.empty() || rows_ > rows_of_a_page) {
        rows_ = 0;
        sink_(lanes_.top());
        sink_(lanes_.names());
      }
      Seen& seen = sessions_[who.number];
      seen.began = now_();
      draw(who, seen, {ends_of(who, "●", {"connected"}), detail::Paint::none}, {});
    }

    void closed(const SessionInfo& who, std::error_code error) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(who);
      const std::string why = error ? "closed: " + error.message() : "closed";
      draw(who, seen, {ends_of(who, "○", {why, "closed"}), error ? detail::Paint::trouble : detail::Paint::none}, {});
      sessions_.erase(who.number);
      if (sessions_.empty()) sink_(lanes_.bottom());
    }

    template <class Draw> void in_control(const SessionInfo& who, Draw text, detail::Paint paint) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(who);
      draw(who, seen, {text(lanes_.control), paint}, idle_data(seen));
    }
    void in_data(const SessionInfo& who, const std::string& words, detail::Paint paint) {
      const std::lock_guard lock{mutex_};
      draw(who, session(who), idle_control(), {lanes_.data.at_left(words), paint});
    }

    void tls(const SessionInfo& who, bool data, const std::string& words, bool failed) {
      const auto paint = failed ? detail::Paint::trouble : detail::Paint::dim;
      if (data) return in_data(who, words, paint);
      in_control(
          who, [&](const detail::Lane& lane) { return lane.at_left(words); }, paint);
    }

    void replied(const SessionInfo& who, const Reply& reply) {
      const auto paint = reply.negative() ? detail::Paint::bad_reply : detail::Paint::good_reply;
      const auto end_of_line = reply.text().find('\n');
      const bool one_line = end_of_line == std::string::npos;
      const auto first = std::to_string(reply.code()) + (one_line ? " " : "-") +
                         printable(std::string_view{reply.text()}.substr(0, end_of_line));
      in_control(
          who, [&](const detail::Lane& lane) { return lane.to_client(first); }, paint);
      if (one_line) return;
      const auto more = std::count(reply.text().begin(), reply.text().end(), '\n');
      const auto rest = "and " + std::to_string(more) + (more == 1 ? " line more" : " lines more");
      in_control(
          who, [&](const detail::Lane& lane) { return lane.at_right(rest); }, paint);
    }

    void listening(const SessionInfo& who, const Endpoint& local) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(who);
      seen.data = Seen::Data::waiting;
      const auto port = "port " + std::to_string(local.port()) + " waits";
      draw(who, seen, idle_control(),
           {end_ == End::server ? lanes_.data.at_right(port + " ○") : lanes_.data.at_left("○ " + port),
            detail::Paint::data});
    }
    void data_opened(const DataOpened& event) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(event.who);
      seen.data = Seen::Data::open;
      seen.data_began = seen.last_flow = now_();
      draw(event.who, seen, idle_control(), {data_ends(event, "●", "opened"), detail::Paint::data});
    }
    void data_moved(const DataMoved& event) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(event.who);
      const Time now = now_();
      if (now - seen.last_flow < std::chrono::seconds{1}) return;
      seen.last_flow = now;
      draw(event.who, seen, idle_control(), flow(bytes(event.total) + " so far", event.direction));
    }
    void data_closed(const DataClosed& event) {
      const std::lock_guard lock{mutex_};
      Seen& seen = session(event.who);
      draw(event.who, seen, idle_control(), flow(bytes(event.total), event.direction));
      seen.data = Seen::Data::none;
      std::array<char, 48> took{};
      std::snprintf(took.data(), took.size(), "closed, %.3f s", seconds(now_() - seen.data_began));
      draw(event.who, seen, idle_control(), {data_ends(event, "○", took.data()), detail::Paint::data});
    }

   private:
    static constexpr int rows_of_a_page = 40;

    static double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
    /// A number of bytes with its digits in groups of three.
    static std::string bytes(std::uint64_t count) {
      std::string digits = std::to_string(count);
      for (auto at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ' ');
      return digits + (count == 1 ? " byte" : " bytes");
    }

    Seen& session(const SessionInfo& who) {
      const auto [place, is_new] = sessions_.try_emplace(who.number);
      if (is_new) place->second.began = now_();  // it began before we were there
      return place->second;
    }
    void draw(const SessionInfo& who, const Seen& seen, const detail::LaneCell& control, const detail::LaneCell& data) {
      ++rows_;
      sink_(lanes_.row(seconds(now_() - seen.began), who.number, control, data));
    }
    detail::LaneCell idle_control() const { return {lanes_.control.sides("┊", "┊"), detail::Paint::dim}; }
    detail::LaneCell idle_data(const Seen& seen) const {
      if (seen.data == Seen::Data::none) return {};
      const bool at_server = seen.data == Seen::Data::open || end_ == End::server;
      const bool at_client = seen.data == Seen::Data::open || end_ == End::client;
      return {lanes_.data.sides(at_client ? "┊" : " ", at_server ? "┊" : " "), detail::Paint::dim};
    }
    detail::LaneCell flow(const std::string& words, Direction direction) const {
      const bool towards_server = (direction == Direction::received) == (end_ == End::server);
      return {lanes_.data.flow(words, towards_server), detail::Paint::data};
    }
    std::string ends_of(const SessionInfo& who, std::string_view dot,
                        std::initializer_list<std::string> captions) const {
      const auto& client = end_ == End::server ? who.peer : who.local;
      const auto& server = end_ == End::server ? who.local : who.peer;
      return lanes_.control.ends({{detail::text_of(client), detail::text_of(server)},
                                  {detail::text_of(client), std::to_string(server.port())},
                                  {std::to_string(client.port()), std::to_string(server.port())}},
                                 dot, captions);
    }
    template <class Event>
    std::string data_ends(const Event& event, std::string_view dot, const std::string& caption) const {
      const auto client = std::to_string((end_ == End::server ? event.remote : event.local).port());
      const auto server = std::to_string((end_ == End::server ? event.local : event.remote).port());
      return lanes_.data.ends({{client, server}}, dot, {caption, caption.substr(0, caption.find(','))});
    }

    const End end_;
    const LineSink sink_;
    const detail::Lanes lanes_;
    const std::function<Time()> now_;
    std::mutex mutex_;
    std::map<std::uint64_t, Seen> sessions_;
    int rows_ = 0;
  };

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2
