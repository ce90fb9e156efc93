"""A minimal Debian 12 that systemd-nspawn boots with systemd as PID 1, for Scripts/proof-systemd."""
import ctypes, hashlib, os, pathlib, re, shutil, signal, subprocess, tempfile, time

repository = pathlib.Path(__file__).resolve().parent.parent
work = repository / ".build/proof"
mirror = os.environ.get("PROOF_MIRROR", "http://deb.debian.org/debian")
# What boots, what `make install` needs, and the libraries that the three programs are linked to.
packages = ["systemd", "systemd-sysv", "dbus", "make", "libuv1", "libssl3", "libsqlite3-0", "libsodium23", "libyaml-0-2",
            "libncursesw6", "libpng16-16", "libstdc++6", "libgcc-s1"]
began = time.monotonic()


class Failed(Exception):
    """What did not hold, as a sentence."""


def title(text):
    print(f"\n{text}", flush=True)


def held(text):
    print(f"{time.monotonic() - began:7.1f}  ok  {' '.join(text.split())}", flush=True)


def check(condition, text, otherwise=""):
    if not condition:
        raise Failed(f"this does not hold: {text}. {otherwise}".strip())
    held(text)


def wait(condition, seconds, what, detail=lambda: ""):
    """The first true value of the condition; it is asked every 50 ms."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds} s. {detail()}".strip())
        time.sleep(0.05)


def own_groups():
    """A control group of our own in each hierarchy that systemd-nspawn uses: unified, or hybrid on older hosts."""
    hierarchies = [pathlib.Path("/sys/fs/cgroup") / name for name in ("", "unified", "systemd")]
    return [folder / f"plaza-proof-{os.getpid()}" for folder in hierarchies if (folder / "cgroup.procs").exists()]


def remove_group(group, seconds=0):
    """Removes an empty control group with those below it; waits for its last processes to be gone."""
    deadline = time.monotonic() + seconds
    while group.exists():
        for folder, _, _ in os.walk(group, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                time.sleep(0.02)
        if time.monotonic() > deadline:
            return


def clear_stale():
    """What a run left that was killed with -9: its machine died with it, its folder and groups could not be removed."""
    for folder in work.glob("machine-*"):
        shutil.rmtree(folder, ignore_errors=True)
    for lock in work.glob(".#machine-*.lck"):
        lock.unlink()
    for group in own_groups():
        for stale in group.parent.glob("plaza-proof-*"):
            remove_group(stale)


class Machine:
    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="machine-", dir=work))
        self.groups = own_groups()
        self.process = None
        self.leader = None
        self.console = work / "console.log"
        self.helpers = []

    def make(self):
        key = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:8]
        tarball = work / f"debian-12-systemd-{key}.tar"
        if not tarball.exists():
            held(f"making a Debian 12 root, once: debootstrap --variant=minbase --include={','.join(packages)}")
            with open(work / "debootstrap.log", "w") as log:
                made = subprocess.run(["debootstrap", "--variant=minbase", f"--include={','.join(packages)}", "bookworm",
                                       str(self.root), mirror], stdout=log, stderr=subprocess.STDOUT)
            if made.returncode != 0:
                raise Failed(f"debootstrap could not make a root from {mirror}; see {log.name}")
            subprocess.run(["tar", "-C", str(self.root), "--exclude=./var/cache/apt/archives/*.deb", "-cf", f"{tarball}.new", "."],
                           check=True)
            os.rename(f"{tarball}.new", tarball)
            shutil.rmtree(self.root)
            self.root.mkdir()
        subprocess.run(["tar", "-C", str(self.root), "-xf", str(tarball)], check=True)
        self.root.chmod(0o755)  # a folder of tempfile's is 0700, and a root that only root may enter starts no other user's service
        (self.root / "mnt/plaza").mkdir(parents=True, exist_ok=True)

    def boot(self):
        for group in self.groups:
            group.mkdir()
        libc = ctypes.CDLL(None)

        def join():
            for group in self.groups:
                (group / "cgroup.procs").write_text("0")
            libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no machine outlives this script

        nspawn = ["systemd-nspawn", "--quiet", "--boot", f"--directory={self.root}", "--machine=plaza-proof", "--private-network",
                  "--register=no", "--keep-unit", "--console=pipe", f"--bind-ro={repository}:/mnt/plaza"]
        line = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
                'mount -t tmpfs -o mode=755 tmpfs /run && exec "$@"', "sh", *nspawn]
        self.line = " ".join(nspawn)
        with open(self.console, "wb") as console:
            self.process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT,
                                            preexec_fn=join, env=dict(os.environ, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1"))
        try:
            self.leader = wait(self.find_leader, 30, "systemd starts")
            state = wait(self.settled, 90, "systemd finishes booting")
        except Failed as failure:
            printed = self.console.read_text(errors="replace").strip().splitlines()[-12:]
            raise Failed(f"systemd does not boot in systemd-nspawn on this machine ({failure}). Tried:\n{self.line}\n"
                         + "It printed:\n" + "\n".join(f"    {text}" for text in printed))
        return state

    def find_leader(self):
        """The machine's PID 1, below our unshare: the process that is number 1 in the innermost of its namespaces."""
        if self.process.poll() is not None:
            raise Failed(f"systemd-nspawn ended with {self.process.returncode}")
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                text = status.read_text()
                numbers = re.search(r"^NSpid:\s+(.*)", text, re.M).group(1).split()
                group = (status.parent / "cgroup").read_text()
            except (OSError, AttributeError):
                continue
            if self.groups[0].name in group and numbers[-1] == "1" and len(numbers) >= 3 and text.startswith("Name:\tsystemd\n"):
                return int(numbers[0])

    def settled(self):
        if self.process.poll() is not None:
            raise Failed(f"systemd-nspawn ended with {self.process.returncode}")
        state = self("systemctl is-system-running", fails=True).stdout.strip()
        return state if state in ("running", "degraded") else None

    def words(self, line, user=None):
        line = ["sh", "-c", line] if isinstance(line, str) else list(map(str, line))
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
        return ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root",
                "--wd", "--", "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                f"HOME={'/home/' + user if user else '/root'}", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=", *drop, *line]

    def __call__(self, line, user=None, fails=False, input="", seconds=90):
        done = subprocess.run(self.words(line, user), input=input, capture_output=True, text=True, timeout=seconds)
        if done.returncode != 0 and not fails:
            raise Failed(f"in the machine, '{line}' ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def property(self, name, unit="chatd.service"):
        return self(["systemctl", "show", unit, "-p", name, "--value"]).stdout.strip()

    def start(self, words, **streams):
        self.helpers.append(subprocess.Popen(words, **streams))
        return self.helpers[-1]

    def journal(self, since):
        """The daemon's lines and systemd's about it, from the cursor on."""
        return self(["journalctl", "-u", "chatd.service", "-o", "cat", "--no-pager", f"--after-cursor={since}"]).stdout

    def cursor(self):
        shown = self(["journalctl", "-n", "0", "--show-cursor", "--no-pager"]).stdout
        return shown.split("cursor: ")[1].strip()

    def power_off(self):
        self("systemctl poweroff", fails=True)
        self.process.wait(timeout=60)

    def clean(self):
        """Ends everything, whatever state it is in. Returns what could not be removed."""
        for helper in self.helpers + ([self.process] if self.process else []):
            if helper.poll() is None:
                helper.kill()
            helper.wait()
        for group in self.groups:
            remove_group(group, 10)
        # systemd-nspawn's own lock of the folder
        (work / f".#{self.root.name}.lck").unlink(missing_ok=True)
        # What is still mounted is not ours to delete.
        if str(self.root) not in pathlib.Path("/proc/self/mountinfo").read_text():
            shutil.rmtree(self.root, ignore_errors=True)
        return [str(path) for path in [*self.groups, self.root] if path.exists()]


def tools():
    """What this needs on the host; Debian's packages where it is missing."""
    wanted = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "nsenter": "util-linux", "tar": "tar"}
    missing = sorted({package for program, package in wanted.items() if not shutil.which(program)})
    if missing:
        print(f"installing {' '.join(missing)}", flush=True)
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True, env=environment,
                       stdout=subprocess.DEVNULL)
