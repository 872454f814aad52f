// The mark of server code: of every function that may raise a server error, or that
// calls one that may.
//
//   SERVER_CODE void refuse(const char *why);
//
// A server error jumps over whatever stands between it and guarded() or the boundary, so
// such a function owns nothing with a destructor, has no `try` to fail in and throws
// nothing; one that is not marked calls marked ones, and the server's own, inside
// guarded() alone.  test/static/server_code holds both to it.
#pragma once

#ifdef __clang__
#define SERVER_CODE __attribute__((annotate("server code")))
#else
#define SERVER_CODE
#endif
