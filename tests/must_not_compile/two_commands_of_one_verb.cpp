// expect: CheckVerb<[^>]*Culprit.*the same verb|the same verb.*CheckVerb<[^>]*Culprit
#include <ftplike/command/table.hpp>

using namespace ftplike;

struct Session {};
struct Hello {
  static constexpr std::string_view verb = "HELO";
  static Reply run(auto&, std::string_view) { return {200, "Hello yourself"}; }
};
struct Culprit : Hello {
  static constexpr std::string_view verb = "helo";
};

const auto* found = CommandTable<Hello, Culprit>::find<Session>(Verb{"HELO"});
