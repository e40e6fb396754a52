#include <ftplike/src.hpp>
