#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/observer.hpp>
#include <ftplike/protocol/error.hpp>

namespace ftplike::inline v0_2 {

/// Counts what happens, and tells the counts in the text format of Prometheus. Copies are the same counts: give one to
/// a server, keep one to ask. How many series there are does not depend on what clients send.
///
/// **Threads:** safe, and without locks.
class Metrics {
 public:
  Metrics() : state_{std::make_shared<State>()} {}

  void operator()(const SessionOpened&) {
    ++state_->sessions;
    ++state_->sessions_open;
  }
  void operator()(const SessionRefused&) { ++state_->sessions_refused; }
  void operator()(const IntroductionFailed&) { ++state_->introductions_failed; }
  void operator()(const CommandRefused&) { ++state_->commands_refused; }
  void operator()(const SessionClosed&) { --state_->sessions_open; }
  void operator()(const CommandSeen& event) {
    const auto place = std::lower_bound(verbs.begin(), verbs.end(), event.verb);
    const bool known = place != verbs.end() && *place == event.verb;
    ++state_->commands[known ? static_cast<std::size_t>(place - verbs.begin()) : verbs.size()];
  }
  void operator()(const ReplySeen& event) {
    const int code = event.reply.code();
    if (code >= 100 && code < 600) ++state_->replies[static_cast<std::size_t>(code - 100)];
  }
  void operator()(const LoginTried& event) { ++(event.accepted ? state_->logins : state_->logins_refused); }
  void operator()(const ClientBanned&) { ++state_->clients_banned; }
  void operator()(const ConnectionSecured& event) {
    const auto version = std::find(versions.begin(), versions.end(), event.tls.version) - versions.begin();
    ++state_->secured[event.data][static_cast<std::size_t>(version)][event.tls.resumed];
  }
  void operator()(const HandshakeFailed& event) { ++state_->handshakes_failed[event.data]; }
  void operator()(const StrangerRefused&) { ++state_->strangers; }
  void operator()(const DataOpened&) {
    ++state_->data_connections;
    ++state_->data_connections_open;
  }
  void operator()(const DataClosed& event) {
    --state_->data_connections_open;
    state_->bytes[index(event.direction)] += event.total;
  }
  void operator()(const FileChanged& event) { ++state_->changes[static_cast<std::size_t>(event.change)]; }
  void operator()(const TransferEnded& event) {
    ++state_->transfers[index(event.direction)][verdict(event.error)];
    if (!event.complete()) return;
    const auto took = std::chrono::duration<double>(event.took).count();
    const auto bucket = std::lower_bound(buckets.begin(), buckets.end(), took) - buckets.begin();
    ++state_->durations[static_cast<std::size_t>(bucket)];
    state_->microseconds += static_cast<std::uint64_t>(took * 1e6);
  }

  /// Has `text` end with what `others` gives, series in the same format. Before it is asked for the first time.
  void tell_also(std::function<std::string()> others) { state_->others.push_back(std::move(others)); }

  /// All counts, in the text format 0.0.4.
  std::string text() const {
    Page page;
    const State& now = *state_;
    page.single("ftplike_sessions_total", "counter", "Sessions since the start.", now.sessions);
    page.single("ftplike_sessions_refused_total", "counter", "Clients turned away with 421.", now.sessions_refused);
    page.single("ftplike_proxy_headers_failed_total", "counter", "Connections of trusted proxies without a PROXY header.",
                now.introductions_failed);
    page.single("ftplike_sessions_open", "gauge", "Sessions now.", now.sessions_open);
    page.head("ftplike_logins_total", "counter", "Logins tried.");
    page.sample("result=\"accepted\"", now.logins);
    page.sample("result=\"refused\"", now.logins_refused);
    page.single("ftplike_clients_banned_total", "counter", "Clients banned for failed logins.", now.clients_banned);
    page.head("ftplike_commands_total", "counter", "Commands, by verb.");
    for (std::size_t i = 0; i <= verbs.size(); ++i) {
      const std::string_view verb = i < verbs.size() ? verbs[i] : "other";
      page.sample_if_any("verb=\"" + std::string{verb} + '"', now.commands[i]);
    }
    page.single("ftplike_commands_refused_total", "counter", "Commands that their clients may not have done.",
                now.commands_refused);
    page.head("ftplike_replies_total", "counter", "Replies, by code.");
    for (std::size_t i = 0; i < now.replies.size(); ++i) {
      page.sample_if_any("code=\"" + std::to_string(100 + i) + '"', now.replies[i]);
    }
    page.single("ftplike_data_connections_total", "counter", "Data connections since the start.", now.data_connections);
    page.single("ftplike_data_connections_open", "gauge", "Data connections now.", now.data_connections_open);
    page.head("ftplike_tls_connections_total", "counter", "Connections secured by TLS.");
    for (std::size_t data = 0; data < 2; ++data) {
      for (std::size_t i = 0; i <= versions.size(); ++i) {
        const auto labels =
            connection(data) + ",version=\"" + (i < versions.size() ? versions[i] : "other") + "\",resumed=";
        page.sample_if_any(labels + "\"no\"", now.secured[data][i][0]);
        page.sample_if_any(labels + "\"yes\"", now.secured[data][i][1]);
      }
    }
    page.head("ftplike_tls_handshakes_failed_total", "counter", "TLS handshakes that failed.");
    for (std::size_t data = 0; data < 2; ++data) page.sample(connection(data), now.handshakes_failed[data]);
    page.single("ftplike_strangers_refused_total", "counter", "Strangers at data ports.", now.strangers);
    page.head("ftplike_data_bytes_total", "counter", "Bytes over data connections that have ended.");
    for (std::size_t way = 0; way < 2; ++way) page.sample(direction(way), now.bytes[way]);
    page.head("ftplike_transfers_total", "counter", "Transfers that have ended, listings too, by what became of them.");
    for (std::size_t way = 0; way < 2; ++way) {
      for (std::size_t i = 0; i < verdicts.size(); ++i) {
        page.sample(direction(way) + ",verdict=\"" + std::string{verdicts[i]} + '"', now.transfers[way][i]);
      }
    }
    page.head("ftplike_files_changed_total", "counter", "Files and directories changed other than by writing them.");
    for (std::size_t i = 0; i < change_names.size(); ++i) {
      page.sample("change=\"" + std::string{change_names[i]} + '"', now.changes[i]);
    }
    page.head("ftplike_transfer_seconds", "histogram", "What complete transfers took.");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i <= buckets.size(); ++i) {
      below += now.durations[i];
      page.sample("le=\"" + (i < buckets.size() ? number(buckets[i]) : "+Inf") + '"', below, "_bucket");
    }
    page.value("_sum", number(static_cast<double>(now.microseconds) / 1e6));
    page.value("_count", std::to_string(below));
    for (const auto& more : now.others) page.text += more();
    return page.text;
  }

 private:
  using Count = std::atomic<std::uint64_t>;

  // Those that clients may be expected to send; whatever else they send is one series.
  static constexpr std::array<std::string_view, 66> verbs{
      "ABOR", "ACCT", "ADAT", "ALLO", "APPE", "AUTH", "AVBL", "CCC",  "CDUP",  "CLNT",    "COMB",
      "CWD",  "DELE", "EPRT", "EPSV", "FEAT", "HASH", "HELP", "HOST", "LANG",  "LIST",    "MDTM",
      "MFF",  "MFMT", "MKD",  "MLSD", "MLST", "MODE", "NLST", "NOOP", "OPTS",  "PASS",    "PASV",
      "PBSZ", "PORT", "PROT", "PWD",  "QUIT", "RANG", "REIN", "REST", "RETR",  "RMD",     "RNFR",
      "RNTO", "SITE", "SIZE", "SMNT", "STAT", "STOR", "STOU", "STRU", "SYST",  "TYPE",    "USER",
      "UTF8", "XCRC", "XCUP", "XCWD", "XMD5", "XMKD", "XPWD", "XRMD", "XSHA1", "XSHA256", "XSHA512"};
  static_assert(std::is_sorted(verbs.begin(), verbs.end()));
  static constexpr std::array<const char*, 2> versions{"TLSv1.2", "TLSv1.3"};
  static constexpr std::array<double, 7> buckets{0.001, 0.01, 0.1, 1, 10, 100, 1000};
  static constexpr std::array<std::string_view, 8> verdicts{
      "complete", "aborted", "peer_lost", "stalled", "no_data_connection", "storage_full", "shutting_down", "other"};

  struct State {
    Count sessions{}, sessions_refused{}, introductions_failed{}, commands_refused{}, sessions_open{}, clients_banned{}, logins{}, logins_refused{}, data_connections{},
        data_connections_open{}, strangers{}, microseconds{};
    std::array<Count, verbs.size() + 1> commands{};
    std::array<Count, 500> replies{};
    std::array<Count, change_names.size()> changes{};
    std::array<Count, 2> bytes{};
    std::array<std::array<Count, verdicts.size()>, 2> transfers{};
    std::array<Count, buckets.size() + 1> durations{};
    std::array<std::array<std::array<Count, 2>, versions.size() + 1>, 2> secured{};  // by connection, version, resumed
    std::array<Count, 2> handshakes_failed{};
    std::vector<std::function<std::string()>> others;
  };

  static std::size_t index(Direction direction) noexcept { return direction == Direction::sent ? 0 : 1; }
  static std::string direction(std::size_t index) {
    return index == 0 ? "direction=\"sent\"" : "direction=\"received\"";
  }
  static std::string connection(std::size_t data) { return data ? "connection=\"data\"" : "connection=\"control\""; }
  static std::size_t verdict(std::error_code error) noexcept {
    if (!error) return 0;
    if (error == Errc::aborted) return 1;
    if (error == Errc::peer_lost || error == std::errc::connection_reset || error == std::errc::broken_pipe) return 2;
    if (error == Errc::stalled) return 3;
    if (error == Errc::no_data_connection || error == Errc::no_handshake) return 4;
    if (error == Errc::quota_exceeded || detail::is_full(error)) return 5;
    if (error == Errc::shutting_down) return 6;
    return 7;
  }
  static std::string number(double value) {
    std::array<char, 32> room{};
    std::snprintf(room.data(), room.size(), "%.10g", value);
    return room.data();
  }

  struct Page {
    void head(std::string_view its_name, std::string_view type, std::string_view help) {
      name = its_name;
      text.append("# HELP ").append(name).append(" ").append(help);
      text.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void value(std::string_view rest_of_name, std::string_view value) {
      text.append(name).append(rest_of_name).append(" ").append(value).append("\n");
    }
    void sample(const std::string& labels, std::uint64_t count, const std::string& suffix = "") {
      value(suffix + '{' + labels + '}', std::to_string(count));
    }
    void sample_if_any(const std::string& labels, std::uint64_t count) {
      if (count > 0) sample(labels, count);
    }
    void single(std::string_view its_name, std::string_view type, std::string_view help, std::uint64_t count) {
      head(its_name, type, help);
      value("", std::to_string(count));
    }
    std::string text, name;
  };

  std::shared_ptr<State> state_;
};

}  // namespace ftplike::inline v0_2
