"""The screen of a run on a terminal."""
import re

RUN = ("run", "spin", "--workers", 4, "--time", "1500ms", "--warmup", "100ms", "--trials", 1, "--probes", "edges",
       "--out", "out")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def frames(text):
    """What stood on the screen between two redraws."""
    return [part for part in re.split(r"\x1b\[\d+A\r", text) if "block" in part]


def test_redraws_in_place_and_ends_with_the_summary(on_terminal, program):
    code, text = on_terminal(*RUN, COLORTERM="truecolor").end()
    assert code == 0
    assert len(frames(text)) >= 5
    assert "\x1b[38;2;240;138;75m" in text  # the colour of spin locks
    assert re.search(r"measuring, \d\.\d of 1\.5 s", ESCAPE.sub("", text))
    assert re.search(r"w3\s+PU \d+\s+[━│┿ ]+", ESCAPE.sub("", text))
    last = ESCAPE.sub("", re.split(r"\x1b\[J", text)[-1])
    assert "minimum share" in last and "fairground report out" in last and "2 trials, 0 failed" in last


def test_hides_the_cursor_and_shows_it_again(on_terminal):
    _, text = on_terminal(*RUN).end()
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


def test_keeps_to_the_width_of_the_window(on_terminal):
    for columns in (40, 100, 160):
        _, text = on_terminal(*RUN[:-1], f"out{columns}", columns=columns).end()
        for frame in frames(text)[1:]:
            for line in ESCAPE.sub("", frame).split("\n")[:8]:
                assert len(line.rstrip("\r")) <= min(columns, 100), line


def test_no_color_has_none(on_terminal):
    _, text = on_terminal(*RUN, NO_COLOR="1", COLORTERM="truecolor").end()
    assert "\x1b[38" not in text and "\x1b[1m" in text


def test_ctrl_c_ends_it_well_and_leaves_the_terminal_as_it_was(on_terminal, program):
    terminal = on_terminal("run", "spin", "--workers", 4, "--time", "30s", "--trials", 6, "--out", "out")
    terminal.read_until(b"measuring")
    terminal.press(b"\x03")
    code, text = terminal.end(30)
    assert code == 130
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert "Interrupted" in text
    assert program.record()[-1]["record"] == "footer"
    program.assert_nothing_left()


def test_a_second_ctrl_c_shows_the_cursor_too(on_terminal, program, hostile):
    terminal = on_terminal("run", "hostile", "--plugin", hostile / "hostile.so", "--set", "where=run", "--set", "how=deaf",
                           "--workers", 2, "--time", "1s", "--deadline", "60s", "--out", "out")
    terminal.read_until(b"trial 1 of")
    terminal.press(b"\x03\x03")
    code, text = terminal.end(30)
    assert code == 130
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    program.assert_nothing_left()


def test_an_error_shows_the_cursor_again(on_terminal):
    code, text = on_terminal("run", "null", "--out", "/proc/run").end()
    assert code == 2 and "\x1b[?25l" not in text


def test_a_dumb_terminal_gets_plain_lines(on_terminal):
    _, text = on_terminal(*RUN, TERM="dumb").end()
    assert "\x1b" not in text and "block 1/1 trial 1/2" in text
