# The toolchain of the preset "windows_clang": Clang for Windows, with the library and the headers of Debian's MinGW-w64.
# It takes half the time and half the memory of that one's own compiler, and its linker a tenth.
include(${CMAKE_CURRENT_LIST_DIR}/windows.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/clang.cmake)
execute_process(COMMAND ${FTPLIKE_MINGW_CXX} -print-libgcc-file-name OUTPUT_VARIABLE library OUTPUT_STRIP_TRAILING_WHITESPACE)
cmake_path(GET library PARENT_PATH library)  # Clang takes the one without std::thread, or finds none
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_TARGET x86_64-w64-mingw32)
  set(CMAKE_${language}_FLAGS_INIT -femulated-tls)  # as that library is compiled
endforeach()
string(APPEND CMAKE_CXX_FLAGS_INIT " -nostdinc++ -isystem ${library}/include/c++ -isystem ${library}/include/c++/x86_64-w64-mingw32")
# std::type_info compares in the library and in each unit.
string(PREPEND CMAKE_EXE_LINKER_FLAGS_INIT "-static -pthread -L${library} -Wl,--allow-multiple-definition ")
