#include "manual.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

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
  for (const CLI::Option* option : named_options(app)) {
    out += ".TP\n.B " + roff(option->get_name()) + '\n';
    std::string takes = option->get_expected_min() == 0 ? "" : option->get_type_name();
    takes = takes.substr(0, takes.find(':'));
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

std::string long_names(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : named_options(app)) {
    for (const auto& name : option->get_lnames()) names += " --" + name;
  }
  return names;
}

/// All options and words, between blanks.
std::string all_names(const CLI::App& app) {
  std::string names = long_names(app) + " -c";
  for (const CLI::App* word : words_of(app)) names += ' ' + word->get_name() + long_names(*word);
  return names.substr(1);
}

}  // namespace

std::string manual_page(const CLI::App& app, const PromptWords& words) {
  std::string out = ".TH FTPLIKE\\-CLIENT 1\n.SH NAME\nftplike\\-client \\- an FTP client\n.SH SYNOPSIS\n";
  out += ".B ftplike\\-client\n[options] [host [port] | url]\n";
  for (const CLI::App* word : words_of(app))
    out += ".br\n.B ftplike\\-client\n[options] " + roff(synopsis(*word)) + '\n';
  out += ".SH DESCRIPTION\n" + roff(app.get_description()) + "\n.SH OPTIONS\n";
  append_options(out, app);
  for (const CLI::App* word : words_of(app)) {
    out += ".SS \"" + roff(synopsis(*word)) + "\"\n" + roff(word->get_description()) + '\n';
    append_options(out, *word);
  }
  out += ".SH COMMANDS\nAt the prompt, in a pipe, and with \\-c:\n";
  for (const auto& [usage, help] : words) out += ".TP\n.B " + roff(usage) + '\n' + roff(help) + '\n';
  out += ".SH NOTES\n.nf\n" + roff(app.get_footer()) + "\n.fi\n";
  return out;
}

std::string bash_completion(const CLI::App& app) {
  return "_ftplike_client() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]}\n"
         "  COMPREPLY=($(compgen -W '" +
         all_names(app) +
         "' -- \"$word\") $(compgen -f -- \"$word\"))\n"
         "}\n"
         "complete -o filenames -F _ftplike_client ftplike-client\n";
}

std::string zsh_completion(const CLI::App& app) {
  return "#compdef ftplike-client\ncompadd -- " + all_names(app) + "\n_files\n";
}
