#include "drivers/callback_slot.hpp"

#include <exception>

#include "asyncio/loop.hpp"

namespace drivers {

void report_callback_exception() {
  asyncio::event_loop.call_exception_handler(
      {"Exception in callback", std::current_exception(), asyncio::current_task()});
}

}  // namespace drivers
