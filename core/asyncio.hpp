// Everything of asyncio, for programs: #include "asyncio.hpp". Also brings print() and the literals 1s, 20ms.
#pragma once

#include <chrono>

#include "asyncio/console.hpp"
#include "asyncio/event.hpp"
#include "asyncio/exceptions.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "asyncio/wait_for.hpp"

// For programs, which say sleep(1s); core's own files do not include this header.
using namespace std::chrono_literals;
