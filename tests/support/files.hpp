#pragma once
// What dialogues have their files in: memory. tests/over_stores has another of the same name.
#include <ftplike/storage/memory.hpp>

using TestFiles = ftplike::MemoryStorage;
