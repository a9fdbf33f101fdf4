"""Takes away from our package what Windows does not have, then starts it: ``python without_posix.py [ARGUMENT]...``.

The standard library keeps it: on this system it cannot do without. Modules are gone for everybody.
"""

import os
import signal
import sys
from types import ModuleType

MODULES = ("crypt", "fcntl", "grp", "nis", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
_OS = """
    chown chroot confstr confstr_names ctermid eventfd fchdir fchown fork forkpty fpathconf fstatvfs getegid
    geteuid getgid getgrouplist getgroups getloadavg getpgid getpgrp getpriority getresgid getresuid getsid
    getuid getxattr initgroups killpg lchown listxattr lockf login_tty makedev major memfd_create minor mkfifo
    mknod nice openpty pathconf pidfd_open pipe2 posix_fadvise posix_fallocate posix_openpt posix_spawn
    posix_spawnp pread preadv pwrite pwritev register_at_fork removexattr sched_get_priority_max
    sched_getaffinity sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setparam
    sched_setscheduler sched_yield sendfile setegid seteuid setgid setgroups setns setpgid setpriority setregid
    setresgid setresuid setreuid setsid setuid setxattr splice statvfs sync sysconf sysconf_names tcgetpgrp
    tcsetpgrp uname unshare wait wait3 wait4 waitid writev readv EX_OK O_ACCMODE O_ASYNC O_CLOEXEC O_DIRECT
    O_DIRECTORY O_DSYNC O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RSYNC O_SYNC O_TMPFILE
    PRIO_PROCESS PRIO_PGRP PRIO_USER RTLD_NOW RTLD_LAZY SEEK_DATA SEEK_HOLE WCONTINUED WCOREDUMP WEXITED
    WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED WIFSTOPPED WNOHANG WSTOPSIG WTERMSIG WUNTRACED
"""
_SIGNAL = """
    SIGALRM SIGBUS SIGCHLD SIGCLD SIGCONT SIGHUP SIGIO SIGIOT SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT
    SIGRTMAX SIGRTMIN SIGSTOP SIGSYS SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH
    SIGXCPU SIGXFSZ SIG_BLOCK SIG_SETMASK SIG_UNBLOCK ITIMER_PROF ITIMER_REAL ITIMER_VIRTUAL alarm getitimer
    pause pthread_kill pthread_sigmask setitimer siginterrupt sigpending sigtimedwait sigwait sigwaitinfo
"""
OS, SIGNAL = frozenset(_OS.split()), frozenset(_SIGNAL.split())
HIDDEN = {"os": OS, "signal": SIGNAL}


class Lacking(ModuleType):
    """A module that has less for us than for others."""

    def __getattribute__(self, name: str) -> object:
        """As where there is no POSIX, for whoever belongs to our package."""
        found = super().__getattribute__
        if name in HIDDEN[found("__name__")]:
            asking = sys._getframe(1).f_globals.get("__name__", "")
            if asking.partition(".")[0] == "antipasta_hook":
                raise AttributeError(f"there is no {name} here")
        return found(name)


def hide() -> None:
    """From now on, all that is imported."""
    assert not any(name.partition(".")[0] == "antipasta_hook" for name in sys.modules)
    sys.modules.update(dict.fromkeys(MODULES))  # type: ignore[arg-type] # None: an import of it fails
    for module in (os, signal):
        module.__class__ = Lacking


if __name__ == "__main__":
    hide()
    from antipasta_hook.__main__ import main_and_exit

    main_and_exit()
