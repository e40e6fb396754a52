#include "picture.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "../picture/of_recording.hpp"
#include "../picture/svg.hpp"
#include "page_text.hpp"
#include "sections.hpp"
#include "settings.hpp"

namespace {

std::string read(const std::string& file) {
  const auto why = [&file] { return "cannot read " + file + ": " + std::generic_category().message(errno); };
  std::ifstream stream{file, std::ios::binary};
  if (!stream) throw LocalFailure{why()};
  try {
    return {std::istreambuf_iterator<char>{stream}, {}};
  } catch (const std::ios_base::failure&) { throw LocalFailure{why()}; }
}

/// The page with the rows in it, in which no text can end the script that they stand in.
std::string page_with(const std::vector<Row>& rows) {
  std::string json = "[";
  for (const auto& row : rows) json += (json.size() > 1 ? ",\n" : "") + json_of(row);
  json += ']';
  std::string page{page_text};
  std::string embedded = "<script type=\"application/json\" id=\"recorded\">";
  for (const char c : json) embedded += c == '<' ? std::string{"\\u003c"} : std::string{c};
  return page.insert(page.find("<script"), embedded + "</script>\n");
}

}  // namespace

std::string picture_of(const std::string& file, bool as_page) {
  const auto text = read(file);
  std::string complaint;
  const auto recording = ftplike::Recording::parse(text, complaint);
  if (!recording) throw LocalFailure{file + ": " + complaint};
  const bool by_client = text.find("\n# recorded by the client\n") != text.npos;
  const auto end = by_client ? ftplike::End::client : ftplike::End::server;
  const auto rows = RecordingShower::rows_of(*recording, end, section_of);
  return as_page ? page_with(rows) : SvgDrawing::svg_of(rows);
}
