#pragma once
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

/// The words of the prompt: how each is used, and what it does.
using PromptWords = std::vector<std::pair<std::string, std::string>>;

/// What a manual page says that the command line does not know.
struct ManualTexts {
  int section;
  std::string what;      // the program is, in a few words
  std::string operands;  // of the program itself; none if empty
  PromptWords words{};   // none if empty
};

/// A program's manual page, as man(1) has it, and its completions for bash and zsh. All from what the command line
/// knows of itself.
std::string manual_page(const CLI::App& app, const ManualTexts& texts);
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
