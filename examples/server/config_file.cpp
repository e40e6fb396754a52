#include "config_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <toml++/toml.h>

#include "../system/paths.hpp"
#include "failure.hpp"

namespace {

std::string at(const std::string& path, const toml::source_position& position) {
  return path + ':' + std::to_string(position.line) + ": ";
}

/// A value as it would be said on the command line.
std::string text_of(const toml::node& node, const std::string& where) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto number = node.value_exact<double>()) {
    std::ostringstream text;
    text << *number;
    return text.str();
  }
  throw Failure{Ending::bad_configuration, where + ": neither text nor a number"};
}

std::vector<std::string> values_of(const Setting& setting, const toml::node& node, const std::string& where) {
  if (setting.is_switch()) {
    const auto on = node.value_exact<bool>();
    if (!on) throw Failure{Ending::bad_configuration, where + ": neither true nor false"};
    return std::vector<std::string>(*on ? 1 : 0);
  }
  const auto* const several = node.as_array();
  if (!several) return {text_of(node, where)};
  if (!setting.repeatable) throw Failure{Ending::bad_configuration, where + ": only one value can be given"};
  std::vector<std::string> values;
  for (const auto& one : *several) values.push_back(text_of(one, where));
  return values;
}

}  // namespace

AllSaid read_config_file(const std::string& path) {
  std::ifstream file{path_of(path), std::ios::binary};
  std::ostringstream text;
  file.peek();  // a folder can be opened, but not read
  if (!file.is_open() || file.bad()) {
    throw Failure{Ending::bad_configuration,
                  why("cannot read " + path, std::error_code{errno ? errno : EIO, std::generic_category()})};
  }
  text << file.rdbuf();
  toml::table table;
  try {
    table = toml::parse(text.str(), path);
  } catch (const toml::parse_error& error) {
    throw Failure{Ending::bad_configuration, at(path, error.source().begin) + std::string{error.description()}};
  }
  AllSaid said;
  for (const auto& [key, node] : table) {
    const std::string name{key.str()};
    const auto setting =
        std::find_if(settings().begin(), settings().end(), [&](const Setting& one) { return one.name == name; });
    if (setting == settings().end()) {
      throw Failure{Ending::bad_configuration, at(path, key.source().begin) + "no such setting: " + name};
    }
    const std::string where = at(path, node.source().begin) + name;
    said[name] = Said{where, values_of(*setting, node, where)};
  }
  return said;
}
