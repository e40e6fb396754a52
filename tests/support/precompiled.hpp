#pragma once
// What nearly every test needs and takes long to read, read once. No header of the library but its door to Asio: each
// test begins with the header that it tests, which shows that it stands alone.
#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <ftplike/io/asio.hpp>
