"""The page in headless Chromium, from file://: it renders, asks nobody for anything, complains of nothing, and no text is
on another or cut, in light and dark."""

import html
import json
import re
import shutil
import subprocess

import pytest
from PIL import Image

from report import across, one

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--enable-logging=stderr",
    "--v=0",
    "--virtual-time-budget=4000",
]
THEMES = {"light": "--blink-settings=preferredColorScheme=1", "dark": "--blink-settings=preferredColorScheme=0"}

MEASURE = """
<script>
const out = {overlaps: [], cut: [], small: [], wide: document.documentElement.scrollWidth > innerWidth, figures: 0, theme: getComputedStyle(document.body).color};
document.querySelectorAll("svg.figure").forEach(figure => {
  out.figures += 1;
  const frame = figure.getBoundingClientRect();
  const texts = [...figure.querySelectorAll("text")].map(t => {
    const r = t.getBoundingClientRect(), turned = (t.getAttribute("transform") || "").includes("rotate(-90");
    const dy = turned ? 0 : r.height * 0.2, dx = turned ? r.width * 0.2 : 0;
    return {text: t.textContent, left: r.left + dx, right: r.right - dx, top: r.top + dy, bottom: r.bottom - dy};
  });
  texts.forEach((a, i) => {
    if (a.left < frame.left - 2 || a.right > frame.right + 2 || a.top < frame.top - 3 || a.bottom > frame.bottom + 3) out.cut.push(a.text);
    texts.slice(i + 1).forEach(b => {
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) out.overlaps.push([a.text, b.text]);
    });
  });
});
document.body.dataset.measured = JSON.stringify(out);
</script>
"""


def chromium(tmp_path, page, *flags, name="page.html"):
    """Runs Chromium on a page; gives what it printed, and the URLs that the page asked for."""
    path = tmp_path / name
    path.write_text(page, encoding="utf-8")
    log = tmp_path / "net.json"
    done = subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={log}", *flags, path.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done, asked_for(log)


def asked_for(log):
    """URLs of requests that a page began (the browser's own have no initiator)."""
    text = log.read_text()
    try:
        entries = json.loads(text)
    except ValueError:  # the browser ended before it closed the list
        entries = json.loads(text.rstrip().rstrip(",") + "]}")
    kinds = {v: k for k, v in entries["constants"]["logEventTypes"].items()}
    urls = []
    for event in entries["events"]:
        values = event.get("params") or {}
        if kinds[event["type"]] == "URL_REQUEST_START_JOB" and values.get("url", "").startswith(("http", "ws", "ftp")):
            if values.get("initiator") != "not an origin":
                urls.append(values["url"])
    return urls


@pytest.fixture(scope="module")
def pages(runs_of):
    made = {}

    def page(*names):
        if names not in made:
            runs = runs_of(*names)
            made[names] = (one.render(runs[0]) if len(runs) == 1 else across.render(runs))[0]
        return made[names]

    return page


def complaints(done):
    return [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.parametrize("names", [("one",), ("troubled",), ("neighbours",), ("one", "desktop", "server")], ids="-".join)
@pytest.mark.parametrize("theme", THEMES)
def test_renders_and_asks_for_nothing(tmp_path, pages, names, theme):
    shot = tmp_path / "shot.png"
    done, urls = chromium(tmp_path, pages(*names), THEMES[theme], f"--screenshot={shot}", "--window-size=1280,1600")
    assert done.returncode == 0 and urls == [] and complaints(done) == []
    image = Image.open(shot).convert("RGB")
    corner = image.getpixel((2, 2))
    assert (sum(corner) > 600) == (theme == "light")
    drawn = sum(count for count, colour in image.getcolors(1 << 20) if colour != corner)
    assert drawn > 0.03 * image.width * image.height


def measured(tmp_path, page, *flags, script=MEASURE):
    """What the page's own layout says of its texts; the policy is taken off, so that the measuring script may run."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page).replace("</body>", script + "</body>")
    done, _ = chromium(tmp_path, page, "--dump-dom", *flags)
    return json.loads(html.unescape(re.search(r'data-measured="([^"]*)"', done.stdout).group(1)))


@pytest.mark.parametrize(
    "names",
    [("one",), ("tour",), ("wide",), ("nulls",), ("neighbours",), ("one", "desktop", "server"), ("one", "desktop")],
    ids="-".join,
)
def test_no_text_is_on_another_or_cut(tmp_path, pages, names):
    found = measured(tmp_path, pages(*names), "--window-size=1280,2000")
    assert found["figures"] > 2
    assert found["overlaps"] == [] and found["cut"] == [] and not found["wide"]


def test_narrow_screen_has_one_column_and_no_sideways_scrolling(tmp_path, pages):
    assert not measured(tmp_path, pages("one"), "--window-size=640,1200")["wide"]


def test_works_without_its_script(tmp_path, pages):
    bare = re.sub(r"<script>.*?</script>", "", pages("one"), flags=re.S)
    done, _ = chromium(tmp_path, bare, "--dump-dom")
    assert "was starved" in done.stdout and complaints(done) == []
    assert re.search(r'id="theme"[^>]* hidden', done.stdout)


CLICK = """
<script>
const dims = () => document.querySelectorAll(".dim").length, before = getComputedStyle(document.documentElement).backgroundColor;
const pick = [...document.querySelectorAll("button[data-pick]")].find(b => b.dataset.pick === "spin");
const out = {hidden: pick.closest("[data-script]").hidden, first: dims()};
pick.click(); out.picked = dims(); out.own = document.querySelectorAll('[data-series="spin"].dim').length;
pick.click(); out.again = dims();
document.getElementById("theme").click(); out.switched = before !== getComputedStyle(document.documentElement).backgroundColor;
document.body.dataset.measured = JSON.stringify(out);
</script>
"""


def test_buttons_highlight_one_workload_and_switch_the_theme(tmp_path, pages):
    found = measured(tmp_path, pages("one"), script=CLICK)
    assert found["picked"] > 10
    assert found == {"hidden": False, "first": 0, "picked": found["picked"], "own": 0, "again": 0, "switched": True}


def test_prints(tmp_path, pages):
    done, _ = chromium(tmp_path, pages("one"), f"--print-to-pdf={tmp_path / 'page.pdf'}")
    assert done.returncode == 0 and (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_these_tests_would_notice(tmp_path, pages):
    """A page that asks for something, complains, and puts one text on another is caught by all three."""
    bad = pages("one").replace(
        "</main>", '<img src="http://127.0.0.1:9/x.png"><script>console.error("wrong")</script></main>'
    )
    done, urls = chromium(tmp_path, bad, "--dump-dom")
    assert complaints(done)  # the policy refuses both
    loose = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", bad)
    _, urls = chromium(tmp_path, loose, "--dump-dom", name="loose.html")
    assert urls == ["http://127.0.0.1:9/x.png"]
    text = re.search(r"<text[^>]*>.*?</text>", pages("one")).group(0)
    assert measured(tmp_path, pages("one").replace(text, text + text, 1))["overlaps"]
