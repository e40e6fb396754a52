// docs/errors.md against the errors that there are, the replies to them, and what the client tries again.
#include <ftplike/client/retry.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;

/// "timed_out" of a value that has a name; of one that has none something else.
template <Errc Value> std::string name_of_error() {
  std::string_view text = __PRETTY_FUNCTION__;  // … Value = ftplike::v0_2::Errc::timed_out …
  text.remove_prefix(text.find("Value = ") + 8);
  text = text.substr(0, text.find_first_of(";]"));
  return std::string{text.substr(text.rfind(':') + 1)};
}

template <int... Numbers> std::vector<std::string> names_of_errors(std::integer_sequence<int, Numbers...>) {
  std::vector<std::string> names;
  for (auto& name : {name_of_error<static_cast<Errc>(Numbers + 1)>()...}) {
    if (name.find_first_of("()0123456789") == name.npos) names.push_back(name);
  }
  return names;
}

std::string without_marks(std::string cell) {
  std::erase(cell, '`');
  return cell;
}

/// The tables of the document by their first heading: their rows, of which each is its cells.
std::vector<std::vector<std::string>> rows_beneath(std::string_view heading) {
  std::ifstream document{FTPLIKE_DOCS "/errors.md"};
  std::vector<std::vector<std::string>> rows;
  bool inside = false;
  for (std::string line; std::getline(document, line);) {
    if (!line.starts_with("| ")) {
      inside = false;
    } else if (line.starts_with("| " + std::string{heading} + " |")) {
      inside = true;
    } else if (inside && !line.starts_with("| ---")) {
      std::vector<std::string> cells;
      std::istringstream parts{line.substr(2)};
      for (std::string cell; std::getline(parts, cell, '|');) {
        cells.push_back(without_marks(cell.substr(cell.find_first_not_of(' '), cell.find_last_not_of(' ') + 1)));
        while (cells.back().ends_with(' ')) cells.back().pop_back();
      }
      rows.push_back(std::move(cells));
    }
  }
  return rows;
}

std::vector<std::string> words_of(std::string text) {
  for (char& c : text) {
    if (c == ',' || c == ';') c = ' ';
  }
  std::istringstream stream{text};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string reply_text(std::error_code error) {
  const Reply reply = reply_for(error);
  return std::to_string(reply.code()) + ' ' + reply.text();
}

const std::map<std::string, std::errc>& system_errors() {
  using enum std::errc;
  static const std::map<std::string, std::errc> all{
      {"no_such_file_or_directory", no_such_file_or_directory},
      {"permission_denied", permission_denied},
      {"operation_not_permitted", operation_not_permitted},
      {"cross_device_link", cross_device_link},
      {"too_many_symbolic_link_levels", too_many_symbolic_link_levels},
      {"read_only_file_system", read_only_file_system},
      {"not_a_directory", not_a_directory},
      {"is_a_directory", is_a_directory},
      {"directory_not_empty", directory_not_empty},
      {"file_exists", file_exists},
      {"filename_too_long", filename_too_long},
      {"invalid_argument", invalid_argument},
      {"no_space_on_device", no_space_on_device},
      {"file_too_large", file_too_large},
      {"connection_reset", connection_reset},
      {"broken_pipe", broken_pipe},
      {"connection_aborted", connection_aborted},
      {"timed_out", timed_out},
      {"not_connected", not_connected},
      {"function_not_supported", function_not_supported},
  };
  return all;
}

TEST(ErrorsOfTheDocument, AreAllThatThereAre) {
  const auto names = names_of_errors(std::make_integer_sequence<int, 64>{});
  std::vector<std::string> told;
  for (const auto& row : rows_beneath("`Errc`")) told.push_back(row.front());
  EXPECT_EQ(told, names);
}

TEST(ErrorsOfTheDocument, AreAnsweredAndTriedAgainAsItSays) {
  int value = 0;
  for (const auto& row : rows_beneath("`Errc`")) {
    ASSERT_EQ(row.size(), 5u) << row.front();
    const std::error_code error{++value, ftplike_category()};
    EXPECT_EQ(row[2], reply_text(error)) << row.front();
    const ClientError failure{error, "RETR", Channel::data};
    EXPECT_EQ(row[4], is_transient(failure) ? "yes" : "no") << row.front();
  }
  EXPECT_GT(value, 0);
}

TEST(ErrorsOfTheDocument, OfTheSystemAreAnsweredAsItSays) {
  std::size_t found = 0;
  for (const auto& row : rows_beneath("a server replies")) {
    for (const auto& word : words_of(row[1])) {
      const auto error = system_errors().find(word);
      if (error == system_errors().end()) continue;
      ++found;
      EXPECT_EQ(row[0], reply_text(std::make_error_code(error->second))) << word;
    }
  }
  EXPECT_EQ(found, system_errors().size() - 2);  // two are of clients alone
}

TEST(RepliesOfTheDocument, EqualTheErrorsThatItSays) {
  const auto rows = rows_beneath("reply");
  std::map<int, std::string> told;
  for (const auto& row : rows) {
    for (const auto& code : words_of(row[0])) told[std::stoi(code)] = row[1];
  }
  for (int code = 400; code < 600; ++code) {
    const std::error_code error{code, reply_category()};
    const auto equal = told.find(code);
    for (const auto& [name, system] : system_errors()) {
      EXPECT_EQ(error == system, equal != told.end() && equal->second == name) << code << ' ' << name;
    }
  }
}

}  // namespace
