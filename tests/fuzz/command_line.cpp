#include <ftplike/protocol/command_line.hpp>

#include <string>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto line = fuzz::Input{data, size}.text();
  const auto command = ftplike::parse_command(line);
  fuzz::require(command.has_argument || command.argument.empty());
  fuzz::require(line.find(command.argument) != line.npos);
  if (!command.verb) return 0;
  auto written = command.verb.text();
  if (command.has_argument) written.append(1, ' ').append(command.argument);
  fuzz::require(written.size() <= line.size());
  const auto again = ftplike::parse_command(written);
  fuzz::require(again.verb == command.verb && again.argument == command.argument);
  return 0;
}
