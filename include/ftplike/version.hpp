#pragma once

/// The version of this library, as text and as a number that can be compared: 1.2.3 is 10203.
#define FTPLIKE_VERSION_STRING "0.2.0"
#define FTPLIKE_VERSION 200
