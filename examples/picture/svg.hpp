#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <ftplike/observers/text.hpp>

#include "row.hpp"

/// Draws rows as one SVG image, light or dark as its reader likes it, with no outside resource.
class SvgDrawing {
 public:
  static std::string svg_of(const std::vector<Row>& rows) { return SvgDrawing{rows}.text_; }

 private:
  static constexpr int row_height = 28, head = 46, width = 980;
  /// A lane: where its two lines are.
  struct Lane {
    int left, right;
    int middle() const noexcept { return (left + right) / 2; }
    std::size_t columns() const noexcept { return static_cast<std::size_t>((right - left - 16) / 7.3); }
  };

  explicit SvgDrawing(const std::vector<Row>& rows) {
    std::set<std::uint64_t> sessions;
    std::size_t drawn = 0;
    for (const auto& row : rows) {
      drawn += row.shape != Row::Shape::nothing;
      sessions.insert(row.session);
    }
    has_several_ = sessions.size() > 1;
    const auto height = head + static_cast<int>(drawn) * row_height + 14;
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", width, " ", height, "\" width=\"", width,
        "\" height=\"", height, "\" role=\"img\" aria-label=\"an FTP session: the control connection and its data connections\">\n", style);
    add("<rect class=\"ground\" width=\"", width, "\" height=\"", height, "\" rx=\"10\"/>\n");
    add_head(control, "control connection");
    add_head(data, "data connections");
    top_ = head;
    for (const auto& row : rows) {
      if (row.shape != Row::Shape::nothing) add_row(row);
    }
    add("</svg>\n");
  }

  template <class... Parts> void add(const Parts&... parts) { (add_one(parts), ...); }
  void add_one(std::string_view part) { text_ += part; }
  void add_one(int number) { text_ += std::to_string(number); }

  /// A text of the wire as a text of XML, cut off where there is no room for it.
  static std::string shown(const std::string& text, std::size_t columns) {
    std::string result;
    std::string_view rest = text;
    for (; !rest.empty() && columns > 1; --columns) {
      const auto next = ftplike::first_code_point(rest);
      const bool is_shown = !ftplike::commands_a_terminal(next.value) && (next.size > 1 || next.value < 0x80);
      const auto piece = is_shown ? rest.substr(0, next.size) : std::string_view{"?"};
      result += piece == "<" ? "&lt;" : piece == ">" ? "&gt;" : piece == "&" ? "&amp;" : piece == "\"" ? "&quot;" : piece;
      rest.remove_prefix(next.size);
    }
    return rest.empty() ? result : result + "…";
  }

  void add_head(const Lane& lane, const char* name) {
    add_text(lane.left, 26, "start", "head", "client");
    add_text(lane.middle(), 26, "middle", "soft", name);
    add_text(lane.right, 26, "end", "head", "server");
  }
  void add_text(int x, int y, const char* anchor, std::string_view look, const std::string& text) {
    add("<text x=\"", x, "\" y=\"", y, "\" text-anchor=\"", anchor, "\" class=\"", look, "\">", text, "</text>\n");
  }
  void add_line(int x, const char* look) {
    add("<line x1=\"", x, "\" y1=\"", top_, "\" x2=\"", x, "\" y2=\"", top_ + row_height, "\" class=\"", look, "\"/>\n");
  }
  void add_pipe(const Lane& lane) {
    add("<rect x=\"", lane.left, "\" y=\"", top_, "\" width=\"", lane.right - lane.left, "\" height=\"", row_height, "\" class=\"pipe\"/>\n");
    for (const int x : {lane.left - 2, lane.left + 2, lane.right - 2, lane.right + 2}) add_line(x, "wall");
  }
  void add_row(const Row& row) {
    std::array<char, 32> time{};
    std::snprintf(time.data(), time.size(), "%.3f", row.at);
    add_text(has_several_ ? 58 : 70, top_ + 18, "end", "time", time.data());
    if (has_several_) add_text(104, top_ + 18, "end", "time", '#' + std::to_string(row.session));
    if (row.control_secured) {
      add_pipe(control);
    } else if (row.kind != Row::Kind::refused) {
      for (const int x : {control.left, control.right}) add_line(x, "life");
    }
    if (row.data == Row::Data::secured) add_pipe(data);
    if (row.data == Row::Data::open) {
      for (const int x : {data.left, data.right}) add_line(x, "data-life");
    }
    if (row.data == Row::Data::waiting) add_line(row.waits == Row::Who::client ? data.left : data.right, "data-life waits");
    add_shape(row, row.in_data ? data : control);
    top_ += row_height;
  }
  void add_shape(const Row& row, const Lane& lane) {
    static constexpr std::array tones{"note", "command", "reply", "data"};
    const std::string tone = row.bad ? "bad" : tones[static_cast<std::size_t>(row.tone)];
    const bool by_client = row.by == Row::Who::client;
    const int left = lane.left + 8, right = lane.right - 8;
    if (row.shape == Row::Shape::ends) {
      if (!row.client.empty()) add_text(left, top_ + 18, "start", "time", shown(row.client, 22));
      if (!row.server.empty()) add_text(right, top_ + 18, "end", "time", shown(row.server, 22));
      return add_text(lane.middle(), top_ + 18, "middle", tone, shown(row.caption, lane.columns()));
    }
    const bool is_arrow = row.shape != Row::Shape::at;
    add_text(by_client ? left : right, top_ + (is_arrow ? 13 : 18), by_client ? "start" : "end", tone,
             shown(row.caption, lane.columns()));
    if (!is_arrow) return;
    const int y = top_ + 20, tip = by_client ? right : left, back = by_client ? -9 : 9;
    const bool flows = row.shape == Row::Shape::flow;
    add("<line x1=\"", by_client ? left : right, "\" y1=\"", y, "\" x2=\"", tip + back, "\" y2=\"", y, "\" class=\"", flows ? "flow " : "arrow ", tone, "\"/>\n");
    const int half = flows ? 6 : 4;
    add("<path d=\"M", tip, " ", y, "l", back, " -", half, "v", 2 * half, "z\" class=\"tip ", tone, "\"/>\n");
  }

  static constexpr Lane control{120, 570}, data{620, 950};
  static constexpr std::string_view style = R"(<style>
  text { font: 12px ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace; fill: #1d2327; }
  .head { font: 600 13px system-ui, sans-serif; } .soft { font: 13px system-ui, sans-serif; fill: #66707a; }
  .time, .note { fill: #66707a; } .ground { fill: #f7f7f5; } .life { stroke: #d0d4d3; stroke-width: 2; }
  .data-life { stroke: #8a5a00; stroke-width: 2; } .waits { stroke-dasharray: 4 3; }
  .pipe { fill: #dfe8f7; } .wall { stroke: #2458a6; stroke-width: 1.3; }
  .command { fill: #2458a6; stroke: #2458a6; } .reply { fill: #2f6f4f; stroke: #2f6f4f; }
  .data { fill: #8a5a00; stroke: #8a5a00; } .bad { fill: #b3261e; stroke: #b3261e; }
  text { stroke: none; } .arrow { stroke-width: 1.5; } .flow { stroke-width: 6; stroke-dasharray: 6 2; } .tip { stroke: none; }
  text.command, text.reply, text.data, text.bad { stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7ea; } .soft, .time, .note { fill: #98a2ac; } .ground { fill: #14171a; } .life { stroke: #333a41; }
    .data-life { stroke: #e3b35c; } .pipe { fill: #203047; } .wall { stroke: #8ab4f8; }
    .command { fill: #8ab4f8; stroke: #8ab4f8; } .reply { fill: #7fc8a0; stroke: #7fc8a0; }
    .data { fill: #e3b35c; stroke: #e3b35c; } .bad { fill: #f28b82; stroke: #f28b82; }
  }
</style>
)";

  std::string text_;
  bool has_several_ = false;
  int top_ = 0;
};
