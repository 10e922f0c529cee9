//! How the C library keeps freed memory.

/// From this size on a block is taken from the system and given back when it is freed.
const OWN_BLOCK_BYTES: i32 = 1 << 20;

/// Heaps that threads share. By itself glibc makes eight a processor, and each keeps what its threads once needed.
const HEAPS_MAX: i32 = 4;

/// Has large blocks (the 19 MiB of a password's check, photos, workbooks) given back at once.
///
/// By itself glibc raises its bound to the largest block freed so far, and from then on keeps such blocks in the heap of each thread
/// that ever needed one: after about a dozen sign-ins the server held 100 MiB that nobody used.
pub(crate) fn give_back_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "mallopt sets numbers of the allocator; called once, before any thread begins")]
    // SAFETY: no memory is passed, and an answer of 0 (refused) changes nothing.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, OWN_BLOCK_BYTES);
        libc::mallopt(libc::M_ARENA_MAX, HEAPS_MAX);
    }
}
