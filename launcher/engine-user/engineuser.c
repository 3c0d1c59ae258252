/*
 * Loaded into the engine (CRIU) of a job that belongs to an ordinary user. The engine works as root on paths that the user may change
 * while it works: it makes, links, removes and connects to things by name. The functions below take the place of the C library's in the
 * engine, and do such work as the user: with the user's ids and without any capability, so that the kernel itself decides what may be
 * done there. See docs/adr/0019.
 *
 * HPCCR_ENGINE_USER, set by the guard: UID GID REAL_UID REAL_GID FD FILES GROUP... in decimal. REAL_UID and REAL_GID: the real ids of
 * the engine; -1: they stay. FD: a pipe on which one byte tells the guard that this library is in force. FILES: 1: file servers see the
 * user in all that the engine does, because they squash root; it keeps root's capabilities, and what is below still goes without. Programs
 * that come before the engine (a shell, a loader, nsenter) pass the variable on.
 *
 * Not done as the user:
 *  - opening what exists: what the engine has opened is checked before the job runs (OpenedRights).
 *  - the engine's own files: images and log, in a folder that only root can enter; the cache of kernel features; folders that
 *    mkdtemp(3) has made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define AS_IS ((unsigned)-1)

enum { MAXIMUM_GROUPS = 65536, EXIT_UNSAFE = 126 };

static const char variable[] = "HPCCR_ENGINE_USER";
static const char kernel_cache[] = "/run/criu.kdat";
static const char *const temporary_folders[] = { ".criu.", "crtools-", "cr-tmpfs." };

static int in_force;
static unsigned user, group;

/* What the calling thread was before it became the user. */
struct identity {
	unsigned file_user, file_group;
	struct __user_cap_data_struct capabilities[2];
	int changed;
};

/* A work on paths that cannot be done as the user is not done at all. */
static void give_up(const char *what)
{
	char line[128];
	int length = snprintf(line, sizeof line, "hpccr: the engine cannot work on paths as the job's user: %s\n", what);
	if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0)
		_exit(EXIT_UNSAFE);
	_exit(EXIT_UNSAFE);
}

static void capabilities(int number, struct __user_cap_data_struct *data)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	if (syscall(number, &header, data) != 0)
		give_up("capabilities");
}

/* The system calls themselves change the calling thread alone. */
static void become_user(struct identity *before)
{
	int error = errno;
	before->changed = in_force && syscall(SYS_geteuid) == 0;
	if (!before->changed)
		return;
	before->file_user = (unsigned)syscall(SYS_setfsuid, AS_IS);
	before->file_group = (unsigned)syscall(SYS_setfsgid, AS_IS);
	capabilities(SYS_capget, before->capabilities);
	struct __user_cap_data_struct none[2] = { before->capabilities[0], before->capabilities[1] };
	none[0].effective = none[1].effective = 0;
	if (syscall(SYS_setresgid, AS_IS, group, AS_IS) != 0 || syscall(SYS_setresuid, AS_IS, user, AS_IS) != 0)
		give_up("ids");
	capabilities(SYS_capset, none);
	errno = error;
}

static void become_root(const struct identity *before)
{
	int error = errno;
	if (!before->changed)
		return;
	struct __user_cap_data_struct all[2] = { before->capabilities[0], before->capabilities[1] };
	if (syscall(SYS_setresuid, AS_IS, 0, AS_IS) != 0)
		give_up("ids of root");
	capabilities(SYS_capset, all);
	if (syscall(SYS_setresgid, AS_IS, 0, AS_IS) != 0)
		give_up("ids of root");
	syscall(SYS_setfsgid, before->file_group);
	syscall(SYS_setfsuid, before->file_user);
	/* A change of ids takes this away, and with it the engine's own /proc/self. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	errno = error;
}

static long as_user(long number, long one, long two, long three, long four, long five)
{
	struct identity before;
	become_user(&before);
	long result = syscall(number, one, two, three, four, five);
	become_root(&before);
	return result;
}

#define AS_USER(number, one, two, three, four, five) \
	((int)as_user(number, (long)(one), (long)(two), (long)(three), (long)(four), (long)(five)))

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static int begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static int is_kernel_cache(const char *path)
{
	return begins_with(path, kernel_cache) && !strchr(path + sizeof kernel_cache - 1, '/');
}

/* Images and log: directly in a folder that is root's and that nobody else can enter. */
static int is_engine_file(int folder, const char *name)
{
	struct stat found;
	return !strchr(name, '/') && syscall(SYS_newfstatat, folder, folder == AT_FDCWD ? "." : "", &found, AT_EMPTY_PATH) == 0 &&
	       S_ISDIR(found.st_mode) && found.st_uid == 0 && (found.st_mode & 077) == 0;
}

static int is_temporary_folder(const char *path)
{
	for (size_t at = 0; at < sizeof temporary_folders / sizeof *temporary_folders; at++)
		if (begins_with(last_part(path), temporary_folders[at]))
			return 1;
	return 0;
}

static int is_refusal(int result)
{
	return result < 0 && (errno == EPERM || errno == EACCES);
}

/* --- what makes, changes and removes names --- */

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
	/* O_TMPFILE is not one bit. */
	if ((flags & (O_CREAT | O_TRUNC)) == 0 && (flags & O_TMPFILE) != O_TMPFILE)
		return (int)syscall(SYS_openat, folder, path, flags, 0);
	if (is_kernel_cache(path) || is_engine_file(folder, path))
		return (int)syscall(SYS_openat, folder, path, flags, mode);
	return AS_USER(SYS_openat, folder, path, flags, mode, 0);
}

static mode_t mode_of(int flags, va_list rest)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name) \
	EXPORT int name(const char *path, int flags, ...) \
	{ \
		va_list rest; \
		va_start(rest, flags); \
		mode_t mode = mode_of(flags, rest); \
		va_end(rest); \
		return open_at(AT_FDCWD, path, flags, mode); \
	}
OPEN(open)
OPEN(open64)

#define OPEN_AT(name) \
	EXPORT int name(int folder, const char *path, int flags, ...) \
	{ \
		va_list rest; \
		va_start(rest, flags); \
		mode_t mode = mode_of(flags, rest); \
		va_end(rest); \
		return open_at(folder, path, flags, mode); \
	}
OPEN_AT(openat)
OPEN_AT(openat64)

/* What _FORTIFY_SOURCE calls instead; with these flags no file is made. */
EXPORT int __open_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
EXPORT int __open64_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
EXPORT int __openat_2(int folder, const char *path, int flags) { return open_at(folder, path, flags, 0); }
EXPORT int __openat64_2(int folder, const char *path, int flags) { return open_at(folder, path, flags, 0); }

#define CREATE(name) \
	EXPORT int name(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
CREATE(creat)
CREATE(creat64)

EXPORT int mknodat(int folder, const char *path, mode_t mode, dev_t device)
{
	return AS_USER(SYS_mknodat, folder, path, mode, device, 0);
}

EXPORT int mknod(const char *path, mode_t mode, dev_t device)
{
	return mknodat(AT_FDCWD, path, mode, device);
}

/* Of a C library before 2.33. */
EXPORT int __xmknodat(int version, int folder, const char *path, mode_t mode, dev_t *device)
{
	(void)version;
	return mknodat(folder, path, mode, *device);
}

EXPORT int __xmknod(int version, const char *path, mode_t mode, dev_t *device)
{
	return __xmknodat(version, AT_FDCWD, path, mode, device);
}

EXPORT int mkfifo(const char *path, mode_t mode)
{
	return mknodat(AT_FDCWD, path, (mode & 07777) | S_IFIFO, 0);
}

EXPORT int mkdirat(int folder, const char *path, mode_t mode)
{
	return AS_USER(SYS_mkdirat, folder, path, mode, 0, 0);
}

EXPORT int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

EXPORT int symlinkat(const char *target, int folder, const char *path)
{
	return AS_USER(SYS_symlinkat, target, folder, path, 0, 0);
}

EXPORT int symlink(const char *target, const char *path)
{
	return symlinkat(target, AT_FDCWD, path);
}

EXPORT int linkat(int old_folder, const char *old, int folder, const char *path, int flags)
{
	/* To link a descriptor itself takes CAP_DAC_READ_SEARCH; by its name in /proc it does not. */
	char descriptor[32];
	if (*old == '\0' && (flags & AT_EMPTY_PATH)) {
		snprintf(descriptor, sizeof descriptor, "/proc/self/fd/%d", old_folder);
		return AS_USER(SYS_linkat, AT_FDCWD, descriptor, folder, path, AT_SYMLINK_FOLLOW);
	}
	return AS_USER(SYS_linkat, old_folder, old, folder, path, flags);
}

EXPORT int link(const char *old, const char *path)
{
	return linkat(AT_FDCWD, old, AT_FDCWD, path, 0);
}

EXPORT int unlinkat(int folder, const char *path, int flags)
{
	if (is_kernel_cache(path) || (folder != AT_FDCWD && !(flags & AT_REMOVEDIR) && is_engine_file(folder, path)))
		return (int)syscall(SYS_unlinkat, folder, path, flags);
	int result = AS_USER(SYS_unlinkat, folder, path, flags, 0, 0);
	/* Only what is empty goes. */
	return (flags & AT_REMOVEDIR) && is_refusal(result) && is_temporary_folder(path)
		? (int)syscall(SYS_unlinkat, folder, path, flags) : result;
}

EXPORT int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

EXPORT int rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

EXPORT int remove(const char *path)
{
	int result = unlink(path);
	return result < 0 && errno == EISDIR ? rmdir(path) : result;
}

EXPORT int renameat2(int old_folder, const char *old, int folder, const char *path, unsigned flags)
{
	if (is_kernel_cache(old) && is_kernel_cache(path))
		return (int)syscall(SYS_renameat2, old_folder, old, folder, path, flags);
	return AS_USER(SYS_renameat2, old_folder, old, folder, path, flags);
}

EXPORT int renameat(int old_folder, const char *old, int folder, const char *path)
{
	return renameat2(old_folder, old, folder, path, 0);
}

EXPORT int rename(const char *old, const char *path)
{
	return renameat2(AT_FDCWD, old, AT_FDCWD, path, 0);
}

/* --- what changes what is by a name; a descriptor stays what it is --- */

EXPORT int fchownat(int folder, const char *path, uid_t owner, gid_t owner_group, int flags)
{
	if (*path == '\0' && (flags & AT_EMPTY_PATH))
		return (int)syscall(SYS_fchownat, folder, path, owner, owner_group, flags);
	return AS_USER(SYS_fchownat, folder, path, owner, owner_group, flags);
}

EXPORT int chown(const char *path, uid_t owner, gid_t owner_group)
{
	return fchownat(AT_FDCWD, path, owner, owner_group, 0);
}

EXPORT int lchown(const char *path, uid_t owner, gid_t owner_group)
{
	return fchownat(AT_FDCWD, path, owner, owner_group, AT_SYMLINK_NOFOLLOW);
}

EXPORT int fchmodat(int folder, const char *path, mode_t mode, int flags)
{
	if (flags != 0) {
		errno = EINVAL;
		return -1;
	}
	return AS_USER(SYS_fchmodat, folder, path, mode, 0, 0);
}

EXPORT int chmod(const char *path, mode_t mode)
{
	return fchmodat(AT_FDCWD, path, mode, 0);
}

EXPORT int utimensat(int folder, const char *path, const struct timespec times[2], int flags)
{
	return AS_USER(SYS_utimensat, folder, path, times, flags, 0);
}

EXPORT int lutimes(const char *path, const struct timeval times[2])
{
	struct timespec exact[2];
	for (int at = 0; times && at < 2; at++)
		exact[at] = (struct timespec){ times[at].tv_sec, times[at].tv_usec * 1000 };
	return utimensat(AT_FDCWD, path, times ? exact : NULL, AT_SYMLINK_NOFOLLOW);
}

#define TRUNCATE(name) \
	EXPORT int name(const char *path, off64_t length) { return AS_USER(SYS_truncate, path, length, 0, 0, 0); }
TRUNCATE(truncate)
TRUNCATE(truncate64)

/* --- sockets with a name; who makes, listens and connects is what SO_PEERCRED tells the other side --- */

static int is_path(const struct sockaddr *address, socklen_t length)
{
	const struct sockaddr_un *local = (const void *)address;
	return length > sizeof(sa_family_t) && address->sa_family == AF_UNIX && local->sun_path[0] != '\0';
}

EXPORT int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	return is_path(address, length) ? AS_USER(SYS_bind, fd, address, length, 0, 0) : (int)syscall(SYS_bind, fd, address, length);
}

EXPORT int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return is_path(address, length) ? AS_USER(SYS_connect, fd, address, length, 0, 0) : (int)syscall(SYS_connect, fd, address, length);
}

EXPORT int listen(int fd, int backlog)
{
	int family = AF_UNSPEC;
	socklen_t length = sizeof family;
	return syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0 && family == AF_UNIX
		? AS_USER(SYS_listen, fd, backlog, 0, 0, 0) : (int)syscall(SYS_listen, fd, backlog);
}

EXPORT int socketpair(int family, int type, int protocol, int ends[2])
{
	return family == AF_UNIX ? AS_USER(SYS_socketpair, family, type, protocol, ends, 0)
				 : (int)syscall(SYS_socketpair, family, type, protocol, ends);
}

/* --- the beginning --- */

static int next_number(char **text, unsigned *number)
{
	char *end;
	errno = 0;
	long value = strtol(*text, &end, 10);
	if (end == *text || errno != 0)
		return 0;
	*text = end;
	*number = (unsigned)value;
	return 1;
}

__attribute__((constructor)) static void begin(int argc, char **argv)
{
	char *text = getenv(variable);
	if (!text || argc < 1 || !begins_with(last_part(argv[0]), "criu"))
		return;
	unsigned real_user, real_group, pipe, files, count = 0;
	static gid_t groups[MAXIMUM_GROUPS];
	if (!next_number(&text, &user) || !next_number(&text, &group) || !next_number(&text, &real_user) || !next_number(&text, &real_group) ||
	    !next_number(&text, &pipe) || !next_number(&text, &files) || user == 0)
		give_up(variable);
	while (count < MAXIMUM_GROUPS && next_number(&text, &groups[count]))
		count++;
	/* Of root's groups none is left. */
	if (setgroups(count, groups) != 0 || setresgid(real_group, AS_IS, AS_IS) != 0 || setresuid(real_user, AS_IS, AS_IS) != 0)
		give_up("ids");
	in_force = 1;
	if (files) {
		/* Another file-system user takes no capability away. */
		if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) != 0)
			give_up("securebits");
		syscall(SYS_setfsgid, group);
		syscall(SYS_setfsuid, user);
	}
	/* Proven once, before the guard relies on it. */
	struct identity before;
	become_user(&before);
	int became = before.changed && geteuid() == user && getegid() == group;
	become_root(&before);
	if (!became || geteuid() != 0 || (unsigned)syscall(SYS_setfsuid, AS_IS) != (files ? user : 0) ||
	    (unsigned)syscall(SYS_setfsgid, AS_IS) != (files ? group : 0))
		give_up("ids");
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	unsetenv(variable);
	unsetenv("LD_PRELOAD");
	if (write((int)pipe, "1", 1) != 1)
		give_up("the guard is gone");
	close((int)pipe);
}
