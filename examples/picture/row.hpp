#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "../json.hpp"

/// A row of the sequence picture: what is drawn of one thing that happened. The rules of the picture are where rows are made
/// (`Picture`); page.html and `svg_of` draw the shape and the caption that a row has.
struct Row {
  enum class Kind {
    opened,     // a session; ends: of the control connection
    refused,    // a client was turned away; ends
    command,    // text: the line
    reply,      // text: code and text, lines between LF
    login,      // text: the user
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
  enum class Shape {
    nothing,  // it is not drawn, but known
    arrow,    // from `by` to the other end, with the caption
    flow,     // the same of bytes
    at,       // the caption stands at the side of `by`
    ends,     // what is at both ends, and the caption between
  };
  enum class Tone { note, command, reply, data };

  Kind kind{};
  std::uint64_t session = 0;
  double at = 0;  // seconds since the picture began
  Who by{};
  bool in_data = false, bad = false;
  std::string text, note;
  std::string section;         // of the RFC that has the verb
  std::string way;             // passive, active or announced
  std::string client, server;  // both ends
  std::uint64_t bytes = 0, expected = 0;  // expected: of `moved`, of how many; 0 if that is not known
  double took = 0;

  Shape shape{};
  Tone tone{};
  std::string caption;

  // How things stand behind it.
  bool control_secured = false;
  Data data{};
  Who waits{};  // who has the port, while data is waiting
};

/// A number with its digits in groups of three.
inline std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = digits.size(); at > 3;) digits.insert(at -= 3, "\u202f");
  return digits;
}

/// Gives a row its shape and its caption.
inline void describe(Row& row) {
  using Shape = Row::Shape;
  using Tone = Row::Tone;
  const auto draw = [&row](Shape shape, Tone tone, std::string caption) {
    row.shape = shape;
    row.tone = tone;
    row.caption = std::move(caption);
  };
  const auto port = [](const std::string& end) { return end.substr(end.rfind(':') + 1); };
  const auto bytes = [&row] { return grouped(row.bytes) + (row.bytes == 1 ? " byte" : " bytes"); };
  const auto first_line = [&row] {
    const auto lines = std::count(row.text.begin(), row.text.end(), '\n') + 1;
    return row.text.substr(0, row.text.find('\n')) + (lines > 1 ? "  … " + std::to_string(lines) + " lines" : "");
  };
  const bool by_client = row.by == Row::Who::client;
  std::array<char, 32> took{};
  const bool is_short = row.took < 1;
  std::snprintf(took.data(), took.size(), is_short ? " in %.1f ms" : " in %.3f s", is_short ? row.took * 1000 : row.took);
  switch (row.kind) {
    case Row::Kind::opened: return draw(Shape::ends, Tone::note, "connected");
    case Row::Kind::refused: return draw(Shape::ends, Tone::note, "turned away: too many");
    case Row::Kind::command:
      return draw(Shape::arrow, Tone::command, row.text + (row.note.empty() ? "" : "  (" + row.note + ')'));
    case Row::Kind::reply: return draw(Shape::arrow, Tone::reply, first_line());
    case Row::Kind::login: return draw(Shape::nothing, Tone::note, {});
    case Row::Kind::secured: return draw(Shape::ends, Tone::note, "secured: " + row.text);
    case Row::Kind::trouble: return draw(Shape::ends, Tone::note, "✗ " + row.text);
    case Row::Kind::listening:
      return draw(Shape::at, Tone::data, by_client ? "○ port " + port(row.text) + " waits" : "port " + port(row.text) + " waits ○");
    case Row::Kind::connected:
      return draw(Shape::arrow, Tone::data,
                  by_client ? port(row.client) + " → " + port(row.server) + "  " + row.way
                            : row.way + "  " + port(row.client) + " ← " + port(row.server));
    case Row::Kind::moved: return draw(Shape::flow, Tone::data, row.expected > 0 ? grouped(row.bytes) + " of " + grouped(row.expected) + " bytes" : bytes() + " so far");
    case Row::Kind::ended: return draw(Shape::flow, Tone::data, bytes() + took.data());
    case Row::Kind::verdict: return draw(row.bad ? Shape::ends : Shape::nothing, Tone::note, "✗ " + row.note);
    case Row::Kind::closed: return draw(Shape::ends, Tone::note, row.text.empty() ? "closed" : "closed: " + row.text);
  }
}

/// A row as an object of JSON, in one line; members that say nothing are left out.
inline std::string json_of(const Row& row) {
  static constexpr std::array kinds{"opened",    "refused",   "command", "reply", "login",   "secured", "trouble",
                                    "listening", "connected", "moved",   "ended", "verdict", "closed"};
  static constexpr std::array data{"none", "waiting", "open", "secured"};
  static constexpr std::array ends{"client", "server"};
  static constexpr std::array shapes{"nothing", "arrow", "flow", "at", "ends"};
  static constexpr std::array tones{"note", "command", "reply", "data"};
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
  if (row.expected > 0) object.add("expected", row.expected);
  if (row.took > 0) object.add("took", row.took);
  if (row.shape != Row::Shape::nothing) {
    object.add("shape", shapes[static_cast<std::size_t>(row.shape)]);
    object.add("tone", tones[static_cast<std::size_t>(row.tone)]).add("caption", row.caption);
  }
  if (row.control_secured) object.add_true("controlSecured");
  object.add("data", data[static_cast<std::size_t>(row.data)]);
  if (row.data == Row::Data::waiting) object.add("waits", ends[static_cast<std::size_t>(row.waits)]);
  return object.text();
}
