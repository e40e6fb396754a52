#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>

namespace ftplike::inline v0_2 {

/// Takes Telnet's sequences out of what comes over a control connection and gives the text between them.
///
/// IAC IAC is one byte 0xFF; a negotiation, a subnegotiation, a command give nothing. Two habits of real peers pass as
/// well: the mark of a Synch may lack its IAC (or the IAC its mark) because that byte came as urgent data, and names
/// may hold a 0xFF that was not doubled. Sequences may be split over calls. RFC 854, RFC 959 §3.3.
class TelnetFilter {
 public:
  /// Calls `text(piece)` for each piece of text in `bytes`; a piece is never empty.
  template <class Text> void feed(std::string_view bytes, Text text) {
    while (!bytes.empty()) {
      if (state_ == State::text) {
        const auto size = std::min(bytes.find(iac), bytes.size());
        if (size > 0) give(bytes.substr(0, size), text);
        if (size < bytes.size()) state_ = State::command;
        bytes.remove_prefix(std::min(size + 1, bytes.size()));
      } else if (step(bytes.front(), text)) {
        bytes.remove_prefix(1);
      }
    }
  }

  /// Whether a sequence has begun and not ended.
  bool inside() const noexcept { return state_ != State::text && state_ != State::interrupted; }

 private:
  enum class State : std::uint8_t { text, command, option, subnegotiation, subnegotiation_command, interrupted };
  static constexpr char se = '\xF0', mark = '\xF2', interrupt = '\xF4', sb = '\xFA', will = '\xFB', dont = '\xFE',
                        iac = '\xFF';

  template <class Text> void give(std::string_view piece, Text& text) {
    line_start_ = piece.back() == '\n';
    text(piece);
  }

  /// Whether the byte belonged to a sequence; if not, it has yet to be looked at as text.
  template <class Text> bool step(char byte, Text& text) {
    switch (state_) {
      case State::command: return command(byte, text);
      case State::subnegotiation:
        if (byte == iac) state_ = State::subnegotiation_command;
        return true;
      case State::subnegotiation_command: state_ = byte == se ? State::text : State::subnegotiation; return true;
      case State::interrupted: state_ = State::text; return byte == mark;
      case State::option:
      case State::text: break;
    }
    state_ = State::text;
    return true;
  }

  template <class Text> bool command(char byte, Text& text) {
    const auto code = [](char c) { return static_cast<unsigned char>(c); };
    state_ = State::text;
    if (byte == iac) {
      give({&byte, 1}, text);
    } else if (code(byte) >= code(will) && code(byte) <= code(dont)) {
      state_ = State::option;
    } else if (byte == sb) {
      state_ = State::subnegotiation;
    } else if (byte == interrupt) {
      state_ = State::interrupted;
    } else if (code(byte) < code(se)) {
      // No Telnet command. Before a verb this is what is left of a Synch, anywhere else a byte of a name.
      if (!line_start_) give({&iac, 1}, text);
      return false;
    }
    return true;
  }

  State state_ = State::text;
  bool line_start_ = true;
};

}  // namespace ftplike
