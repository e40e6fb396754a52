// expect: CheckVerb<Culprit.*must be 1 to 8 letters or digits|must be 1 to 8 letters or digits.*CheckVerb<Culprit
#include <ftplike/command/table.hpp>

using namespace ftplike;

struct Session {};
struct Culprit {
  static constexpr std::string_view verb = "HE LO";
  static Reply run(auto&, std::string_view) { return {200, "Hello yourself"}; }
};

const auto* found = CommandTable<Culprit>::find<Session>(Verb{"HELO"});
