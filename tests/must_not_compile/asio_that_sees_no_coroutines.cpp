// expect: define ASIO_HAS_CO_AWAIT=1 and ASIO_HAS_STD_COROUTINE=1 for the whole program
#undef ASIO_HAS_CO_AWAIT
#define ASIO_DISABLE_CO_AWAIT
#include <ftplike/io/asio.hpp>
