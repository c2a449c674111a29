#: only windows
#: golden no
"""os: arguments that Windows has no calls for are refused; volumes and where they are mounted."""
import os


def refused(call, *args, **named):
    try:
        call(*args, **named)
    except NotImplementedError as e:
        print(e)
    except Exception as e:
        print(type(e).__name__, e)
    else:
        print("went through")


open("f", "w").close()
for call, *args in [
    (os.stat, "f"), (os.lstat, "f"), (os.mkdir, "d"), (os.open, "f", 0), (os.unlink, "f"), (os.remove, "f"), (os.rmdir, "f"),
    (os.readlink, "f"), (os.access, "f", 0), (os.chmod, "f", 0o666), (os.utime, "f"), (os.symlink, "f", "g"),
]:
    refused(call, *args, dir_fd=3)
refused(os.stat, "f", dir_fd="x")
refused(os.stat, "f", dir_fd=None)
for call in [os.rename, os.replace, os.link]:
    refused(call, "f", "g", src_dir_fd=3)
    refused(call, "f", "g", dst_dir_fd=3)
refused(os.utime, "f", follow_symlinks=False)
refused(os.utime, "f", follow_symlinks=True)
refused(os.access, "f", os.R_OK, follow_symlinks=False)
refused(os.access, "f", os.R_OK, effective_ids=True)
print([name for name in os.listdir() if name in "dfg"], os.supports_dir_fd)

volumes = os.listvolumes()
print(len(volumes) > 0, all(v.startswith("\\\\?\\Volume{") and v.endswith("}\\") for v in volumes))
mounts = [m for v in volumes for m in os.listmounts(v)]
print(set(mounts) <= set(os.listdrives()) if all(len(m) == 3 for m in mounts) else True, "C:\\" in mounts)
for volume in [r"\\?\Volume{00000000-0000-0000-0000-00000000dead}\\"[:-1], "no volume"]:
    try:
        print(os.listmounts(volume))
    except OSError as e:
        print("refused", e.filename == volume)
