// What Glibc's Swift module leaves out. Imported only by Transport and TerminalUI.
//
// _GNU_SOURCE is not defined here: it changes types of <sys/select.h>, which Swift's Glibc module has seen without it, and the
// two then refuse each other. The few GNU functions are declared by hand instead.
#pragma once
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <termios.h>

// The kernel's `struct ucred`, which Glibc shows only with _GNU_SOURCE.
struct clinux_ucred { pid_t pid; uid_t uid; gid_t gid; };

static inline int clinux_peer_credentials(int fd, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct clinux_ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return -1;
    *pid = credentials.pid; *uid = credentials.uid; *gid = credentials.gid;
    return 0;
}

// accept4 saves the two fcntl calls per connection.
extern int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags);
static inline int clinux_accept4(int fd, struct sockaddr *address, socklen_t *size) {
    return accept4(fd, address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// Names the calling thread in ps, perf and core files; the kernel keeps 15 bytes.
extern int pthread_setname_np(pthread_t thread, const char *name);
static inline void clinux_name_thread(const char *name) { (void)pthread_setname_np(pthread_self(), name); }

// A file without a name, gone with its last descriptor. MFD_CLOEXEC is 1.
extern int memfd_create(const char *name, unsigned int flags);
static inline int clinux_nameless_file(const char *label) { return memfd_create(label, 1); }
