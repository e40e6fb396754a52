#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "configuration.hpp"

/// One thing that the operator can say, on the command line and in a configuration file alike.
struct Setting {
  const char* group;  // of --help
  const char* name;
  const char* value;  // what a value looks like; empty: the setting is a switch
  bool repeatable;
  const char* help;
  /// Takes a value over. **Errors:** `std::invalid_argument`.
  void (*apply)(Configuration&, const std::string& value);
  bool is_limit = false;  // which may change while the server runs

  bool is_switch() const noexcept { return *value == '\0'; }
};

/// All there are.
std::span<const Setting> settings();

/// What was said of a setting, and where.
struct Said {
  std::string where;  // for errors: `--root`, `server.toml:3: root`
  std::vector<std::string> values;
};
/// What was said of all settings, by their names.
using AllSaid = std::map<std::string, Said>;

/// Gives a limit a value. **Errors:** `std::invalid_argument`.
void apply_limit(Configuration& configuration, const std::string& name, const std::string& value);

/// **Errors:** `Failure`, in one line that says where.
Configuration configure(const AllSaid& said);
