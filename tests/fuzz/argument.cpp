#include <ftplike/protocol/argument.hpp>

#include <string>

#include <ftplike/protocol/command_line.hpp>
#include <ftplike/protocol/line_buffer.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::Input{data, size}.text();
  const auto argument = ftplike::Argument::from(text);
  fuzz::require(argument.has_value() == (text.find_first_of(std::string_view{"\r\n\0", 3}) == text.npos));
  if (!argument) return 0;

  const ftplike::Verb verb{"STOR"};
  ftplike::LineBuffer server{size + 5};
  server.feed(ftplike::command_wire(verb, &*argument));
  const auto line = server.next();
  fuzz::require(line && line->defect == ftplike::LineDefect::none && server.empty());
  fuzz::require(line->text == ftplike::command_text(verb, &*argument));
  const auto command = ftplike::parse_command(line->text);
  const bool is_blank = text.find_first_not_of(" \t") == text.npos;
  fuzz::require(command.verb == verb && command.has_argument && command.argument == (is_blank ? std::string_view{} : text));
  return 0;
}
