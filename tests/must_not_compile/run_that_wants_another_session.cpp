// expect: CheckCommand<Culprit.*S must offer what run|S must offer what run.*CheckCommand<Culprit
#include <ftplike/command/table.hpp>

using namespace ftplike;

struct Session {};
struct Culprit {
  static constexpr std::string_view verb = "HELO";
  static Reply run(auto& session, std::string_view) requires requires { session.mood(); }
  { return {200, "Fine"}; }
};

const auto* found = CommandTable<Culprit>::find<Session>(Verb{"HELO"});
