"""The daemon where a systemd unit with ProcSubset=pid puts it: of /proc it sees its own processes alone."""
import os
import re
import shutil
import subprocess

import pytest

from brandiag import house  # noqa: F401
from serve import Daemon

HIDE = "mount -t proc -o subset=pid proc /proc"


@pytest.fixture
def hidden(house):
    """A place whose program starts in a mount namespace of its own."""
    if os.geteuid() != 0 or not shutil.which("unshare") or \
            subprocess.run(["unshare", "-m", "sh", "-c", f"{HIDE} && test ! -e /proc/stat"], capture_output=True).returncode:
        pytest.skip("only root may hide /proc, with a kernel of 5.8 or later")
    place = house()
    wrapper = place.directory / "hidden"
    wrapper.write_text(f"#!/bin/sh\nexec unshare -m sh -c '{HIDE}; exec \"$0\" \"$@\"' {place.program} \"$@\"\n")
    wrapper.chmod(0o755)
    place.program = wrapper
    return place


def test_it_serves_and_tells_all_about_its_process(hidden):
    with Daemon(hidden) as d:
        id = d.submit()
        assert d.wait(id) == "done" and d.report(id)["summary"]["success"]
        assert d.post("/v1/reload").status == 200
        told = set(re.findall(r"^(process_\w+) ", d.get("/metrics").text, re.M))
        assert told == {"process_resident_memory_bytes", "process_virtual_memory_bytes", "process_open_fds",
                        "process_max_fds", "process_threads", "process_cpu_seconds_total", "process_start_time_seconds"}
        assert d.stop() == 0
