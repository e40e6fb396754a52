#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "../json.hpp"

/// A row of the sequence picture: what is drawn of one thing that happened, by whoever draws it. The rules of the picture
/// are where rows are made (`Picture`); page.html and `svg_of` only draw them.
struct Row {
  enum class Kind {
    opened,     // a session; ends: of the control connection
    refused,    // a client was turned away; ends
    command,    // text: the line
    reply,      // text: code and text, lines between LF
    login,      // text: the user; not drawn, but for the list of sessions
    secured,    // text: version and cipher; of the data connection if in_data
    trouble,    // text: what is wrong, in the lane of in_data
    listening,  // a data port waits at `by`; text: its address
    connected,  // a data connection is there, which `by` asked for; ends, way
    moved,      // bytes so far, sent by `by`
    ended,      // the data connection is closed; bytes in all, seconds
    verdict,    // of a transfer; text: verb and path, note: why not; bytes, seconds
    closed,     // the session; text: why, if not after a farewell
  };
  enum class Who { client, server };
  enum class Data { none, waiting, open, secured };

  Kind kind{};
  std::uint64_t session = 0;
  double at = 0;  // seconds since the picture began
  Who by{};
  bool in_data = false, bad = false;
  std::string text, note;
  std::string section;         // of the RFC that has the verb
  std::string way;             // passive, active or announced
  std::string client, server;  // both ends
  std::uint64_t bytes = 0;
  double took = 0;

  // How things stand behind it.
  bool control_secured = false;
  Data data{};
  Who waits{};  // who has the port, while data is waiting
};

/// A row as an object of JSON, in one line; members that say nothing are left out.
inline std::string json_of(const Row& row) {
  static constexpr std::array kinds{"opened",    "refused",   "command", "reply", "login",   "secured", "trouble",
                                    "listening", "connected", "moved",   "ended", "verdict", "closed"};
  static constexpr std::array data{"none", "waiting", "open", "secured"};
  static constexpr std::array ends{"client", "server"};
  JsonObject object;
  const auto add_if_any = [&object](const char* name, const std::string& text) {
    if (!text.empty()) object.add(name, text);
  };
  object.add("kind", kinds[static_cast<std::size_t>(row.kind)]).add("session", row.session).add("at", row.at);
  object.add("by", ends[static_cast<std::size_t>(row.by)]);
  if (row.in_data) object.add_true("inData");
  if (row.bad) object.add_true("bad");
  add_if_any("text", row.text);
  add_if_any("note", row.note);
  add_if_any("section", row.section);
  add_if_any("way", row.way);
  add_if_any("client", row.client);
  add_if_any("server", row.server);
  if (row.bytes > 0) object.add("bytes", row.bytes);
  if (row.took > 0) object.add("took", row.took);
  if (row.control_secured) object.add_true("controlSecured");
  object.add("data", data[static_cast<std::size_t>(row.data)]);
  if (row.data == Row::Data::waiting) object.add("waits", ends[static_cast<std::size_t>(row.waits)]);
  return object.text();
}
