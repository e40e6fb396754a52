# ftplike::compiled: the usual servers and clients, compiled once. It is built in the project that uses it, when it
# is used, so that it fits that project's compiler and flags.
if(NOT TARGET ftplike_compiled)
  add_library(ftplike_compiled STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/compiled.cpp)
  add_library(ftplike::compiled ALIAS ftplike_compiled)
  set_target_properties(ftplike_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_compile_definitions(ftplike_compiled PUBLIC FTPLIKE_SEPARATE_COMPILATION)
  target_link_libraries(ftplike_compiled PUBLIC ftplike::ftplike)
  if(TARGET ftplike::tls)
    target_sources(ftplike_compiled PRIVATE ${CMAKE_CURRENT_LIST_DIR}/compiled_tls.cpp)
    target_link_libraries(ftplike_compiled PUBLIC ftplike::tls)
  endif()
endif()
