#!/usr/bin/python3
"""A folder as another machine sees it: each call takes a while, what was seen is believed for a second, locks do
not reach beyond the mount, and the clock is off.

Usage: mount.py FOLDER MOUNT-POINT DELAY-MS CLOCK-SECS   (stays in the foreground)
"""
import errno
import os
import sys
import time

import fusepy as fuse

FOLDER, POINT = os.path.realpath(sys.argv[1]), sys.argv[2]
DELAY, CLOCK = float(sys.argv[3]) / 1000, float(sys.argv[4])


class Far(fuse.Operations):
    """Everything as in FOLDER, later. There is no `lock` and no `flock`: the kernel then locks within this mount."""

    def __call__(self, call, path, *arguments):
        time.sleep(DELAY)
        return getattr(self, call)(FOLDER + path, *arguments)

    def getattr(self, path, fi=None):
        found = os.fstat(fi.fh) if fi else os.lstat(path)
        keys = "st_atime st_ctime st_gid st_mode st_mtime st_nlink st_size st_uid st_ino"
        return {key: getattr(found, key) for key in keys.split()}

    def readdir(self, path, fi):
        return [".", ".."] + os.listdir(path)

    def create(self, path, mode, fi):
        # The kernel has looked whether the file is there; only this place knows.
        fi.fh = os.open(path, (fi.flags & ~os.O_APPEND) | os.O_CREAT, mode)
        return 0

    def open(self, path, fi):
        fi.fh = os.open(path, fi.flags & ~os.O_APPEND)
        return 0

    def read(self, path, size, offset, fi):
        return os.pread(fi.fh, size, offset)

    def write(self, path, data, offset, fi):
        return os.pwrite(fi.fh, data, offset)

    def truncate(self, path, length, fi=None):
        os.ftruncate(fi.fh, length) if fi else os.truncate(path, length)

    def utimens(self, path, times=None):
        # What the clock of this machine says.
        now = time.time()
        os.utime(path, tuple(t + CLOCK for t in (times or (now, now))))

    def fsync(self, path, datasync, fi):
        os.fsync(fi.fh)

    def fsyncdir(self, path, datasync, fi):
        return 0

    def release(self, path, fi):
        os.close(fi.fh)

    def rename(self, old, new):
        os.rename(old, FOLDER + new)

    def link(self, target, source):
        os.link(FOLDER + source, target)

    def symlink(self, target, source):
        os.symlink(source, target)

    def readlink(self, path):
        return os.readlink(path)

    def mkdir(self, path, mode):
        os.mkdir(path, mode)

    def rmdir(self, path):
        os.rmdir(path)

    def unlink(self, path):
        os.unlink(path)

    def chmod(self, path, mode):
        os.chmod(path, mode)

    def chown(self, path, uid, gid):
        os.chown(path, uid, gid)

    def access(self, path, mode):
        if not os.access(path, mode):
            raise fuse.FuseOSError(errno.EACCES)

    def statfs(self, path):
        found = os.statvfs(path)
        keys = "f_bavail f_bfree f_blocks f_bsize f_favail f_ffree f_files f_flag f_frsize f_namemax"
        return {key: getattr(found, key) for key in keys.split()}

    getxattr = listxattr = None


fuse.FUSE(
    Far(), POINT, foreground=True, raw_fi=True, use_ino=True, allow_other=True, attr_timeout=1, entry_timeout=1,
    fsname="far", default_permissions=True,
)
