// compiles
#include <ftplike/command/table.hpp>

using namespace ftplike;

struct Session {};
struct Hello {
  static constexpr std::string_view verb = "HELO";
  static Reply run(auto&, std::string_view) { return {200, "Hello yourself"}; }
};
struct Other : Hello {
  static constexpr std::string_view verb = "OTHR";
};

const auto* found = CommandTable<Hello, Other>::find<Session>(Verb{"HELO"});
