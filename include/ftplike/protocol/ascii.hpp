#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace ftplike::inline v0_2 {

/// Turns local text, whose lines end with LF, into what TYPE A sends, chunk by chunk. RFC 959 §3.1.1.1.
///
/// A CRLF of the local text stays one CRLF: a file with DOS line endings arrives as it is instead of with a CR too
/// many in each line. The price is that such a file cannot be told from one with LF afterwards.
class AsciiEncoder {
 public:
  /// Appends the converted `in` to `out`.
  void convert(std::string_view in, std::string& out) {
    while (!in.empty()) {
      const auto end = in.find('\n');
      const auto line = in.substr(0, end);
      out.append(line);
      if (!line.empty()) after_cr_ = line.back() == '\r';
      if (end == in.npos) return;
      out.append(after_cr_ ? "\n" : "\r\n");
      after_cr_ = false;
      in.remove_prefix(end + 1);
    }
  }
  /// Ends the text. An encoder holds nothing back; this makes both directions alike.
  void finish(std::string&) noexcept { after_cr_ = false; }

 private:
  bool after_cr_ = false;
};

/// Turns what TYPE A sends into local text, chunk by chunk: CRLF becomes LF, a CR without LF stays. RFC 959 §3.1.1.1.
class AsciiDecoder {
 public:
  /// Appends the converted `in` to `out`. A CR at the end of `in` waits for what follows it.
  void convert(std::string_view in, std::string& out) {
    if (in.empty()) return;
    if (std::exchange(pending_cr_, false) && in[0] != '\n') out += '\r';
    if (in.back() == '\r') {
      pending_cr_ = true;
      in.remove_suffix(1);
    }
    while (!in.empty()) {
      const auto cr = std::min(in.find('\r'), in.size());
      out.append(in.substr(0, cr));
      in.remove_prefix(cr);
      if (in.empty()) return;
      if (in.substr(1, 1) != "\n") out += '\r';
      in.remove_prefix(1);
    }
  }
  /// Ends the text: appends a CR that still waits.
  void finish(std::string& out) {
    if (std::exchange(pending_cr_, false)) out += '\r';
  }

 private:
  bool pending_cr_ = false;
};

}  // namespace ftplike
