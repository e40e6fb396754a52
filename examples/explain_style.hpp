#pragma once
// What both programs do for --explain beyond what the observer does.
#include <algorithm>
#include <cstdlib>

#include <ftplike/observers/explain.hpp>

#include "system/terminal.hpp"

/// As wide as the terminal, and with colours unless NO_COLOR is set; plain where no terminal is.
inline ftplike::ExplainStyle explain_style(int descriptor) {
  ftplike::ExplainStyle style;
  if (!is_terminal(descriptor)) return style;
  constexpr std::size_t widest = 120;
  if (const auto columns = columns_of(descriptor); columns > 0) style.columns = std::min(columns, widest);
  const char* const no_colour = std::getenv("NO_COLOR");
  style.colours = (no_colour == nullptr || *no_colour == '\0') && has_colours(descriptor);
  return style;
}
