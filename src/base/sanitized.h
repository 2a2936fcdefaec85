/* 1 under a sanitizer, which maps terabytes and makes system calls of its own: limits that it could not live with are left out. */
#ifndef CERTDESK_BASE_SANITIZED_H
#define CERTDESK_BASE_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
