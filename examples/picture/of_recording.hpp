#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/protocol/recording.hpp>
#include <ftplike/protocol/text.hpp>

#include "picture.hpp"

/// Tells a `Picture` of a recording, event by event, as if it happened now.
class RecordingShower {
 public:
  /// The rows of a recording that `end` made.
  static std::vector<Row> rows_of(const ftplike::Recording& recording, ftplike::End end, Picture::Sections sections) {
    std::vector<Row> rows;
    ftplike::Time now{};
    Picture picture{end, [&rows](const Row& row) { rows.push_back(row); }, std::move(sections), [&now] { return now; }};
    RecordingShower shower{picture, end};
    for (const auto& event : recording.events) {
      now = ftplike::Time{} + event.at;
      shower.show(event);
    }
    return rows;
  }

 private:
  using Kind = ftplike::RecordedEvent::Kind;
  struct Session {
    ftplike::SessionInfo who;
    ftplike::Endpoint local, remote;  // of its data connection
  };

  RecordingShower(Picture& picture, ftplike::End end) : picture_{picture}, end_{end} {}

  void show(const ftplike::RecordedEvent& event) {
    auto& session = sessions_[event.session];
    auto& who = session.who;
    who.number = event.session;
    const auto direction =
        event.up == (end_ == ftplike::End::server) ? ftplike::Direction::received : ftplike::Direction::sent;
    switch (event.kind) {
      case Kind::opened:
        set_ends(event.text, who.local, who.peer);
        return picture_(ftplike::SessionOpened{who});
      case Kind::command: return show_command(event, who);
      case Kind::reply:
        picture_(ftplike::ReplySeen{who, ftplike::Reply{event.code, event.text}});
        if (event.code == 230) picture_(ftplike::LoginTried{who, who.user, true});
        return;
      case Kind::secured: {
        const bool data = event.text.starts_with("data ");
        return picture_.secured(who, data, event.text.substr(event.text.find(' ') + 1));
      }
      case Kind::listening: return picture_(ftplike::DataListening{who, endpoint_of(event.text)});
      case Kind::connected:
        set_ends(event.text, session.local, session.remote);
        return picture_(ftplike::DataOpened{who, session.local, session.remote});
      case Kind::bytes: return;  // the end of the connection tells how many there were
      case Kind::data:
        return picture_(ftplike::DataClosed{who, session.local, session.remote, direction, event.bytes});
      case Kind::closed: return picture_.closed(who, event.text == "farewell" ? std::string{} : event.text);
    }
  }
  void show_command(const ftplike::RecordedEvent& event, ftplike::SessionInfo& who) {
    const std::string_view line = event.text;
    const auto blank = std::min(line.find(' '), line.size());
    const auto argument = line.substr(std::min(blank + 1, line.size()));
    if (line.starts_with("USER ")) who.user = argument;
    picture_(ftplike::CommandSeen{who, line.substr(0, blank), argument, event.unterminated});
  }
  static void set_ends(std::string_view text, ftplike::Endpoint& local, ftplike::Endpoint& remote) {
    const auto blank = std::min(text.find(' '), text.size());
    local = endpoint_of(text.substr(0, blank));
    remote = endpoint_of(text.substr(std::min(blank + 1, text.size())));
  }
  /// `192.0.2.7:21`, `[2001:db8::1]:21`; nowhere if it is neither.
  static ftplike::Endpoint endpoint_of(std::string_view text) {
    const auto colon = std::min(text.rfind(':'), text.size());
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    std::error_code error;
    const auto address = asio::ip::make_address(std::string{host}, error);
    const auto port = ftplike::number_in<std::uint16_t>(text.substr(std::min(colon + 1, text.size())));
    return error || !port ? ftplike::Endpoint{} : ftplike::Endpoint{address, *port};
  }

  Picture& picture_;
  const ftplike::End end_;
  std::map<std::uint64_t, Session> sessions_;
};
