#include "manual.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

namespace {

/// A text of roff: nothing in it is a command or a hyphen that may break.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '-') out += '\\';
    if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
    out += c;
  }
  return out;
}

std::vector<const CLI::Option*> named_options(const CLI::App& app) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional() && !option->get_group().empty()) options.push_back(option);
  }
  return options;
}

void append_options(std::string& out, const CLI::App& app) {
  const std::string usual_group = app.get_help_ptr()->get_group();
  std::string group = usual_group;
  for (const CLI::Option* option : named_options(app)) {
    if (option->get_group() != group) {
      group = option->get_group();
      if (group != usual_group) out += ".SS \"" + roff(group) + "\"\n";
    }
    out += ".TP\n.B " + roff(option->get_name()) + '\n';
    const std::string takes = option->get_expected_min() == 0 ? "" : option->get_type_name();
    const std::string usual = option->get_default_str();
    if (!takes.empty()) out += ".I " + roff(takes) + "\n.br\n";
    out += roff(option->get_description()) + (usual.empty() ? "" : " (" + roff(usual) + ")") + '\n';
  }
}

/// "get url [destination]".
std::string synopsis(const CLI::App& word) {
  std::string out = word.get_name();
  for (const CLI::Option* option : word.get_options()) {
    if (option->nonpositional()) continue;
    const std::string name = option->get_name(true);
    out += option->get_required() ? ' ' + name : " [" + name + ']';
  }
  return out;
}

std::vector<const CLI::App*> words_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* word) { return !word->get_group().empty(); });
}

/// The long names of all options, and the short ones of those that have no other.
std::string option_names(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : named_options(app)) {
    for (const auto& name : option->get_lnames()) names += " --" + name;
    if (!option->get_lnames().empty()) continue;
    for (const auto& name : option->get_snames()) names += " -" + name;
  }
  return names;
}

/// All options and words, between blanks.
std::string all_names(const CLI::App& app) {
  std::string names = option_names(app);
  for (const CLI::App* word : words_of(app)) names += ' ' + word->get_name() + option_names(*word);
  return names.substr(1);
}

}  // namespace

std::string manual_page(const CLI::App& app, const ManualTexts& texts) {
  const std::string name = roff(app.get_name());
  std::string title = name;
  std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string out = ".TH " + title + ' ' + std::to_string(texts.section) + '\n';
  out += ".SH NAME\n" + name + " \\- " + roff(texts.what) + "\n.SH SYNOPSIS\n";
  out += ".B " + name + "\n[options]" + (texts.operands.empty() ? "" : ' ' + roff(texts.operands)) + '\n';
  for (const CLI::App* word : words_of(app)) out += ".br\n.B " + name + "\n[options] " + roff(synopsis(*word)) + '\n';
  out += ".SH DESCRIPTION\n" + roff(app.get_description()) + "\n.SH OPTIONS\n";
  append_options(out, app);
  for (const CLI::App* word : words_of(app)) {
    out += ".SS \"" + roff(synopsis(*word)) + "\"\n" + roff(word->get_description()) + '\n';
    append_options(out, *word);
    if (!word->get_footer().empty()) out += ".PP\n" + roff(word->get_footer()) + '\n';
  }
  if (!texts.words.empty()) out += ".SH COMMANDS\nAt the prompt, in a pipe, and with \\-c:\n";
  for (const auto& [usage, help] : texts.words) out += ".TP\n.B " + roff(usage) + '\n' + roff(help) + '\n';
  out += ".SH NOTES\n.nf\n" + roff(app.get_footer()) + "\n.fi\n";
  return out;
}

std::string bash_completion(const CLI::App& app) {
  std::string function = '_' + app.get_name();
  std::replace(function.begin(), function.end(), '-', '_');
  return function +
         "() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]}\n"
         "  COMPREPLY=($(compgen -W '" +
         all_names(app) +
         "' -- \"$word\") $(compgen -f -- \"$word\"))\n"
         "}\n"
         "complete -o filenames -F " +
         function + ' ' + app.get_name() + '\n';
}

std::string zsh_completion(const CLI::App& app) {
  return "#compdef " + app.get_name() + "\ncompadd -- " + all_names(app) + "\n_files\n";
}
