#pragma once
// All verbs of standard FTP.
#include <ftplike/verbs/access.hpp>
#include <ftplike/verbs/files.hpp>
#include <ftplike/verbs/information.hpp>
#include <ftplike/verbs/listing.hpp>
#include <ftplike/verbs/names.hpp>
#include <ftplike/verbs/parameters.hpp>
#include <ftplike/verbs/security.hpp>
#include <ftplike/verbs/transfer.hpp>
