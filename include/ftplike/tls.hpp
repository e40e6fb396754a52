#pragma once
// All of ftplike, and TLS by OpenSSL.
#include <ftplike/ftplike.hpp>
#include <ftplike/io/tls.hpp>
#include <ftplike/verbs/security.hpp>
