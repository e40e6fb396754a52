#include <ftplike/tls/src.hpp>
