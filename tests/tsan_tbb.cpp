// Shows the thread sanitizer what it cannot see: where TBB hands work from one thread to another.
//
// Debian's libtbb is not built for the sanitizer, so that every parallel_for looks like a race. This
// file stands between TBB's headers and the library, in builds with -fsanitize=thread only, and says
// three things, each exact, none about our own code:
//   what was written before a task was spawned is seen by the thread that executes it;
//   what the tasks wrote is seen when the wait for them returns;
//   memory that TBB frees and gives out again carries no history.
// Races between the bodies of two tasks are reported as ever. Compiled without the sanitizer itself,
// so that its own lock orders nothing. Written against oneTBB 2021.8; needs its entry points by name.
#include <dlfcn.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <unordered_map>
#include <utility>

extern "C" void* __libc_malloc(std::size_t);
extern "C" void __libc_free(void*);
extern "C" void __tsan_acquire(void*);
extern "C" void __tsan_release(void*);

namespace tbb::detail {

static_assert(sizeof(d1::wait_context) == 2 * sizeof(std::uint64_t),
              "the reference count is the second word of a wait_context");

namespace {

/// The library's own entry point.
template <class Function>
Function* library(const char* symbol) {
  void* address = dlsym(RTLD_NEXT, symbol);
  if (!address) std::abort();
  return reinterpret_cast<Function*>(address);
}

/// The table of virtual functions of an object.
void*& table_of(void* object) { return *static_cast<void**>(object); }

/// Memory of glibc, of which the sanitizer keeps no record.
template <class T>
struct Unrecorded {
  using value_type = T;
  Unrecorded() = default;
  template <class U>
  Unrecorded(const Unrecorded<U>&) {}
  T* allocate(std::size_t n) {
    void* memory = __libc_malloc(n * sizeof(T));
    if (!memory) std::abort();
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) { __libc_free(memory); }
  friend bool operator==(Unrecorded, Unrecorded) { return true; }
};

/// Tasks that were handed over, with their own tables.
class HandedOver {
 public:
  void put(d1::task* task, void* table) {
    lock();
    tables_[task] = table;
    unlock();
  }
  void* take(d1::task* task) {
    lock();
    const auto found = tables_.find(task);
    if (found == tables_.end()) std::abort();
    void* table = found->second;
    tables_.erase(found);
    unlock();
    return table;
  }

 private:
  void lock() {
    while (busy_.test_and_set(std::memory_order_acquire)) {
    }
  }
  void unlock() { busy_.clear(std::memory_order_release); }
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  std::unordered_map<d1::task*, void*, std::hash<d1::task*>, std::equal_to<>,
                     Unrecorded<std::pair<d1::task* const, void*>>>
      tables_;
};

HandedOver& handed_over() {
  static HandedOver* const all = new HandedOver;  // outlives the threads of the library
  return *all;
}

/// Lent to a task between spawn and execution: gives it its own table back and says what it may see.
struct Gate final : d1::task {
  static d1::task& open(d1::task* self) {
    table_of(self) = handed_over().take(self);
    __tsan_acquire(self);
    asm volatile("" : "+r"(self) : : "memory");  // what self is has just changed
    return *self;
  }
  d1::task* execute(d1::execution_data& data) override { return open(this).execute(data); }
  d1::task* cancel(d1::execution_data& data) override { return open(this).cancel(data); }
};

void hand_over(d1::task& task) {
  static Gate gate;
  handed_over().put(&task, table_of(&task));
  __tsan_release(&task);
  table_of(&task) = table_of(&gate);
}

void* count_of(d1::wait_context& waited) { return reinterpret_cast<char*>(&waited) + sizeof(std::uint64_t); }

struct GatedDelegate final : d1::delegate_base {
  explicit GatedDelegate(d1::delegate_base& d) : own(d) {}
  bool operator()() const override {
    __tsan_acquire(&own);
    const bool result = own();
    __tsan_release(&own);
    return result;
  }
  d1::delegate_base& own;
};

}  // namespace

namespace r1 {

void spawn(d1::task& task, d1::task_group_context& context) {
  static auto* const real = library<void(d1::task&, d1::task_group_context&)>(
      "_ZN3tbb6detail2r15spawnERNS0_2d14taskERNS2_18task_group_contextE");
  hand_over(task);
  real(task, context);
}

void spawn(d1::task& task, d1::task_group_context& context, d1::slot_id slot) {
  static auto* const real = library<void(d1::task&, d1::task_group_context&, d1::slot_id)>(
      "_ZN3tbb6detail2r15spawnERNS0_2d14taskERNS2_18task_group_contextEt");
  hand_over(task);
  real(task, context, slot);
}

void enqueue(d1::task& task, d1::task_arena_base* arena) {
  static auto* const real =
      library<void(d1::task&, d1::task_arena_base*)>("_ZN3tbb6detail2r17enqueueERNS0_2d14taskEPNS2_15task_arena_baseE");
  hand_over(task);
  real(task, arena);
}

void enqueue(d1::task& task, d1::task_group_context& context, d1::task_arena_base* arena) {
  static auto* const real = library<void(d1::task&, d1::task_group_context&, d1::task_arena_base*)>(
      "_ZN3tbb6detail2r17enqueueERNS0_2d14taskERNS2_18task_group_contextEPNS2_15task_arena_baseE");
  hand_over(task);
  real(task, context, arena);
}

void execute_and_wait(d1::task& task, d1::task_group_context& context, d1::wait_context& waited,
                      d1::task_group_context& waiting) {
  static auto* const real =
      library<void(d1::task&, d1::task_group_context&, d1::wait_context&, d1::task_group_context&)>(
          "_ZN3tbb6detail2r116execute_and_waitERNS0_2d14taskERNS2_18task_group_contextERNS2_12wait_contextES6_");
  hand_over(task);
  real(task, context, waited, waiting);
  __tsan_acquire(count_of(waited));
}

void wait(d1::wait_context& waited, d1::task_group_context& context) {
  static auto* const real = library<void(d1::wait_context&, d1::task_group_context&)>(
      "_ZN3tbb6detail2r14waitERNS0_2d112wait_contextERNS2_18task_group_contextE");
  real(waited, context);
  __tsan_acquire(count_of(waited));
}

void execute(d1::task_arena_base& arena, d1::delegate_base& delegate) {
  static auto* const real = library<void(d1::task_arena_base&, d1::delegate_base&)>(
      "_ZN3tbb6detail2r17executeERNS0_2d115task_arena_baseERNS2_13delegate_baseE");
  GatedDelegate gated(delegate);
  __tsan_release(&delegate);
  real(arena, gated);
  __tsan_acquire(&delegate);
}

void* allocate(d1::small_object_pool*& pool, std::size_t bytes, const d1::execution_data& data) {
  static auto* const real = library<void*(d1::small_object_pool*&, std::size_t, const d1::execution_data&)>(
      "_ZN3tbb6detail2r18allocateERPNS0_2d117small_object_poolEmRKNS2_14execution_dataE");
  void* memory = real(pool, bytes, data);
  __tsan_acquire(memory);
  return memory;
}

void* allocate(d1::small_object_pool*& pool, std::size_t bytes) {
  static auto* const real =
      library<void*(d1::small_object_pool*&, std::size_t)>("_ZN3tbb6detail2r18allocateERPNS0_2d117small_object_poolEm");
  void* memory = real(pool, bytes);
  __tsan_acquire(memory);
  return memory;
}

void deallocate(d1::small_object_pool& pool, void* memory, std::size_t bytes, const d1::execution_data& data) {
  static auto* const real = library<void(d1::small_object_pool&, void*, std::size_t, const d1::execution_data&)>(
      "_ZN3tbb6detail2r110deallocateERNS0_2d117small_object_poolEPvmRKNS2_14execution_dataE");
  __tsan_release(memory);
  real(pool, memory, bytes, data);
}

void deallocate(d1::small_object_pool& pool, void* memory, std::size_t bytes) {
  static auto* const real = library<void(d1::small_object_pool&, void*, std::size_t)>(
      "_ZN3tbb6detail2r110deallocateERNS0_2d117small_object_poolEPvm");
  __tsan_release(memory);
  real(pool, memory, bytes);
}

}  // namespace r1
}  // namespace tbb::detail
