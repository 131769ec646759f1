// Everything of asyncio, for programs: #include "asyncio.hpp". Also brings print() and the literals 1s, 20ms.
#pragma once

#include <chrono>

#include "asyncio/async_generator.hpp"
#include "asyncio/barrier.hpp"
#include "asyncio/broker.hpp"
#include "asyncio/condition.hpp"
#include "asyncio/console.hpp"
#include "asyncio/delay_ms.hpp"
#include "asyncio/elo.hpp"
#include "asyncio/event.hpp"
#include "asyncio/exceptions.hpp"
#include "asyncio/gather.hpp"
#include "asyncio/getaddrinfo.hpp"
#include "asyncio/io_base.hpp"
#include "asyncio/launch.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/message.hpp"
#include "asyncio/open_connection.hpp"
#include "asyncio/queue.hpp"
#include "asyncio/ringbuf_queue.hpp"
#include "asyncio/semaphore.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/start_server.hpp"
#include "asyncio/stream.hpp"
#include "asyncio/task.hpp"
#include "asyncio/task_group.hpp"
#include "asyncio/thread_safe_event.hpp"
#include "asyncio/thread_safe_flag.hpp"
#include "asyncio/thread_safe_queue.hpp"
#include "asyncio/wait_all.hpp"
#include "asyncio/wait_any.hpp"
#include "asyncio/wait_for.hpp"

// For programs, which say sleep(1s); core's own files do not include this header.
using namespace std::chrono_literals;
