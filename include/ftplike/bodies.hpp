#pragma once
// The bodies of servers and clients. Only a unit with parts of its own needs to include it, and that only where
// FTPLIKE_SEPARATE_COMPILATION is defined: <ftplike/ftplike.hpp> has all of it otherwise.
#include <ftplike/client/blocking_bodies.hpp>
#include <ftplike/client/bodies.hpp>
#include <ftplike/ftplike.hpp>
#include <ftplike/server/core.hpp>
#include <ftplike/verbs/all.hpp>
