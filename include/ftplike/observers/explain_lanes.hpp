#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/observers/text.hpp>

namespace ftplike::inline v0_2 {

/// How `Explain` draws.
struct ExplainStyle {
  std::size_t columns = 96;  // from 80 on
  bool colours = false;      // for terminals that know ANSI's escapes
};

namespace detail {

enum class Paint { none, dim, command, good_reply, bad_reply, data, trouble };

/// What a row shows in one lane.
class LaneCell {
 public:
  LaneCell() = default;
  LaneCell(std::string its_text, Paint its_paint) : text{std::move(its_text)}, paint{its_paint} {}
  std::string text;
  Paint paint = Paint::none;
};

/// One connection drawn from left (the client) to right (the server) in a number of columns.
class Lane {
 public:
  explicit Lane(std::size_t columns) : columns_{columns} {}
  std::size_t columns() const noexcept { return columns_; }

  /// Words on their way to the server: `RETR a.txt ─────▶`.
  std::string to_server(std::string_view words) const {
    const auto text = cut_to(words, columns_ - 4);
    return text + ' ' + line("─", columns_ - columns_of(text) - 2) + "▶";
  }
  /// `◀───── 226 Download complete`.
  std::string to_client(std::string_view words) const {
    const auto text = cut_to(words, columns_ - 4);
    return "◀" + line("─", columns_ - columns_of(text) - 2) + ' ' + text;
  }
  /// Bytes on their way: `◀════ 12 bytes ════`.
  std::string flow(const std::string& words, bool towards_server) const {
    const auto text = cut_to(words, columns_ - 5);
    const auto rest = columns_ - columns_of(text) - 3;
    const auto left = line("═", rest / 2) + ' ' + text + ' ';
    return towards_server ? left + line("═", rest - rest / 2) + "▶" : "◀" + left + line("═", rest - rest / 2);
  }
  /// The two ends: `5000 ●── opened ──● 21`, with the first caption and the first names that there is room for.
  std::string ends(std::initializer_list<std::pair<std::string, std::string>> names, std::string_view end,
                   std::initializer_list<std::string> captions) const {
    for (const auto& caption : captions) {
      for (const auto& [left, right] : names) {
        const auto used = columns_of(left) + columns_of(right) + columns_of(caption) + 6;
        if (used + 2 > columns_) continue;
        const auto rest = columns_ - used;
        return left + ' ' + std::string{end} + line("─", rest / 2) + ' ' + caption + ' ' + line("─", rest - rest / 2) +
               std::string{end} + ' ' + right;
      }
    }
    return cut_to(*(captions.end() - 1), columns_);
  }
  std::string at_left(std::string_view words) const { return cut_to(words, columns_); }
  std::string at_right(std::string_view words) const {
    const auto text = cut_to(words, columns_);
    return std::string(columns_ - columns_of(text), ' ') + text;
  }
  /// Something at both sides and nothing between.
  std::string sides(std::string_view left, std::string_view right) const {
    const auto used = columns_of(left) + columns_of(right);
    return std::string{left} + std::string(columns_ - std::min(columns_, used), ' ') + std::string{right};
  }
  std::string padded(std::string_view text) const {
    const auto used = columns_of(text);
    return std::string{text} + std::string(columns_ - std::min(columns_, used), ' ');
  }

  static std::string line(std::string_view glyph, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += glyph;
    return result;
  }

 private:
  std::size_t columns_;
};

/// The page on which the two connections of each session stand side by side.
class Lanes {
 public:
  explicit Lanes(const ExplainStyle& style)
      : control{room(style) - room(style) * 9 / 20}, data{room(style) * 9 / 20}, colours_{style.colours} {}

  const Lane control, data;

  std::string top() const {
    const auto title = [](const Lane& lane, std::string_view words) {
      return "─ " + std::string{words} + ' ' + Lane::line("─", lane.columns() - words.size() - 1);
    };
    return margin("") +
           painted("╭" + title(control, "control connection") + "┬" + title(data, "data connections") + "╮",
                   Paint::dim);
  }
  std::string names() const {
    return assembled(margin(" seconds"), {control.sides("client", "server"), Paint::dim},
                     {data.sides("client", "server"), Paint::dim});
  }
  std::string bottom() const {
    return margin("") +
           painted("╰" + Lane::line("─", control.columns() + 2) + "┴" + Lane::line("─", data.columns() + 2) + "╯",
                   Paint::dim);
  }
  std::string row(double seconds, std::uint64_t session, const LaneCell& in_control, const LaneCell& in_data) const {
    std::array<char, 32> time{};
    std::snprintf(time.data(), time.size(), "%8.*f ", seconds < 10'000 ? 3 : 0, seconds);
    auto tag = '#' + std::to_string(session);
    tag.resize(std::max<std::size_t>(tag.size(), 5), ' ');
    if (colours_) tag = "\x1b[1;" + std::to_string(31 + (session - 1) % 6) + 'm' + tag + "\x1b[0m";
    return assembled(painted(time.data(), Paint::dim) + tag, in_control, in_data);
  }

 private:
  static constexpr std::size_t margin_columns = 14;
  static std::size_t room(const ExplainStyle& style) {
    return std::max<std::size_t>(style.columns, 80) - margin_columns - 7;
  }
  std::string margin(std::string_view words) const {
    return painted(std::string{words} + std::string(margin_columns - words.size(), ' '), Paint::dim);
  }
  std::string assembled(const std::string& prefix, const LaneCell& in_control, const LaneCell& in_data) const {
    return prefix + painted("│ ", Paint::dim) + painted(control.padded(in_control.text), in_control.paint) +
           painted(" │ ", Paint::dim) + painted(data.padded(in_data.text), in_data.paint) + painted(" │", Paint::dim);
  }
  std::string painted(const std::string& text, Paint paint) const {
    if (!colours_ || paint == Paint::none) return text;
    const auto code = [paint] {
      switch (paint) {
        case Paint::dim: return "2";
        case Paint::command: return "36";
        case Paint::good_reply: return "32";
        case Paint::bad_reply: return "31";
        case Paint::data: return "33";
        case Paint::trouble: return "1;31";
        case Paint::none: break;
      }
      return "0";
    }();
    return std::string{"\x1b["} + code + 'm' + text + "\x1b[0m";
  }

  bool colours_;
};

}  // namespace detail
}  // namespace ftplike
