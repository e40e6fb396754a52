#include <ftplike/protocol/line_buffer.hpp>

#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

using ftplike::Line;
using ftplike::LineBuffer;
using ftplike::LineDefect;

std::vector<Line> drained(LineBuffer& buffer, std::size_t limit) {
  std::vector<Line> lines;
  while (auto line = buffer.next()) {
    fuzz::require(line->text.size() <= limit && line->text.find('\n') == std::string::npos);
    const bool clean = line->text.find_first_of(std::string_view{"\r\0", 2}) == std::string::npos;
    if (line->defect == LineDefect::none) fuzz::require(clean);
    if (line->defect == LineDefect::nul || line->defect == LineDefect::stray_cr) fuzz::require(!clean);
    lines.push_back(*line);
  }
  fuzz::require(buffer.lines() == 0);
  return lines;
}

void feed(LineBuffer& buffer, std::string_view bytes, std::size_t piece, std::size_t limit) {
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffer.feed(bytes.substr(at, piece));
    fuzz::require(buffer.bytes() <= LineBuffer::read_ahead + limit + 4);
  }
}

void expect_to_recover(LineBuffer& buffer, std::size_t limit) {
  drained(buffer, limit);
  buffer.feed("\xFF\xF0\xFF\xF0\nNOOP\r\n");
  const auto lines = drained(buffer, limit);
  fuzz::require(!lines.empty() && lines.back() == Line{"NOOP"});
  fuzz::require(buffer.empty() && !buffer.clear());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input{data, size};
  const auto limit = input.number(4, 64), piece = input.number(1, 32);
  const auto bytes = input.text();

  LineBuffer whole{limit}, pieces{limit}, bytewise{limit};
  feed(whole, bytes, bytes.size() + 1, limit);
  feed(pieces, bytes, piece, limit);
  feed(bytewise, bytes, 1, limit);
  fuzz::require(whole.lines() == pieces.lines() && whole.bytes() == pieces.bytes() && whole.empty() == pieces.empty());
  const auto lines = drained(whole, limit);
  fuzz::require(drained(pieces, limit) == lines);
  fuzz::require(drained(bytewise, limit) == lines);
  fuzz::require(whole.bytes() <= limit + 1);
  expect_to_recover(whole, limit);

  // A session of the ftp-like dialect, of which each piece is taken for a command.
  LineBuffer session{limit};
  bool ended = false;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    session.feed(bytes.substr(at, piece));
    while (const auto line = session.next()) ended = ended || line->defect != LineDefect::too_long;
    if (!session.unterminated().empty()) {
      fuzz::require(!ended);
      if (const auto command = session.take_unterminated(); command && command->defect == LineDefect::none) {
        fuzz::require(command->text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos);
      }
      fuzz::require(session.unterminated().empty() && session.bytes() == 0);
    }
  }
  const bool waits = !session.empty();
  fuzz::require(session.clear() == waits && session.empty() && !session.next());
  expect_to_recover(session, limit);
  return 0;
}
