#pragma once
// What both programs do for --explain beyond what the observer does.
#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

#include <ftplike/observers/explain.hpp>

/// As wide as the terminal, and with colours unless NO_COLOR is set; plain where no terminal is.
inline ftplike::ExplainStyle explain_style(int descriptor) {
  ftplike::ExplainStyle style;
  if (::isatty(descriptor) == 0) return style;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    style.columns = std::min<std::size_t>(size.ws_col, 120);
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  style.colours =
      (no_colour == nullptr || *no_colour == '\0') && terminal != nullptr && std::string_view{terminal} != "dumb";
  return style;
}
