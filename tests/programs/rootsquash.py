#!/usr/bin/python3
"""Shows a folder as a file server shows it that squashes root: whoever comes as root is treated as nobody.

    rootsquash.py FOLDER MOUNTPOINT [open]

Every request is carried out with the identity of who makes it, root's with that of nobody; attributes of files that are open can
be had by all, as with NFS. With `open`, root is root. Ends when it is unmounted."""
import errno
import os
import sys

from fusepy import FUSE, FuseOSError, Operations, fuse_get_context

NOBODY = 65534


class RootSquash(Operations):
    def __init__(self, folder, root):
        self.folder = folder
        self.root = root
        self.known = set()

    def __call__(self, op, path, *args):
        if op in ("init", "destroy", "release", "flush", "read", "write", "statfs"):
            return super().__call__(op, path, *args)
        uid, gid, _ = fuse_get_context()
        os.setegid(gid if uid != 0 else self.root)
        os.seteuid(uid if uid != 0 else self.root)
        try:
            return super().__call__(op, path, *args)
        except OSError as error:
            raise FuseOSError(error.errno) from error
        finally:
            os.seteuid(0)
            os.setegid(0)

    def _real(self, path):
        return self.folder + path

    def access(self, path, mode):
        if not os.access(self._real(path), mode, effective_ids=True):
            raise FuseOSError(errno.EACCES)

    def getattr(self, path, fh=None):
        try:
            found = os.lstat(self._real(path))
            self.known.add(path)
        except PermissionError:
            # A server asks for no rights where a client has the file's handle already.
            if path not in self.known:
                raise
            os.seteuid(0)
            found = os.lstat(self._real(path))
        return {key: getattr(found, key) for key in ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime", "st_blocks")}

    def readdir(self, path, fh):
        return [".", ".."] + os.listdir(self._real(path))

    def statfs(self, path):
        found = os.statvfs(self.folder)
        return {key: getattr(found, key) for key in ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_frsize", "f_namemax")}

    def open(self, path, flags):
        return os.open(self._real(path), flags & ~os.O_APPEND)

    def create(self, path, mode, fi=None):
        return os.open(self._real(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self._real(path) if fh is None else fh, length)

    def fsync(self, path, datasync, fh):
        os.fsync(fh)

    def fsyncdir(self, path, datasync, fh):
        return 0

    def flush(self, path, fh):
        return 0

    def release(self, path, fh):
        os.close(fh)

    def readlink(self, path):
        return os.readlink(self._real(path))

    def chmod(self, path, mode):
        os.chmod(self._real(path), mode)

    def chown(self, path, uid, gid):
        os.lchown(self._real(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self._real(path), times)

    def mkdir(self, path, mode):
        os.mkdir(self._real(path), mode)

    def rmdir(self, path):
        os.rmdir(self._real(path))

    def unlink(self, path):
        os.unlink(self._real(path))

    def symlink(self, path, target):
        os.symlink(target, self._real(path))

    def rename(self, old, new):
        os.rename(self._real(old), self._real(new))


if __name__ == "__main__":
    os.umask(0)
    # Names are asked for each time.
    FUSE(RootSquash(sys.argv[1], 0 if sys.argv[3:] == ["open"] else NOBODY), sys.argv[2], foreground=True, nothreads=True, allow_other=True, attr_timeout=3600, entry_timeout=0, fsname="rootsquash")
