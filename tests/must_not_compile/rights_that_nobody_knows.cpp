// expect: this_names_no_rights
#include <ftplike/server.hpp>

using namespace ftplike;

const Anonymous culprit{.logins = "reed"};
