#pragma once
// All of ftplike, and TLS by OpenSSL.
#include <ftplike/ftplike.hpp>
#include <ftplike/tls/transport.hpp>
#include <ftplike/verbs/security.hpp>
