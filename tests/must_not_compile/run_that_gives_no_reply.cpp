// expect: CheckCommand<Culprit.*cannot run on session|cannot run on session.*CheckCommand<Culprit
#include <ftplike/command/table.hpp>

using namespace ftplike;

struct Session {};
struct Culprit {
  static constexpr std::string_view verb = "HELO";
  static void run(auto&, std::string_view) {}
};

const auto* found = CommandTable<Culprit>::find<Session>(Verb{"HELO"});
