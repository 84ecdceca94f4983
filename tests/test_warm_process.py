"""A command that the tests run in a fork of the warm process is what it would be in a Python of its own."""

import json
import subprocess
import sys

import pytest

TOLD = """
import json, os, sys, time
print(json.dumps([sys.argv, sys.path[0], os.getcwd(), __name__, __file__, dict(os.environ), time.tzname]))
print(sys.stdin.read(), file=sys.stderr)
for number in range(3):
    assert not os.isatty(number)
"""


@pytest.fixture
def both_ways(workplace):
    """Run a script in a fork and in a fresh Python; answers the two."""

    def run(script, *args, given="", **env):
        path = workplace.path / "script.py"
        path.write_text(script, encoding="utf-8")
        command = [str(path), *args]
        return workplace.python(command, env, given), workplace._run([sys.executable, *command], env, given)

    return run


def test_it_has_its_own_arguments_folder_environment_and_streams(both_ways, workplace, monkeypatch):
    monkeypatch.setenv("SET_BY_THE_TEST", "湛江")
    forked, fresh = both_ways(TOLD, "--a", "乙", given="standard input\n", TZ="Asia/Shanghai")
    assert (forked.returncode, forked.stderr) == (0, "standard input\n\n")
    told = json.loads(forked.stdout)
    assert told == json.loads(fresh.stdout)
    assert told[0] == [str(workplace.path / "script.py"), "--a", "乙"]
    assert told[5]["SET_BY_THE_TEST"] == "湛江"
    assert told[6][0] == "CST"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("import sys; sys.exit('one line')", 1),
        ("import atexit; atexit.register(print, 'at exit'); print('last', end='')", 0),
        ("import threading; threading.Timer(0.1, print, ['late']).start()", 0),
    ],
)
def test_it_ends_as_a_process_ends(both_ways, script, code):
    forked, fresh = both_ways(script)
    assert forked.returncode == fresh.returncode == code
    assert (forked.stdout, forked.stderr) == (fresh.stdout, fresh.stderr)


def test_an_error_is_traced_and_what_a_command_changes_ends_with_it(both_ways):
    spoil = "import json; assert json.dumps(1) == '1'; json.dumps = None; json.dumps(1)"
    for forked in (both_ways(spoil)[0], both_ways(spoil)[0]):
        assert forked.returncode == 1
        assert forked.stderr.startswith("Traceback (most recent call last):")
        assert forked.stderr.endswith("TypeError: 'NoneType' object is not callable\n")


@pytest.mark.parametrize("command", ["monitor.cli nosuch", "scrapy crawl nosuch"])
def test_the_products_commands_say_the_same(workplace, command):
    given = ["-m", *command.split()]
    forked, fresh = workplace.python(given, {}), workplace._run([sys.executable, *given], {})
    assert forked.returncode == fresh.returncode != 0
    assert (forked.stdout, forked.stderr) == (fresh.stdout, fresh.stderr)


def test_an_environment_that_says_how_python_starts_starts_one(both_ways):
    forked, _ = both_ways("import sys; print(sys.stdout.encoding)", PYTHONIOENCODING="ascii")
    assert forked.stdout == "ascii\n"


@pytest.mark.long
def test_what_takes_too_long_is_ended_and_the_next_command_runs(warm_process, workplace):
    script = workplace.path / "script.py"

    def run(text):
        script.write_text(text, encoding="utf-8")
        return warm_process.run([str(script)], workplace.path, workplace._env({})).stdout

    assert run("print('first')") == "first\n"
    warm_process.seconds = 0.5
    with pytest.raises(subprocess.TimeoutExpired):
        run("import subprocess; subprocess.run(['sleep', '60'])")
    warm_process.seconds = 120
    assert run("print('next')") == "next\n"
